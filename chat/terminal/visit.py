"""One's place in the room that is shown."""

from chat.rules.sentences import in_a_sentence
from chat.terminal.roomlog import RoomLog


class Visit:
    """A room, what was shown of it, and who is there."""

    def __init__(self, room: str):
        self.begin(room)

    def begin(self, room: str) -> None:
        """Start to join a room, by its address or by what a person typed for it."""
        self.room = room
        self.is_joined = False
        self.log = RoomLog()
        self.count = 0
        # Up to which version the server knows that this client has got.
        self.receipt = 0
        # The seqs of the messages that were sent here, in order.
        self.sent: list[int] = []
        # That of the last message of somebody else.
        self.last_heard: int | None = None
        # Whether the server keeps how far this person has read here.
        self.is_own = False
        self._people: dict[str, str] = {}

    def apply_joined(self, event: dict) -> None:
        """Apply that one is in the room, with whom, and what it is called."""
        self.is_joined, self.count = True, event["count"]
        self._people = names(event["members"])
        self.apply_room(event["room"])

    def apply_room(self, room: dict) -> None:
        """Apply a room's address, and whether one belongs to it."""
        self.room = room["slug"]
        self.is_own = self.is_own or "my" in room

    def others(self, own: str) -> str:
        """Return who else is there, in a sentence; `own` is one's own id."""
        others = ", ".join(in_a_sentence(n) for i, n in self._people.items() if i != own)
        return f"Here: {others}." if others else "Nobody else is here."

    def apply_presence(self, event: dict) -> list[str]:
        """Apply who joined, left and has another name; return a sentence for each."""
        sentences = []
        for user in event["joined"]:
            name, before = in_a_sentence(user["name"]), self._people.get(user["id"])
            if before is None:
                sentences.append(f"{name} joined.")
            elif before != user["name"]:
                sentences.append(f"{in_a_sentence(before)} is {name} now.")
        for user in event["left"]:
            sentences.append(f"{in_a_sentence(user['name'])} left.")
            self._people.pop(user["id"], None)
        self._people |= names(event["joined"])
        self.count = event["count"]
        return sentences

    @property
    def status(self) -> str:
        """How many people are there, in a sentence."""
        people = "1 person" if self.count == 1 else f"{self.count} people"
        return f"{self.room}: {people} here."


def names(users: list[dict]) -> dict[str, str]:
    """Return the names of users by their ids."""
    return {user["id"]: user["name"] for user in users}
