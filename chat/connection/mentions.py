"""Whom a message mentions: the people that its sender names by their ids; else, or beside them,
those whose names stand in it."""

from collections.abc import Sequence
from typing import Protocol

from chat.access import policies
from chat.live.server import ChatServer
from chat.live.threads import database_errors_as_unavailable
from chat.log import (
    Mentioned,
    Mentions,
    format_and_mentions,
    is_moderator,
    people_by_ids,
    people_by_names,
)
from chat.models import Person, Room
from chat.rules.mentions import MAX_MENTIONS, Candidates, find_candidates
from chat.rules.names import name_key


class Text(Protocol):
    """A text, and whom its sender says that it means; `mention_names` is whether the names in it
    mean somebody beside those."""

    body: str
    mentions: Sequence[str] | None
    mention_names: bool


def may_mention(text: Text) -> bool:
    """Whether a text may mention anybody: one that does not costs nothing."""
    return "@" in text.body or bool(text.mentions)


async def find_mentions(
    server: ChatServer,
    person: Person,
    room: Room,
    text: Text,
    format: str | None = None,
    seq: int | None = None,
) -> Mentions:
    """Return whom a text mentions; where it does not say, by the names in it.

    `format` is the text's; the new text of message `seq` has that message's. Raises ChatError
    `unavailable`.
    """
    people = await server.presence.people_now(room.pk)
    present = {user.id: user.name for user in people.values()}
    with database_errors_as_unavailable():
        return await server.database.run(_read, person, room, text, format, seq, present)


def _read(
    person: Person,
    room: Room,
    text: Text,
    format: str | None,
    seq: int | None,
    present: dict[str, str],
) -> Mentions:
    # Here and not on the loop, which a long text would hold up for milliseconds.
    shown_as, former = (format, []) if seq is None else format_and_mentions(room.pk, seq)
    candidates, ids = find_candidates(text.body, is_plain=shown_as == "plain"), text.mentions
    if not (candidates.places or ids):
        return Mentions()
    # Whom the message mentions already everybody there knows, present or not.
    known = {*present, *(person.public_id for person in former)}
    chosen = people_by_ids(room.pk, ids, known) if ids else ()
    named = ()
    if ids is None or text.mention_names:
        named = _named(room.pk, candidates, present, (*chosen, *former))
    people = tuple(dict.fromkeys((*chosen, *named)))[:MAX_MENTIONS]
    everybody = candidates.everybody
    is_small = policies.may_address_everybody(len(present))
    # Whoever may not address so many has written a plain word.
    if everybody and not is_small and not is_moderator(person.pk, room):
        everybody = None
    return Mentions(people, everybody, len(chosen))


def _named(
    room_id: int, candidates: Candidates, present: dict[str, str], chosen: Sequence[Mentioned]
) -> tuple[Mentioned, ...]:
    """Return those whose names stand in a text; a name of somebody `chosen` means nobody else."""
    keys = candidates.keys - {"here", "room"}
    if not keys:
        return ()
    here = [public_id for public_id, name in present.items() if name_key(name) in keys]
    known = people_by_names(room_id, keys, here)
    for person in chosen:
        known[name_key(person.was or person.name)] = person._replace(was=None)
    longest = (next((known[k] for k in place if k in known), None) for place in candidates.places)
    return tuple(filter(None, longest))
