"""What a reader is sent beside messages: what is theirs alone is not in a message itself, which is
packed once for all."""

from collections.abc import Iterable

from chat.live.server import ChatServer
from chat.log import Question, StoredMessage
from chat.models import Person
from chat.protocol import Reaction
from chat.protocol.objects import read_reactions

Crowded = dict[int, list[Reaction]]


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
