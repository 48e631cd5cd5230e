// SPDX-License-Identifier: MIT
// deck_test.mjs: each deck in Chromium, in both languages, from a file and from the server: it fits
// at every size, says everything in both languages, breaks no rule of accessibility, and complains
// of nothing.  Partner: keys_test.mjs, which turns its pages.
import fs from 'node:fs';
import { address, decks, languages, load, nothing, openBrowser, openPage, runTests, slides,
  whole }
  from './browser.mjs';
import { touching, turning } from './keys_test.mjs';
import { startServer } from './server.mjs';

const SIZES = [[1280, 720], [1920, 1080], [1024, 768]];
const LINES = 20; // a slide too full has many complaints

async function eachSize(page) {
  const said = [];
  for (const [width, height] of SIZES) {
    await page.setViewport({ width, height });
    const problems = await page.evaluate(() => look.layoutProblems());
    said.push(...problems.slice(0, LINES).map((one) => `${width}x${height}: ${one}`));
  }
  return said;
}

/* Runs in the page: axe on everything once, then on every other slide, the only one with anything
 * in it, for axe reads the whole document each time: it takes as long as all the rest.  What it
 * finds is hardly ever in one language only: the odd slides are for one, the even for the other. */
async function axeProblems(odd, whole) {
  const said = [], sections = Array.from(document.querySelectorAll('.slides > section'));
  const run = async (what) => {
    document.querySelectorAll('section.present .fragment')
      .forEach((one) => one.classList.add('visible'));
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    violations.forEach(({ id, nodes }) => nodes.forEach(({ target, failureSummary, any }) => {
      const { fgColor, bgColor, contrastRatio } = any[0]?.data ?? {};
      said.push(`${what} ${id}: ${target}: ${contrastRatio
        ? `${fgColor} on ${bgColor} is ${contrastRatio}` : failureSummary.split('\n')[1]}`);
    }));
  };
  await run('all');
  if (!whole)
    return said;
  const kept = sections.map((one) => Array.from(one.childNodes));
  sections.forEach((one) => one.replaceChildren());
  for (const [n, section] of sections.entries()) {
    if (n % 2 !== odd)
      continue;
    section.append(...kept[n]);
    await look.goTo(n);
    await run(`#/${n}`);
    section.replaceChildren();
  }
  return said;
}

async function look(browser, deck, language, base, examine) {
  const { page, problems } = await openPage(browser, address(`${deck}.html`, base, language));
  const what = `${deck} (${language}, from ${base ? 'the server' : 'a file'})`;
  const said = await examine(page);
  await page.close();
  nothing([...problems, ...said], what);
}

async function eachDeck(examine) {
  const failures = [];
  for (const deck of decks)
    for (const language of languages)
      await examine(deck, language).catch((error) => failures.push(error.message));
  if (failures.length)
    throw Object.assign(new Error(failures.join('\n')), { code: 'ERR_ASSERTION' });
}

const tests = {
  nothing_overflows_or_is_small_at_any_size: (browser, server) =>
    eachDeck((deck, language) => look(browser, deck, language, server.url, eachSize)),

  ...(whole && { a_file_shows_the_same: (browser) =>
    eachDeck((deck, language) => look(browser, deck, language, null, (page) =>
      page.evaluate(() => look.layoutProblems()))) }),

  both_languages_are_complete_and_axe_finds_nothing: (browser, server) =>
    eachDeck((deck, language) => look(browser, deck, language, server.url, async (page) => {
      await page.evaluate(load('axe-core').source);
      const found = await page.evaluate(() =>
        [...look.languageProblems(), ...look.strayTexts(), ...look.notesProblems()]);
      return [...found, ...await page.evaluate(axeProblems, languages.indexOf(language), whole)];
    })),

  pages_around_the_decks_are_fine: async (browser, server) => {
    for (const name of ['index.html', 'chat.html'])
      for (const language of languages)
        await lookAround(browser, address(name, server.url, language));
  },
};

async function lookAround(browser, url) {
  const { page, problems } = await openPage(browser, url, { size: [320, 640] });
  await page.evaluate(load('axe-core').source);
  const said = await page.evaluate(async () => {
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    const all = violations.map(({ id, nodes }) => `${id}: ${nodes[0].target}`);
    if (document.documentElement.scrollWidth > innerWidth)
      all.push(`${document.documentElement.scrollWidth} px wide on a phone of ${innerWidth}`);
    return [...all, ...look.languageProblems()];
  });
  nothing([...said, ...problems], url);
  await page.close();
}

for (const deck of decks)
  if (!fs.existsSync(`${slides}/${deck}.html`))
    throw new Error(`no deck ${deck}`);
const browser = await openBrowser('chromium');
const server = await startServer();
const failed = await runTests({ ...tests, ...turning, ...touching }, browser, server);
await browser.close();
await server.stop('SIGTERM');
process.exit(failed ? 1 : 0);
