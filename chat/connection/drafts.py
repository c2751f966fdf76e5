"""The one way of a message and of its edits to the committer, whatever the entry point."""

from typing import Protocol

from chat.access import policies
from chat.access.identity import SignIn
from chat.connection.mentions import Text, find_mentions, may_mention
from chat.live.server import ChatServer
from chat.log import Draft, Edit, React
from chat.models import Person, Room
from chat.rules.emojis import clean_emoji


class NewMessage(Text, Protocol):
    """What a client says of a message that it sends, by whatever entry point."""

    id: str
    reply_to: int | None
    format: str | None


class Correction(Text, Protocol):
    """What a client says of an edit; `base` is the version that was edited."""

    base: int | None


async def prepare_message(
    server: ChatServer, person: Person, sign_in: SignIn | None, room: Room, new: NewMessage
) -> Draft:
    """Return the draft of a message; its author is no longer typing.

    Rights are checked in the transaction that writes it. Raises ChatError `bad_request`.
    """
    body = policies.clean_body(new.body)
    refusal = policies.refusal_of_length(body, server.configuration)
    server.typists.stopped_typing(room.pk, person.public_id)
    draft = Draft(room.pk, person.pk, new.id, body, refusal, sign_in, new.reply_to, new.format)
    if refusal or not may_mention(new):
        return draft
    return draft._replace(mentions=await find_mentions(server, person, room, new, new.format))


async def prepare_edit(
    server: ChatServer,
    person: Person,
    sign_in: SignIn | None,
    room: Room,
    seq: int,
    new: Correction,
) -> Edit:
    """Return the edit of a message. Rights and errors are those of `prepare_message`."""
    body, configuration = policies.clean_body(new.body), server.configuration
    refusal = policies.refusal_of_length(body, configuration)
    window = configuration.edit_window
    edit = Edit(room.pk, person.pk, seq, body, new.base, window, refusal, sign_in)
    if new.mentions is not None:
        edit = edit._replace(names_people="among others" if new.mention_names else "alone")
    if refusal or not may_mention(new):
        return edit
    return edit._replace(mentions=await find_mentions(server, person, room, new, seq=seq))


def prepare_reaction(
    person: Person, sign_in: SignIn | None, room: Room, seq: int, emoji: str, on: bool
) -> React:
    """Return a reaction to a message. Raises ChatError `bad_request` for what is not one emoji."""
    return React(room.pk, person.pk, seq, clean_emoji(emoji), on, sign_in)
