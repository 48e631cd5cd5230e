// SPDX-License-Identifier: MIT
// peer_websocket.mjs: the package websocket as a peer; see peer.py.
import { MAX, PROTOCOL, closeWanted, cut, load, piecesOf, run, say, sayClosed, sayMessage, sayPong,
  trust } from './peer.mjs';

const { client: Client, frame: Frame, server: Server } = load('websocket');
const limits = { maxReceivedFrameSize: MAX, maxReceivedMessageSize: MAX,
  fragmentOutgoingMessages: false };
const TEXT = 1, BINARY = 2, CONTINUATION = 0;
let connection;

function sendPieces(to, pieces, opcode, ping) {
  pieces.forEach((piece, i) => {
    if (ping && i > 0)
      to.ping('between');
    const frame = new Frame(Buffer.alloc(4), Buffer.alloc(10), to.config);
    frame.opcode = i === 0 ? opcode : CONTINUATION;
    frame.fin = i === pieces.length - 1;
    frame.binaryPayload = piece;
    to.sendFrame(frame);
  });
}

function opened(it) {
  connection = it;
  say('open', { protocol: it.protocol ?? '', extensions: it.extensions?.join() ?? '' });
  it.on('message', (message) => sayMessage(message.utf8Data ?? message.binaryData));
  it.on('pong', sayPong);
  it.on('close', (code, reason) => sayClosed(code, reason));
}

const does = {
  open({ url, protocols, cacert }) {
    const client = new Client({ ...limits, tlsOptions: trust({ cacert }) });
    client.on('connect', opened);
    client.on('connectFailed', () => say('refused'));
    client.connect(url, protocols);
  },
  send(command) {
    sendPieces(connection, piecesOf(command), command.kind === 'text' ? TEXT : BINARY,
      command.ping);
  },
  ping({ data }) {
    connection.ping(data);
  },
  close({ code, reason }) {
    connection.close(code ?? undefined, reason);
  },
};

function echo(peer, message) {
  const wanted = closeWanted(message.utf8Data);
  if (wanted)
    peer.close(...wanted);
  else if (message.type === 'utf8')
    sendPieces(peer, cut(Buffer.from(message.utf8Data)), TEXT, true);
  else
    sendPieces(peer, cut(message.binaryData), BINARY, true);
}

function serve(httpServer) {
  const server = new Server({ httpServer, ...limits });
  server.on('request', (request) => {
    const protocol = request.requestedProtocols.includes(PROTOCOL) ? PROTOCOL : null;
    const peer = request.accept(protocol, request.origin);
    say('open', { protocol: protocol ?? '', extensions: '' });
    peer.on('message', (message) => echo(peer, message));
    peer.on('close', (code, reason) => sayClosed(code, reason));
  });
}

run(['pieces', 'cut', 'ping'], does, serve);
