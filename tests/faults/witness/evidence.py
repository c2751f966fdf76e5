"""What the checks compare, and what they find."""

from dataclasses import dataclass, field

from tests.faults.witness.journal import Note
from tests.faults.witness.rows import Place, Row, Shown

# Lines of one story that are shown; the shortest is reported, so few are longer.
MOST_LINES = 30


@dataclass
class View:
    """One client's state at the end: messages by seq, from `first` on."""

    first: int
    version: int
    messages: dict[int, Shown]


@dataclass
class Barred:
    """A time in which somebody may not read, or only not write.

    From `since`, when the change was acknowledged, to `until`, when somebody began to take it back.
    Nothing that is sent more than `within` seconds later reaches them. What they write is refused
    from the beginning on.
    """

    who: str
    what: str
    since: float
    within: float
    until: float = float("inf")


@dataclass
class Evidence:
    """All data that the checks use.

    `views` are those of the clients connected at the end; `orderly` are the senders whose messages
    must keep their order, and `reacted` the seq, emoji and person of each reaction that is stored.
    `lists` has what each device shows of rooms, and `places` what is stored of the people.
    """

    notes: list[Note]
    rows: list[Row]
    views: dict[str, View]
    orderly: set[str] = field(default_factory=set)
    reacted: set[tuple[int, str, str]] = field(default_factory=set)
    barred: list[Barred] = field(default_factory=list)
    lists: dict[str, dict[str, Place]] = field(default_factory=dict)
    places: dict[str, dict[str, Place]] = field(default_factory=dict)


@dataclass
class Violation:
    """A violated invariant, and what happened around it."""

    invariant: str
    what: str
    story: list[Note]

    def __str__(self):
        start = self.story[0].at if self.story else 0
        lines = [told(note, start) for note in self.story[:MOST_LINES]]
        left_out = len(self.story) - len(lines)
        more = [f"    … and {left_out} more"] if left_out else []
        return "\n".join([f"{self.invariant}: {self.what}", *lines, *more])


def told(note: Note, start: float) -> str:
    """Return a note as a line of a story."""
    who = note.who or "the site"
    numbers = f" seq {note.seq} version {note.version}" if note.seq else ""
    words = [note.what, note.id, numbers.strip(), "again" if note.duplicate else "", note.text[:60]]
    return f"    {note.at - start:8.3f} s  {who:12} {' '.join(filter(None, words))}"


def person_of(device: str) -> str:
    """Return whose device one is: its name is theirs, or begins with theirs and a slash."""
    return device.partition("/")[0]
