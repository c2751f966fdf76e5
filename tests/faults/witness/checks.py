"""The comparison of the logs, which finds the invariants that were violated."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.faults.witness.evidence import Evidence, Violation, person_of
from tests.faults.witness.journal import Note
from tests.faults.witness.rows import Row


def check(evidence: Evidence) -> None:
    """Fail with the shortest story of a violation, if there is any."""
    violations = sorted(examine(evidence), key=lambda violation: len(violation.story))
    assert not violations, f"{len(violations)} violations; the shortest story:\n{violations[0]}"


def examine(evidence: Evidence) -> list[Violation]:
    """Return all violations of I1 to I5, of I9 and of I10."""
    judge = _Judge(evidence)
    tests = (judge.lost, judge.twice, judge.invented, judge.differing, judge.reordered)
    tests += (judge.unkept, judge.miscounted, judge.misdirected, judge.alone)
    tests += (judge.read_on, judge.written_on, judge.miscounted_as_unread)
    return [violation for test in tests for violation in test()]


class _Judge:
    def __init__(self, evidence: Evidence):
        self.evidence = evidence
        self.rows = {row.seq: row for row in evidence.rows}
        self.by_id: dict[str, list[Row]] = defaultdict(list)
        for row in evidence.rows:
            self.by_id[row.id].append(row)
        self.of: dict[str, dict[str, list[Note]]] = defaultdict(lambda: defaultdict(list))
        for note in evidence.notes:
            self.of[note.what][note.id].append(note)
        self.changes: dict[int, list[Note]] = defaultdict(list)
        for changes in self.of["change"].values():
            self.changes[changes[0].seq].append(changes[0])

    def story(self, *ids: str, who: str | None = None) -> list[Note]:
        """Return the notes of some messages, of faults, and of the connections of `who`."""
        about = set(ids)
        own = [n for n in self.evidence.notes if n.id in about and (n.what != "hear" or not who)]
        heard = [n for n in self.evidence.notes if n.id in about and n.what == "hear"]
        if who:
            # One who received it and the one who did not explain more than all who received it.
            others = [note for note in heard if note.who != who][:1]
            own += others + [note for note in heard if note.who == who]
        if not own:
            return []
        start = min(note.at for note in own)
        around = [
            note
            for note in self.evidence.notes
            if note.what == "fault" or (note.who == who and note.what in ("gone", "back", "close"))
        ]
        return sorted(own + [n for n in around if n.at >= start - 5], key=lambda note: note.at)

    def lost(self) -> Iterator[Violation]:
        """Check I1: acknowledged messages are in the log and reach every connected client."""
        for key, acks in self.of["ack"].items():
            ack = acks[0]
            row = self.rows.get(ack.seq)
            if row is None or row.id != key:
                yield Violation(
                    "I1", f"{key} was acknowledged as {ack.seq}, not stored", self.story(key)
                )
        for who, view in self.evidence.views.items():
            missing = [seq for seq in self.rows if seq >= view.first and seq not in view.messages]
            if missing:
                row = self.rows[missing[0]]
                yield Violation(
                    "I1",
                    f"{who} misses {len(missing)} messages, first {row.id} (seq {row.seq})",
                    self.story(row.id, who=who),
                )

    def twice(self) -> Iterator[Violation]:
        """Check I2: each id has one row and one ack, and nobody shows it twice."""
        for key, rows in self.by_id.items():
            if len(rows) > 1:
                seqs = [row.seq for row in rows]
                yield Violation("I2", f"{key} is stored {len(rows)} times: {seqs}", self.story(key))
        for key, acks in self.of["ack"].items():
            if len({(ack.seq, ack.version, ack.text) for ack in acks}) > 1:
                yield Violation("I2", f"{key} got different answers", self.story(key))
            if sum(not ack.duplicate for ack in acks) > 1:
                yield Violation("I2", f"{key} was new more than once", self.story(key))
        for who, view in self.evidence.views.items():
            shown: dict[str, int] = {}
            for seq, (_, key, *_) in view.messages.items():
                if key in shown:
                    what = f"{who} shows {key} twice, as {shown[key]} and {seq}"
                    yield Violation("I2", what, self.story(key, who=who))
                shown[key] = seq

    def invented(self) -> Iterator[Violation]:
        """Check I1: the log has only messages that were sent."""
        for row in self.evidence.rows:
            sends = self.of["send"].get(row.id, [])
            edits = [n for n in self.changes[row.seq] if n.text == f"edit {row.body}"]
            texts = [note for note in sends if note.text == row.body]
            if not any(note.who == row.author for note in (*texts, *edits)):
                what = f"{row.id} is stored of {row.author}, who never sent that"
                yield Violation("I1", what, self.story(row.id))

    def misdirected(self) -> Iterator[Violation]:
        """Check I1: each message replies to what it was sent as a reply to."""
        for row in self.evidence.rows:
            sends = self.of["send"].get(row.id, [])
            if sends and sends[0].seq != (row.reply_to or 0):
                what = f"{row.id} replies to {row.reply_to}, and was sent to {sends[0].seq}"
                yield Violation("I1", what, self.story(row.id))

    def alone(self) -> Iterator[Violation]:
        """Check I3: nobody was sent a reply without what it replies to."""
        for key, notes in self.of["alone"].items():
            what = f"{notes[0].who} was sent {key} without what it replies to"
            yield Violation("I3", what, self.story(key, who=notes[0].who))

    def differing(self) -> Iterator[Violation]:
        """Check I3: the log has no gaps, and every view equals the log."""
        seqs = [row.seq for row in self.evidence.rows]
        if seqs != list(range(1, len(seqs) + 1)):
            yield Violation("I3", f"the log has gaps: {seqs[:20]} …", [])
        for who, view in self.evidence.views.items():
            for seq, shown in view.messages.items():
                row = self.rows.get(seq)
                if row is None or shown != row.shown:
                    what = f"{who} has {shown} as {seq}, the log {row}"
                    ids = [shown[1], *([row.id] if row else [])]
                    yield Violation("I3", what, self.story(*ids, who=who))
                    break
        for key, heard in self.of["hear"].items():
            if len({note.seq for note in heard}) > 1:
                yield Violation("I3", f"{key} was told under different seqs", self.story(key))

    def reordered(self) -> Iterator[Violation]:
        """Check I4: a sender's messages are in the order in which they were first sent."""
        last: dict[str, Note] = {}
        for key, sends in self.of["send"].items():
            first, rows = sends[0], self.by_id.get(key)
            if first.who not in self.evidence.orderly or not rows:
                continue
            before = last.get(first.who)
            last[first.who] = first
            if before and self.by_id[before.id][0].seq > rows[0].seq:
                what = f"{first.who} sent {before.id} before {key}, the log has it after"
                yield Violation("I4", what, self.story(before.id, key, who=first.who))

    def unkept(self) -> Iterator[Violation]:
        """Check I9: the last change of each kind that somebody made is how the message is, where
        it was acknowledged."""
        last: dict[tuple[str, int, str], Note] = {}
        for key, (first, *_) in self.of["change"].items():
            if not self.of["declined"].get(key) or key in self.of["done"]:
                kind = "edit" if first.text.startswith("edit ") else first.text.rpartition(" ")[0]
                last[first.who, first.seq, kind] = first
        for note in last.values():
            row = self.rows.get(note.seq)
            if note.id in self.of["done"] and (row is None or not self._is_kept(note, row)):
                what = f"“{note.text}” of {note.who} was acknowledged, and {note.seq} is {row}"
                yield Violation("I9", what, self.story(note.id))

    def _is_kept(self, note: Note, row: Row) -> bool:
        kind, _, rest = note.text.partition(" ")
        if row.deleted or kind == "delete":
            return row.deleted
        if kind == "edit":
            return row.body == rest
        emoji, _, state = rest.partition(" ")
        return ((note.seq, emoji, note.who) in self.evidence.reacted) == (state == "on")

    def miscounted(self) -> Iterator[Violation]:
        """Check I9: a message counts the reactions that are stored."""
        stored = Counter((seq, emoji) for seq, emoji, _ in self.evidence.reacted)
        counted = {(r.seq, emoji): n for r in self.evidence.rows for emoji, n in r.reactions}
        for seq, emoji in stored.keys() | counted.keys():
            shown, are = counted.get((seq, emoji), 0), stored[seq, emoji]
            if shown != are:
                what = f"{seq} counts {shown} {emoji}, and {are} are stored"
                yield Violation("I9", what, self.changes[seq])

    def read_on(self) -> Iterator[Violation]:
        """Check I5: nothing reaches somebody that was sent after they could read no more."""
        for barred in self.evidence.barred:
            if barred.what != "read":
                continue
            for note in self.evidence.notes:
                is_told = note.what in ("hear", "listed") and person_of(note.who) == barred.who
                if is_told and barred.since < note.at < barred.until:
                    late = self._sent_at(note) - barred.since
                    if late > barred.within:
                        what = f"{note.who} was told of {note.seq}, sent {late:.3f} s after the end"
                        yield Violation("I5", what, self.story(self._id_of(note), who=note.who))

    def _id_of(self, note: Note) -> str:
        row = self.rows.get(note.seq)
        return note.id or (row.id if row else "")

    def _sent_at(self, note: Note) -> float:
        """Return when the message that a note is about was sent first."""
        sends = self.of["send"].get(self._id_of(note))
        return sends[0].at if sends else 0

    def written_on(self) -> Iterator[Violation]:
        """Check I5: nothing is stored that somebody sent who could write no more."""
        for barred in self.evidence.barred:
            for key, acks in self.of["ack"].items():
                ack = next((a for a in acks if not a.duplicate), acks[0])
                is_theirs = person_of(ack.who) == barred.who and ack.at < barred.until
                if is_theirs and self._sent_at(ack) > barred.since:
                    late = self._sent_at(ack) - barred.since
                    what = f"{ack.who} wrote {key}, sent {late:.3f} s after the end"
                    yield Violation("I5", what, self.story(key, who=ack.who))

    def miscounted_as_unread(self) -> Iterator[Violation]:
        """Check I10: each device shows as unread what the database says."""
        for device, shown in self.evidence.lists.items():
            stored = self.evidence.places.get(person_of(device), {})
            if shown != stored:
                yield Violation("I10", f"{device} shows {shown}, and stored is {stored}", [])
