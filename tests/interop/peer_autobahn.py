# SPDX-License-Identifier: MIT
"""peer_autobahn.py: the package autobahn as a peer; see peer.py."""
import asyncio
from urllib.parse import urlsplit

from autobahn.asyncio.websocket import (WebSocketClientFactory, WebSocketClientProtocol,
                                        WebSocketServerFactory, WebSocketServerProtocol)
from autobahn.websocket.compress import PerMessageDeflateOffer, PerMessageDeflateOfferAccept

from peer import (MAX, PROTOCOL, bytes_of, client_tls, close_wanted, commands, cut, run, say,
                  say_closed, say_message, say_pong, until_terminated)


def send_pieces(ws, pieces, binary, ping):
    ws.beginMessage(isBinary=binary)
    for i, piece in enumerate(pieces):
        if i > 0 and ping:
            ws.sendPing(b"between")
        ws.sendMessageFrame(piece)
    ws.endMessage()  # an empty fragment


class Client(WebSocketClientProtocol):
    was_open = False

    def onOpen(self):
        self.was_open = True
        say("open", protocol=self.websocket_protocol_in_use or "",
            extensions=", ".join(map(str, self.websocket_extensions_in_use)))

    def onMessage(self, payload, isBinary):
        say_message(payload if isBinary else payload.decode())

    def onPong(self, payload):
        say_pong(payload)

    def onClose(self, wasClean, code, reason):
        if self.was_open:
            say_closed(code, reason if wasClean else "")
        else:
            say("refused")


async def connect(command):
    factory = WebSocketClientFactory(command["url"], protocols=command["protocols"])
    factory.protocol = Client
    factory.setProtocolOptions(perMessageCompressionOffers=[PerMessageDeflateOffer()],
                               maxMessagePayloadSize=MAX, failByDrop=False)
    url = urlsplit(command["url"])
    _, ws = await asyncio.get_running_loop().create_connection(
        factory, url.hostname, url.port, ssl=client_tls(command))
    return ws


async def client():
    say("ready", can=["pieces", "cut", "ping", "no code", "deflate"])
    async for command in commands():
        match command["do"]:
            case "open":
                ws = await connect(command)
            case "send":
                pieces, binary = bytes_of(command), command["kind"] == "binary"
                if len(pieces) == 1:
                    ws.sendMessage(pieces[0], binary)
                else:
                    send_pieces(ws, pieces, binary, command["ping"])
            case "ping":
                ws.sendPing(command["data"].encode())
            case "close":
                ws.sendClose(command["code"], command["reason"] or None)


class Echo(WebSocketServerProtocol):
    def onConnect(self, request):
        return PROTOCOL if PROTOCOL in request.protocols else None

    def onOpen(self):
        say("open", protocol=self.websocket_protocol_in_use or "", extensions="")

    def onMessage(self, payload, isBinary):
        wanted = None if isBinary else close_wanted(payload.decode())
        if wanted:
            self.sendClose(wanted[0], wanted[1] or None)
        else:
            send_pieces(self, cut(payload), isBinary, ping=True)

    def onClose(self, wasClean, code, reason):
        say_closed(code, reason)


async def serve(tls):
    factory = WebSocketServerFactory()
    factory.protocol = Echo
    factory.setProtocolOptions(perMessageCompressionAccept=PerMessageDeflateOfferAccept)
    server = await asyncio.get_running_loop().create_server(factory, "127.0.0.1", 0, ssl=tls)
    say("listening", port=server.sockets[0].getsockname()[1])
    await until_terminated()


run(client, serve)
