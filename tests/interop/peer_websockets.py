# SPDX-License-Identifier: MIT
"""peer_websockets.py: the package websockets as a peer; see peer.py."""
import asyncio

import websockets
from websockets.exceptions import ConnectionClosed, InvalidStatusCode

from peer import (MAX, PROTOCOL, client_tls, close_wanted, commands, cut, pieces_of, run, say,
                  say_closed, say_message, say_pong, until_terminated)


async def listen(ws):
    try:
        while True:
            say_message(await ws.recv())
    except ConnectionClosed:
        say_closed(ws.close_code, ws.close_reason)


async def pieces_with_pings(ws, pieces, telling):
    for i, piece in enumerate(pieces):
        if i > 0:
            await (await ws.ping(b"between"))
            if telling:
                say_pong(b"between")
        yield piece


async def send(ws, command):
    pieces = pieces_of(command)
    if len(pieces) == 1:
        await ws.send(pieces[0])
    elif command["ping"]:
        await ws.send(pieces_with_pings(ws, pieces, True))
    else:
        await ws.send(pieces)


async def client():
    say("ready", can=["pieces", "ping", "deflate"])
    ws = None
    async for command in commands():
        match command["do"]:
            case "open":
                try:
                    ws = await websockets.connect(
                        command["url"], subprotocols=command["protocols"] or None, max_size=MAX,
                        ssl=client_tls(command), open_timeout=None)
                except InvalidStatusCode:
                    say("refused")
                    continue
                say("open", protocol=ws.subprotocol or "",
                    extensions=ws.response_headers.get("Sec-WebSocket-Extensions", ""))
                listener = asyncio.create_task(listen(ws))
            case "send":
                await send(ws, command)
            case "ping":
                await (await ws.ping(command["data"]))
                say_pong(command["data"].encode())
            case "close":
                await ws.close(command["code"], command["reason"])
                await listener


async def echo(ws):
    say("open", protocol=ws.subprotocol or "", extensions="")
    try:
        async for message in ws:
            wanted = close_wanted(message)
            if wanted:
                await ws.close(*wanted)
            else:
                await ws.send(pieces_with_pings(ws, cut(message), False))
    except ConnectionClosed:
        pass
    say_closed(ws.close_code, ws.close_reason)


async def serve(tls):
    async with websockets.serve(echo, "127.0.0.1", 0, ssl=tls, max_size=MAX,
                                subprotocols=[PROTOCOL]) as server:
        say("listening", port=server.sockets[0].getsockname()[1])
        await until_terminated()


run(client, serve)
