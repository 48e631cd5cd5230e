// SPDX-License-Identifier: MIT
// inspect_test.mjs: the frame inspector against the bytes that its own browser and our server put
// on the wire, which a proxy between them sees; the upgrade inspector against the server's 101.
// Run by demos_test.mjs and firefox_test.mjs.
import assert from 'node:assert/strict';
import net from 'node:net';
import { Transform } from 'node:stream';
import { becomes, nothing, openPage } from './browser.mjs';
import { demoPage, GONE } from './demo_page.mjs';
import { startServer } from './server.mjs';

const HEAD_END = '\r\n\r\n';

/* As from a page of another place: the server refuses its WebSockets. */
const fromElsewhere = (piece) => Buffer.from(piece.toString('latin1')
  .replace('Origin: http://127.', 'Origin: http://evil'), 'latin1');

/* Passes everything on, and keeps what a connection said behind its head. */
async function startProxy(port, changed = (piece) => piece) {
  const sockets = [], all = new Set();
  const proxy = net.createServer((client) => {
    const server = net.connect(port, '127.0.0.1'), kept = { out: [], in: [] };
    [client, server].forEach((one) => { all.add(one); one.on('error', () => {}); });
    client.on('data', (piece) => kept.out.push(piece)).pipe(new Transform({
      transform: (piece, encoding, done) => done(null, changed(piece)) })).pipe(server);
    server.on('data', (piece) => kept.in.push(piece)).pipe(client);
    sockets.push(kept);
  });
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const behindHead = (pieces) => {
    const bytes = Buffer.concat(pieces);
    return bytes.subarray(bytes.indexOf(HEAD_END) + HEAD_END.length);
  };
  return {
    url: `http://127.0.0.1:${proxy.address().port}`,
    webSockets: () => sockets.filter((one) => /upgrade: websocket/i.test(one.out.join('')))
      .map((one) => ({ out: behindHead(one.out), in: behindHead(one.in) })),
    close() { proxy.close(); all.forEach((one) => one.destroy()); },
  };
}

const set = (page, field, value) => page.$eval(`.demo.frame [data-field="${field}"]`,
  (one, text) => {
    one.value = text;
    const event = one.localName === 'select' ? 'change' : 'input';
    one.dispatchEvent(new Event(event, { bubbles: true }));
  }, value);

const drawn = (page) => page.$eval('.demo.frame [data-hex]', (one) => one.dataset.hex);
const echo = (page) => page.$eval('.demo.frame [data-value="echo"]', (one) => one.innerText);
const hex = (bytes) => bytes.toString('hex').replace(/..(?=.)/g, '$& ');

/* The first frame of some bytes, by RFC 6455 5.2: read here, not by what is tested. */
function readFrame(bytes) {
  const short = bytes[1] & 127, masked = bytes[1] >> 7;
  const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
  const length = extended === 2 ? bytes.readUInt16BE(2)
    : extended === 8 ? Number(bytes.readBigUInt64BE(2)) : short;
  const head = 2 + extended, at = head + (masked ? 4 : 0);
  return { head: bytes.subarray(0, head), key: bytes.subarray(head, at),
    whole: bytes.subarray(0, at + length), masked: Boolean(masked) };
}

/* The drawn frame has a key of its own: with the real key it must be the real frame. */
async function compare(page, frame, text) {
  const shown = Buffer.from((await drawn(page)).replaceAll(' ', ''), 'hex');
  assert.equal(hex(shown.subarray(0, frame.head.length)), hex(frame.head), `the head for ${text}`);
  const at = frame.head.length;
  for (let i = at + 4; i < shown.length; i++)
    assert.equal(shown[i] ^ shown[at + (i - at) % 4], frame.whole[i] ^ frame.key[(i - at) % 4],
      `byte ${i} for ${text}`);
}

async function sendsWhatIsDrawn(page, proxy, text) {
  await set(page, 'message', text);
  await set(page, 'side', 'client');
  const before = proxy.webSockets().length;
  await page.click('.demo.frame [data-action="send"]');
  await becomes(() => echo(page), (said) => said.length > 0, 'the echo');
  const sent = await becomes(() => lastFrames(proxy), (frames) =>
    frames && frames.payload === text && frames.echoed === text,
  `the frames of "${text.slice(0, 10)}" (${before} connections)`);
  assert.ok(sent.out.masked && !sent.in.masked);
  await compare(page, sent.out, text.slice(0, 10));
  await set(page, 'side', 'server');
  const shown = await drawn(page);
  assert.equal(shown, hex(sent.in.whole.subarray(0, shown.split(' ').length)), 'from the server');
}

