// SPDX-License-Identifier: MIT
// print_test.mjs: the speaker's window, paper, and reveal.js in our deck's place, in Chromium.
// The speaker's window has the frames #now, #next and #notes, and #elapsed, #run, #reset, #lost.
import assert from 'node:assert/strict';
import { address, becomes, decks, nothing, openBrowser, openPage, runTests, whole }
  from './browser.mjs';
import { droppingIn } from './reveal_test.mjs';
import { startServer } from './server.mjs';

const deck = `${decks[0]}.html`;
const at = (page) => page.evaluate(() => look.state().at);
const shown = (frame) => frame.evaluate(() => {
  const all = Array.from(document.querySelectorAll('.slides > section'));
  return all.findIndex((one) => one.classList.contains('present'));
});

async function openSpeaker(page) {
  const opened = new Promise((resolve) => page.once('popup', resolve));
  await page.keyboard.press('s');
  const speaker = await opened;
  await becomes(async () => speaker.frames().filter((one) => one.url().includes('preview')).length,
    3, 'three frames');
  return speaker;
}

const frameOf = async (speaker, id) => (await speaker.waitForSelector(`#${id}`)).contentFrame();
const textOf = (speaker, id) => speaker.$eval(`#${id}`, (one) => one.textContent);

const notesIn = async (speaker) => (await frameOf(speaker, 'notes')).evaluate(() =>
  document.querySelector('section.present aside.notes')?.innerText.trim());

const notesOf = (page, language) => page.evaluate((lang) => Array.from(
  document.querySelectorAll(`section.present aside.notes > [lang=${lang}]`))
  .map((one) => one.textContent.replace(/\s+/g, ' ').trim()).join(' ').slice(0, 60), language);

async function speaks(browser, base) {
  const { page, problems } = await openPage(browser, address(deck, base, 'ko', '#/2'));
  const speaker = await openSpeaker(page);
  await follows(page, speaker, 2);
  await page.bringToFront();
  await page.keyboard.press('ArrowRight');
  await follows(page, speaker, await at(page));
  const before = await page.evaluate(() => location.hash);
  await speaker.bringToFront();
  await speaker.keyboard.press('PageDown');
  await becomes(() => page.evaluate(() => location.hash), (now) => now !== before,
    'the speaker turns the deck');
  const elapsed = () => textOf(speaker, 'elapsed');
  const runs = await becomes(elapsed, (time) => time > '0:00:01', 'the timer');
  await speaker.reload();
  assert.ok(await elapsed() >= runs, 'the timer goes on behind a reload');
  await follows(page, speaker, await at(page));
  await speaker.click('#reset');
  await becomes(elapsed, (time) => time < runs, 'reset');
  await comesBack(page, speaker);
  nothing(problems, 'with the speaker');
  await page.close();
  if (base) // it takes its time, and is the same from a file
    await becomes(() => speaker.$eval('#lost', (one) => !one.hidden), true, 'the deck is gone',
      8000);
  await speaker.close();
}

async function follows(page, speaker, expected) {
  await becomes(async () => shown(await frameOf(speaker, 'now')), expected, 'now');
  const notes = await notesOf(page, 'ko');
  await becomes(() => notesIn(speaker), (text) =>
    text?.replace(/\s+/g, ' ').startsWith(notes), `the notes "${notes}"`);
  const next = await shown(await frameOf(speaker, 'next'));
  assert.ok(next === expected || next === expected + 1, `next is ${next} behind ${expected}`);
}

async function comesBack(page, speaker) {
  await page.reload();
  await page.bringToFront();
  await page.keyboard.press('Home');
  await becomes(async () => shown(await frameOf(speaker, 'now')), 0, 'after a reload');
}

/* Skia, which prints for Chromium, leaves page objects uncompressed. */
async function printed(page) {
  const pdf = Buffer.from(await page.pdf({ preferCSSPageSize: true, printBackground: true }));
  const text = pdf.toString('latin1');
  const [, width, height] = /\/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]/.exec(text).map(Number);
  return { pages: text.match(/\/Type \/Page\b(?!s)/g).length, wide: width > height };
}

async function prints(browser, language, query, wide) {
  const { page, problems } = await openPage(browser, address(deck, null, language, '', query));
  const what = `printed ${JSON.stringify(query)}`;
  const { pages, wide: isWide } = await printed(page);
  assert.equal(pages, await page.evaluate(() => document.querySelectorAll('section[id]').length));
  assert.equal(isWide, wide);
  await page.emulateMediaType('print');
  const said = await page.evaluate((lang) => {
    const all = look.texts(document.body);
    const others = all.filter(({ element }) => look.langOf(element.closest('[lang]')) !== lang &&
      element.closest('[lang]') !== document.documentElement);
    const hidden = Array.from(document.querySelectorAll('.fragment'))
      .filter((one) => look.langOf(one.closest('[lang]')) === lang && !look.isShown(one));
    const notes = document.querySelectorAll('aside.notes');
    return { others: others.map((one) => one.text), texts: all.length, hidden: hidden.length,
      notes: Array.from(notes).filter(look.isShown).length, buttons:
        Array.from(document.querySelectorAll('nav button, [role=toolbar] button'))
          .filter(look.isShown).length };
  }, language);
  nothing(said.others.map((text) => `in the other language: ${text}`), what);
  assert.ok(said.texts > pages, `${said.texts} texts on paper`);
  assert.equal(said.hidden, 0, 'fragments that are not on paper');
  assert.equal(said.buttons, 0, 'buttons on paper');
  assert.equal(said.notes, wide ? 0 : pages, 'notes on paper');
  nothing(problems, what);
  await page.close();
}

const tests = {
  the_speaker_sees_notes_and_what_is_next: async (browser, server) => {
    await speaks(browser, server.url);
    await speaks(browser, null);
  },
  a_page_for_each_slide: async (browser) => {
    await prints(browser, 'en', {}, true);
    await prints(browser, 'ko', { print: '' }, true);
  },
  a_handout_has_the_notes_below: (browser) => prints(browser, 'ko', { print: 'notes' }, false),
};

const browser = await openBrowser('chromium');
const server = await startServer();
const failed = await runTests({ ...tests, ...(whole && droppingIn) }, browser, server);
await browser.close();
await server.stop('SIGTERM');
process.exit(failed ? 1 : 0);
