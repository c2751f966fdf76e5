"""New messages: a draft becomes the room's next message, once."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from chat.access.identity import SignIn
from chat.log import notices
from chat.log.commit import Batch, LockedRoom, PerhapsRepeated, Receipt
from chat.log.mentions import Mentions
from chat.log.messages import StoredMessage
from chat.log.senders import Sender
from chat.models import Message, Revision
from chat.rules.errors import ChatError, no_such_message, not_found

Key = tuple[int, int, str]


class Draft(NamedTuple):
    """A message to be appended; `client_id` is its author's idempotency key.

    `refusal` is what is known against it already; a repeat is acknowledged all the same. `sign_in`
    is what a member's right to write depends on. `reply_to` is the seq of a message in the room.
    """

    room_id: int
    author_id: int
    client_id: str
    body: str
    refusal: ChatError | None = None
    sign_in: SignIn | None = None
    reply_to: int | None = None
    format: str | None = None
    mentions: Mentions = Mentions()
    # It changes no message: no field, as it has no annotation.
    seq = None

    @property
    def key(self) -> Key:
        return self.room_id, self.author_id, self.client_id

    def apply(self, batch: Batch) -> Receipt | ChatError:
        """Number the message and store it with the batch, unless it was sent before."""
        room, sender = batch.room(self.room_id), batch.sender(self.author_id)
        if room is None or sender is None:
            return not_found()
        if batch.known is None:
            batch.known = _repeats(batch) if batch.finds_repeats else {}
        if first := batch.known.get(self.key):
            return self._repeat_of(first)
        refusal = self.refusal or batch.refusal_to_write(sender, self.sign_in, room)
        original = None
        if self.reply_to is not None and not refusal:
            original = batch.message(room.id, self.reply_to)
            refusal = None if original else no_such_message()
        if refusal:
            if not batch.finds_repeats:
                raise PerhapsRepeated
            return refusal
        message = batch.known[self.key] = self._numbered(batch, room, sender, original)
        batch.add_message(message)
        told = batch.note_meant(notices.of_new(room, message))
        return Receipt(message.seq, message.version, message.created_at, room, message, told=told)

    def _numbered(
        self, batch: Batch, room: LockedRoom, sender: Sender, original: StoredMessage | None
    ) -> StoredMessage:
        room.last_seq += 1
        version = batch.next_version(room)
        return StoredMessage(
            author=sender.author,
            room_id=room.id,
            seq=room.last_seq,
            version=version,
            first_version=version,
            author_id=sender.id,
            client_id=self.client_id,
            body=self.body,
            created_at=batch.now,
            reply_to=self.reply_to,
            format=self.format,
            mentioned=self.mentions.people,
            original=original,
            **self.mentions.columns,
        )

    def _repeat_of(self, first: Message | StoredMessage) -> Receipt | ChatError:
        """Return the first receipt again, or the refusal of another message under its key."""
        if (_body_at_first(first), first.reply_to) != (self.body, self.reply_to):
            return ChatError(
                "conflict", _("Another message was sent under this id. Send it under a new one.")
            )
        return Receipt(first.seq, first.first_version, first.created_at)


def _body_at_first(message: Message | StoredMessage) -> str:
    """Return what a message said when it was sent."""
    if message.edited_at is None:
        return message.body
    kept = Revision.objects.filter(room_id=message.room_id, seq=message.seq)
    return kept.order_by("version").values_list("body", flat=True)[0]


def _repeats(batch: Batch) -> dict[Key, Message]:
    """Return the messages that were sent before under the keys of a batch's drafts."""
    keys = [draft.key for draft in batch.writes if isinstance(draft, Draft)]
    return {(m.room_id, m.author_id, m.client_id): m for m in _with_keys(keys)}


def _with_keys(keys: Iterable[Key]) -> Iterable[Message]:
    conditions = (Q(room_id=room, author_id=author, client_id=name) for room, author, name in keys)
    return Message.objects.filter(reduce(or_, conditions))
