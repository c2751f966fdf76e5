"""What has to hold before somebody is in a room: it is there, and their name is free in it."""

import asyncio
from typing import NamedTuple, Protocol

from django.utils.translation import gettext as _

from chat import log
from chat.access import identity, policies
from chat.access.memberships import NewMembership
from chat.cluster.peers import People
from chat.live.presence import Presence, substitute_for
from chat.live.server import ChatServer
from chat.log import StoredMembership
from chat.models import Person, Room
from chat.protocol import User
from chat.rules.errors import ChatError, not_found
from chat.rules.limits import rate_limited
from chat.rules.names import clean_room_name
from chat.rules.slugs import is_untyped, plain_slug, slug_of


class Client(Protocol):
    """Who comes into a room, and where from."""

    person: Person
    address: str


class Visit(NamedTuple):
    """A client that has no connection."""

    person: Person
    address: str


async def find_or_create_room(
    server: ChatServer,
    person: Person,
    address: str,
    text: str,
    moved_to: str | None = None,
    password: str | None = None,
) -> tuple[Room, bool]:
    """Return the room that `person` calls `text`, and whether it was created now.

    `moved_to` is its slug where that is known to be another by now; `address` is where the person
    connects from; a room that is created has the `password`, if any. Whether they may read it is
    for the caller to check. Raises ChatError, `not_found` where there is none and they may not
    create it.
    """
    slug = slug_of(text)

    async def search() -> tuple[Room, bool]:
        room = await server.database.run(_look_up, moved_to or slug, text, person)
        if room is not None:
            return room, False
        return await _create_room(server, person, address, slug, text, password), True

    if is_untyped(moved_to or slug):
        # Whom it is there for differs: nobody may wait for another's search.
        return await search()
    return await server.room_searches.find(moved_to or slug, search)


def _look_up(slug: str, text: str, person: Person) -> Room | None:
    """Return the room that a text means. At an address that nobody can guess, or at another than
    its own, one that `person` may enter: for everybody else there is none."""
    if is_untyped(slug):
        return log.find_to_enter(slug, person)
    room = log.look_up(slug)
    if room is not None and slug in (room.slug, room.public_id):
        return room
    room = log.find_to_enter(slug, person)
    if room is None and plain_slug(text) not in {"", slug}:
        room = log.find_older_to_enter(text, person)
    return room


class Admission(NamedTuple):
    """Somebody's membership in a room that they may come into, None where they have none; whether
    they are to have one (newcomers.py)."""

    membership: StoredMembership | None
    is_new: bool


async def admit(server: ChatServer, client: Client, room: Room, password: str | None) -> Admission:
    """Return somebody's place in a room that they come into.

    A member or bot belongs to every room that they were in, a guest to those that are not open to
    all. Raises ChatError: `not_found` for a room that they may not read, `password_required` or
    `password_wrong` for one that asks for a password.
    """
    person = client.person
    membership = await server.feed.rights.membership_of(room, person)
    if policies.asks_for_password(room, membership):
        await server.passwords.check(room, password, client.address)
        membership = await store_place(server, person, room)
    policies.check_may_read(person, room, membership)
    if password is not None and not room.password:
        raise ChatError("bad_request", _("This room asks for no password. Join it without one."))
    return Admission(membership, membership is None and person.kind != Person.Kind.GUEST)


async def store_place(server: ChatServer, person: Person, room: Room) -> StoredMembership | None:
    """Store that somebody belongs to a room, and return their membership then. Raises ChatError."""
    await server.committer.admit_newcomer(NewMembership(room.pk, person.pk))
    server.watching.publish_membership(room.pk, person.public_id)
    return await server.feed.rights.membership_of(room, person)


async def check_may_come(server: ChatServer, person: Person, room: Room) -> None:
    """Raise `not_found` for a room that somebody may not come into, whatever password they have."""
    membership = await server.feed.rights.membership_of(room, person)
    if not policies.asks_for_password(room, membership):
        policies.check_may_read(person, room, membership)


async def _create_room(
    server: ChatServer, person: Person, address: str, slug: str, text: str, password: str | None
) -> Room:
    policies.check_may_create(person, server.configuration)
    if is_untyped(slug):
        raise not_found()
    check_rate_of_rooms(server, address)
    stored = await server.passwords.hash_of(password) if password else ""
    # The default room is the site's: nobody owns it for having come first.
    owner = None if slug == server.configuration.default_room else person
    room = await server.database.run(log.create_room, slug, clean_room_name(text), owner, stored)
    # A member who made it owns it.
    server.watching.publish_membership(room.pk, person.public_id)
    return room


def check_rate_of_rooms(server: ChatServer, address: str) -> None:
    """Count one more room that an address makes. Raises `rate_limited` for one too many."""
    if wait := server.limiter.wait_for_room(address, asyncio.get_running_loop().time()):
        raise rate_limited(wait)


def check_name_is_free(presence: Presence, room: Room, user: User) -> None:
    """Raise `name_taken` for a guest with the name of somebody else in a room that is followed."""
    if refusal := refusal_of_name(user, presence.people(room.pk)):
        raise refusal


def refusal_of_name(user: User, people: People) -> ChatError | None:
    """Return `name_taken` for a guest with the name of somebody else of those in a room, else None.

    Who is there is what this process knows.
    """
    if user.kind != Person.Kind.GUEST:
        return None
    suggestion = substitute_for(user, people)
    return identity.name_taken(suggestion) if suggestion else None
