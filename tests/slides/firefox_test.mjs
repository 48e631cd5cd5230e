// SPDX-License-Identifier: MIT
// firefox_test.mjs: the decks and their demos in the other browser: one size, each demo once.
import { address, decks, languages, nothing, openBrowser, openPage, runTests } from './browser.mjs';
import { inspecting } from './inspect_test.mjs';
import { turning } from './keys_test.mjs';
import { racing } from './race_test.mjs';
import { talking } from './room_test.mjs';
import { startServer } from './server.mjs';

const tests = {
  nothing_overflows_in_firefox: async (browser, server) => {
    const all = [];
    for (const [i, deck] of decks.entries())
      for (const language of languages) {
        const base = i % 2 ? null : server.url;
        const { page, problems } = await openPage(browser, address(`${deck}.html`, base, language));
        all.push(...(await page.evaluate(() => look.layoutProblems())), ...problems);
        await page.close();
      }
    nothing(all, 'the decks');
  },
  ...inspecting,
  ...talking,
  all_keys_that_turn: turning.all_keys_that_turn,
  the_language: turning.the_language_is_switched_without_losing_the_place,
  overview_blackout_and_help: turning.overview_blackout_and_help_open_and_close,
  the_race: racing.the_race_survives_another_server,
};

const browser = await openBrowser('firefox');
const server = await startServer();
const failed = await runTests(tests, browser, server);
await browser.close();
await server.stop('SIGTERM');
process.exit(failed ? 1 : 0);
