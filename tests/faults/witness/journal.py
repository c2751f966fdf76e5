"""What happened, in the order in which the witness saw it."""

import time
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that happened to a client, or to the site (`who` is empty).

    `what` is "send", "ack", "refusal", "hear", "gone", "back", "close", "joined", "left" or
    "fault". `id` is a message's, or that of somebody who came or went.
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
        """Write down what happened just now; give the note."""
        note = Note(time.monotonic(), who, what, **details)
        self.notes.append(note)
        return note

    def fault(self, text: str) -> float:
        """Write down what was broken or mended; give when."""
        return self.note("", "fault", text=text).at

    def of(
        self, what: str, since: float = 0, until: float = float("inf"), who: str = ""
    ) -> list[Note]:
        """Give the notes of one kind from a time on, up to another; of all or of one client."""
        return [
            note
            for note in self.notes
            if note.what == what and since <= note.at <= until and who in ("", note.who)
        ]
