# SPDX-License-Identifier: MIT
"""ws_cases.py: what must come of it when somebody else's WebSocket client, a peer as in peer.py,
asks ws_echo_server.  Partner: ws_peer.py."""
import base64
import random

from programs import Lines, Tap

SIZES = (0, 1, 125, 126, 65535, 65536, 1 << 20)
LIMIT = 1 << 20  # the server's --max-message
BENT = "bent.test"  # a name that Chromium takes to 127.0.0.1
WORDS = "안녕, 세계 🧦 "


def text(n):
    """n bytes of UTF-8, one to four bytes a character."""
    repeated = (WORDS * (n // len(WORDS) + 1)).encode()[:n].decode(errors="ignore")
    return (repeated + "." * 3)[:len(repeated) + n - len(repeated.encode())].encode()


def binary(n):
    return random.Random(n).randbytes(n)


def split(data, *sizes):
    """data in pieces of these sizes and the rest."""
    pieces = []
    for n in sizes:
        pieces.append(data[:n])
        data = data[n:]
    return pieces + [data]


class Peer(Lines):
    """A peer, either role."""

    def __init__(self, command, *argv):
        super().__init__([*command, *argv])

    def tell(self, do, **fields):
        self.write({"do": do, **fields})

    def hear(self, event, **wanted):
        got = self.read()
        expected = {**got, "event": event, **wanted}
        assert got == expected, f"heard {str(got)[:300]}, wanted {str(expected)[:300]}"
        return got


class Client:
    """Cases for a peer that asks ws_echo_server."""

    def __init__(self, peer, server):
        self.peer, self.server = peer, server
        self.can = set(peer.hear("ready")["can"])

    def open(self, path="/echo", protocols=(), server=None, **more):
        server = server or self.server
        self.peer.tell("open", url=server.url + path, protocols=list(protocols),
                       cacert=server.cacert, **more)

    def opened(self, path="/echo", protocols=(), protocol="", **more):
        self.open(path, protocols, **more)
        self.peer.hear("open", protocol=protocol, extensions="")

    def close(self, code=1000, reason=""):
        self.peer.tell("close", code=code, reason=reason)
        self.peer.hear("closed", code=code or 1005)

    def send(self, kind, pieces, ping=False):
        self.peer.tell("send", kind=kind, ping=ping,
                       pieces=[base64.b64encode(piece).decode() for piece in pieces])

    def echo(self, kind, pieces, ping=False):
        self.send(kind, pieces, ping)
        for _ in pieces[1:] if ping else ():
            self.peer.hear("pong", data=base64.b64encode(b"between").decode())
        self.peer.hear("message", kind=kind, data=base64.b64encode(b"".join(pieces)).decode())

    def messages_of_all_sizes(self):
        self.opened()
        for n in SIZES:
            self.echo("text", [text(n)])
            self.echo("binary", [binary(n)])
        self.close()

    def many_at_once(self):
        self.opened()
        for i in range(100):
            self.send("text", [b"message %d" % i])
        for i in range(100):
            self.peer.hear("message", kind="text",
                           data=base64.b64encode(b"message %d" % i).decode())
        self.close()

    def messages_in_pieces(self):
        if "pieces" not in self.can:
            return "no pieces"
        whole = text(1500) if "cut" in self.can else b"one character is one byte " * 60
        self.opened()
        for kind, data in (("text", whole), ("binary", binary(70000))):
            self.echo(kind, split(data, 0, 1, 500, 0, 125, 126))
            self.echo(kind, split(data, *[1] * 1000))
            self.echo(kind, [b"", b"", b""])
        self.echo("binary", split(binary(LIMIT), 65535, 65536, 100000))
        self.close()

    def pings_between_pieces(self):
        if not {"pieces", "ping"} <= self.can:
            return "no pieces, or no pings"
        self.opened()
        self.echo("text", [word.encode() for word in ("안녕" * 10, ", ", "세계" * 10)], ping=True)
        self.echo("binary", split(binary(70000), 1, 65536, 3), ping=True)
        self.close()

    def pings(self):
        if "ping" not in self.can:
            return "no pings"
        self.opened()
        for data in ("p", "가" * 41 + "..", ""):
            self.peer.tell("ping", data=data)
            self.peer.hear("pong", data=base64.b64encode(data.encode()).decode())
        self.close()

    def subprotocols(self):
        self.opened(protocols=["soap", "chat"], protocol="chat")
        self.close()

    def the_peer_closes(self):
        self.opened()
        self.echo("text", [b"so long"])
        self.close(1000, "bye")
        self.opened()
        self.close(3456, "잘 가요")
        self.opened()
        self.close(4999, "r" * 123)
        if "no code" in self.can:
            self.opened()
            self.close(None)

    def the_server_closes(self):
        self.opened()
        self.send("binary", [binary(LIMIT + 1)])
        self.peer.hear("closed", code=1009)
        server = self.server.twin()
        self.opened(server=server)
        self.echo("text", [b"here"])
        server.stop()
        self.peer.hear("closed", code=1001)

    def a_path_that_is_not_there(self):
        self.open("/nothing")
        self.peer.hear("refused")

    def pushed_events(self):
        self.opened("/push")
        seen = [base64.b64decode(self.peer.hear("message", kind="text")["data"]).split()
                for _ in range(20)]
        assert [int(seq) for _, seq, _ in seen] == list(range(int(seen[0][1]),
                                                              int(seen[0][1]) + 20)), seen
        self.peer.tell("close", code=1000, reason="")
        while (got := self.peer.read())["event"] == "message":
            pass
        assert (got["event"], got["code"]) == ("closed", 1000), got

    def the_same_server_over_http(self):
        """What has a browser's WebSocket has its fetch and its EventSource."""
        if "fetch" not in self.can:
            return "not a browser"
        base, cacert = "http" + self.server.url[2:], self.server.cacert
        self.opened()  # a page of that origin
        for data in (b"", text(65536), binary(1 << 20)):
            data = base64.b64encode(data).decode()
            self.peer.tell("fetch", url=base + "/echo", data=data, cacert=cacert)
            self.peer.hear("fetched", status=200, data=data)
        self.peer.tell("events", url=base + "/events", count=20, cacert=cacert)
        seen = self.peer.hear("events")["seen"]
        first = int(seen[0]["id"])
        assert [int(event["id"]) for event in seen] == list(range(first, first + 20)), seen
        assert all(event["data"].startswith("tick " + event["id"]) for event in seen), seen
        self.close()

    def pages_of_other_origins(self):
        if "page" not in self.can:
            return "has no pages"
        with self.server.twin() as another:
            page = "http" + another.url[2:]
            self.open(page=page)
            self.peer.hear("refused")
            with self.server.twin("--origin", page) as trusting:
                self.opened(server=trusting, page=page)
                self.close()

    def a_name_that_was_bent_to_our_address(self):
        if "page" not in self.can:
            return "has no pages"
        url = self.server.url.replace("localhost", BENT) + "/echo"
        self.peer.tell("open", url=url, protocols=[], page="http" + url[2:])
        self.peer.hear("refused")

    def compression_is_offered_and_not_accepted(self):
        """That none is accepted, opened() sees; that it was offered, the tap."""
        if "deflate" not in self.can or self.server.cacert:
            return "no compression offered, or nothing to see under TLS"
        with Tap(self.server.port) as tap:
            self.opened(server=tap)
            self.echo("text", [b"aaaaaaaa" * 100])
            self.close()
            heard = bytes(tap.heard)
        assert b"permessage-deflate" in heard, "no compression was offered"


def run_cases(cases):
    """Returns how many fail."""
    failures = 0
    for name in (name for name, case in vars(type(cases)).items()
                 if not name.startswith("__") and case.__code__.co_argcount == 1):
        try:
            left_out = getattr(cases, name)()
            print(f"    {name}" + (f": left out ({left_out})" if left_out else ""))
        except Exception as error:
            print(f"    FAILED {name}: {error!r}")
            return failures + 1  # where the peer is now, nobody knows
    return failures
