// SPDX-License-Identifier: MIT
// race_test.mjs: the race against the real server: what its lanes show is compared with what a
// plain client hears meanwhile.  Run by demos_test.mjs and firefox_test.mjs.
// The page: tr[data-lane="poll|long-poll|sse|ws"], in it data-value="state last median lag heard
// missed requests empty bytes", state with data-state; p.notice.
import assert from 'node:assert/strict';
import { becomes, nothing, openPage } from './browser.mjs';
import { demoPage, GONE } from './demo_page.mjs';
import { startServer } from './server.mjs';

const WAYS = ['poll', 'long-poll', 'sse', 'ws'];

/* The lines of the server's events by their SEQ, as a client hears them that is no browser. */
async function hear(url) {
  const leaving = new AbortController();
  const lines = new Map();
  const reply = await fetch(`${url}/events`, { signal: leaving.signal,
    headers: { 'Last-Event-ID': '0' } }); // all that the server remembers
  const listening = (async () => {
    let rest = '';
    for await (const piece of reply.body.pipeThrough(new TextDecoderStream())) {
      const all = (rest + piece).split('\n');
      rest = all.pop();
      for (const line of all) {
        const found = /^data: (tick (\d+) \d+)$/.exec(line);
        if (found)
          lines.set(Number(found[2]), found[1]);
      }
    }
  })().catch(() => {});
  return { lines, leave: () => { leaving.abort(); return listening; } };
}

const lanes = (page) => page.evaluate(() => Object.fromEntries(Array.from(
  document.querySelectorAll('[data-lane]'), (row) => [row.dataset.lane, Object.fromEntries(
    Array.from(row.querySelectorAll('[data-value]'), (one) => [one.dataset.value,
      one.dataset.state ?? one.innerText.trim()]))])));

const number = (text) => Number(text.replaceAll(',', ''));
const each = (test) => (all) => WAYS.every((way) => test(all[way]));
const heard = (n) => each((lane) => number(lane.heard) >= n);

function lagOf(lane, what) {
  assert.match(lane[what], /^(\d+(\.\d+)?|\d{1,3}(,\d{3})*) ms$/, `${what}: ${lane[what]}`);
  return number(lane[what].replace(' ms', ''));
}

/* What an event is on its way: by RFC 6455 5.2, by the HTML standard's event streams, as a line. */
const sizes = {
  ws: (line) => 2 + line.length,
  sse: (line, seq) => `id: ${seq}\ndata: ${line}\n\n`.length,
  poll: (line) => line.length + 1,
  'long-poll': (line) => line.length + 1,
};

/* Bytes of the events that a lane says it heard: the last so many, without a gap.  SSE has
 * something to say before: retry and the newest id; to who comes back, what he missed, too. */
function checkBytes(way, lane, lines, isNew) {
  const last = number(lane.last), count = number(lane.heard);
  assert.equal(lane.missed, '0', `${way} missed`);
  let bytes = 0;
  for (let seq = last - count + 1; seq <= last; seq++)
    bytes += sizes[way](lines.get(seq), seq);
  const start = `retry: 1000\nid: ${last - count}\n\n`.length;
  const more = number(lane.bytes) - bytes, expected = way === 'sse' ? start : 0;
  assert.ok(more === expected || (!isNew && more > 0 && more < start + 120),
    `${way}: ${lane.bytes} bytes for ${count} events, not ${bytes + expected}`);
}

async function checkValues(page, plain, isNew) {
  const all = await becomes(() => lanes(page), heard(12), 'every lane hears', 10000);
  const newest = Math.max(...plain.lines.keys());
  for (const way of WAYS) {
    assert.equal(all[way].state, 'listening');
    const last = number(all[way].last);
    assert.ok(last <= newest + 2 && last >= newest - 15, `${way}: ${last}, newest ${newest}`);
    ['lag', 'median'].forEach((what) => lagOf(all[way], what));
    checkBytes(way, all[way], plain.lines, isNew);
  }
  assert.ok(lagOf(all.poll, 'median') > lagOf(all.ws, 'median'), 'polling hears later');
  assert.ok(number(all.poll.requests) > number(all.sse.requests), 'polling asks more often');
  assert.ok(number(all['long-poll'].requests) >= number(all['long-poll'].heard) / 3);
}

/* At most three requests at a time, or a second window would wait for ever. */
function countRequests(page) {
  const now = new Set(), seen = { most: 0, made: 0 };
  const isOne = (request) => /\/(poll|long-poll|events)(\?|$)/.test(request.url());
  page.on('request', (request) => {
    if (!isOne(request))
      return;
    now.add(request);
    seen.made++;
    seen.most = Math.max(seen.most, now.size);
  });
  ['requestfinished', 'requestfailed'].forEach((event) =>
    page.on(event, (request) => now.delete(request)));
  return seen;
}

async function pollOften(page) {
  await page.select('.demo.race select', '250');
}

const notice = (page) => page.$eval('.demo.race .notice', (one) => one.innerText);

export const racing = {
  the_race_shows_what_was_heard: async (browser) => {
    const server = await startServer();
    const { page, problems } = await openPage(browser, demoPage('race', server.url), GONE);
    const requests = countRequests(page), plain = await hear(server.url);
    await pollOften(page);
    await checkValues(page, plain, true);
    assert.ok(requests.most <= 4, `${requests.most} requests at a time`); // one may just be ending
    await secondWindow(browser, server);
    await page.bringToFront();
    await plain.leave();
    nothing(problems, 'race');
    await page.close();
    await server.stop('SIGTERM');
  },

  the_race_survives_another_server: async (browser) => {
    const server = await startServer();
    const { page, problems } = await openPage(browser, demoPage('race', server.url), GONE);
    await pollOften(page);
    await becomes(() => lanes(page), heard(3), 'every lane hears');
    await server.stop();
    await becomes(() => lanes(page), each((lane) => lane.state === 'gone'), 'the server is gone');
    await server.start();
    const plain = await hear(server.url);
    const listens = each((lane) => lane.state === 'listening');
    await becomes(() => lanes(page), listens, 'it is back', 9000);
    await becomes(() => notice(page), (text) => /restarted/.test(text), 'the notice');
    const isOld = (lane) => number(lane.last) > Math.max(0, ...plain.lines.keys()) + 2;
    await becomes(() => lanes(page), each((lane) => !isOld(lane)), 'the new count is shown');
    await checkValues(page, plain, false);
    await plain.leave();
    await leaves(page, server);
    nothing(problems, 'race');
    await page.close();
    await server.stop('SIGTERM');
  },

  a_server_without_events_is_told_so: async (browser) => {
    const server = await startServer({ every: 0 });
    const { page } = await openPage(browser, demoPage('race', server.url), GONE);
    await becomes(() => notice(page), (text) => /--push-every/.test(text), 'the notice');
    await page.close();
    await server.stop('SIGTERM');
  },
};

async function secondWindow(browser, server) {
  const { page } = await openPage(browser, demoPage('race', server.url), GONE);
  await becomes(() => lanes(page), heard(2), 'a second window hears, too', 10000);
  await page.close();
}

/* Behind the slide nothing is asked any more. */
async function leaves(page) {
  const requests = countRequests(page);
  await page.evaluate(() => look.goTo(0));
  await becomes(() => lanes(page), each((lane) => lane.state === 'paused'), 'another slide');
  const before = requests.made;
  await new Promise((resolve) => setTimeout(resolve, 700)); // two periods of the fastest poll
  assert.equal(requests.made, before, 'requests behind the slide');
}
