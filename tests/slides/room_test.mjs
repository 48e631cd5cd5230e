// SPDX-License-Identifier: MIT
// room_test.mjs: a room of 200 people: the slide counts what they say, the page for phones takes
// part, and both go on with the server's next life.  Run by demos_test.mjs and firefox_test.mjs.
// The pages: [data-value="messages|names|way|status"], .log li; chat.html has form with inputs
// name and text.
import assert from 'node:assert/strict';
import { address, becomes, load, nothing, openPage } from './browser.mjs';
import { demoPage, GONE } from './demo_page.mjs';
import { startServer } from './server.mjs';

const PEOPLE = 200;
const EACH = 5;
const LONGEST = 1500; // ms without a breath: on a busy machine, too

function join(port) {
  const { WebSocket } = load('ws');
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/chat`);
    const heard = [];
    socket.on('message', (data) => heard.push(data.toString()));
    socket.on('open', () => resolve({ say: (text) => socket.send(text), heard,
      leave: () => socket.terminate() }));
    socket.on('error', reject);
  });
}

const value = (page, name) => page.$eval(`[data-value="${name}"]`, (one) => one.innerText.trim());
const number = async (page, name) => Number((await value(page, name)).replaceAll(',', ''));
const inLog = (page) => page.$$eval('.log li', (all) => all.map((one) => one.textContent));

/* Connected is what a page says in green; the first message proves it. */
async function connected(page) {
  await becomes(() => page.$eval('[data-value="status"]', (one) => one.className), 'good',
    'connected', 9000);
}

/* The longest time in which the page did nothing for us; runs in the page. */
function watchBreath() {
  globalThis.longest = 0;
  let before = performance.now();
  setInterval(() => {
    globalThis.longest = Math.max(globalThis.longest, performance.now() - before);
    before = performance.now();
  }, 20);
}

async function crowd(page, server) {
  await page.evaluate(watchBreath);
  const people = await Promise.all(Array.from({ length: PEOPLE }, () => join(server.port)));
  for (let i = 0; i < EACH; i++)
    people.forEach((one, who) => one.say(`person ${who}: message ${i} 안녕하세요`));
  await becomes(() => number(page, 'messages'), PEOPLE * EACH, 'messages', 15000);
  await becomes(() => number(page, 'names'), PEOPLE, 'names');
  const kept = await inLog(page);
  assert.ok(kept.length <= 200, `${kept.length} messages kept`);
  const longest = await page.evaluate(() => globalThis.longest);
  assert.ok(longest < LONGEST, `${longest} ms without a breath`);
  people.forEach((one) => one.leave());
}

/* What is said is text, whatever it looks like. */
async function isText(page, server) {
  const guest = await join(server.port);
  const all = ['<img src=x onerror="globalThis.hit = 1">: <b>bold</b>', 'no colon at all',
    'rtl: \u202eabc\u2066', `long: ${'가'.repeat(30000)}`, 'nul: a\u0000b\u0007', ': ', ''];
  const before = await number(page, 'messages');
  all.forEach((text) => guest.say(text));
  await becomes(() => number(page, 'messages'), (n) => n >= before + 5, 'odd messages');
  assert.equal(await page.evaluate(() => globalThis.hit), undefined);
  assert.equal(await page.$('.log img, .log b'), null);
  assert.ok((await inLog(page)).some((text) => text.includes('<b>bold</b>')));
  guest.leave();
}

/* Where a message is seen: in its line of the log, not somewhere on the slide. */
async function isInTheLog(page) {
  const outside = await page.$$eval('.log li', (all) => all.filter((li) => {
    const line = li.getBoundingClientRect();
    return Array.from(li.children).some((one) => one.textContent &&
      Math.abs(one.getClientRects()[0]?.top - line.top) > line.height);
  }).map((li) => li.textContent.slice(0, 40)));
  assert.equal(outside.length, 0, `beside the log: ${outside[0]}`);
}

async function type(page, text) {
  await page.$eval('form input[name="name"]', (one) => { one.value = '민수'; });
  await page.$eval('form input[name="text"]', (one, words) => { one.value = words; }, text);
  await page.focus('form input[name="text"]');
  await page.keyboard.press('Enter');
}

const unsent = (page) => page.$eval('form input[name="text"]', (one) => one.value);

async function phone(page, server) {
  const guest = await join(server.port);
  await type(page, '여기 있어요');
  await becomes(() => guest.heard, ['민수: 여기 있어요'], 'the guest hears the phone');
  await becomes(() => value(page, 'way'), (text) => /^[\d.,]+ ms$/.test(text), 'the way round');
  assert.equal(await unsent(page), '');
  guest.leave();
}

export const talking = {
  two_hundred_people_and_the_slide_counts_them: async (browser) => {
    const server = await startServer();
    const { page, problems } = await openPage(browser, demoPage('room', server.url), GONE);
    await connected(page);
    assert.match(await value(page, 'address'), new RegExp(`^127\\.0\\.0\\.1:${server.port}/chat$`));
    await crowd(page, server);
    await isInTheLog(page);
    await isText(page, server);
    await server.stop();
    await becomes(() => page.$eval('[data-value="status"]', (one) => one.className), 'bad', 'gone');
    await server.start();
    await connected(page);
    const before = await number(page, 'messages'), guest = await join(server.port);
    guest.say('guest: back');
    await becomes(() => number(page, 'messages'), before + 1, 'it counts on');
    guest.leave();
    nothing(problems, 'room');
    await page.close();
    await server.stop('SIGTERM');
  },

  a_phone_talks_and_keeps_what_it_could_not_say: async (browser) => {
    const server = await startServer();
    const { page, problems } = await openPage(browser, address('chat', server.url, 'ko'),
      { ...GONE, size: [320, 568] });
    await connected(page);
    await phone(page, server);
    await server.stop();
    await becomes(() => page.$eval('[data-value="status"]', (one) => one.className), 'bad', 'gone');
    await type(page, '기다려요');
    assert.equal(await unsent(page), '기다려요');
    await server.start();
    await connected(page);
    await phone(page, server);
    nothing(problems, 'chat');
    await page.close();
    await server.stop('SIGTERM');
  },
};
