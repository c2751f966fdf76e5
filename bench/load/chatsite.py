"""A member that speaks Chatsite's protocol, as docs/protocol.md has it."""

import json
import random
import time

from bench.load.member import Member
from bench.load.room import Heard, Room

RECEIPT_MESSAGES = 32
RECEIPT_SECONDS = 1.0


class ChatsiteMember(Member):
    """Says hello, joins, sends, and tells what it received as a good client does."""

    path = "/ws/"

    def __init__(self, room: Room, number: int):
        super().__init__(room, number)
        self.token: str | None = None
        self.epoch = ""
        self.version = self.first_version = 0
        self.count = 0  # people present, as last told
        self.told, self.told_at = 0, 0.0
        # As the client library does, so that not everybody answers the same frame.
        self.told_early = random.randrange(RECEIPT_MESSAGES)

    @staticmethod
    def understand(payload: bytes) -> Heard:
        events = json.loads(payload)
        messages = [event for event in events if event["type"] == "message"]
        rest = tuple(event for event in events if event["type"] != "message")
        if not messages:
            return Heard([], rest=rest)
        first, last = messages[0]["version"], messages[-1]["version"]
        return Heard([origin(event["message"]) for event in messages], first, last, rest)

    async def enter(self) -> None:
        """Say hello and join; with what an earlier socket left, resume."""
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

    def check(self, heard: Heard) -> None:
        if heard.first != self.version + 1:
            self.room.fault(f"member {self.number} got {heard.first} after {self.version}")
        self.version = heard.last
        now = time.perf_counter()
        if heard.last - self.told >= RECEIPT_MESSAGES or now - self.told_at >= RECEIPT_SECONDS:
            self.told, self.told_at = heard.last, now
            self.send_text(
                f'{{"type":"received","room":"{self.room.name}","version":{heard.last}}}'
            )

    def take(self, heard: Heard) -> None:
        for event in heard.rest:
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
        if "id" not in event:
            self._brought_forward(event)
        elif self.epoch and event["reset"]:
            self.room.fault(f"member {self.number} could not resume")
        self.epoch, self.count = room["epoch"], event["count"]
        self.version = room["version"]
        self.told, self.told_early = self.version - self.told_early, 0
        self.first_version = self.first_version or self.version + 1
        if not self.entered.done():
            self.entered.set_result(None)

    def _brought_forward(self, event: dict) -> None:
        """Take the messages that the server gives anew to a member that fell far behind."""
        messages = event["messages"]
        if event["reset"] or [m["version"] for m in messages] != list(
            range(self.version + 1, event["room"]["version"] + 1)
        ):
            self.room.fault(f"member {self.number} was reset")
        elif messages:
            heard = Heard(
                [origin(m) for m in messages], messages[0]["version"], messages[-1]["version"]
            )
            self.room.note_versions(heard)
            self.room.count(heard)

    def _refused(self, event: dict) -> None:
        self.room.fault(f"member {self.number} heard {event['code']}: {event['message']}")
        if not self.entered.done():
            self.entered.set_exception(ConnectionError(event["message"]))

    def verify(self, members: list[Member]) -> None:
        expected = sum(member.sent for member in members)
        if self.version - self.first_version + 1 != expected:
            self.room.fault(f"member {self.number} got up to {self.version} of {expected}")


def origin(message: dict) -> tuple[int, int]:
    """Give the sender and number of a message from the id it was sent under."""
    sender, number = message["id"].split("-")
    return int(sender), int(number)
