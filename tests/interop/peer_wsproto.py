# SPDX-License-Identifier: MIT
"""peer_wsproto.py: the package wsproto, which knows the protocol and leaves the sockets to us, as a
peer; see peer.py."""
import asyncio

from wsproto import ConnectionType, WSConnection
from wsproto.events import (AcceptConnection, BytesMessage, CloseConnection, Ping, Pong,
                            RejectConnection, Request, TextMessage)
from wsproto.extensions import PerMessageDeflate
from urllib.parse import urlsplit

from peer import (PROTOCOL, client_tls, close_wanted, commands, cut, pieces_of, run, say,
                  say_closed, say_message, say_pong, until_terminated)


class Peer:
    def __init__(self, kind, reader, writer):
        self.ws, self.reader, self.writer = WSConnection(kind), reader, writer
        self.message = None

    def send(self, event):
        self.writer.write(self.ws.send(event))

    def send_message(self, pieces, ping):
        kind = TextMessage if isinstance(pieces[0], str) else BytesMessage
        for i, piece in enumerate(pieces):
            self.send(kind(data=piece, message_finished=i == len(pieces) - 1))
            if ping and i < len(pieces) - 1:
                self.send(Ping(payload=b"between"))

    async def events(self):
        """What the other side says, whole messages as str or bytes; ends behind its close."""
        while data := await self.reader.read(65536):
            self.ws.receive_data(data)
            for event in self.ws.events():
                if isinstance(event, (TextMessage, BytesMessage)):
                    self.message = event.data if self.message is None else self.message + event.data
                    if event.message_finished:
                        whole, self.message = self.message, None
                        yield whole if isinstance(whole, str) else bytes(whole)
                else:
                    yield event
        self.writer.close()

    def answer(self, event):
        """To a ping or the first close frame: true if it was one."""
        if isinstance(event, Ping):
            self.send(event.response())
        elif isinstance(event, CloseConnection):
            say_closed(event.code, event.reason)
            if self.ws.state.name == "REMOTE_CLOSING":
                self.send(event.response())


async def listen(peer):
    async for event in peer.events():
        if isinstance(event, (str, bytes)):
            say_message(event)
        elif isinstance(event, AcceptConnection):
            say("open", protocol=event.subprotocol or "",
                extensions=", ".join(ext.name for ext in event.extensions))
        elif isinstance(event, RejectConnection):
            say("refused")
        elif isinstance(event, Pong):
            say_pong(event.payload)
        else:
            peer.answer(event)


async def connect(command):
    url, tls = urlsplit(command["url"]), client_tls(command)
    reader, writer = await asyncio.open_connection(url.hostname, url.port, ssl=tls)
    peer = Peer(ConnectionType.CLIENT, reader, writer)
    peer.send(Request(host=url.netloc, target=url.path, subprotocols=command["protocols"],
                      extensions=[PerMessageDeflate()]))
    return peer, asyncio.create_task(listen(peer))


async def client():
    say("ready", can=["pieces", "ping", "deflate"])
    async for command in commands():
        match command["do"]:
            case "open":
                peer, listener = await connect(command)
            case "send":
                peer.send_message(pieces_of(command), command["ping"])
            case "ping":
                peer.send(Ping(payload=command["data"].encode()))
            case "close":
                peer.send(CloseConnection(code=command["code"], reason=command["reason"] or None))
                await listener


def accept(peer, event):
    chosen = PROTOCOL if PROTOCOL in event.subprotocols else None
    peer.send(AcceptConnection(subprotocol=chosen, extensions=[PerMessageDeflate()]))
    say("open", protocol=chosen or "", extensions="")


async def echo(reader, writer):
    peer = Peer(ConnectionType.SERVER, reader, writer)
    async for event in peer.events():
        wanted = close_wanted(event)
        if wanted:
            peer.send(CloseConnection(code=wanted[0], reason=wanted[1] or None))
        elif isinstance(event, (str, bytes)):
            peer.send_message(cut(event), ping=True)
        elif isinstance(event, Request):
            accept(peer, event)
        else:
            peer.answer(event)
        if peer.ws.state.name == "CLOSED":
            writer.close()  # the server ends the TCP connection first


async def serve(tls):
    server = await asyncio.start_server(echo, "127.0.0.1", 0, ssl=tls)
    say("listening", port=server.sockets[0].getsockname()[1])
    await until_terminated()


run(client, serve)
