// SPDX-License-Identifier: MIT
// peer_chromium.mjs: a page in headless Chromium as a peer; see peer.py.  The page is the server's
// own unless the command names another.  Chromium is driven through a pipe, in its DevTools
// protocol.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { browser } from './browser.mjs';
import { run, say } from './peer.mjs';

const BINDING = 'sayToTest';
const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'socklab-chromium-'));
const chromium = spawn(process.env.SOCKLAB_CHROMIUM || 'chromium', [
  '--headless', '--no-sandbox', '--disable-gpu', '--user-data-dir=' + profile,
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--disable-default-apps', '--disable-dev-shm-usage', '--disable-quic', '--no-first-run',
  '--no-proxy-server', '--host-resolver-rules=MAP bent.test 127.0.0.1',
  '--remote-debugging-pipe', 'about:blank',
], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
const [, , , toChromium, fromChromium] = chromium.stdio;

const waiting = new Map(); // id of a request, or name of an event -> who waits for it
let lastId = 0, sessionId;

function heard(message) {
  const { id, method, params, result, error } = message;
  if (method === 'Runtime.bindingCalled')
    process.stdout.write(params.payload + '\n');
  const key = id ?? method;
  const waiter = waiting.get(key);
  waiting.delete(key);
  if (error)
    waiter?.reject(new Error(JSON.stringify(error)));
  else
    waiter?.resolve(result ?? params);
}

function wait(key) {
  return new Promise((resolve, reject) => waiting.set(key, { resolve, reject }));
}

function ask(method, params = {}) {
  const id = ++lastId;
  toChromium.write(JSON.stringify({ id, method, params, sessionId }) + '\0');
  return wait(id);
}

let rest = '';
fromChromium.setEncoding('utf8').on('data', (piece) => {
  const messages = (rest + piece).split('\0');
  rest = messages.pop();
  messages.forEach((message) => heard(JSON.parse(message)));
});

/* Runs in the page. */
function inPage(makeBrowser, binding) {
  globalThis.does = makeBrowser({
    socket: ({ url, protocols }) => new WebSocket(url, protocols),
    fetch: ({ url }, options) => fetch(url, options),
    events: ({ url }) => new EventSource(url),
  }, (event, fields) => globalThis[binding](JSON.stringify({ event, ...fields })));
}

async function start() {
  const { targetId } = await ask('Target.createTarget', { url: 'about:blank' });
  ({ sessionId } = await ask('Target.attachToTarget', { targetId, flatten: true }));
  await ask('Page.enable');
  await ask('Runtime.enable');
  await ask('Runtime.addBinding', { name: BINDING });
  await ask('Security.setIgnoreCertificateErrors', { ignore: true });
  await ask('Page.addScriptToEvaluateOnNewDocument',
    { source: `(${inPage})(${browser}, '${BINDING}')` });
}

let visited = null;

async function visit(url) {
  const page = new URL('/', url.replace(/^ws/, 'http')).href;
  if (page === visited)
    return;
  const loaded = wait('Page.loadEventFired');
  const { errorText } = await ask('Page.navigate', { url: page });
  if (errorText)
    throw new Error(`${page}: ${errorText}`);
  await loaded;
  visited = page;
}

async function inPageDo(command) {
  const { exceptionDetails } = await ask('Runtime.evaluate',
    { expression: `does.${command.do}(${JSON.stringify(command)})` });
  if (exceptionDetails)
    throw new Error(JSON.stringify(exceptionDetails));
}

async function open(command) {
  await visit(command.page ?? command.url);
  await inPageDo(command);
}

process.on('exit', () => chromium.kill('SIGKILL'));
process.on('SIGTERM', () => process.exit(0));

await start();
await run(['page', 'fetch', 'no code', 'deflate'],
  { open, send: inPageDo, close: inPageDo, fetch: inPageDo, events: inPageDo });
