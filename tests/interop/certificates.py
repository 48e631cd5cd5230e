# SPDX-License-Identifier: MIT
"""certificates.py: whom our clients believe, with certificates that openssl makes.  Run by
run.sh."""
import os
import subprocess
import tempfile
import unittest

from programs import PATIENCE, Program, run_program

PAIRS = (("tcp_echo", ()), ("http_poll", ()), ("http_poll", ("--close",)),
         ("http_poll", ("--sse", "-n", "1")), ("ws_echo", ()))
ANSWER = rb"^(hello|tick \d+ \d+)\n$"
EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def openssl(*argv):
    subprocess.run(["openssl", *argv], check=True, capture_output=True, timeout=PATIENCE)


class Authority:
    """Somebody who signs, in a folder of his own."""

    def __init__(self, name, above=None):
        self.folder = tempfile.mkdtemp()
        self.cert, self.key = self.path("ca.pem"), self.path("ca.key")
        if above:
            above.sign(self, "/CN=" + name, "basicConstraints=critical,CA:TRUE", 2)
        else:
            openssl("req", "-x509", *EC, "-subj", "/CN=" + name, "-days", "2", "-out", self.cert,
                    "-keyout", self.key)

    def path(self, name):
        return os.path.join(self.folder, name)

    def sign(self, who, subject, extension, days):
        """Makes who.cert and who.key."""
        request = who.cert + ".csr"
        openssl("req", *EC, "-subj", subject, *(("-addext", extension) if extension else ()),
                "-out", request, "-keyout", who.key)
        openssl("x509", "-req", "-in", request, "-CA", self.cert, "-CAkey", self.key, "-days",
                str(days), "-copy_extensions", "copyall", "-out", who.cert)


class Leaf:
    """A server's certificate."""

    def __init__(self, authority, names, days=2, subject="/CN=test"):
        self.cert, self.key = tempfile.mkstemp()[1], tempfile.mkstemp()[1]
        authority.sign(self, subject, "subjectAltName=" + names if names else None, days)


class Certificates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        tempfile.tempdir = cls.folder.name
        cls.addClassCleanup(setattr, tempfile, "tempdir", None)
        cls.authority = Authority("somebody known")

    def ask_all(self, leaf, check, *argv, host="localhost", env=None):
        """Checks what each client makes of a server with this certificate."""
        for name, mode in PAIRS:
            tls = ["--tls", "--cert", leaf.cert, "--key", leaf.key]
            push = [] if name == "tcp_echo" else ["--push-every", "20"]
            text = b"" if "--sse" in mode else b"hello\n"
            with self.subTest(client=name, mode=mode), \
                    Program(name + "_server", *tls, *push) as server:
                url = server.url.replace("localhost", host)
                check(url, *run_program(name + "_client", *argv, *mode, url, text=text, env=env))

    def assert_believed(self, leaf, *argv, **more):
        def check(_, status, out, err):
            self.assertEqual((status, err), (0, b""))
            self.assertRegex(out, ANSWER)
        self.ask_all(leaf, check, *argv, **more)

    def assert_refused(self, leaf, reason, *argv, **more):
        def check(url, status, out, err):
            self.assertEqual((status, out), (1, b""))
            self.assertEqual(err.count(b"\n"), 1, err)
            self.assertIn(f"connect {url}: ".encode(), err)
            self.assertIn(reason, err)
        self.ask_all(leaf, check, *argv, **more)

    def trusting(self):
        return "--cacert", self.authority.cert

    def test_a_good_one(self):
        self.assert_believed(Leaf(self.authority, "DNS:localhost"), *self.trusting())

    def test_an_address(self):
        self.assert_believed(Leaf(self.authority, "IP:127.0.0.1"), *self.trusting(),
                             host="127.0.0.1")

    def test_whom_the_system_knows(self):
        env = {**os.environ, "SSL_CERT_FILE": self.authority.cert}
        self.assert_believed(Leaf(self.authority, "DNS:localhost"), env=env)

    def test_a_chain(self):
        between = Authority("between", self.authority)
        leaf = Leaf(between, "DNS:localhost")
        with open(leaf.cert, "a", encoding="ascii") as chain, \
                open(between.cert, encoding="ascii") as link:
            chain.write(link.read())
        self.assert_believed(leaf, *self.trusting())

    def test_a_chain_with_a_link_missing(self):
        between = Authority("between", self.authority)
        self.assert_refused(Leaf(between, "DNS:localhost"), b"unable to get local issuer",
                            *self.trusting())

    def test_another_name(self):
        self.assert_refused(Leaf(self.authority, "DNS:example.org,DNS:localhost.example.org"),
                            b"mismatch", *self.trusting())

    def test_another_address(self):
        self.assert_refused(Leaf(self.authority, "IP:127.0.0.2,DNS:localhost"), b"mismatch",
                            *self.trusting(), host="127.0.0.1")

    def test_an_address_written_as_a_name(self):
        self.assert_refused(Leaf(self.authority, "DNS:127.0.0.1"), b"mismatch", *self.trusting(),
                            host="127.0.0.1")

    def test_a_name_in_the_subject_only(self):
        self.assert_refused(Leaf(self.authority, None, subject="/CN=localhost"), b"mismatch",
                            *self.trusting())

    def test_one_that_has_expired(self):
        self.assert_refused(Leaf(self.authority, "DNS:localhost", days=-1), b"expired",
                            *self.trusting())

    def test_one_of_somebody_unknown(self):
        stranger = Authority("somebody known")  # who says he is, that is
        self.assert_refused(Leaf(stranger, "DNS:localhost"), b"refused", *self.trusting())

    def test_one_that_vouches_for_itself(self):
        stranger = Authority("localhost")
        self.assert_refused(stranger, b"self-signed", *self.trusting())

    def test_insecure_believes_all_and_says_so(self):
        def check(_, status, out, err):
            self.assertEqual((status, err.count(b"\n")), (0, 1))
            self.assertIn(b"--insecure: ", err)
            self.assertRegex(out, ANSWER)
        self.ask_all(Leaf(Authority("nobody"), "DNS:example.org", days=-1), check, "--insecure")


if __name__ == "__main__":
    unittest.main()
