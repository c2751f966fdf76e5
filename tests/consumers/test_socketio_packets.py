"""Packets of Socket.IO: whatever comes is a packet, or malformed."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.consumers.socketio.packets import (
    MalformedPacket,
    Packet,
    ack_packet,
    connect_error_packet,
    event_packet,
    parse_packet,
)


@pytest.mark.parametrize(
    ("text", "packet"),
    [
        ("0", Packet("0", "/", None, None)),
        ('0{"name":"Ana"}', Packet("0", "/", None, {"name": "Ana"})),
        ('0/admin,{"a":1}', Packet("0", "/admin", None, {"a": 1})),
        ("0/admin", Packet("0", "/admin", None, None)),
        ("1", Packet("1", "/", None, None)),
        ('2["ping"]', Packet("2", "/", None, ["ping"])),
        ('212["send",{"a":[1]}]', Packet("2", "/", 12, ["send", {"a": [1]}])),
        ('2/admin,7["x"]', Packet("2", "/admin", 7, ["x"])),
        ('2["line\\nend",1]', Packet("2", "/", None, ["line\nend", 1])),
    ],
)
def test_packets_are_read(text, packet):
    assert parse_packet(text) == packet


@pytest.mark.parametrize(
    "text", ["", "x", "7", "2", "2{}", "2[]", "2[1]", '2["a"', '51-["a"]', "6", '2["\\ud800"]']
)
def test_anything_else_is_malformed(text):
    with pytest.raises(MalformedPacket):
        parse_packet(text)


@given(st.text(st.characters(codec=None)) | st.from_regex(r"[0-4](/a,)?[0-9]*[\[{].*[\]}]"))
def test_no_text_breaks_the_parser(text):
    with suppress(MalformedPacket):
        parse_packet(text)


def test_deep_and_large_packets_break_nothing():
    for text in ("2" + "[" * 60_000, "2" + "9" * 60_000, f'2["a",{"9" * 60_000}]'):
        with suppress(MalformedPacket):
            parse_packet(text)


def test_what_is_sent_is_what_the_protocol_has():
    assert event_packet("a b", {"c": 1}, 2) == '42["a b",{"c":1},2]'
    assert ack_packet(3) == "433[]"
    refusal = connect_error_packet("No.", {"code": "x"})
    assert json.loads(refusal.removeprefix("44")) == {"message": "No.", "data": {"code": "x"}}
    assert connect_error_packet("No.", None, "/admin") == '44/admin,{"message":"No."}'
