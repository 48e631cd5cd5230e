// SPDX-License-Identifier: MIT
// peer_faye.mjs: the package faye-websocket as a peer; see peer.py.
import { PROTOCOL, closeWanted, dataOf, load, run, say, sayClosed, sayMessage, sayPong, trust }
  from './peer.mjs';

const WebSocket = load('faye-websocket');
const extensions = [load('permessage-deflate')];
let socket;

const does = {
  open({ url, protocols, cacert }) {
    socket = new WebSocket.Client(url, protocols, { extensions, tls: trust({ cacert }) });
    let open = false;
    socket.on('open', () => {
      open = true;
      say('open', { protocol: socket.protocol,
        extensions: socket.headers['sec-websocket-extensions'] ?? '' });
    });
    socket.on('message', ({ data }) => sayMessage(data));
    socket.on('close', ({ code, reason }) => (open ? sayClosed(code, reason) : say('refused')));
  },
  send(command) {
    socket.send(dataOf(command));
  },
  ping({ data }) {
    socket.ping(data, () => sayPong(data));
  },
  close({ code, reason }) {
    socket.close(code ?? 1000, reason);
  },
};

function serve(server) {
  server.on('upgrade', (request, stream, body) => {
    const peer = new WebSocket(request, stream, body, [PROTOCOL], { extensions });
    peer.on('open', () => say('open', { protocol: peer.protocol, extensions: '' }));
    peer.on('message', ({ data }) => {
      const wanted = closeWanted(data);
      if (wanted)
        peer.close(...wanted);
      else
        peer.ping('between', () => peer.send(data));
    });
    peer.on('close', ({ code, reason }) => sayClosed(code, reason));
  });
}

run(['ping', 'deflate'], does, serve);
