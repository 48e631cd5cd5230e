# SPDX-License-Identifier: MIT
"""ws_peer.py [--serves] COMMAND...: the peer that COMMAND starts (peer.py says how it is driven)
asks ws_echo_server, and with --serves is asked by ws_echo_client; over ws:// and wss://."""
import os
import shlex
import sys
import tempfile

from programs import Program, certificate, run_program
from ws_cases import LIMIT, SIZES, Client, Peer, binary, run_cases, text


class Server:
    """Cases for ws_echo_client that asks a peer."""

    def __init__(self, peer, port, cacert):
        self.peer, self.argv = peer, ["--cacert", cacert] if cacert else []
        self.url = "%s://localhost:%d/echo" % ("wss" if cacert else "ws", port)

    def run(self, lines, *argv):
        return run_program("ws_echo_client", *self.argv, *argv, self.url,
                           text=b"".join(line + b"\n" for line in lines))

    def echo(self, lines, *argv, protocol=""):
        assert self.run(lines, *argv) == (0, b"".join(line + b"\n" for line in lines), b"")
        self.peer.hear("open", protocol=protocol)
        self.peer.hear("closed", code=1000)

    def messages_of_all_sizes(self):
        self.echo([text(n) for n in SIZES])
        self.echo([binary(n).replace(b"\n", b"") + b"\xff" for n in SIZES])

    def made_up_messages(self):
        status, out, err = self.run([], "-n", "20", "-s", "70000")
        assert (status, err) == (0, b"") and out.startswith(b"20 replies in "), (status, out, err)
        self.peer.hear("open")
        self.peer.hear("closed", code=1000)

    def subprotocols(self):
        self.echo([b"one", b"two"], "--protocol", "chat", protocol="chat")

    def the_peer_closes(self):
        for code, reason in (1000, ""), (3000, "going"), (3456, "잘 가요"):
            status, out, err = self.run([b"one", f"please close {code} {reason}".strip().encode()])
            self.peer.hear("open")
            self.peer.hear("closed", code=code)
            assert (status, out) == (1, b"one\n"), (status, out, err)
            assert err.count(b"\n") == 1 and str(code).encode() in err, err


def test_client(command, scheme, work):
    cacert = os.path.join(work, "server.pem") if scheme == "wss" else None
    server = Program("ws_echo_server", "--protocol", "chat", "--max-message", str(LIMIT),
                     "--push-every", "5", cert_out=cacert)
    peer = Peer(command, "client")
    print(f"{scheme}: {shlex.join(command)} -> ws_echo_server")
    failures = run_cases(Client(peer, server))
    peer.end()
    server.stop()
    return failures


def test_server(command, scheme, work):
    files = certificate(work) if scheme == "wss" else []
    peer = Peer(command, "serve", *files)
    print(f"{scheme}: ws_echo_client -> {shlex.join(command)}")
    failures = run_cases(Server(peer, peer.hear("listening")["port"], files[0] if files else None))
    peer.end()
    return failures


def main():
    command, serves = sys.argv[1:], False
    if command[0] == "--serves":
        command, serves = command[1:], True
    failures = 0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as work:
        os.environ["TMPDIR"] = work  # what a peer leaves behind goes, too
        for scheme in "ws", "wss":
            failures += test_client(command, scheme, work)
            if serves:
                failures += test_server(command, scheme, work)
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
