"""A client that breaks rules: bytes on a socket, and enough of RFC 6455 to read what comes back.

It uses no library: one would refuse to write most of what is tried here.
"""

import json
import socket
import struct
from contextlib import suppress
from urllib.parse import urlsplit

CONT, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
MASK = b"\x01\x02\x03\x04"
DEADLINE = 10.0
CUT = 1006  # for a connection that ended without a close frame
NO_CODE = 1005


def frame(opcode: int, body: bytes = b"", *, fin=True, rsv=0, mask=True, length=None) -> bytes:
    """Return a frame's bytes; `length` is the length that it declares, by default the true one."""
    declared = len(body) if length is None else length
    if declared < 126:
        size, more = declared, b""
    elif declared < 2**16:
        size, more = 126, struct.pack("!H", declared)
    else:
        size, more = 127, struct.pack("!Q", declared)
    head = bytes([fin << 7 | rsv << 4 | opcode, mask << 7 | size]) + more
    return head + (MASK + masked(body) if mask else body)


def masked(body: bytes) -> bytes:
    """Return the exclusive or of a body and the mask, computed as one large number."""
    key = (MASK * (len(body) // 4 + 1))[: len(body)]
    number = int.from_bytes(body) ^ int.from_bytes(key)
    return number.to_bytes(len(body))


def in_parts(body: bytes, size: int, opcode: int = TEXT, between: bytes = b"") -> bytes:
    """Return a message in fragments of `size` bytes, with the frames `between` them."""
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    last = len(parts) - 1
    return between.join(
        frame(opcode if number == 0 else CONT, part, fin=number == last)
        for number, part in enumerate(parts)
    )


def request(path: str = "/ws/", **headers: str | None) -> bytes:
    """Return the head of a handshake; a header with the value None is omitted."""
    usual = {
        "Host": "localhost",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": KEY,
    }
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in (usual | named).items() if value is not None]
    return "\r\n".join([f"GET {path} HTTP/1.1", *lines, "", ""]).encode()


class Raw:
    """A connection to a server that reads only on request.

    `buffer` limits the bytes that the kernel accepts while nothing is read.
    """

    def __init__(self, url: str, buffer: int | None = None):
        self.socket = socket.socket()
        if buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.socket.settimeout(DEADLINE)
        self.socket.connect((urlsplit(url).hostname, urlsplit(url).port))
        self._read = b""

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.socket.close()

    def send(self, data: bytes) -> None:
        """Send bytes; ignore that the server has closed the connection, as it may."""
        with suppress(ConnectionError):
            self.socket.sendall(data)

    def open(self, **headers: str | None) -> str:
        """Make the handshake and return the response's head; fail if it is refused."""
        self.send(request(**headers))
        head = self.head()
        assert head.startswith("HTTP/1.1 101 "), head
        return head

    def head(self) -> str:
        """Return the head of a response, or what arrived before the connection ended."""
        while b"\r\n\r\n" not in self._read:
            if not self._more():
                return self._read.decode("latin-1")
        head, _, self._read = self._read.partition(b"\r\n\r\n")
        return head.decode("latin-1")

    def frames(self):
        """Yield the opcode and body of each frame, until the connection ends."""
        while True:
            while (found := _first_frame(self._read)) is None:
                if not self._more():
                    return
            opcode, body, self._read = found
            yield opcode, body

    def event(self, kind: str) -> dict:
        """Return the next event of a kind; fail if the connection ends before it."""
        for opcode, body in self.frames():
            assert opcode != CLOSE, f"closed with {code_of(body)} instead of {kind}"
            if opcode == TEXT:
                for event in json.loads(body):
                    if event["type"] == kind:
                        return event
        raise AssertionError(f"the connection ended without {kind}")

    def closed(self) -> int:
        """Return the code of the server's close frame; CUT if there is none."""
        for opcode, body in self.frames():
            if opcode == CLOSE:
                return code_of(body)
        return CUT

    def _more(self) -> bool:
        """Read more; return whether there was anything."""
        try:
            data = self.socket.recv(65536)
        except ConnectionError:
            return False
        self._read += data
        return bool(data)


def code_of(body: bytes) -> int:
    """Return the code in the body of a close frame."""
    return int.from_bytes(body[:2]) if body else NO_CODE


def _first_frame(data: bytes) -> tuple[int, bytes, bytes] | None:
    """Split off the first frame from a server; None while it is incomplete."""
    if len(data) < 2:
        return None
    size, start = data[1], 2
    assert size < 128, "a server's frames have no mask"
    if size >= 126:
        start = 4 if size == 126 else 10
        if len(data) < start:
            return None
        size = int.from_bytes(data[2:start])
    if len(data) < start + size:
        return None
    return data[0] & 15, data[start : start + size], data[start + size :]