/* The last frame each way, on the newest connection. */
function lastFrames(proxy) {
  const socket = proxy.webSockets().at(-1);
  if (!socket)
    return null;
  const [out, back] = [socket.out, socket.in].map((bytes) => {
    let frame = null;
    for (let rest = bytes; rest.length > 1;) {
      const next = readFrame(rest);
      if ((next.head[0] & 15) === 1) // text
        frame = next;
      rest = rest.subarray(next.whole.length);
    }
    return frame;
  });
  const payload = out && Buffer.from(out.whole.subarray(out.head.length + 4)
    .map((byte, i) => byte ^ out.key[i % 4])).toString();
  const echoed = back && back.whole.subarray(back.head.length).toString();
  return out && back && { out, in: back, payload, echoed };
}

/* The server's Accept for a key, asked by a socket. */
function acceptFor(port, key) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.write(`GET /echo HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\n` +
      `Connection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`);
    socket.once('data', (reply) => {
      resolve(/^Sec-WebSocket-Accept: (.*)\r$/im.exec(reply.toString())?.[1]);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

const valueOf = (page, name) =>
  page.$eval(`.demo.upgrade [data-value="${name}"]`, (one) => one.textContent.trim());

async function typeKey(page, key) {
  await page.$eval('.demo.upgrade [data-field="key"]', (one, text) => {
    one.value = text;
    one.dispatchEvent(new Event('input', { bubbles: true }));
  }, key);
}

async function checkUpgrade(page, server) {
  await typeKey(page, 'dGhlIHNhbXBsZSBub25jZQ==');
  assert.equal(await valueOf(page, 'accept'), 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=', 'RFC 6455 1.3');
  for (let i = 0; i < 3; i++) {
    await page.$eval('.demo.upgrade [data-action="key"]', (one) => one.click());
    const key = await page.$eval('.demo.upgrade [data-field="key"]', (one) => one.value);
    assert.equal(await valueOf(page, 'accept'), await acceptFor(server.port, key), key);
  }
  for (const bad of ['', 'AAAA', 'dGhlIHNhbXBsZSBub25jZQ', '한글한글한글한글한글한글==']) {
    await typeKey(page, bad);
    assert.equal(await valueOf(page, 'accept'), '–', `"${bad}" is no key`);
  }
}

const open = (page) => page.$eval('.demo.upgrade [data-action="open"]', (one) => one.click());

export const inspecting = {
  the_frame_drawn_is_the_frame_sent: async (browser) => {
    const server = await startServer(), proxy = await startProxy(server.port);
    const { page, problems } = await openPage(browser, demoPage('frame', proxy.url), GONE);
    for (const text of ['Hello', '안녕하세요', '👋🏽 hi', 'x'.repeat(125), 'x'.repeat(126),
      '가'.repeat(23333) + '!'])
      await sendsWhatIsDrawn(page, proxy, text);
    await server.stop();
    await page.click('.demo.frame [data-action="send"]').catch(() => {});
    await server.start();
    await becomes(async () => {
      await set(page, 'side', 'client');
      await page.click('.demo.frame [data-action="send"]');
      return lastFrames(proxy)?.payload.length;
    }, (length) => length > 0, 'it sends again', 20000); // Firefox waits longer each time
    nothing(problems, 'frame');
    await page.close();
    proxy.close();
    await server.stop('SIGTERM');
  },

  who_is_refused_is_told_so: async (browser) => {
    const server = await startServer(), proxy = await startProxy(server.port, fromElsewhere);
    const { page } = await openPage(browser, demoPage('frame', proxy.url));
    await becomes(() => echo(page), (text) => /--origin http/.test(text), 'the frame demo');
    await page.goto(demoPage('upgrade', proxy.url));
    await page.reload();
    await open(page);
    await becomes(() => valueOf(page, 'opened'), (text) => /--origin http/.test(text), 'upgrade');
    await page.goto(demoPage('race', proxy.url));
    await page.reload();
    const lane = (way) => page.$eval(`[data-lane="${way}"] .state`, (one) => one.dataset.state);
    await becomes(() => lane('ws'), 'refused', 'the race');
    await becomes(() => lane('sse'), 'listening', 'who is not asked for an origin');
    await page.close();
    proxy.close();
    await server.stop('SIGTERM');
  },

  the_accept_is_the_servers: async (browser) => {
    const server = await startServer();
    const { page, problems } = await openPage(browser, demoPage('upgrade', server.url), GONE);
    await checkUpgrade(page, server);
    await open(page);
    await becomes(() => valueOf(page, 'opened'), (text) => /✓/.test(text), 'it opens');
    await server.stop();
    await open(page);
    await becomes(() => valueOf(page, 'opened'), (text) => /✗/.test(text), 'nobody there');
    await server.start();
    await open(page);
    await becomes(() => valueOf(page, 'opened'), (text) => /✓/.test(text), 'it opens again');
    nothing(problems, 'upgrade');
    await page.close();
    await server.stop('SIGTERM');
  },
};
