# SPDX-License-Identifier: MIT
"""openssl.py: our servers against openssl s_client, tcp_echo_client against openssl
s_server.  Run by run.sh."""
import os
import re
import signal
import socket
import subprocess
import tempfile
import unittest
from urllib.parse import urlsplit

from programs import PATIENCE, run_program, start

VERSIONS = (("-tls1_2", b"TLSv1.2"), ("-tls1_3", b"TLSv1.3"))


def place(name):
    return urlsplit(os.environ[name]).netloc


class Client:
    """openssl s_client."""

    def __init__(self, name, *options):
        self.child = start(["openssl", "s_client", "-connect", place(name), "-servername",
                            "localhost", "-CAfile", os.environ["SSL_CERT_FILE"], *options],
                           stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.said = b""

    def send(self, text):
        self.child.stdin.write(text)
        self.child.stdin.flush()

    def read_until(self, text):
        """What it says is left in said, up to a line with text."""
        while True:
            line = self.child.stdout.readline()
            self.said += line
            if text in line:
                return
            if not line:
                raise AssertionError(f"no {text} in {self.said.decode(errors='replace')}")

    def end(self):
        """Returns its exit status."""
        self.child.stdin.close()
        self.said += self.child.stdout.read()
        self.child.stdout.close()
        self.child.wait()
        return self.child.returncode


def out_of_patience(*_):
    raise TimeoutError


class Bounded(unittest.TestCase):
    def setUp(self):
        signal.signal(signal.SIGALRM, out_of_patience)
        signal.alarm(PATIENCE)
        self.addCleanup(signal.alarm, 0)


class Servers(Bounded):
    def test_lines_come_back(self):
        for option, version in VERSIONS:
            client = Client("TCPS_URL", option, "-brief", "-verify_return_error",
                            "-verify_hostname", "localhost")
            client.read_until(b"Verification: OK")
            self.assertIn(b"Protocol version: " + version, client.said)
            for line in b"hello\n", b"x" * 2000 + b"\n":
                client.send(line)
                client.read_until(line)
            self.assertEqual(client.end(), 0)

    def test_keys_are_renewed_on_the_way(self):
        client = Client("TCPS_URL", "-tls1_3")
        client.read_until(b"Verify return code: 0 (ok)")
        for line in b"before\n", b"between\n", b"after\n":
            client.send(line)
            client.read_until(line)
            client.send(b"K\n")  # and asks the server to do the same
            client.read_until(b"KEYUPDATE")
        client.end()

    def test_sessions_are_resumed(self):
        head = b"HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n"
        for option, version in VERSIONS:
            for name, question, answer in ("TCPS_URL", b"hello\n", b"hello"), \
                    ("HTTPS_URL", head, b"200 OK"), ("WSS_URL", head, b"200 OK"):
                with tempfile.NamedTemporaryFile() as session:
                    client = Client(name, option, "-sess_out", session.name)
                    client.send(question)
                    client.read_until(answer)  # and with it, before it, a ticket
                    client.end()
                    client = Client(name, option, "-sess_in", session.name)
                    client.read_until(b"Reused, " + version)
                    client.send(question)
                    client.read_until(answer)
                    client.end()

    def test_what_is_spoken_inside(self):
        for offered, agreed in ("h2,http/1.1", b"ALPN protocol: http/1.1"), \
                ("http/1.0", b"ALPN protocol: http/1.0"), (None, b"No ALPN negotiated"):
            client = Client("HTTPS_URL", *(("-alpn", offered) if offered else ()))
            client.read_until(agreed)
            client.end()
        client = Client("WSS_URL", "-alpn", "h2")
        client.read_until(b"no application protocol")
        self.assertEqual(client.end(), 1)

    def test_old_versions_are_refused(self):
        for option in "-tls1", "-tls1_1":
            client = Client("TCPS_URL", option, "-cipher", "ALL:@SECLEVEL=0")
            client.read_until(b"alert protocol version")
            self.assertEqual(client.end(), 1)

    def test_renegotiation_is_refused(self):
        client = Client("TCPS_URL", "-tls1_2")
        client.read_until(b"Verify return code: 0 (ok)")
        client.send(b"R\n")
        client.read_until(b"no renegotiation")
        client.end()

    def test_plain_where_tls_is_spoken_and_the_other_way_round(self):
        for name in "TCPS_URL", "HTTPS_URL", "WSS_URL":
            host, port = place(name).split(":")
            with socket.create_connection((host, port), PATIENCE) as s:
                s.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                while s.recv(1000):
                    pass
        for name in "HTTP_URL", "WS_URL":
            self.assertEqual(Client(name).end(), 1)


class Clients(Bounded):
    def serve(self, *options):
        """A server that sends each line back reversed: its URL."""
        child = start(["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert",
                       os.environ["CERT"], "-key", os.environ["KEY"], "-rev", *options],
                      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        self.addCleanup(child.stdout.close)
        for line in child.stdout:
            found = re.match(rb"ACCEPT 127.0.0.1:(\d+)", line)
            if found:
                return "tls://localhost:" + found[1].decode()
        raise AssertionError("openssl s_server does not listen")

    def ask(self, url, text=b"hello\nworld\n"):
        return run_program("tcp_echo_client", "--cacert", os.environ["CERT"], url, text=text)

    def test_lines_come_back_reversed(self):
        for option, _ in VERSIONS:
            url = self.serve(option)
            for _ in range(2):  # sessions and all
                self.assertEqual(self.ask(url), (0, b"olleh\ndlrow\n", b""))

    def test_a_server_that_would_like_a_certificate(self):
        self.assertEqual(self.ask(self.serve("-verify", "1")), (0, b"olleh\ndlrow\n", b""))

    def test_a_server_that_insists_on_a_certificate(self):
        for option, _ in VERSIONS:
            status, out, err = self.ask(self.serve(option, "-Verify", "1", "-verify_return_error"))
            self.assertEqual((status, out, err.count(b"\n")), (1, b"", 1), err)

    def test_ciphers_and_curves_that_must_be_agreed_on_twice(self):
        for options in ("-tls1_3", "-groups", "P-384"), ("-tls1_3", "-groups", "X448:P-521"), \
                ("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"), \
                ("-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"):
            self.assertEqual(self.ask(self.serve(*options)), (0, b"olleh\ndlrow\n", b""))

    def test_an_old_server(self):
        status, out, err = self.ask(self.serve("-tls1_1", "-cipher", "ALL:@SECLEVEL=0"))
        self.assertEqual((status, out, err.count(b"\n")), (1, b"", 1), err)


if __name__ == "__main__":
    unittest.main()
