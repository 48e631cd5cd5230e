# SPDX-License-Identifier: MIT
"""peer.py: what the Python peers share.  Partner: peer.mjs.

A peer is a small program around somebody else's WebSocket library.  ws_peer.py drives it with one
JSON object a line on stdin, and it tells what happens in JSON lines on stdout.

    PEER client             {"do": "open", "url", "protocols", "cacert", "page"}
                            {"do": "send", "kind", "pieces", "ping"}    pieces: base64
                            {"do": "ping", "data"}
                            {"do": "close", "code", "reason"}           code null: none
    PEER serve [CERT KEY]   echoes; a text of "please close CODE REASON" ends the connection
    both say                ready (can), listening (port), open (protocol, extensions), refused,
                            message (kind, data), pong (data), closed (code, reason)

What a library cannot do it leaves out of `can`: "pieces" (a message in chosen fragments), "cut"
(within a character), "ping", "no code" (close without one), "deflate" (it offers compression),
"fetch" and "page" (a browser, and one with pages of many origins): see browser.mjs."""
import asyncio
import base64
import json
import signal
import ssl
import sys

PROTOCOL = "chat"
MAX = 1 << 24
PIECE = 1000  # bytes, of the fragments that a server answers in


def say(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)


def say_message(data):
    kind = "text" if isinstance(data, str) else "binary"
    raw = data.encode() if isinstance(data, str) else bytes(data)
    say("message", kind=kind, data=base64.b64encode(raw).decode())


def say_pong(data):
    say("pong", data=base64.b64encode(bytes(data)).decode())


def say_closed(code, reason):
    say("closed", code=code or 1005, reason=reason or "")


def bytes_of(command):
    """The pieces of a message to send."""
    return [base64.b64decode(piece) for piece in command["pieces"]]


def pieces_of(command):
    """The same as the libraries want them: text is str."""
    raw = bytes_of(command)
    return [piece.decode() for piece in raw] if command["kind"] == "text" else raw


def cut(message):
    """A reply in pieces: of a text, whole characters."""
    return [message[i:i + PIECE] for i in range(0, len(message), PIECE)] or [message]


def close_wanted(message):
    """(code, reason) when the message asks for the end, else None."""
    if not isinstance(message, str) or not message.startswith("please close "):
        return None
    code, _, reason = message.removeprefix("please close ").partition(" ")
    return int(code), reason


def read_command():
    line = sys.stdin.readline()
    return json.loads(line) if line else None


async def commands():
    loop = asyncio.get_running_loop()
    while (command := await loop.run_in_executor(None, read_command)) is not None:
        yield command


def client_tls(command):
    cacert = command.get("cacert")
    return ssl.create_default_context(cafile=cacert) if cacert else None


def server_tls(files):
    if not files:
        return None
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*files)
    return tls


async def until_terminated():
    end = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end.set)
    await end.wait()


def run(client, serve):
    role, *files = sys.argv[1:]
    asyncio.run(client() if role == "client" else serve(server_tls(files)))
