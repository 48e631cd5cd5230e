// SPDX-License-Identifier: MIT
// browser.mjs: one driver for both browsers.  A page notes all that goes wrong in it: what the
// console warns of, what fails to load, what is asked of any place but its own.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inPage } from './in_page.mjs';

const PATIENCE = 5000;
const here = path.dirname(fileURLToPath(import.meta.url));

export const top = process.env.SOCKLAB_TOP || path.join(here, '../..');
export const slides = process.env.SOCKLAB_SLIDES || path.join(top, 'slides');
export const decks = (process.env.SOCKLAB_DECKS || 'sockets http-to-websocket costs-and-choices')
  .split(' ');
export const languages = ['en', 'ko'];

/* Everything takes two minutes of a browser: .ci/run has them, and who asks for them. */
export const whole = Boolean(process.env.SOCKLAB_WHOLE);

/* A peer of the tests: where SOCKLAB_NPM says, as need.sh looks for it. */
const npm = path.resolve(process.env.SOCKLAB_NPM || path.join(top, 'tests/interop'));
export const load = createRequire(path.join(npm, 'x.js'));
export const folderOf = (name) => path.join(npm, 'node_modules', name);

const launchers = {
  chromium: {
    browser: 'chrome',
    executablePath: process.env.SOCKLAB_CHROMIUM || 'chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--no-proxy-server',
      '--disable-background-networking', '--disable-component-update',
      '--force-prefers-reduced-motion'],
  },
  firefox: {
    browser: 'firefox',
    executablePath: process.env.SOCKLAB_FIREFOX || 'firefox-esr',
    extraPrefsFirefox: { 'ui.prefersReducedMotion': 1, 'dom.disable_open_during_load': false },
  },
};

function find(program) { // puppeteer does not look into $PATH
  if (program.includes('/'))
    return program;
  const found = process.env.PATH.split(':').map((folder) => path.join(folder, program));
  return found.find((file) => fs.existsSync(file));
}

export async function openBrowser(name) {
  const launcher = launchers[name];
  const browser = await load('puppeteer-core').launch({ headless: true, ...launcher,
    executablePath: find(launcher.executablePath), protocolTimeout: 30000 });
  process.on('exit', () => browser.process()?.kill('SIGKILL'));
  return browser;
}

/* The address of a page of slides/: from a file, or from the server whose URL is `base`. */
export function address(page, base, language, hash = '', query = {}) {
  const url = base ? new URL('/' + page, base) : pathToFileURL(path.join(slides, page));
  url.search = new URLSearchParams({ lang: language, ...query });
  return url.href + hash;
}

const isOwn = (url, own) => /^(data|blob|about):/.test(url) ||
  (own.startsWith('file:') ? url.startsWith('file:') : new URL(url).origin === new URL(own).origin);

/* What Chromium writes when a slide with a WebSocket is left before that is open. */
const HASTY = /WebSocket is closed before the connection is established/;

const isIcon = (url) => url.endsWith('/favicon.ico'); // browsers ask for it of themselves

/* What goes wrong in a page, as sentences.  Being told that the server is gone is part of the
 * demos: `allowed` matches such problems. */
export function watch(page, own, allowed = /^$/) {
  const problems = [];
  const say = (problem) => allowed.test(problem) || HASTY.test(problem) || problems.push(problem);
  page.on('console', (message) => {
    const url = message.location()?.url ?? '';
    if (['error', 'warn', 'warning'].includes(message.type()) && !isIcon(url))
      say(`console: ${message.text()} ${url}`);
  });
  page.on('pageerror', (error) => say(`exception: ${error.message}`));
  page.on('request', (request) => isOwn(request.url(), own) || say(`asks ${request.url()}`));
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    if (!/ABORTED|BINDING_ABORTED|NS_ERROR_ABORT/.test(why)) // the page's own wish
      say(`not loaded: ${request.url()} ${why}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400 && !isIcon(response.url()))
      say(`${response.status()} ${response.url()}`);
  });
  return problems;
}

let latest = []; // the last page's problems may be why a test failed

export async function openPage(browser, url, { size = [1280, 720], allowed } = {}) {
  const page = await browser.newPage();
  await page.setViewport({ width: size[0], height: size[1] });
  const problems = latest = watch(page, url, allowed);
  await page.evaluateOnNewDocument(`globalThis.look = (${inPage})()`);
  await page.goto(url, { waitUntil: 'load' });
  return { page, problems };
}

/* Waits until `ask()` gives what is expected; says what it gave last, when it does not. */
export async function becomes(ask, expected, what, patience = PATIENCE) {
  const fits = typeof expected === 'function' ? expected : (value) => {
    try {
      assert.deepEqual(value, expected);
      return true;
    } catch {
      return false;
    }
  };
  const end = performance.now() + patience;
  for (;;) {
    const value = await ask();
    if (fits(value))
      return value;
    if (performance.now() > end)
      assert.fail(`${what}: ${JSON.stringify(value)}, not ${
        typeof expected === 'function' ? 'as expected' : JSON.stringify(expected)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/* Runs tests, whose names are sentences (or those that have the command line's word in them);
 * failures of all of them are said. */
export async function runTests(tests, ...args) {
  const only = process.argv[2] ?? '';
  let failed = 0;
  for (const [name, test] of Object.entries(tests).filter(([one]) => one.includes(only))) {
    const start = performance.now();
    const took = () => `${name} (${Math.round(performance.now() - start)} ms)`;
    latest = [];
    try {
      await test(...args);
      console.log(`ok ${took()}`);
    } catch (error) {
      failed++;
      console.log(`FAILED ${took()}: ${
        error.code === 'ERR_ASSERTION' ? error.message : error.stack}`);
      latest.forEach((problem) => console.log(`  the last page: ${problem}`));
    }
  }
  return failed;
}

/* What was found wrong, all of it, is the message. */
export function nothing(problems, what) {
  const once = [...new Set(problems)].slice(0, 60);
  assert.ok(problems.length === 0, `${what}:\n  ${once.join('\n  ')}`);
}
