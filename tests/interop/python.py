# SPDX-License-Identifier: MIT
"""python.py: our servers against Python's standard library, and http_poll_client against a server
written with it.  Run by run.sh."""
import http.client
import http.server
import os
import socket
import ssl
import subprocess
import threading
import unittest
import urllib.error
import urllib.parse
import urllib.request

PATIENCE = 20


def place(name):
    """Host and port of the URL in an environment variable."""
    url = urllib.parse.urlsplit(os.environ[name])
    return url.hostname, url.port


def run_client(program, *argv, text=b""):
    """Exit status, stdout, stderr of one of our clients."""
    path = os.path.join(os.environ["SOCKLAB_BIN"], program)
    done = subprocess.run([path, *argv], input=text, capture_output=True, timeout=PATIENCE)
    return done.returncode, done.stdout, done.stderr


def connect(name):
    """A socket to the server of a URL; over TLS where the URL says so."""
    sock = socket.create_connection(place(name), PATIENCE)
    if not os.environ[name].startswith(("tls:", "https:", "wss:")):
        return sock
    return ssl.create_default_context().wrap_socket(sock, server_hostname="localhost")


def http_connection(name):
    kind = http.client.HTTPConnection
    if os.environ[name].startswith("https:"):
        kind = http.client.HTTPSConnection
    return kind(*place(name), timeout=PATIENCE)


class Tcp(unittest.TestCase):
    def test_a_file_of_a_socket_reads_lines(self):
        with connect("TCP_URL") as s, s.makefile("rwb") as f:
            for i in range(100):
                f.write(b"line %d\n" % i)
                f.flush()
                self.assertEqual(f.readline(), b"line %d\n" % i)

    def test_a_half_close_is_answered(self):
        with socket.create_connection(place("TCP_URL"), PATIENCE) as s:
            s.sendall(b"x" * 100000)
            s.shutdown(socket.SHUT_WR)
            got = b""
            while len(got) < 100000:
                piece = s.recv(65536)
                self.assertTrue(piece)
                got += piece
            self.assertEqual(s.recv(1), b"")


class Tls(unittest.TestCase):
    def test_a_file_of_a_socket_reads_lines(self):
        with connect("TCPS_URL") as s, s.makefile("rwb") as f:
            for i in range(100):
                f.write(b"line %d\n" % i)
                f.flush()
                self.assertEqual(f.readline(), b"line %d\n" % i)

    def test_a_goodbye_is_answered(self):
        with connect("TCPS_URL") as s:
            s.sendall(b"the last line\n")
            self.assertEqual(s.recv(100), b"the last line\n")
            s.unwrap().close()  # raises unless both have sent close_notify

    def test_both_versions(self):
        for version in ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3:
            context = ssl.create_default_context()
            context.minimum_version = context.maximum_version = version
            with socket.create_connection(place("TCPS_URL"), PATIENCE) as s, \
                    context.wrap_socket(s, server_hostname="localhost") as tls:
                tls.sendall(b"x" * 50000 + b"\n")
                got = b""
                while len(got) < 50001:
                    got += tls.recv(65536)
                self.assertEqual(got, b"x" * 50000 + b"\n")

    def test_a_session_is_resumed(self):
        context, session = ssl.create_default_context(), None
        for resumed in False, True:
            with socket.create_connection(place("TCPS_URL"), PATIENCE) as s, \
                    context.wrap_socket(s, server_hostname="localhost", session=session) as tls:
                tls.sendall(b"tickets come behind the handshake\n")
                tls.recv(100)
                self.assertEqual(tls.session_reused, resumed)
                session = tls.session

    def test_another_name_is_not_in_the_certificate(self):
        with socket.create_connection(place("TCPS_URL"), PATIENCE) as s, \
                self.assertRaises(ssl.SSLCertVerificationError):
            ssl.create_default_context().wrap_socket(s, server_hostname="example.org")


