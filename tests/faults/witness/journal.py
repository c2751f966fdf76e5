"""The journal: events in the order in which the witness observed them."""

import time
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that happened to a client, or to the site (`who` is empty).

    `what` is "send", "ack", "refusal", "hear", "gone", "back", "close", "joined", "left" or
    "fault". `id` is that of a command, or the name of somebody who joined or left. A change of a
    message is "change", then "done", or "declined" for good; it has the message's seq, and as text
    what is to be done, such as "react 👍 on". A "send" has the seq that it replies to, and "alone"
    is a reply that came without that. "listed" is the seq that a list of rooms shows as the newest.
    """

    at: float
    who: str
    what: str
    id: str = ""
    seq: int = 0
    version: int = 0
    text: str = ""
    duplicate: bool = False


@dataclass
class Journal:
    """All notes of one story, the oldest first."""

    notes: list[Note] = field(default_factory=list)

    def note(self, who: str, what: str, **details) -> Note:
        """Record something that happened just now; return the note."""
        note = Note(time.monotonic(), who, what, **details)
        self.notes.append(note)
        return note

    def fault(self, text: str) -> float:
        """Record that something was broken or repaired; return the time."""
        return self.note("", "fault", text=text).at

    def of(
        self, what: str, since: float = 0, until: float = float("inf"), who: str = ""
    ) -> list[Note]:
        """Return the notes of one kind between two times, of all clients or of one."""
        return [
            note
            for note in self.notes
            if note.what == what and since <= note.at <= until and who in ("", note.who)
        ]
