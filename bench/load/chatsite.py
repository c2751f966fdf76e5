"""A member that speaks Chatsite's protocol (docs/protocol.md)."""

import json
import random
import time

from bench.load.member import Member
from bench.load.room import ParsedFrame, Room

RECEIPT_MESSAGES = 32
RECEIPT_SECONDS = 1.0


class ChatsiteMember(Member):
    """Sends hello, join, messages and, as a good client does, `received`."""

    path = "/ws/"

    def __init__(self, room: Room, number: int):
        super().__init__(room, number)
        self.token: str | None = None
        self.epoch = ""
        self.version = self.first_version = 0
        self.count = 0  # people present, from the last event
        self.receipt, self.receipt_at = 0, 0.0
        # Random, as in the client library, so that not every member responds to the same frame.
        self.receipt_offset = random.randrange(RECEIPT_MESSAGES)

    @staticmethod
    def parse(payload: bytes) -> ParsedFrame:
        events = json.loads(payload)
        messages = [event for event in events if event["type"] == "message"]
        rest = tuple(event for event in events if event["type"] != "message")
        if not messages:
            return ParsedFrame([], rest=rest)
        first, last = messages[0]["version"], messages[-1]["version"]
        return ParsedFrame([origin(event["message"]) for event in messages], first, last, rest)

    async def enter(self) -> None:
        """Send hello and join; resume if there was an earlier socket."""
        hello = {"token": self.token} if self.token else {"name": f"m{self.number}"}
        self.send({"type": "hello", **hello})
        resume = {"after": self.version, "epoch": self.epoch} if self.epoch else {}
        self.send({"type": "join", "room": self.room.name, "id": "join", **resume})
        await self.entered

    def leave(self) -> None:
        """Leave the room and keep the socket."""
        self.send({"type": "leave", "room": self.room.name})

    def send(self, command: dict) -> None:
        self.send_text(json.dumps(command))

    def write(self, number: int, body: str) -> None:
        self.send_text(
            f'{{"type":"send","id":"{self.number}-{number}","room":"{self.room.name}",'
            f'"body":"{body}"}}'
        )

    def check(self, parsed: ParsedFrame) -> None:
        if parsed.first != self.version + 1:
            self.room.fault(f"member {self.number} got {parsed.first} after {self.version}")
        self.version = parsed.last
        now = time.perf_counter()
        if (
            parsed.last - self.receipt >= RECEIPT_MESSAGES
            or now - self.receipt_at >= RECEIPT_SECONDS
        ):
            self.receipt, self.receipt_at = parsed.last, now
            self.confirm(parsed.last)

    def confirm(self, version: int) -> None:
        """Send a receipt."""
        self.send_text(f'{{"type":"received","room":"{self.room.name}","version":{version}}}')

    def handle(self, parsed: ParsedFrame) -> None:
        for event in parsed.rest:
            if event["type"] == "ack":
                self.was_acknowledged()
            elif event["type"] == "welcome":
                self.token = event["token"]
            elif event["type"] == "presence":
                self.count = event["count"]
            elif event["type"] == "joined":
                self._joined(event)
            elif event["type"] == "error":
                self._refused(event)

    def _joined(self, event: dict) -> None:
        room = event["room"]
        if self.entered.done():
            self._caught_up(event)
        elif self.epoch and event["reset"]:
            self.room.fault(f"member {self.number} could not resume")
        self.epoch, self.count = room["epoch"], event["count"]
        self.version = room["version"]
        self.receipt, self.receipt_offset = self.version - self.receipt_offset, 0
        self.first_version = self.first_version or self.version + 1
        if not self.entered.done():
            self.entered.set_result(None)

    def _caught_up(self, event: dict) -> None:
        """Handle the messages that the server sends again to a member that lagged far behind."""
        messages = event["messages"]
        if event["reset"] or [m["version"] for m in messages] != list(
            range(self.version + 1, event["room"]["version"] + 1)
        ):
            self.room.fault(f"member {self.number} was reset")
        elif messages:
            parsed = ParsedFrame(
                [origin(m) for m in messages], messages[0]["version"], messages[-1]["version"]
            )
            self.room.note_versions(parsed)
            self.room.count(parsed, time.perf_counter())

    def _refused(self, event: dict) -> None:
        self.room.fault(f"member {self.number} received {event['code']}: {event['message']}")
        if not self.entered.done():
            self.entered.set_exception(ConnectionError(event["message"]))

    def verify(self, members: list[Member]) -> None:
        expected = sum(member.sent for member in members)
        if self.version - self.first_version + 1 != expected:
            self.room.fault(f"member {self.number} got up to {self.version} of {expected}")


def origin(message: dict) -> tuple[int, int]:
    """Return the sender and number of a message from its id."""
    sender, number = message["id"].split("-")
    return int(sender), int(number)
