// SPDX-License-Identifier: MIT
// peer_undici.mjs: the package undici, a browser's clients for Node, as a peer; see peer.py.
import { browser } from './browser.mjs';
import { load, run, say, trust } from './peer.mjs';

const { Agent, EventSource, WebSocket, fetch } = load('undici');

function dispatcher(command) {
  return new Agent({ connect: trust(command) });
}

const api = {
  socket: (command) => new WebSocket(command.url,
    { protocols: command.protocols, dispatcher: dispatcher(command) }),
  fetch: (command, options) => fetch(command.url,
    { ...options, dispatcher: dispatcher(command) }),
  events: (command) => new EventSource(command.url, { dispatcher: dispatcher(command) }),
};

run(['fetch', 'no code', 'deflate'], browser(api, say));
