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

/* What the README says instead of deck.css and deck.js: its last two blocks of HTML. */
function replacements() {
  const readme = fs.readFileSync(path.join(slides, 'README.md'), 'utf8');
  const blocks = readme.slice(readme.indexOf('## With reveal.js')).split(/\n(?=\S)/)
    .flatMap((part) => part.match(/(?:^ {4}.*\n)+/gm) ?? []);
  assert.equal(blocks.length, 3, 'what goes, and two blocks that come');
  return blocks;
}

function exchange(html) {
  const [gone, styles, scripts] = replacements();
  const [style, script] = gone.trim().split(/\s*\n\s*/);
  assert.ok(html.includes(style) && html.includes(script), `a deck has ${style} and ${script}`);
  return html.replace(style, styles).replace(script, scripts)
    .replace(/<script src="deck\/keys\.js"><\/script>/, '');
}

function makeCopy() {
  const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'slides-'));
  fs.cpSync(slides, copy, { recursive: true });
  fs.mkdirSync(path.join(copy, 'reveal.js/dist'), { recursive: true });
  for (const name of ['dist/reveal.js', 'dist/reveal.css'])
    fs.copyFileSync(path.join(folderOf('reveal.js'), name), path.join(copy, 'reveal.js', name));
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
  const moved = await page.$$eval('.demo p', (all) => all.map((one) => [one.className,
    getComputedStyle(one).position].join(' is ')).filter((one) => !one.endsWith('static')));
  nothing(moved, 'a class of the demos that reveal.js has, too');
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
  await becomes(() => page.$$eval('[data-lane] .state', (all) =>
    all.map((one) => one.dataset.state)), Array(4).fill('paused'), 'the race stops');
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