class Http(unittest.TestCase):
    url = "HTTP_URL"

    def setUp(self):
        self.http = http_connection(self.url)
        self.addCleanup(self.http.close)

    def ask(self, method, path, body=None, headers=None, **more):
        self.http.request(method, path, body, headers or {}, **more)
        reply = self.http.getresponse()
        return reply, reply.read()

    def test_keep_alive_keeps_the_socket(self):
        self.http.connect()
        sock = self.http.sock
        for i in range(50):
            reply, body = self.ask("POST", "/echo", b"message %d" % i)
            self.assertEqual((reply.status, body), (200, b"message %d" % i))
        self.assertIs(self.http.sock, sock)

    def test_head_has_the_length_and_no_body(self):
        _, whole = self.ask("GET", "/")
        reply, body = self.ask("HEAD", "/")
        self.assertEqual((reply.status, body), (200, b""))
        self.assertEqual(int(reply.getheader("Content-Length")), len(whole))

    def test_chunked_bodies_come_back(self):
        pieces = (b"piece %d;" % i for i in range(20))
        reply, body = self.ask("POST", "/echo", pieces, encode_chunked=True,
                               headers={"Transfer-Encoding": "chunked"})
        self.assertEqual((reply.status, body), (200, b"".join(b"piece %d;" % i for i in range(20))))

    def test_refusals(self):
        self.assertEqual(self.ask("GET", "/nothing")[0].status, 404)
        reply, _ = self.ask("PUT", "/echo", b"x")
        self.assertEqual((reply.status, reply.getheader("Allow")), (405, "POST"))
        reply, _ = self.ask("POST", "/echo", b"x" * 1000001)
        self.assertEqual(reply.status, 413)
        self.assertTrue(reply.will_close)

    def test_urllib(self):
        url = os.environ[self.url] + "/echo"
        with urllib.request.urlopen(url, b"by urllib", PATIENCE) as reply:
            self.assertEqual(reply.read(), b"by urllib")
        with self.assertRaises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(os.environ[self.url] + "/poll", timeout=PATIENCE)
        self.assertEqual(caught.exception.code, 503)
        caught.exception.close()


class Https(Http):
    url = "HTTPS_URL"


class Poll(unittest.TestCase):
    def test_events_follow_each_other(self):
        conn = http_connection("PUSH_URL")
        self.addCleanup(conn.close)
        path, seen = "/poll", []
        while len(seen) < 5:
            conn.request("GET", path)
            reply = conn.getresponse()
            body = reply.read().decode()
            self.assertIn(reply.status, (200, 204))
            path = "/poll?after=" + reply.getheader("Last-Event-ID")
            seen += [int(line.split()[1]) for line in body.splitlines()]
        self.assertEqual(seen, list(range(seen[0], seen[0] + len(seen))))


EVENTS = 200


class Hear(unittest.TestCase):
    """Every event once and in order, however it is asked for."""
    url = "PUSH_URL"

    def connect(self):
        conn = http_connection(self.url)
        self.addCleanup(conn.close)
        return conn

    def check(self, seen):
        self.assertEqual(seen, list(range(seen[0], seen[0] + len(seen))))

    def test_long_poll(self):
        conn, path, seen = self.connect(), "/long-poll", []
        while len(seen) < EVENTS:
            conn.request("GET", path)
            reply = conn.getresponse()
            body = reply.read().decode()
            self.assertEqual(reply.status, 200)
            path = "/long-poll?after=" + reply.getheader("Last-Event-ID")
            seen += [int(line.split()[1]) for line in body.splitlines()]
        self.check(seen)

    def stream(self, last, events):
        """The next events of a stream that goes on behind `last`, as (id, data)."""
        conn, fields = self.connect(), {}
        conn.request("GET", "/events", headers={"Last-Event-ID": last} if last else {})
        reply = conn.getresponse()
        self.assertEqual(reply.status, 200)
        self.assertEqual(reply.getheader("Content-Type"), "text/event-stream")
        while events > 0:
            line = reply.readline().decode().rstrip("\n")
            name, _, value = line.partition(": ")
            fields[name] = value
            if line == "" and "data" in fields:
                yield fields["id"], fields["data"]
                events -= 1
            if line == "":
                fields = {}
        conn.close()  # wherever the next event is

    def test_one_stream(self):
        seen = list(self.stream(None, EVENTS))
        self.check([int(ident) for ident, _ in seen])
        self.assertEqual([data.split()[:2] for _, data in seen],
                         [["tick", ident] for ident, _ in seen])

    def test_a_stream_that_is_lost_and_found(self):
        last, seen = None, []
        while len(seen) < EVENTS:
            for last, _ in self.stream(last, 13):
                seen.append(int(last))
        self.check(seen)


class HearSecurely(Hear):
    url = "PUSHS_URL"


class EchoHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.peers.add(self.client_address)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Clients(unittest.TestCase):
    def serve(self, handler):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.peers = set()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        self.addCleanup(server.server_close)
        self.addCleanup(thread.join)
        self.addCleanup(server.shutdown)
        return server

    def test_http_poll_client(self):
        server = self.serve(EchoHandler)
        url = "http://127.0.0.1:%d" % server.server_address[1]
        for mode, connections in (("--keep-alive", 1), ("--close", 3)):
            server.peers.clear()
            self.assertEqual(run_client("http_poll_client", mode, url, text=b"one\n\nthree\n"),
                             (0, b"one\n\nthree\n", b""))
            self.assertEqual(len(server.peers), connections)


if __name__ == "__main__":
    unittest.main()
