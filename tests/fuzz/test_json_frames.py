"""Any frame: the reply is in the protocol, nobody else is disturbed, and the next command works."""

import asyncio
import json
from itertools import count

import pytest
from hypothesis import example, given

from chat.protocol import MAX_FRAME, events
from chat.rules.errors import ChatError, CloseCode
from tests.fuzz.commands import frames
from tests.fuzz.targets import Target, running_target
from tests.support.sockets import DEADLINE, Socket, connect

pytestmark = pytest.mark.django_db(transaction=True)

TYPES = {
    event.model_fields["type"].default
    for event in vars(events).values()
    if isinstance(event, type) and issubclass(event, events.Event) and event is not events.Event
}

# What Ana may receive meanwhile: that Charlie joined, and what he sends in valid commands.
HARMLESS = {"presence", "message", "typing", "heads"}


class JsonTarget(Target):
    """The JSON socket: Ana is in the lobby and must not be disturbed, Charlie sends the frames."""

    async def open(self) -> None:
        self.numbers = count(1)
        self.charlie: Socket | None = None
        self.ana = await self.stack.enter_async_context(connect("Ana"))
        await self.ana.join("lobby")

    async def send(self, frame: str | bytes) -> None:
        if self.charlie is None:
            name = f"Charlie {next(self.numbers)}"
            self.charlie = await self.stack.enter_async_context(connect(name))
        kind = "text" if isinstance(frame, str) else "bytes"
        await self.charlie.communicator.send_input({"type": "websocket.receive", kind: frame})
        code = await self.close_code_after(frame)
        assert code == expected_close(frame)
        if code:
            self.charlie = None
        await self.ana.request("ping")
        assert {event["type"] for event in self.ana.unread} <= HARMLESS
        self.ana.unread.clear()

    async def close_code_after(self, frame: str | bytes) -> int | None:
        """Check the events up to the reply to a ping after the frame; return the close code."""
        ping = f"ping-{next(self.numbers)}"
        await self.charlie.write(json.dumps({"type": "ping", "id": ping}))
        events = []
        while {"type": "pong", "id": ping} not in events:
            async with asyncio.timeout(DEADLINE):
                message = await self.charlie.communicator.output_queue.get()
            if message["type"] == "websocket.close":
                return message["code"]
            events += json.loads(message["text"])
        for event in events:
            self.check_event(event)
        # What is not a JSON object is refused once; an earlier message may arrive meanwhile.
        if not is_object(frame):
            assert [event.get("code") for event in events].count("bad_request") == 1, events
        return None

    def check_event(self, event: dict) -> None:
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


def test_every_frame_gets_a_valid_reply_and_harms_nobody(fuzz):
    @fuzz(300)
    @given(frames)
    @example("\ud800")
    @example('{"type":"ping","id":"\\ud800"}')
    @example('{"type":"join","room":"\\u202e"}')
    def check(frame):
        send(frame)

    with running_target(JsonTarget) as send:
        check()
