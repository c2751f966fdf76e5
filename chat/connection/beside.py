"""What a reader is sent beside messages: what is theirs alone is not in a message itself, which is
packed once for all."""

from collections.abc import Iterable

from chat.live.feed import MAX_READINGS
from chat.live.server import ChatServer
from chat.live.stream import Stream
from chat.log import Backlog, Question, React, Receipt, StoredMessage
from chat.models import Person, Room
from chat.protocol import ReactedEvent, Reaction
from chat.protocol.objects import read_reactions
from chat.rules.errors import ChatError, unavailable

Outcome = Receipt | ChatError
Crowded = dict[int, list[Reaction]]


async def read_backlog(
    server: ChatServer, person: Person | None, stream: Stream, after: int | None, epoch: str | None
) -> tuple[Backlog, dict]:
    """Return what a reader of version `after` of `epoch` is missing, and the fields beside it.

    The stream can go live with it. Raises ChatError `not_found` or `unavailable`.
    """
    for _attempt in range(MAX_READINGS):
        backlog = await server.feed.backlog(stream, after, epoch)
        beside = await read_beside(server, person, stream.room.pk, backlog.messages)
        # Meanwhile the tail may have lost what comes after the reading.
        if stream.can_go_live(backlog):
            return backlog, beside
    raise unavailable()


async def read_beside(
    server: ChatServer, person: Person | None, room_id: int, messages: Iterable[StoredMessage]
) -> dict:
    """Return the fields that `joined`, `synced` and `history` have beside their messages.

    `mine` has the reader's own reactions that a message does not name. Raises ChatError.
    """
    crowded = _crowded(messages)
    if person is None or not crowded:
        return {}
    question = Question(room_id, person.pk, frozenset(crowded))
    own = await server.own_reactions.outcome_of(question)
    return {"mine": _unnamed(person.public_id, own, crowded) or None}


def send_own_reaction(
    server: ChatServer, person: Person, room: Room, react: React, outcome: Outcome, known: int
) -> None:
    """Send a person's other connections their reaction, where its message does not name them.

    `known` is how many connections of theirs here know of it already. Most people have no other,
    here or in another process, and cost nothing.
    """
    if isinstance(outcome, ChatError) or outcome.message is None:
        return
    here = len(server.registry.of_person(person.public_id)) > known
    if not (here or server.presence.peers.has(room.pk, person.public_id)):
        return
    crowded = _crowded([outcome.message]).get(react.seq, ())
    if any(r.emoji == react.emoji and person.public_id not in r.by for r in crowded):
        event = ReactedEvent(
            room=room.slug,
            seq=react.seq,
            version=outcome.version,
            emoji=react.emoji,
            on=react.on,
        )
        server.persons.send(person.public_id, event)


def _crowded(messages: Iterable[StoredMessage]) -> Crowded:
    """Return by seq those reactions that more people have than are named."""
    found = {}
    for message in messages:
        if message.reactions:
            reactions = read_reactions(message.reactions)
            found[message.seq] = [r for r in reactions if r.count > len(r.by)]
    return {seq: reactions for seq, reactions in found.items() if reactions}


def _unnamed(public_id: str, own: dict[int, list[str]], crowded: Crowded) -> dict[int, list[str]]:
    """Return a person's reactions among the crowded ones, without those that name them."""
    unnamed = {
        seq: [r.emoji for r in reactions if r.emoji in own.get(seq, ()) and public_id not in r.by]
        for seq, reactions in crowded.items()
    }
    return {seq: emoji for seq, emoji in unnamed.items() if emoji}
