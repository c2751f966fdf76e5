"""Whatever a frame is: the answer is in the protocol, nobody else is disturbed, and the next
command works."""

import asyncio
import json
from itertools import count

import pytest
from hypothesis import example, given

from chat.protocol import MAX_FRAME, events
from chat.rules.errors import ChatError, CloseCode
from tests.fuzz.commands import frames
from tests.fuzz.doors import Door, throwing
from tests.support.sockets import DEADLINE, Socket, connect

pytestmark = pytest.mark.django_db(transaction=True)

TYPES = {
    event.model_fields["type"].default
    for event in vars(events).values()
    if isinstance(event, type) and issubclass(event, events.Event) and event is not events.Event
}

# What Ana may be told meanwhile: of Charlie's coming, and what he says in a proper command.
UNDISTURBED = {"presence", "message", "typing", "heads"}


class JsonDoor(Door):
    """The door with Ana in the lobby, who must not be disturbed, and Charlie, who throws things."""

    async def open(self) -> None:
        self.numbers = count(1)
        self.charlie: Socket | None = None
        self.ana = await self.stack.enter_async_context(connect("Ana"))
        await self.ana.join("lobby")

    async def take(self, frame: str | bytes) -> None:
        if self.charlie is None:
            name = f"Charlie {next(self.numbers)}"
            self.charlie = await self.stack.enter_async_context(connect(name))
        kind = "text" if isinstance(frame, str) else "bytes"
        await self.charlie.communicator.send_input({"type": "websocket.receive", kind: frame})
        closed = await self.told(frame)
        assert closed == expected_close(frame)
        if closed:
            self.charlie = None
        await self.ana.ask("ping")
        assert {event["type"] for event in self.ana.unread} <= UNDISTURBED
        self.ana.unread.clear()

    async def told(self, frame: str | bytes) -> int | None:
        """Read up to the answer to a ping that comes after the frame, or to the end."""
        ping = f"ping-{next(self.numbers)}"
        await self.charlie.write(json.dumps({"type": "ping", "id": ping}))
        told = []
        while {"type": "pong", "id": ping} not in told:
            async with asyncio.timeout(DEADLINE):
                message = await self.charlie.communicator.output_queue.get()
            if message["type"] == "websocket.close":
                return message["code"]
            told += json.loads(message["text"])
        for event in told:
            self.look_at(event)
        # What is no JSON object is refused, once; an earlier message may be told meanwhile.
        if not is_object(frame):
            assert [event.get("code") for event in told].count("bad_request") == 1, told
        return None

    def look_at(self, event: dict) -> None:
        assert event["type"] in TYPES, event
        if event["type"] == "error":
            assert event["code"] in ChatError.STATUS
            sentence = event["message"]
            assert sentence[0].isupper()
            assert sentence[-1] in ".?!"
            assert len(sentence) < 250
            assert sentence.isprintable(), sentence
            json.dumps(event, ensure_ascii=False).encode()


def is_object(frame: str | bytes) -> bool:
    try:
        return isinstance(json.loads(frame), dict)
    except (ValueError, RecursionError):
        return False


def expected_close(frame: str | bytes) -> int | None:
    if isinstance(frame, bytes):
        return CloseCode.UNSUPPORTED_DATA
    too_big = len(frame.encode("utf-8", "surrogatepass")) > MAX_FRAME
    return CloseCode.TOO_BIG if too_big else None


def test_every_frame_is_answered_in_the_protocol_and_harms_nobody(fuzz):
    @fuzz(600)
    @given(frames)
    @example("\ud800")
    @example('{"type":"ping","id":"\\ud800"}')
    @example('{"type":"join","room":"\\u202e"}')
    def throw(frame):
        take(frame)

    with throwing(JsonDoor) as take:
        throw()
