// SPDX-License-Identifier: MIT
// demo_page.mjs: where the decks have their demos, and what may go wrong while a server is gone.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { address, decks, slides } from './browser.mjs';

/* What browsers write on the console when nobody answers: what the demos are tested with. */
export const GONE = { allowed: new RegExp('ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY|ERR_NETWORK|' +
  'Failed to load resource: (net::|the server responded with a status of 503)|^503 |' +
  'WebSocket connection to|can.t establish a connection|was interrupted|NS_ERROR') };

const hasDemo = (html, name) => new RegExp(`class="demo ${name}[" ]`).test(html);

/* The address of the slide with the demo NAME, from the server whose URL is `base`, or a file. */
export function demoPage(name, base, language = 'en') {
  for (const deck of decks) {
    const html = fs.readFileSync(`${slides}/${deck}.html`, 'utf8');
    const sections = html.split(/<section\b/).slice(1);
    const found = sections.find((one) => hasDemo(one, name));
    if (found)
      return address(`${deck}.html`, base, language, `#/${/id="([^"]+)"/.exec(found)[1]}`);
  }
  assert.fail(`no deck has the demo ${name}`);
}
