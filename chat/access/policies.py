"""Who may do what: plain predicates and the refusals that go with them."""

from chat.models import Configuration, Person, Room
from chat.rules.errors import ChatError, blocked, not_found
from chat.rules.names import is_unprintable


def may_write(person: Person, room: Room, guests_may_write: bool) -> ChatError | None:
    """Say why `person` may not write in `room`, or None when they may.

    Asked again inside the transaction that writes, so that nothing gets in between.
    """
    if person.is_blocked:
        return blocked()
    if room.closed:
        return ChatError("forbidden", "This room is closed to writing: only an admin can open it.")
    if person.kind == Person.Kind.GUEST and not guests_may_write:
        return ChatError("forbidden", "Guests only read here: sign in to write.")
    return None


def refuse_creating(person: Person, configuration: Configuration) -> None:
    """Raise what somebody hears who joins a room that does not exist and may not make it."""
    only_reads = person.kind == Person.Kind.GUEST and not configuration.guests_may_write
    if only_reads or not configuration.joining_creates_rooms:
        raise not_found()


def clean_body(body: str) -> str:
    """Give a message's text as it is stored: what was typed.

    Raises ChatError `bad_request` where there is nothing to see and for a NUL (which PostgreSQL
    cannot store).
    """
    if all(character.isspace() or is_unprintable(character) for character in body):
        raise ChatError("bad_request", "There is nothing in this message: write something first.")
    if "\x00" in body:
        raise ChatError("bad_request", "This message has a NUL character in it: take that out.")
    return body


def too_long(body: str, configuration: Configuration) -> ChatError | None:
    """Say why a message is longer than the limit, or None when it is not.

    It may have been stored before the limit was lowered, and be a repeat: only the log knows.
    """
    if len(body) <= configuration.max_body:
        return None
    return ChatError(
        "too_long",
        f"A message has at most {configuration.max_body} characters: send it in parts.",
    )
