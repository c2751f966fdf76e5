"""A device of somebody who may belong to a room: it tries to read and to write all the time."""

from tests.faults.witness.client import Client
from tests.faults.witness.evidence import person_of
from tests.faults.witness.member import TEMPORARY
from tests.faults.witness.rows import Place

# Of somebody who may not read: each is refused, or has what is asked about another time.
PRYING = (
    {"type": "history", "limit": 20},
    {"type": "get", "seqs": [1]},
    {"type": "read", "seq": 1},
    {"type": "sync", "after": 0, "epoch": ""},
    {"type": "typing"},
)


class Device(Client):
    """One of somebody's devices, which watches the list of their rooms.

    It joins the room again and again while it is not in it, and writes and asks all the same. The
    one that writes has its person's name, another that and a slash.
    """

    def __init__(self, *arguments, token: str, **options):
        super().__init__(*arguments, **options)
        self.token = token
        self.person = person_of(self.name)
        self.list: dict[str, Place] = {}
        self._tries = 0

    def connected(self) -> None:
        """Send the identity, watch, and come into the room."""
        self.write({"type": "hello", "token": self.token})
        self.write({"type": "watch"})
        self._try_to_join()

    def _try_to_join(self) -> None:
        resume = {"after": self.version, "epoch": self.epoch} if self.epoch else {}
        self.write({"type": "join", "room": self.room, **resume})

    def tick(self) -> None:
        """Receive and send as a member does, or try what a member may."""
        self._tries += 1
        if self.here.is_set():
            super().tick()
            if self._tries % 5 == 0 and self.messages:
                self.write({"type": "read", "room": self.room, "seq": max(self.messages)})
            return
        self._try_to_join()
        self.write({"room": self.room, **PRYING[self._tries % len(PRYING)]})

    def try_to_say(self) -> None:
        """Send a message, in the room or not."""
        if self.here.is_set():
            self.say()
        elif self._socket:
            self._said += 1
            key, body = f"{self.name}-{self._said}", f"line {self._said} of {self.name}"
            self.journal.note(self.name, "send", id=key, text=body)
            self.write({"type": "send", "id": key, "room": self.room, "body": body})

    def mention(self, other: "Device", public_id: str) -> None:
        """Send a message that means somebody."""
        self._said += 1
        body = f"@{other.person} line {self._said} of {self.name}"
        command = {"type": "send", "body": body, "mentions": [public_id]}
        self.unanswered[f"{self.name}-{self._said}"] = command
        self.pump()

    def is_final(self, code: str, command: dict) -> bool:
        """Return whether a command is not sent again: whoever may not write writes another."""
        return code not in TEMPORARY

    def _on_left(self, event: dict) -> None:
        self.journal.note(self.name, "gone", text=event.get("reason", ""))
        self.disconnected()

    def _on_notice(self, event: dict) -> None:
        self._note_heard(event["message"])

    def _on_messages(self, event: dict) -> None:
        for message in event["messages"]:
            self._note_heard(message)

    def _note_heard(self, message: dict) -> None:
        numbers = {"seq": message["seq"], "version": message["version"]}
        self.journal.note(self.name, "hear", id=message["id"], **numbers)

    def _on_rooms(self, event: dict) -> None:
        for entry in event["rooms"]:
            room = entry["room"]
            self.list[room["id"]] = (entry["last_read"], entry["unread"], entry["mentions"])
            self.journal.note(self.name, "listed", seq=room["seq"])
        for room_id in event.get("gone", ()):
            self.list.pop(room_id, None)

    def _ended(self) -> None:
        super()._ended()
        # The reply to `watch` has all that is there.
        self.list.clear()
