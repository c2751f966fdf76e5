"""Reactions to messages: what people put under one at about the same time is one change of it."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from chat.access import policies
from chat.access.identity import SignIn
from chat.log.changes import change
from chat.log.commit import Batch, LockedRoom, Receipt
from chat.log.messages import StoredMessage
from chat.log.senders import Senders
from chat.models import Reaction
from chat.protocol import Reaction as Shown
from chat.protocol.objects import read_reactions, write_reactions
from chat.rules.errors import ChatError, no_such_message, not_found

# Different emoji under a message, and the people whom it names for each.
MAX_EMOJI = 20
NAMED = 20


class React(NamedTuple):
    """A person's emoji, as `clean_emoji` returns it, to be under a message (`on`) or not."""

    room_id: int
    author_id: int
    seq: int
    emoji: str
    on: bool
    sign_in: SignIn | None = None


class Reactions(NamedTuple):
    """Reactions to one message, in their order: all that change it are one version.

    A receipt has the outcome of each in `parts`. The same reaction twice is once.
    """

    room_id: int
    seq: int
    reacts: Sequence[React]
    # Of no single person: their rights are read with the message.
    author_id: None = None
    sign_in: None = None
    reply_to: None = None

    def apply(self, batch: Batch) -> Receipt | ChatError:
        """Store them, and count them on the message, as the room's next version."""
        room, message = batch.room(self.room_id), batch.message_to_change(self.room_id, self.seq)
        if room is None or message is None:
            return no_such_message()
        if message.is_deleted:
            return ChatError("bad_request", _("This message was deleted. React to another one."))
        authors, sign_ins = zip(*((r.author_id, r.sign_in) for r in self.reacts), strict=True)
        senders = batch.read_senders(set(authors), set(filter(None, sign_ins)))
        tally = Tally(message, senders)
        decisions = [tally.decide(react, room) for react in self.reacts]
        receipt = Receipt(message.seq, message.version, batch.now)
        if tally.is_changed():
            receipt = change(batch, room, message, reactions=tally.store())
        now = receipt.message or message
        parts = [self._part(decision, receipt, room, now) for decision in decisions]
        return receipt._replace(parts=parts)

    @staticmethod
    def _part(
        decision: bool | ChatError, receipt: Receipt, room: LockedRoom, message: StoredMessage
    ) -> Receipt | ChatError:
        """Return the outcome of one reaction; `decision` says whether it changed anything."""
        if isinstance(decision, ChatError):
            return decision
        return receipt._replace(room=room, message=message if decision else None)


class Tally:
    """The reactions to a message while a batch changes them."""

    def __init__(self, message: StoredMessage, senders: Senders):
        self._message, self._senders = message, senders
        self._shown = {shown.emoji: shown for shown in read_reactions(message.reactions)}
        self._counts = Counter({emoji: shown.count for emoji, shown in self._shown.items()})
        stored = self._rows().filter(person_id__in=list(senders))
        self._before = dict.fromkeys(stored.values_list("person_id", "emoji"))
        self._now = self._before.copy()

    def _rows(self):
        return Reaction.objects.filter(room_id=self._message.room_id, seq=self._message.seq)

    def decide(self, react: React, room: LockedRoom) -> bool | ChatError:
        """Apply a reaction; return whether it changed anything, or why it is refused."""
        key = react.author_id, react.emoji
        if react.on and key in self._now:
            # It was allowed once; who repeats it has lost the reply.
            return False
        if refusal := self._refusal(react, room):
            return refusal
        if react.on:
            self._now[key] = None
            self._counts[react.emoji] += 1
        elif key in self._now:
            del self._now[key]
            self._counts[react.emoji] -= 1
        else:
            return False
        return True

    def _refusal(self, react: React, room: LockedRoom) -> ChatError | None:
        sender = self._senders.get(react.author_id)
        if sender is None or not self._senders.may_read(sender, room):
            return not_found()
        refusal = policies.refusal_of_closed(room)
        if refusal := refusal or self._senders.refusal_to_write(sender, react.sign_in, room):
            return refusal
        different = sum(count > 0 for count in self._counts.values())
        if react.on and not self._counts[react.emoji] and different >= MAX_EMOJI:
            message = _("This message has %(count)s different reactions. Join one of them.")
            return ChatError("bad_request", message % {"count": MAX_EMOJI})
        return None

    def is_changed(self) -> bool:
        """Whether anything is different from what is stored."""
        return self._now.keys() != self._before.keys()

    def store(self) -> str | None:
        """Store what changed; return what the message carries from now on."""
        added = [key for key in self._now if key not in self._before]
        removed = [key for key in self._before if key not in self._now]
        for emoji in {key[1] for key in removed}:
            people = [person_id for person_id, other in removed if other == emoji]
            self._rows().filter(emoji=emoji, person_id__in=people).delete()
        room_id, seq = self._message.room_id, self._message.seq
        Reaction.objects.bulk_create(
            Reaction(room_id=room_id, seq=seq, person_id=person_id, emoji=emoji)
            for person_id, emoji in added
        )
        return write_reactions(self._summary(added, {key[1] for key in removed}))

    def _summary(
        self, added: Sequence[tuple[int, str]], taken_back: Collection[str]
    ) -> list[Shown]:
        for person_id, emoji in added:
            shown = self._shown.setdefault(emoji, Shown(emoji=emoji, count=0, by=[]))
            shown.by.append(self._senders[person_id].author.public_id)
        for emoji in taken_back & self._shown.keys():
            self._shown[emoji].by = self._first_people(emoji)
        return [
            Shown(emoji=emoji, count=self._counts[emoji], by=shown.by[:NAMED])
            for emoji, shown in self._shown.items()
            if self._counts[emoji]
        ]

    def _first_people(self, emoji: str) -> list[str]:
        rows = self._rows().filter(emoji=emoji).order_by("pk")
        return list(rows.values_list("person__public_id", flat=True)[:NAMED])


class Question(NamedTuple):
    """Which reactions to some messages of a room, by their seqs, are a person's own?"""

    room_id: int
    person_id: int
    seqs: frozenset[int]


def own_reactions(questions: Sequence[Question]) -> list[dict[int, list[str]]]:
    """Return for each question the emoji by seq, in one statement for each room."""
    found: dict[tuple[int, int], dict[int, list[str]]] = {}
    for room_id in {question.room_id for question in questions}:
        asked = [question for question in questions if question.room_id == room_id]
        rows = Reaction.objects.filter(
            room_id=room_id,
            seq__in=frozenset().union(*(question.seqs for question in asked)),
            person_id__in={question.person_id for question in asked},
        ).values_list("person_id", "seq", "emoji")
        for person_id, seq, emoji in rows:
            found.setdefault((room_id, person_id), {}).setdefault(seq, []).append(emoji)
    return [_answer(question, found) for question in questions]


def _answer(question: Question, found: dict) -> dict[int, list[str]]:
    own = found.get((question.room_id, question.person_id), {})
    return {seq: emoji for seq, emoji in own.items() if seq in question.seqs}
