"""Frames that RFC 6455 forbids, and such that it allows and nobody sends.

The servers are those that people run: `serve` is uvicorn with chatsite/server/websocket.py,
`runserver` is daphne, which cuts the connection where uvicorn sends a code, and replies to each
close frame with 1000.
"""

import struct
from typing import NamedTuple

import pytest

from chat.protocol import MAX_FRAME
from tests.abuse.bystanders import undisturbed
from tests.abuse.raw import (
    BINARY,
    CLOSE,
    CONT,
    CUT,
    NO_CODE,
    PING,
    PONG,
    TEXT,
    Raw,
    frame,
    in_parts,
)

pytestmark = pytest.mark.multiprocess

HELLO = '{"type": "hello", "name": "Zoé"}'.encode()
ACCENT = HELLO.index("é".encode()) + 1  # in the middle of its two bytes
PROTOCOL_ERROR, UNSUPPORTED, NO_UTF_8, TOO_BIG = 1002, 1003, 1007, 1009
DELAY = 1.0


class Case(NamedTuple):
    """What is sent, and the close code that it causes; None where it is served."""

    sent: bytes
    code: int | None = None


def close_frame(code: int, reason: bytes = b"") -> bytes:
    return frame(CLOSE, struct.pack("!H", code) + reason)


SERVED = {
    "one byte a fragment": Case(in_parts(HELLO, 1)),
    "pings between fragments": Case(in_parts(HELLO, 1, between=frame(PING, b"?"))),
    "unsolicited pongs": Case(frame(PONG) + frame(PONG, b"!" * 125) + frame(TEXT, HELLO)),
    "empty fragments": Case(in_parts(HELLO, 1, between=frame(CONT, fin=False) * 3)),
    "as large as may be": Case(frame(TEXT, HELLO.ljust(MAX_FRAME))),
    "as large as may be, in hundreds": Case(in_parts(HELLO.ljust(MAX_FRAME), 128)),
}
FRAGMENTS = {
    "a continuation of nothing": Case(frame(CONT, HELLO), PROTOCOL_ERROR),
    "a fragment of nothing": Case(frame(CONT, HELLO, fin=False), PROTOCOL_ERROR),
    "a text within a text": Case(frame(TEXT, b"a", fin=False) + frame(TEXT, HELLO), PROTOCOL_ERROR),
    "a binary within a text": Case(frame(TEXT, fin=False) + frame(BINARY), PROTOCOL_ERROR),
    "a fragmented ping": Case(frame(PING, b"?", fin=False), PROTOCOL_ERROR),
    "a fragmented close frame": Case(frame(CLOSE, b"\x03\xe8", fin=False), PROTOCOL_ERROR),
}
HEADS = {
    "no mask": Case(frame(TEXT, HELLO, mask=False), PROTOCOL_ERROR),
    "no mask on a ping": Case(frame(PING, mask=False), PROTOCOL_ERROR),
    "a ping of 126 bytes": Case(frame(PING, b"?" * 126), PROTOCOL_ERROR),
    "a close frame of 126 bytes": Case(close_frame(1000, b"!" * 124), PROTOCOL_ERROR),
    **{f"reserved bit {bit}": Case(frame(TEXT, HELLO, rsv=bit), PROTOCOL_ERROR) for bit in (1, 2)},
    "compressed without negotiation": Case(frame(TEXT, HELLO, rsv=4), PROTOCOL_ERROR),
    "a compressed ping": Case(frame(PING, rsv=4), PROTOCOL_ERROR),
    **{
        f"reserved opcode {code}": Case(frame(code, b"x"), PROTOCOL_ERROR)
        for code in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)
    },
}
SIZES = {
    **{
        f"{size:,} bytes announced": Case(frame(TEXT, b"x", length=size), TOO_BIG)
        for size in (MAX_FRAME + 1, 2**31, 2**63 - 1, 2**63, 2**64 - 1)
    },
    "a byte too many": Case(frame(TEXT, HELLO.ljust(MAX_FRAME + 1)), TOO_BIG),
    "a megabyte": Case(frame(TEXT, HELLO.ljust(2**20)), TOO_BIG),
    "a byte too many in hundreds": Case(in_parts(HELLO.ljust(MAX_FRAME + 1), 128), TOO_BIG),
}
CONTENT = {
    "binary": Case(frame(BINARY, HELLO), UNSUPPORTED),
    "binary in fragments": Case(in_parts(HELLO, 5, BINARY), UNSUPPORTED),
    "no UTF-8": Case(frame(TEXT, b"\xff"), NO_UTF_8),
    "half a character": Case(frame(TEXT, HELLO[:ACCENT]), NO_UTF_8),
    "half a character, then a fragment": Case(
        frame(TEXT, HELLO[:ACCENT], fin=False) + frame(CONT, b"x"), NO_UTF_8
    ),
    "half a surrogate pair": Case(frame(TEXT, b"\xed\xa0\x80"), NO_UTF_8),
    "a slash in two bytes": Case(frame(TEXT, b"\xc0\xaf"), NO_UTF_8),
    "beyond Unicode": Case(frame(TEXT, b"\xf4\x90\x80\x80"), NO_UTF_8),
}
CLOSE_FRAMES = {
    "half a code": Case(frame(CLOSE, b"\x03"), PROTOCOL_ERROR),
    **{
        f"a close frame with {code}": Case(close_frame(code), PROTOCOL_ERROR)
        for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999, 5000, 65535)
    },
    "a reason in no UTF-8": Case(close_frame(1000, b"\xff"), NO_UTF_8),
    **{
        f"a close frame with {code}": Case(close_frame(code), code)
        for code in (1000, 1011, 3000, 4999)
    },
    "a close frame without a code": Case(frame(CLOSE), NO_CODE),
    "more after the close frame": Case(close_frame(1000) + frame(TEXT, HELLO) * 10, 1000),
}
ENDED = FRAGMENTS | HEADS | SIZES | CONTENT | CLOSE_FRAMES


@pytest.mark.parametrize("program", ["serve", "runserver"])
def test_invalid_frames_close_their_own_socket_with_the_right_code(victim, subtests, program):
    server = victim(program)
    with undisturbed(server, DELAY):
        for what, case in ENDED.items():
            codes = {case.code} if program == "serve" else {case.code, 1000, CUT}
            with subtests.test(what), Raw(server.url) as charlie:
                charlie.open()
                charlie.send(case.sent)
                assert charlie.closed() in codes


@pytest.mark.parametrize("program", ["serve", "runserver"])
def test_unusual_valid_frames_are_served_like_others(victim, subtests, program):
    server = victim(program)
    with undisturbed(server, DELAY):
        for what, case in SERVED.items():
            with subtests.test(what), Raw(server.url) as zoe:
                zoe.open()
                zoe.send(case.sent)
                assert zoe.event("welcome")["user"]["name"] == "Zoé"


@pytest.mark.parametrize("program", ["serve", "runserver"])
def test_each_ping_gets_a_pong_with_the_same_payload(victim, program):
    bodies = [b"", b"\x00\xff", b"x" * 125, *(str(number).encode() for number in range(200))]
    with Raw(victim(program).url) as zoe:
        zoe.open()
        zoe.send(frame(TEXT, HELLO[:9], fin=False))
        zoe.send(b"".join(frame(PING, body) for body in bodies))
        zoe.send(frame(CONT, HELLO[9:]))
        pongs = []
        for opcode, body in zoe.frames():
            if opcode == TEXT:
                break
            pongs.append((opcode, body))
    assert pongs == [(PONG, body) for body in bodies]
