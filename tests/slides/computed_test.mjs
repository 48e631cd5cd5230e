// SPDX-License-Identifier: MIT
// computed_test.mjs: what the demos compute, without a browser: SHA-1 and the accept, frames against
// ws_echo_client, who heard first, who said what.  Needs SOCKLAB_BIN (or build/bin).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import test from 'node:test';
import vm from 'node:vm';

const top = path.resolve(import.meta.dirname, '../..');
const bin = process.env.SOCKLAB_BIN || path.join(top, 'build/bin');

/* Scripts of the page in a world of their own, which has no page. */
function load(...names) {
  const world = vm.createContext({ socklab: { demo() {}, both: () => '' }, TextEncoder, TextDecoder,
    URLSearchParams, btoa, atob, location: { search: '', protocol: 'file:' }, console });
  world.document = { querySelectorAll: () => [] };
  names.forEach((name) => vm.runInContext(
    fs.readFileSync(path.join(top, 'slides/demos', `${name}.js`), 'utf8'), world));
  return world.socklab;
}

const { sha1, upgrade } = load('sha1', 'upgrade');
const { frame } = load('frame_bits');
const { Scoreboard } = load('demo', 'scoreboard');
const { RoomLog } = load('room_log');

test('SHA-1 is what OpenSSL says at every length', () => {
  for (const n of [...Array(301).keys(), 4095, 65536, 1000003]) {
    const bytes = randomBytes(n);
    assert.equal(Buffer.from(sha1(bytes)).toString('hex'),
      createHash('sha1').update(bytes).digest('hex'), `${n} bytes`);
  }
});

