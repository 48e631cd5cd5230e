# SPDX-License-Identifier: MIT
"""http_aiohttp.py: our servers against aiohttp's client, http_poll_client against its server.  Run
by run.sh."""
import asyncio
import os
import ssl
import unittest

from aiohttp import ClientSession, ClientTimeout, TCPConnector, TraceConfig, web

from programs import PATIENCE, program

BODY = os.urandom(100000)
EVENTS = 20


class Client(unittest.IsolatedAsyncioTestCase):
    http, push = os.environ["HTTP_URL"], os.environ["PUSH_URL"]

    async def asyncSetUp(self):
        self.connections = 0
        trace = TraceConfig()
        trace.on_connection_create_end.append(self.count)
        self.session = ClientSession(trace_configs=[trace], timeout=ClientTimeout(PATIENCE),
                                     connector=TCPConnector(limit=1))
        self.addAsyncCleanup(self.session.close)

    async def count(self, *_):
        self.connections += 1

    async def echo(self, body, **more):
        async with self.session.post(self.http + "/echo", data=body, **more) as reply:
            self.assertEqual(reply.status, 200)
            return await reply.read()

    async def test_one_connection_does(self):
        for n in (0, 1, 1000, 100000):
            self.assertEqual(await self.echo(BODY[:n]), BODY[:n])
        self.assertEqual(self.connections, 1)

    async def test_a_body_whose_length_nobody_knows(self):
        async def pieces():
            for i in range(0, len(BODY), 7777):
                yield BODY[i:i + 7777]
        self.assertEqual(await self.echo(pieces()), BODY)

    async def test_asked_first(self):
        self.assertEqual(await self.echo(BODY, expect100=True), BODY)
        async with self.session.post(self.http + "/echo", data=b"x" * 1000001,
                                     expect100=True) as reply:
            self.assertEqual(reply.status, 413)

    async def test_events_as_they_come(self):
        seen = []
        async with self.session.get(self.push + "/events") as reply:
            self.assertEqual(reply.content_type, "text/event-stream")
            while len(seen) < EVENTS:
                line = await reply.content.readline()
                if line.startswith(b"data: tick "):
                    seen.append(int(line.split()[2]))
        self.assertEqual(seen, list(range(seen[0], seen[0] + EVENTS)))

    async def test_waiting_for_events(self):
        after, seen = "", []
        while len(seen) < EVENTS:
            async with self.session.get(self.push + "/long-poll" + after) as reply:
                self.assertEqual(reply.status, 200)
                seen += [int(line.split()[1]) for line in (await reply.text()).splitlines()]
                after = "?after=" + reply.headers["Last-Event-ID"]
        self.assertEqual(seen, list(range(seen[0], seen[0] + len(seen))))


class SecureClient(Client):
    http, push = os.environ["HTTPS_URL"], os.environ["PUSHS_URL"]


class Server(unittest.IsolatedAsyncioTestCase):
    tls, argv = None, []

    async def asyncSetUp(self):
        self.peers = set()
        app = web.Application()
        app.add_routes([web.post("/echo", self.echo), web.get("/events", self.events)])
        self.runner = web.AppRunner(app)
        await self.runner.setup()
        self.addAsyncCleanup(self.runner.cleanup)
        await web.TCPSite(self.runner, "127.0.0.1", 0, ssl_context=self.tls).start()
        self.url = "http%s://localhost:%d" % ("s" if self.tls else "", self.runner.addresses[0][1])

    async def echo(self, request):
        self.peers.add(request.transport.get_extra_info("peername"))
        reply = web.StreamResponse()  # chunked
        await reply.prepare(request)
        async for piece in request.content.iter_any():
            await reply.write(piece)
        return reply

    async def events(self, request):
        """Three, and the client comes again."""
        reply = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await reply.prepare(request)
        after = int(request.headers.get("Last-Event-ID", 0))
        for i in range(after + 1, after + 4):
            await reply.write(b"id: %d\nretry: 10\ndata: event %d\n\n" % (i, i))
        return reply

    async def run_client(self, *argv, text=b""):
        child = await asyncio.create_subprocess_exec(
            program("http_poll_client"), *self.argv, *argv, self.url, stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
        out, err = await asyncio.wait_for(child.communicate(text), PATIENCE)
        return child.returncode, out, err

    async def test_echo(self):
        text = b"one\n\n" + b"x" * 100000 + b"\n"
        for mode, connections in ("--keep-alive", 1), ("--close", 3):
            self.peers.clear()
            self.assertEqual(await self.run_client(mode, text=text), (0, text, b""))
            self.assertEqual(len(self.peers), connections)

    async def test_events(self):
        status, out, _ = await self.run_client("--sse", "-n", "7")
        self.assertEqual((status, out), (0, b"".join(b"event %d\n" % i for i in range(1, 8))))


class SecureServer(Server):
    argv = ["--cacert", os.environ["CERT"]]
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(os.environ["CERT"], os.environ["KEY"])


if __name__ == "__main__":
    unittest.main(warnings="ignore")  # of what a refusal leaves in the client's pool
