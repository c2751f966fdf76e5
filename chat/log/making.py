"""Making rooms: public ones at what people type, private and direct ones where nobody can guess."""

import hashlib
from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction

from chat.log.rooms import get_room
from chat.models import Alias, Membership, Person, Room
from chat.rules.names import name_between
from chat.rules.slugs import unguessable_slug

# Of a direct room's address: names would stand in every log of a proxy.
DIRECT = "direct"


def create_room(slug: str, name: str, person: Person | None, password: str = "") -> Room:
    """Return the public room at an address, created now unless somebody was quicker; a member who
    creates it owns it. `password` is a hash.

    Raises ChatError `not_found` where it is there and `person` may not read it.
    """
    try:
        with transaction.atomic():
            room = Room.objects.create(slug=slug, name=name, password=password)
            Alias.objects.filter(slug=slug).delete()
            if person is not None and person.kind != Person.Kind.GUEST:
                Membership.objects.create(room=room, person=person, role=Membership.Role.OWNER)
            return room
    except IntegrityError:
        return get_room(slug, person)


@transaction.atomic
def create_private_room(name: str, owner: Person, others: Iterable[Person]) -> Room:
    """Return a new room for its owner and some others."""
    room = Room.objects.create(slug=unguessable_slug(name), name=name, kind=Room.Kind.PRIVATE)
    roles = {owner: Membership.Role.OWNER} | dict.fromkeys(others, Membership.Role.MEMBER)
    _add(room, roles)
    return room


def find_direct_room(people: Sequence[Person]) -> Room | None:
    """Return the room between exactly these people, if there is one."""
    return Room.objects.filter(people_digest=_digest_of(people)).first()


def create_direct_room(people: Sequence[Person]) -> Room:
    """Return the room between exactly these people, created now unless somebody was quicker."""
    try:
        with transaction.atomic():
            room = Room.objects.create(
                slug=unguessable_slug(DIRECT),
                name=name_between(person.name for person in people),
                kind=Room.Kind.DIRECT,
                people_digest=_digest_of(people),
            )
            _add(room, dict.fromkeys(people, Membership.Role.MEMBER))
            return room
    except IntegrityError:
        return Room.objects.get(people_digest=_digest_of(people))


def show_again(room: Room, person: Person) -> None:
    """Show a direct room again in somebody's list, which they had hidden."""
    room.memberships.filter(person=person, hidden=True).update(hidden=False)


def _add(room: Room, roles: dict[Person, str]) -> None:
    Membership.objects.bulk_create(
        Membership(room=room, person=person, role=role) for person, role in roles.items()
    )


def _digest_of(people: Iterable[Person]) -> str:
    ids = sorted(person.public_id for person in people)
    return hashlib.sha256(" ".join(ids).encode()).hexdigest()
