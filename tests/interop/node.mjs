// SPDX-License-Identifier: MIT
// node.mjs: our servers against Node's own clients, http_poll_client against Node's http server.
// Run by run.sh.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';

const PATIENCE = 50000;
const { TCP_URL, TCPS_URL, HTTP_URL, HTTPS_URL, PUSH_URL, PUSHS_URL, SOCKLAB_BIN,
  CERT, KEY } = process.env;

setTimeout(() => {
  console.error('FAILED: no end after ' + PATIENCE + ' ms');
  process.exit(1);
}, PATIENCE).unref();

function ask(url, options, body = '') {
  return new Promise((resolve, reject) => {
    const { request: start } = url.startsWith('https:') ? https : http;
    const request = start(url, options, (reply) => {
      const pieces = [];
      reply.on('data', (piece) => pieces.push(piece));
      reply.on('end', () => resolve({ status: reply.statusCode, headers: reply.headers,
        body: Buffer.concat(pieces).toString(), port: request.socket?.localPort }));
      reply.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

function runClient(program, argv, input) {
  return new Promise((resolve) => {
    const child = execFile(path.join(SOCKLAB_BIN, program), argv, { timeout: PATIENCE },
      (error, out, err) => resolve({ status: error ? error.code : 0, out, err }));
    child.stdin.end(input);
  });
}

function listen(server) {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server.address().port));
  });
}

const EVENTS = 200;

function checkEvents(seen) {
  assert.equal(seen.length, EVENTS);
  seen.forEach((seq, i) => assert.equal(seq, seen[0] + i));
}

/* Events of a stream that goes on behind `last`: fetch, for there is no EventSource here. */
async function* stream(base, last) {
  const leaving = new AbortController();
  const reply = await fetch(base + '/events', { signal: leaving.signal,
    headers: last ? { 'Last-Event-ID': String(last) } : {} });
  assert.equal(reply.headers.get('content-type'), 'text/event-stream');
  let text = '';
  try {
    for await (const piece of reply.body.pipeThrough(new TextDecoderStream())) {
      const events = (text + piece).split('\n\n');
      text = events.pop();
      for (const event of events) {
        const found = /^id: (\d+)\ndata: tick (\d+) \d+$/.exec(event);
        if (found) {
          assert.equal(found[1], found[2]);
          yield Number(found[1]);
        }
      }
    }
  } finally {
    leaving.abort();
  }
}

function newAgent(base) {
  const { Agent } = base.startsWith('https:') ? https : http;
  return new Agent({ keepAlive: true, maxSockets: 1 });
}

const tests = {
  async lines_come_back({ tcp }) {
    const { protocol, hostname, port } = new URL(tcp);
    const { connect } = protocol === 'tls:' ? tls : net;
    const text = await new Promise((resolve, reject) => {
      let got = '';
      const socket = connect(port, hostname, () => socket.write('one\ntwo\n'));
      socket.on('data', (piece) => {
        got += piece;
        if (got.length === 8)
          socket.end();
      });
      socket.on('end', () => resolve(got));
      socket.on('error', reject);
    });
    assert.equal(text, 'one\ntwo\n');
  },

  async an_agent_keeps_its_connection({ http: base }) {
    const agent = newAgent(base);
    const ports = new Set();
    for (let i = 0; i < 20; i++) {
      const reply = await ask(base + '/echo', { method: 'POST', agent,
        headers: { 'Content-Length': 9 } }, 'message ' + (i % 10));
      assert.equal(reply.status, 200);
      assert.equal(reply.body, 'message ' + (i % 10));
      ports.add(reply.port);
    }
    agent.destroy();
    assert.equal(ports.size, 1);
  },

  async chunked_and_refused({ http: base, push }) {
    let reply = await ask(base + '/echo', { method: 'POST',
      headers: { 'Transfer-Encoding': 'chunked' } }, 'chunk');
    assert.equal(reply.body, 'chunk');
    reply = await ask(base + '/nothing', {});
    assert.equal(reply.status, 404);
    reply = await ask(base + '/', { method: 'DELETE' });
    assert.equal(reply.headers.allow, 'GET, HEAD');
    reply = await ask(base + '/', { method: 'HEAD' });
    assert.equal(reply.body, '');
    reply = await ask(push + '/poll', {});
    assert.equal(reply.status, 204);
  },

  async the_upgrade_is_seen({ push }) {
    const reply = await ask(push + '/echo', { headers: {
      Connection: 'Upgrade', Upgrade: 'websocket',
      'Sec-WebSocket-Version': '12', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' } });
    assert.equal(reply.status, 426);
    assert.equal(reply.headers['sec-websocket-version'], '13');
  },

  async every_event_of_a_stream_comes_once({ push }) {
    const seen = [];
    for await (const seq of stream(push)) {
      if (seen.push(seq) === EVENTS)
        break;
    }
    checkEvents(seen);
  },

  async a_stream_that_is_lost_goes_on({ push }) {
    const seen = [];
    while (seen.length < EVENTS) {
      const until = seen.length + 20;
      for await (const seq of stream(push, seen.at(-1))) {
        if (seen.push(seq) === until)
          break;
      }
    }
    checkEvents(seen);
  },

  async every_event_of_a_long_poll_comes_once({ push }) {
    const agent = newAgent(push);
    const seen = [];
    for (let after = ''; seen.length < EVENTS;) {
      const reply = await ask(push + '/long-poll' + after, { agent });
      assert.equal(reply.status, 200);
      after = '?after=' + reply.headers['last-event-id'];
      seen.push(...reply.body.trim().split('\n').map((line) => Number(line.split(' ')[1])));
    }
    agent.destroy();
    checkEvents(seen.slice(0, EVENTS));
  },

  /* Short frames of a server: two bytes, and the text. */
  async every_event_of_a_websocket_comes_once({ push }) {
    const { request: start } = push.startsWith('https:') ? https : http;
    const request = start(push + '/push', { headers: {
      Connection: 'Upgrade', Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' } });
    const seen = await new Promise((resolve, reject) => {
      request.on('error', reject);
      request.on('upgrade', (reply, socket, head) => {
        const got = [];
        let rest = Buffer.from(head);
        socket.on('data', (piece) => {
          rest = Buffer.concat([rest, piece]);
          for (; rest.length > 1 && rest.length >= 2 + rest[1]; rest = rest.subarray(2 + rest[1]))
            got.push(Number(rest.toString('latin1', 2, 2 + rest[1]).split(' ')[1]));
          if (got.length >= EVENTS) {
            socket.destroy();
            resolve(got.slice(0, EVENTS));
          }
        });
      });
      request.end();
    });
    checkEvents(seen);
  },

  async a_server_of_node_answers_our_http_client({ options, argv }) {
    const { createServer } = options.key ? https : http;
    const server = createServer(options, (request, reply) => request.pipe(reply)); // chunked
    const url = (options.key ? 'https' : 'http') + '://localhost:' + await listen(server);
    for (const mode of ['--close', '--keep-alive']) {
      const done = await runClient('http_poll_client', [...argv, mode, url], 'one\n\nthree\n');
      assert.deepEqual(done, { status: 0, out: 'one\n\nthree\n', err: '' });
    }
    server.close();
  },

  async a_stream_of_node_is_heard_by_our_client({ options, argv }) {
    const { createServer } = options.key ? https : http;
    const server = createServer(options, (request, reply) => {
      const after = Number(request.headers['last-event-id'] ?? 0);
      reply.writeHead(200, { 'Content-Type': 'text/event-stream' });
      for (let i = after + 1; i <= after + 3; i++)
        reply.write(`id: ${i}\ndata: event ${i}\n\n`);
      reply.end('retry: 10\n\n'); // and the client comes again
    });
    const url = (options.key ? 'https' : 'http') + '://localhost:' + await listen(server);
    const done = await runClient('http_poll_client', [...argv, '--sse', '-n', '7', url], '');
    assert.equal(done.out, [1, 2, 3, 4, 5, 6, 7].map((i) => `event ${i}\n`).join(''));
    assert.equal(done.status, 0);
    server.close();
  },
};

/* argv: of a client of ours, who trusts the server with these options. */
const kinds = {
  plain: { tcp: TCP_URL, http: HTTP_URL, push: PUSH_URL, options: {}, argv: [] },
  tls: { tcp: TCPS_URL, http: HTTPS_URL, push: PUSHS_URL,
    options: { cert: fs.readFileSync(CERT), key: fs.readFileSync(KEY) }, argv: ['--cacert', CERT] },
};

let failures = 0;
for (const [kind, what] of Object.entries(kinds)) {
  for (const [name, test] of Object.entries(tests)) {
    try {
      await test(what);
      console.log(`ok ${kind} ${name}`);
    } catch (error) {
      console.log(`FAILED ${kind} ${name}: ${error.stack}`);
      failures++;
    }
  }
}
process.exit(failures ? 1 : 0);