test('the key of the RFC has the answer of the RFC', () => {
  const all = upgrade.explain('dGhlIHNhbXBsZSBub25jZQ==');
  assert.equal(all.accept, 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
  assert.equal(all.alone, createHash('sha1').update('dGhlIHNhbXBsZSBub25jZQ==').digest('base64'));
  assert.ok(upgrade.isKey('dGhlIHNhbXBsZSBub25jZQ=='));
  ['', 'dGhlIHNhbXBsZSBub25jZQ', 'dGhlIHNhbXBsZSBub25j', 'dGhlIHNhbXBsZSBub25jZ===', 'x'.repeat(24)]
    .forEach((key) => assert.ok(!upgrade.isKey(key), key));
});

/* A server that opens the WebSocket and keeps the bytes behind the request. */
async function bytesOfClient(text) {
  const got = [];
  const server = net.createServer((socket) => {
    let all = Buffer.alloc(0), opened = false;
    socket.on('error', () => {}).on('data', (piece) => {
      all = Buffer.concat([all, piece]);
      const end = all.indexOf('\r\n\r\n');
      if (opened || end < 0) {
        got.push(piece);
        return;
      }
      opened = true;
      const key = /Sec-WebSocket-Key: (\S+)/.exec(all.toString())[1];
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade' +
        `\r\nSec-WebSocket-Accept: ${upgrade.explain(key).accept}\r\n\r\n`);
      got.push(all.subarray(end + 4));
    }).on('end', () => socket.end());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = spawn(path.join(bin, 'ws_echo_client'), ['--timeout', '1',
    `ws://127.0.0.1:${server.address().port}/echo`], { stdio: ['pipe', 'ignore', 'ignore'] });
  client.stdin.end(`${text}\n`);
  await new Promise((resolve) => client.on('exit', resolve));
  server.close();
  return Buffer.concat(got);
}

test('frames are, to the byte, those of ws_echo_client', async () => {
  for (const text of ['Hello', '안녕하세요', '👋🏽', 'x'.repeat(125), 'x'.repeat(126), '가'.repeat(21845),
    'x'.repeat(65536)]) {
    const payload = new TextEncoder().encode(text);
    const theirs = await bytesOfClient(text);
    const head = frame.parts(new Uint8Array(theirs)).head;
    const key = theirs.subarray(head - 4, head);
    const ours = Buffer.from(frame.encode('text', payload, key));
    assert.equal(ours.compare(theirs.subarray(0, ours.length)), 0, `${payload.length} bytes`);
    assert.equal(frame.parts(ours).length, payload.length);
  }
});

test('the examples of RFC 6455 5.7 come out', () => {
  const hello = new TextEncoder().encode('Hello'), key = [0x37, 0xfa, 0x21, 0x3d];
  const hex = (bytes) => Buffer.from(bytes).toString('hex');
  assert.equal(hex(frame.encode('text', hello, null)), '810548656c6c6f');
  assert.equal(hex(frame.encode('text', hello, key)), '818537fa213d7f9f4d5158');
  assert.deepEqual([...frame.message('text', hello, [null, null])].map(hex),
    ['010348656c', '80026c6f']);
  assert.equal(hex(frame.encode('close', frame.closePayload(1000, ''), null)), '880203e8');
  assert.deepEqual([...frame.characters('a안', 10)].map((one) => [one.code, one.bytes.length]),
    [['U+0061', 1], ['U+C548', 3]]);
});

const ways = ['poll', 'ws'];

test('a lag is counted from the first lane that heard of the event', () => {
  const board = new Scoreboard(ways);
  assert.equal(board.heard('ws', 7, 700n, 1000), 0);
  assert.equal(board.heard('poll', 7, 700n, 1250), 250);
  assert.equal(board.heard('poll', 7, 700n, 1300), null, 'told twice');
  assert.equal(board.heard('ws', 9, 900n, 1400), 0);
  assert.equal(board.lanes.ws.missed, 1);
  assert.deepEqual([board.median('poll'), board.restarts], [250, 0]);
});

test('another server is noticed by a lower SEQ, another T, or a gap', () => {
  const lower = new Scoreboard(ways), other = new Scoreboard(ways), gap = new Scoreboard(ways);
  [lower, other, gap].forEach((board) => {
    board.heard('ws', 7, 700n, 0);
    board.heard('poll', 7, 700n, 5);
  });
  lower.heard('ws', 2, 900n, 10);
  other.heard('ws', 8, 800n, 10);
  other.heard('poll', 8, 850n, 12);
  gap.gap('poll', 1);
  [lower, other, gap].forEach((board) => assert.equal(board.restarts, 1));
  assert.deepEqual([lower.lanes.ws.heard, lower.lanes.ws.lag, lower.lanes.poll.heard], [1, 0, 0]);
  assert.equal(lower.heard('poll', 7, 700n, 20), null, 'a late one of the server before');
  assert.equal(lower.median('poll'), null);
});

test('who comes back has missed nothing, and who lagged behind has', () => {
  const board = new Scoreboard(ways);
  board.heard('ws', 3, 300n, 0);
  board.leave();
  board.heard('ws', 90, 9000n, 50);
  assert.equal(board.lanes.ws.missed, 0);
  board.gap('ws', 95);
  board.heard('ws', 95, 9500n, 60);
  assert.deepEqual([board.lanes.ws.missed, board.restarts], [4, 0]);
  assert.equal(Scoreboard.parse('tick 3 x'), null);
  assert.equal(Scoreboard.parse('gap 12').gap, 12);
});

test('what was asked of another server is not counted, but what waits for its answer is', () => {
  const board = new Scoreboard(ways);
  ways.forEach((way) => board.asks(way));
  board.answered('poll');
  board.heard('ws', 9, 900n, 0);
  board.asks('ws');
  board.heard('ws', 1, 950n, 5);
  assert.deepEqual(ways.map((way) => board.lanes[way].requests), [0, 1]);
  board.leave();
  board.begin();
  assert.equal(board.lanes.ws.requests, 0, 'nobody listens');
});

test('the room knows how long an own message has been on its way', () => {
  const log = new RoomLog();
  log.sent('Ann: hi', 100);
  assert.equal(log.waiting(3500), 3400);
  log.take('Ann: hi', 3600);
  assert.equal(log.waiting(9000), 0);
});

test('the room counts names and messages, and shows nothing that could do harm', () => {
  const log = new RoomLog();
  log.sent('Ann: hi', 100);
  log.take('Ann: hi', 103);
  log.take('Bob: \u0007\x1b[31m red', 104);
  log.take('no name', 105);
  log.take(`Ann: a${'👋'.repeat(51200)}`, 106);
  assert.deepEqual([log.messages, log.names.size, log.way, log.rate(150)], [4, 2, 3, 4]);
  const [own, bob, plain, long] = log.batch();
  assert.deepEqual([own.own, bob.text, plain.name, plain.text],
    [true, '\u2407\u241b[31m red', '', 'no name']);
  assert.ok(long.text.length < 600 && long.text.isWellFormed());
  for (let i = 0; i < 5000; i++)
    log.take(`n${i % 200}: ${i}`, 2000);
  assert.deepEqual([log.batch().length, log.names.size, log.messages], [200, 202, 5004]);
  assert.equal(log.rate(5000), 0);
});
