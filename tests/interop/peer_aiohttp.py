# SPDX-License-Identifier: MIT
"""peer_aiohttp.py: the package aiohttp as a peer; see peer.py."""
import asyncio

from aiohttp import ClientSession, WSMsgType, WSServerHandshakeError, web

from peer import (MAX, PROTOCOL, client_tls, close_wanted, commands, pieces_of, run, say,
                  say_closed, say_message, say_pong, until_terminated)


async def listen(ws):
    while True:
        heard = await ws.receive()
        if heard.type in (WSMsgType.TEXT, WSMsgType.BINARY):
            say_message(heard.data)
        elif heard.type == WSMsgType.PONG:
            say_pong(heard.data)
        elif heard.type == WSMsgType.PING:
            await ws.pong(heard.data)
        elif heard.type == WSMsgType.CLOSE:
            say_closed(heard.data, heard.extra)
        else:
            break


async def connect(session, command):
    ws = await session.ws_connect(command["url"], protocols=command["protocols"], autoping=False,
                                  compress=15, max_msg_size=MAX, ssl=client_tls(command))
    say("open", protocol=ws.protocol or "", extensions="deflate" if ws.compress else "")
    return ws, asyncio.create_task(listen(ws))


async def send(ws, data):
    await (ws.send_str(data) if isinstance(data, str) else ws.send_bytes(data))


async def client():
    say("ready", can=["ping", "deflate"])
    async with ClientSession() as session:
        async for command in commands():
            match command["do"]:
                case "open":
                    try:
                        ws, listener = await connect(session, command)
                    except WSServerHandshakeError:
                        say("refused")
                case "send":
                    await send(ws, pieces_of(command)[0])
                case "ping":
                    await ws.ping(command["data"].encode())
                case "close":
                    listener.cancel()  # or close() would not wait for the answer
                    await ws.close(code=command["code"], message=command["reason"].encode())
                    say_closed(ws.close_code, "")


async def answer(ws, heard):
    if heard.type == WSMsgType.PING:
        await ws.pong(heard.data)
    elif heard.type in (WSMsgType.TEXT, WSMsgType.BINARY):
        wanted = close_wanted(heard.data)
        if wanted:
            await ws.close(code=wanted[0], message=wanted[1].encode())
        else:
            await ws.ping(b"between")
            await send(ws, heard.data)


async def echo(request):
    ws = web.WebSocketResponse(protocols=[PROTOCOL], autoping=False, compress=True,
                               max_msg_size=MAX)
    await ws.prepare(request)
    say("open", protocol=ws.ws_protocol or "", extensions="")
    async for heard in ws:
        await answer(ws, heard)
    say_closed(ws.close_code, "")
    return ws


async def serve(tls):
    app = web.Application()
    app.add_routes([web.get("/echo", echo)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    say("listening", port=runner.addresses[0][1])
    await until_terminated()
    await runner.cleanup()


run(client, serve)
