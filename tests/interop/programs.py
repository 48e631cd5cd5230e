# SPDX-License-Identifier: MIT
"""programs.py: our programs and others' as children, each wait bounded; none outlives the test."""
import atexit
import contextlib
import json
import os
import queue
import socket
import subprocess
import tempfile
import threading

BIN = os.environ.get("SOCKLAB_BIN", "build/bin")
PATIENCE = 30

children = []


def start(argv, **options):
    child = subprocess.Popen(argv, **options)
    children.append(child)
    return child


@atexit.register
def end_all():
    for child in children:
        if child.poll() is None:
            child.terminate()  # some have children themselves
    for child in children:
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def program(name):
    return os.path.join(BIN, name)


def run_program(name, *argv, text=b"", env=None):
    """Exit status, stdout and stderr of one of our clients."""
    done = subprocess.run([program(name), *argv], input=text, env=env, capture_output=True,
                          timeout=PATIENCE)
    return done.returncode, done.stdout, done.stderr


class Program:
    """One of our servers, on a free port; with cert_out over TLS, its certificate there."""

    def __init__(self, name, *options, cert_out=None):
        self.name, self.options, self.cacert = name, options, cert_out
        tls = ["--tls", "--cert-out", cert_out] if cert_out else []
        self.stderr = tempfile.TemporaryFile()
        self.child = start([program(name), "-p", "0", *tls, *options], stdout=subprocess.PIPE,
                           stderr=self.stderr)
        line = self.child.stdout.readline().decode()
        assert line.startswith("listening on "), f"{name} says {line!r}: {self.said()}"
        self.url = line.split()[-1].replace("127.0.0.1", "localhost")
        self.port = int(self.url.rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def twin(self, *options):
        """Another one like it."""
        cert_out = self.cacert + ".twin" if self.cacert else None
        return Program(self.name, *self.options, *options, cert_out=cert_out)

    def said(self):
        self.stderr.seek(0)
        return self.stderr.read()

    def stop(self):
        """Ends it; it must end well.  Returns what it said on stderr."""
        self.child.terminate()
        status = self.child.wait(PATIENCE)
        said = self.said()
        assert status == 0, f"{self.name} ended with {status}: {said.decode(errors='replace')}"
        self.child.stdout.close()
        self.stderr.close()
        return said


class Tap:
    """Stands in front of a server and keeps what its clients say."""
    cacert = None

    def __init__(self, port):
        self.upstream, self.heard = port, bytearray()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "ws://localhost:%d" % self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    def accept(self):
        with contextlib.suppress(OSError):  # the listener is closed
            while True:
                client, _ = self.listener.accept()
                server = socket.create_connection(("127.0.0.1", self.upstream), PATIENCE)
                for pair in (client, server, self.heard), (server, client, bytearray()):
                    threading.Thread(target=self.pump, args=pair, daemon=True).start()

    @staticmethod
    def pump(source, sink, heard):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                heard += data
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)


class Lines:
    """A child that speaks JSON, a line each."""

    def __init__(self, argv):
        self.child = start(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.heard = queue.Queue()
        self.reader = threading.Thread(target=self.listen, daemon=True)
        self.reader.start()

    def listen(self):
        for line in self.child.stdout:
            self.heard.put(json.loads(line))
        self.heard.put({"event": "nothing: it has ended"})

    def read(self):
        try:
            return self.heard.get(timeout=PATIENCE)
        except queue.Empty:
            raise TimeoutError(f"nothing heard for {PATIENCE} s") from None

    def write(self, message):
        self.child.stdin.write(json.dumps(message).encode() + b"\n")
        self.child.stdin.flush()

    def end(self):
        self.child.stdin.close()
        self.child.terminate()
        self.child.wait(PATIENCE)
        self.reader.join(PATIENCE)
        self.child.stdout.close()


def certificate(folder, name="localhost", *options):
    """Makes a self-signed certificate: [certificate, key]."""
    files = [os.path.join(folder, name + end) for end in (".pem", ".key")]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=" + name, "-days", "2",
                    "-addext", f"subjectAltName=DNS:{name}", "-out", files[0], "-keyout", files[1],
                    *options], check=True, capture_output=True, timeout=PATIENCE)
    return files
