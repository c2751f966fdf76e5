"""The settings of a room: what its owners change of it, and its end."""

from dataclasses import dataclass

from django.db import IntegrityError
from django.utils.translation import gettext as _

from chat.access import policies
from chat.access.memberships import changed_access, locked_room, put_in
from chat.access.policies import Action
from chat.models import Alias, Membership, Person, Room
from chat.rules.errors import ChatError
from chat.rules.slugs import slug_of_name, unguessable_slug

Kind = Room.Kind


@dataclass(frozen=True)
class Settings:
    """What is to be changed of a room: None where it stays. `password` is a hash, "" for none."""

    name: str | None = None
    topic: str | None = None
    closed: bool | None = None
    kind: str | None = None
    password: str | None = None


def change_room(room_id: int, person: Person, settings: Settings) -> Room:
    """Change a room as its owner wants it. Raises ChatError.

    Whoever may change it can change it back: a moderator of the site who would not find it any
    more becomes an owner.
    """
    try:
        return _change(room_id, person, settings)
    except IntegrityError:
        # Another room took its address meanwhile: it keeps its own.
        return _change(room_id, person, settings)


def _change(room_id: int, person: Person, settings: Settings) -> Room:
    with changed_access(room_id) as room:
        check_may_manage(room, person)
        for field in ("name", "topic", "closed"):
            value = getattr(settings, field)
            setattr(room, field, getattr(room, field) if value is None else value)
        if settings.kind is not None and settings.kind != room.kind:
            change_kind(room, settings.kind)
        if settings.password is not None:
            _check_password_fits(room, settings.password)
            room.password = settings.password
        room.save(update_fields=["name", "topic", "closed", "kind", "password", "slug"])
        if not _may_manage(room, person):
            put_in(room, person, Membership.Role.OWNER)
    return room


def delete_room(room_id: int, person: Person) -> None:
    """Delete a room and its messages, as its owner wants it. Raises ChatError."""
    with locked_room(room_id, to_delete=True) as room:
        check_may_manage(room, person)
        room.delete()


def change_kind(room: Room, kind: str) -> None:
    """Set whether a locked room is public or private, without saving it; its address follows.

    A private one gets an address that nobody can guess. A public one that of its name, where it is
    free, else it stays where it is.
    """
    room.kind = kind
    if kind == Kind.PRIVATE:
        room.password = ""
        move_room(room, unguessable_slug(room.name))
    elif (typed := _typed_slug(room)) is not None:
        move_room(room, typed)


def move_room(room: Room, slug: str) -> None:
    """Set another address of a locked room, without saving it; the one until now leads to it, for
    those who may read it, until another room has it."""
    former, room.slug = room.slug, slug
    keep_address(room, former)


def keep_address(room: Room, former: str) -> None:
    """Keep a former address, which leads to a room that has another one by now."""
    Alias.objects.filter(slug=room.slug).delete()
    if former != room.slug:
        Alias.objects.update_or_create(slug=former, defaults={"room": room})


def _typed_slug(room: Room) -> str | None:
    """Return the address that a room's name leads to; None where it leads to none, or to another
    room."""
    try:
        slug = slug_of_name(room.name)
    except ChatError:
        return None
    return None if Room.objects.filter(slug=slug).exists() else slug


def check_may_manage(room: Room, person: Person) -> None:
    """Raise ChatError for somebody who may not change a room's settings."""
    own = room.memberships.filter(person=person).first()
    policies.check_may_read(person, room, own)
    if room.kind == Kind.DIRECT:
        raise policies.between_its_people()
    if not policies.may(person, Action.MANAGE, room, own):
        raise ChatError("forbidden", _("Only owners change this room. Ask one of them."))


def _may_manage(room: Room, person: Person) -> bool:
    own = room.memberships.filter(person=person).first()
    return all(policies.may(person, action, room, own) for action in (Action.READ, Action.MANAGE))


def _check_password_fits(room: Room, password: str) -> None:
    if password and room.kind != Kind.PUBLIC:
        raise ChatError(
            "bad_request", _("A private room needs no password. Invite people instead.")
        )
