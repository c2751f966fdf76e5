"""A client with no manners: bytes on a socket, and just enough of RFC 6455 to read the answer.

Nothing of it comes from a library, which would refuse to write most of what is tried here.
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
CUT = 1006  # what there is to say of a line that ended without a close frame
NO_CODE = 1005


def frame(opcode: int, body: bytes = b"", *, fin=True, rsv=0, mask=True, length=None) -> bytes:
    """Give a frame's bytes. `length` is what it says of itself, where that is not the truth."""
    told = len(body) if length is None else length
    if told < 126:
        size, more = told, b""
    elif told < 2**16:
        size, more = 126, struct.pack("!H", told)
    else:
        size, more = 127, struct.pack("!Q", told)
    head = bytes([fin << 7 | rsv << 4 | opcode, mask << 7 | size]) + more
    return head + (MASK + masked(body) if mask else body)


def masked(body: bytes) -> bytes:
    """Give the exclusive or of a body and the mask, as one large number."""
    key = (MASK * (len(body) // 4 + 1))[: len(body)]
    number = int.from_bytes(body) ^ int.from_bytes(key)
    return number.to_bytes(len(body))


def in_parts(body: bytes, size: int, opcode: int = TEXT, between: bytes = b"") -> bytes:
    """Give a message in fragments of `size` bytes, with whatever frames `between` them."""
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    last = len(parts) - 1
    return between.join(
        frame(opcode if number == 0 else CONT, part, fin=number == last)
        for number, part in enumerate(parts)
    )


def request(path: str = "/ws/", **headers: str | None) -> bytes:
    """Give the head of a handshake; a header given as None is left out."""
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
    """One line to a server. Reads when asked, and not before.

    `buffer` bounds what the kernel takes for somebody who does not read.
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
        """Send bytes; a server that has hung up meanwhile may have done so for good reasons."""
        with suppress(ConnectionError):
            self.socket.sendall(data)

    def open(self, **headers: str | None) -> str:
        """Shake hands; give the head of the answer, fail where it is a refusal."""
        self.send(request(**headers))
        head = self.head()
        assert head.startswith("HTTP/1.1 101 "), head
        return head

    def head(self) -> str:
        """Give the head of the answer to a request; nothing where the line ends before."""
        while b"\r\n\r\n" not in self._read:
            if not self._more():
                return self._read.decode("latin-1")
        head, _, self._read = self._read.partition(b"\r\n\r\n")
        return head.decode("latin-1")

    def frames(self):
        """Give the opcode and the body of each frame that comes, until the line ends."""
        while True:
            while (found := _first_frame(self._read)) is None:
                if not self._more():
                    return
            opcode, body, self._read = found
            yield opcode, body

    def event(self, kind: str) -> dict:
        """Give the next event of a kind; fail where the line ends before."""
        for opcode, body in self.frames():
            assert opcode != CLOSE, f"closed with {code_of(body)} instead of {kind}"
            if opcode == TEXT:
                for event in json.loads(body):
                    if event["type"] == kind:
                        return event
        raise AssertionError(f"the line ended without {kind}")

    def closed(self) -> int:
        """Give the code of the server's close frame, or CUT where the line ends without."""
        for opcode, body in self.frames():
            if opcode == CLOSE:
                return code_of(body)
        return CUT

    def _more(self) -> bool:
        """Read on; tell whether there was anything."""
        try:
            data = self.socket.recv(65536)
        except ConnectionError:
            return False
        self._read += data
        return bool(data)


def code_of(body: bytes) -> int:
    """Give the code in the body of a close frame."""
    return int.from_bytes(body[:2]) if body else NO_CODE


def _first_frame(data: bytes) -> tuple[int, bytes, bytes] | None:
    """Split the first frame of a server off; None where it is not complete."""
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
