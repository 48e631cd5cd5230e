// SPDX-License-Identifier: MIT
// http_undici.mjs: our servers against undici's client, which sends requests before the replies to
// earlier ones are there.  Run by run.sh.
import assert from 'node:assert/strict';
import { load } from './peer.mjs';

const { Client, request } = load('undici');
const { HTTP_URL, HTTPS_URL, PUSH_URL, PUSHS_URL } = process.env;
const REQUESTS = 500;
setTimeout(() => process.exit(1), 50000).unref();

async function pipeline(url) {
  const client = new Client(url, { pipelining: 50 });
  let connections = 0;
  client.on('connect', () => connections++);
  const replies = Array.from({ length: REQUESTS }, async (_, i) => {
    const text = `message ${i} ` + 'x'.repeat(i);
    const { statusCode, body } = await client.request({ path: '/echo', method: 'POST',
      body: text, idempotent: true });
    assert.equal(statusCode, 200);
    assert.equal(await body.text(), text);
  });
  await Promise.all(replies);
  await client.close();
  assert.equal(connections, 1);
}

async function heads(url) {
  const client = new Client(url, { pipelining: 10 });
  const replies = ['HEAD', 'GET', 'HEAD', 'DELETE', 'GET'].map((method) => client.request(
    { path: '/', method, idempotent: true, blocking: false }));
  const seen = [];
  for (const { statusCode, body } of await Promise.all(replies))
    seen.push([statusCode, (await body.text()).length > 0]);
  await client.close();
  assert.deepEqual(seen, [[200, false], [200, true], [200, false], [405, true], [200, true]]);
}

async function polling(url) {
  let after = '', events = 0;
  while (events < 20) {
    const { statusCode, headers, body } = await request(url + '/poll' + after);
    assert.ok(statusCode === 200 || statusCode === 204);
    events += (await body.text()).split('\n').length - 1;
    after = '?after=' + headers['last-event-id'];
  }
}

for (const url of [HTTP_URL, HTTPS_URL, PUSH_URL, PUSHS_URL]) {
  await pipeline(url);
  await heads(url);
}
await polling(PUSH_URL);
await polling(PUSHS_URL);
process.exit(0);
