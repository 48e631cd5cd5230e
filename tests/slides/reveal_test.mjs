// SPDX-License-Identifier: MIT
// reveal_test.mjs: a copy of slides/ in which reveal.js turns the pages, exchanged as
// slides/README.md says: slides turn, figures are drawn, a demo starts and stops.
// Run by print_test.mjs.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { address, becomes, decks, folderOf, nothing, openPage, slides } from './browser.mjs';
import { startServer } from './server.mjs';

const START = 'Reveal.initialize({ width: 1280, height: 720, center: false, margin: 0, hash: true,' +
  ' transition: "none" });';

function exchange(html) {
  const other = html
    .replace(/<link [^>]*href="deck\/deck\.css"[^>]*>/, '<link rel="stylesheet" ' +
      'href="reveal/reveal.css"><link rel="stylesheet" href="deck/theme.css">')
    .replace(/<script src="deck\/deck\.js"><\/script>/,
      `<script src="reveal/reveal.js"></script><script>${START}</script>`);
  assert.ok(!/deck\/deck\./.test(other), 'deck.css and deck.js are exchanged');
  return other;
}

function makeCopy() {
  const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'slides-'));
  fs.cpSync(slides, copy, { recursive: true });
  fs.mkdirSync(path.join(copy, 'reveal'));
  for (const name of ['reveal.js', 'reveal.css'])
    fs.copyFileSync(path.join(folderOf('reveal.js'), 'dist', name), path.join(copy, 'reveal', name));
  for (const deck of decks) {
    const file = path.join(copy, `${deck}.html`);
    fs.writeFileSync(file, exchange(fs.readFileSync(file, 'utf8')));
  }
  return copy;
}

async function turns(page) {
  await page.waitForFunction(() => globalThis.Reveal?.isReady());
  await page.keyboard.press('ArrowRight');
  await becomes(() => page.evaluate(() => Reveal.getProgress()), (n) => n > 0, 'a key turns');
  const missing = await page.evaluate(() => Array.from(document.querySelectorAll('.figure'))
    .filter((one) => !one.querySelector('svg, table') || /no such figure/.test(one.textContent))
    .map((one) => `${one.closest('section')?.id}: ${one.className} is not drawn`));
  nothing(missing, 'figures');
}

/* What moves of itself goes on while its slide is shown, and stops behind it. */
async function startsAndStops(page) {
  const requests = [];
  page.on('request', (request) => requests.push(request.url()));
  const n = await page.evaluate(() => Array.from(document.querySelectorAll('.slides > section'))
    .findIndex((one) => one.querySelector('.demo.race')));
  await page.evaluate((slide) => Reveal.slide(slide), n);
  await becomes(() => requests.filter((url) => /\/(poll|long-poll|events)/.test(url)).length,
    (count) => count >= 3, 'the race runs');
  await page.evaluate((slide) => Reveal.slide(slide - 1), n);
  await becomes(() => page.evaluate(() => Array.from(document.querySelectorAll('[data-lane] .state'),
    (one) => one.dataset.state).join()), 'paused,paused,paused,paused', 'the race stops');
}

export const droppingIn = {
  reveal_js_turns_the_pages_of_our_decks: async (browser) => {
    const copy = makeCopy();
    const server = await startServer({ root: copy });
    let races = 0;
    for (const deck of decks) {
      const { page, problems } = await openPage(browser, address(`${deck}.html`, server.url, 'en'));
      await turns(page);
      if (await page.$('.demo.race')) {
        races++;
        await startsAndStops(page);
      }
      nothing(problems, `${deck} in reveal.js`);
      await page.close();
    }
    assert.equal(races, 1, 'decks with a race');
    await server.stop('SIGTERM');
    fs.rmSync(copy, { recursive: true });
  },
};
