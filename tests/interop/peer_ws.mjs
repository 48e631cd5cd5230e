// SPDX-License-Identifier: MIT
// peer_ws.mjs: the package ws as a peer; see peer.py.
import { MAX, PROTOCOL, closeWanted, cut, load, piecesOf, run, say, sayClosed, sayMessage, sayPong,
  trust } from './peer.mjs';

const { WebSocket, WebSocketServer } = load('ws');
let socket;

function sendPieces(to, pieces, binary, ping) {
  pieces.forEach((piece, i) => {
    if (ping && i > 0)
      to.ping('between');
    to.send(piece, { binary, fin: i === pieces.length - 1 });
  });
}

const does = {
  open({ url, protocols, cacert }) {
    socket = new WebSocket(url, protocols, { perMessageDeflate: true, maxPayload: MAX,
      ...trust({ cacert }) });
    socket.on('open', () => say('open',
      { protocol: socket.protocol, extensions: socket.extensions }));
    socket.on('message', (data, binary) => sayMessage(binary ? data : data.toString()));
    socket.on('pong', sayPong);
    socket.on('unexpected-response', (request) => { request.destroy(); say('refused'); });
    socket.on('close', sayClosed);
    socket.on('error', (error) => console.error(error.message));
  },
  send(command) {
    sendPieces(socket, piecesOf(command), command.kind === 'binary', command.ping);
  },
  ping({ data }) {
    socket.ping(data);
  },
  close({ code, reason }) {
    socket.close(code ?? undefined, reason);
  },
};

function serve(server) {
  const sockets = new WebSocketServer({ server, perMessageDeflate: true, maxPayload: MAX,
    handleProtocols: (offered) => offered.has(PROTOCOL) && PROTOCOL });
  sockets.on('connection', (peer) => {
    say('open', { protocol: peer.protocol, extensions: peer.extensions });
    peer.on('message', (data, binary) => {
      const wanted = !binary && closeWanted(data.toString());
      if (wanted)
        peer.close(...wanted);
      else
        sendPieces(peer, cut(data), binary, true);
    });
    peer.on('close', sayClosed);
  });
}

run(['pieces', 'cut', 'ping', 'no code', 'deflate'], does, serve);
