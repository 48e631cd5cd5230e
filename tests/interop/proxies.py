# SPDX-License-Identifier: MIT
"""proxies.py nginx|haproxy: our servers behind a reverse proxy, TLS in front of it, behind it, both
or neither, as others' WebSocket clients and our own clients see them.  Run by run.sh.

The proxy inherits a socket that listens already: no port is guessed, and nobody waits for it."""
import http.client
import os
import socket
import ssl
import sys
import tempfile
import time
from urllib.parse import urlsplit

from programs import PATIENCE, Program, run_program, start
from ws_cases import LIMIT, Client, Peer, run_cases

CERT, KEY = os.environ["CERT"], os.environ["KEY"]
PERIOD_MS = 40

NGINX = """
daemon off; worker_processes 1; error_log stderr warn; pid {work}/pid; {user}
events {{}}
http {{
    access_log off;
    client_body_temp_path {work}/body; proxy_temp_path {work}/proxy; fastcgi_temp_path {work}/f;
    uwsgi_temp_path {work}/u; scgi_temp_path {work}/s;
    map $http_upgrade $connection_upgrade {{ default upgrade; '' ''; }}
    upstream backend {{ server 127.0.0.1:{backend}; keepalive 4; }}
    server {{
        listen 127.0.0.1:{port} {front};
        location / {{
            proxy_pass {scheme}://backend;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_request_buffering off;
            {back}
        }}
    }}
}}
"""
NGINX_FRONT = "ssl; ssl_certificate {CERT}; ssl_certificate_key {KEY}"
NGINX_BACK = """proxy_ssl_trusted_certificate {ca}; proxy_ssl_verify on;
            proxy_ssl_name localhost; proxy_ssl_server_name on;"""

HAPROXY = """
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
    timeout tunnel 30s
frontend front
    bind fd@{fd} {front}
    default_backend back
backend back
    server ours 127.0.0.1:{backend} {back}
"""
HAPROXY_FRONT = "ssl crt {work}/both.pem"
HAPROXY_BACK = ("ssl verify required ca-file {ca} verifyhost localhost sni str(localhost) "
                "alpn http/1.1")


class Proxy:
    """A server of ours behind a proxy; looks like a server to Client."""

    def __init__(self, kind, front_tls, back_tls, *options):
        self.shape = kind, front_tls, back_tls
        self.work = tempfile.mkdtemp()
        self.server = Program("ws_echo_server", *options,
                              cert_out=self.work + "/ca.pem" if back_tls else None)
        self.cacert = CERT if front_tls else None
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
            self.start(kind, listener.fileno())
        self.url = f"{'wss' if front_tls else 'ws'}://localhost:{self.port}"

    def start(self, kind, fd):
        config, front, back = {"nginx": (NGINX, NGINX_FRONT, NGINX_BACK),
                               "haproxy": (HAPROXY, HAPROXY_FRONT, HAPROXY_BACK)}[kind]
        _, front_tls, back_tls = self.shape
        names = {"user": "" if os.geteuid() else "user root;",  # whose the folder is
                 "work": self.work, "ca": self.server.cacert, "CERT": CERT, "KEY": KEY, "fd": fd,
                 "port": getattr(self, "port", 0), "backend": self.server.port,
                 "scheme": "https" if back_tls else "http"}
        text = config.format(front=front.format(**names) if front_tls else "",
                             back=back.format(**names) if back_tls else "", **names)
        path = os.path.join(self.work, "config")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        with open(self.work + "/both.pem", "wb") as both:
            both.writelines(open(name, "rb").read() for name in (CERT, KEY))
        argv = {"nginx": ["nginx", "-p", self.work, "-c", path], "haproxy": ["haproxy", "-db", "-f",
                                                                            path]}[kind]
        start(argv, pass_fds=[fd], env={**os.environ, "NGINX": f"{fd};"})

    def twin(self, *options):
        return Proxy(*self.shape, *self.server.options, *options)

    def stop(self):
        """Ends the server; the proxy, which has to pass on its goodbye, ends with the test."""
        return self.server.stop()


def client(proxy, name, *argv, text=b""):
    """One of our clients through the proxy: its stdout."""
    trust = ["--cacert", CERT] if proxy.cacert else []
    scheme = proxy.url.split(":")[0].replace("ws", name)
    status, out, err = run_program({"http": "http_poll_client", "ws": "ws_echo_client"}[name],
                                   *trust, *argv, scheme + proxy.url[proxy.url.index(":"):],
                                   text=text)
    assert (status, err) == (0, b""), (status, out, err)
    return out


class OurClients:
    def __init__(self, proxy):
        self.proxy = proxy

    def lines_come_back(self):
        text = b"one\n\n" + b"x" * 100000 + b"\n"
        for argv in ("ws",), ("http",), ("http", "--close"):
            assert client(self.proxy, *argv, text=text) == text

    def large_messages_come_back(self):
        for name in "ws", "http":
            out = client(self.proxy, name, "-n", "5", "-s", str(LIMIT))
            assert out.startswith(b"5 replies in "), out

    def events_are_heard(self):
        for argv in ("ws", "--subscribe"), ("http", "--sse"), ("http", "--long-poll"), \
                ("http", "--poll", "10"):
            seen = [int(line.split()[1])
                    for line in client(self.proxy, *argv, "-n", "5").splitlines()]
            assert seen == list(range(seen[0], seen[0] + 5)), seen

    def events_are_not_kept_back(self):
        """The first is here long before a buffer would be full; T and this clock are one.  That
        nginx shall not buffer, our server tells it (X-Accel-Buffering)."""
        url = urlsplit(self.proxy.url)
        if self.proxy.cacert:
            conn = http.client.HTTPSConnection(
                url.netloc, timeout=PATIENCE, context=ssl.create_default_context(cafile=CERT))
        else:
            conn = http.client.HTTPConnection(url.netloc, timeout=PATIENCE)
        conn.request("GET", "/events")
        reply = conn.getresponse()
        while not (line := reply.readline()).startswith(b"data: tick "):
            assert line, "the stream has ended"
        late = (time.clock_gettime_ns(time.CLOCK_MONOTONIC) - int(line.split()[3])) / 1e6
        conn.close()
        assert late < 40 * PERIOD_MS, f"{late:.0f} ms late"


def main():
    kind = sys.argv[1]
    failures = 0
    with tempfile.TemporaryDirectory() as work:
        tempfile.tempdir = work
        for front_tls in False, True:
            for back_tls in False, True:
                print(f"{kind}, TLS in front: {front_tls}, behind: {back_tls}")
                proxy = Proxy(kind, front_tls, back_tls, "--protocol", "chat", "--max-message",
                              str(LIMIT), "--push-every", str(PERIOD_MS))
                peer = Peer([sys.executable, "-B", "peer_websockets.py"], "client")
                failures += run_cases(Client(peer, proxy)) + run_cases(OurClients(proxy))
                peer.end()
                proxy.stop()
    sys.exit(failures > 0)


main()
