"""Members of rooms that have an address of their own and give no acknowledgements."""

import json

from bench.load.member import OrderedBySender
from bench.load.room import Heard


class NchanMember(OrderedBySender):
    """Publishes and hears bare texts; a message has arrived when its sender hears it."""

    path = "/ws/{room}"

    @staticmethod
    def understand(payload: bytes) -> Heard:
        return Heard([origin(payload)])

    async def enter(self) -> None:
        """There is nothing to do: the address is the room."""

    def write(self, number: int, body: str) -> None:
        self.send_text(body)

    def check(self, heard: Heard) -> None:
        super().check(heard)
        if heard.messages[0][0] == self.number:
            self.was_acknowledged()


class TutorialMember(NchanMember):
    """Speaks as the page of the Channels tutorial does."""

    path = "/ws/chat/{room}/"

    @staticmethod
    def understand(payload: bytes) -> Heard:
        return Heard([origin(json.loads(payload)["message"].encode())])

    def write(self, number: int, body: str) -> None:
        self.send_text(json.dumps({"message": body}))


def origin(body: bytes) -> tuple[int, int]:
    """Give the sender and the number that a message's text begins with."""
    sender, number, _ = body.split(b" ", 2)
    return int(sender), int(number)
