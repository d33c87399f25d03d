"""Requests written byte by byte, for what no well-behaved client sends."""
import contextlib
import socket

from requests.structures import CaseInsensitiveDict

from support.contract import Exchange

TIMEOUT_S = 20


class Closed(Exception):
    """The server closed the connection without an answer."""


class Wire:
    """One TCP connection."""

    def __init__(self, server, port=None):
        self.server = server
        self.socket = socket.create_connection(("127.0.0.1", port or server.port), TIMEOUT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pending = b""

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode())

    def finish(self):
        """No more will be sent."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *reason):
        self.close()

    def _more(self):
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            data = b""
        self.pending += data
        return bool(data)

    def _until(self, mark):
        while mark not in self.pending:
            if not self._more():
                raise Closed(self.pending)
        found, _, self.pending = self.pending.partition(mark)
        return found

    def _exactly(self, count):
        while len(self.pending) < count:
            if not self._more():
                raise Closed(self.pending)
        found, self.pending = self.pending[:count], self.pending[count:]
        return found

    def _chunks(self):
        body = b""
        while True:
            size = int(self._until(b"\r\n"), 16)
            body += self._exactly(size)
            self._until(b"\r\n")
            if size == 0:
                return body

    def read(self, method="GET", target="/", request_headers=None, body=b""):
        """The next answer as an exchange; what was asked matters for HEAD and for the contract."""
        head = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        status = int(head[0].split()[1])
        headers = CaseInsensitiveDict(line.split(": ", 1) for line in head[1:])
        if method == "HEAD" or status in (204, 304) or 100 <= status < 200:
            content = b""
        elif headers.get("Transfer-Encoding", "").lower() == "chunked":
            content = self._chunks()
        elif "Content-Length" in headers:
            content = self._exactly(int(headers["Content-Length"]))
        else:
            while self._more():
                pass
            content, self.pending = self.pending, b""
        return Exchange(method, target, CaseInsensitiveDict(request_headers or {}), body, status,
                        headers, content)

    def closed(self):
        """Waits until the server has closed; True when nothing came before that."""
        while self._more():
            pass
        return self.pending == b""


def lines(method, target, headers=(), version="HTTP/1.1", host="localhost"):
    """A request's head. Headers are pairs; names and values are str (latin-1) or bytes."""
    def raw(text):
        return text if isinstance(text, bytes) else text.encode("latin-1")
    head = raw(method) + b" " + raw(target) + b" " + raw(version) + b"\r\n"
    if host is not None:
        head += b"Host: " + raw(host) + b"\r\n"
    for name, value in headers:
        head += raw(name) + b": " + raw(value) + b"\r\n"
    return head + b"\r\n"


def ask(server, method, target, headers=(), body=b"", port=None, **options):
    """One request on a connection of its own; the answer, not checked against the contract."""
    with Wire(server, port) as wire:
        wire.send(lines(method, target, headers, **options) + body)
        return wire.read(method, target if isinstance(target, str) else target.decode("latin-1"),
                         {n: v for n, v in headers if isinstance(n, str) and isinstance(v, str)}, body)
