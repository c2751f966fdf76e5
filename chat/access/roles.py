"""Who belongs to a room, as its own people decide it: each change is one person's wish, and is
checked while the room is locked, so that two at once cannot leave it without an owner."""

from django.db.models import Case, QuerySet, When
from django.utils.translation import gettext as _

from chat.access import policies
from chat.access.memberships import changed_access, not_a_member, put_in, take_out
from chat.access.policies import Action, Role
from chat.models import Membership, Person, Room
from chat.rules.errors import ChatError, no_such_person, not_found

# Whom the list of a room's members has at most, those with the most rights first.
MAX_LISTED = 1000
RANK = Case(*(When(role=role, then=rank) for rank, role in enumerate(Role)))


def list_members(asker: Person, room: Room, *, banned: bool) -> list[Membership]:
    """Return who belongs to a room that `asker` may read, owners first, then by name.

    With `banned` also who is banned, for moderators alone. Raises ChatError `forbidden`.
    """
    people = room.memberships.select_related("person")
    if not banned:
        people = people.filter(banned_at=None)
    elif not policies.may(asker, Action.MODERATE, room, _own(room, asker)):
        raise ChatError("forbidden", _("Only moderators see who is banned. Ask one of them."))
    return list(people.annotate(rank=RANK).order_by("rank", "person__name_key", "pk")[:MAX_LISTED])


def give_role(asker: Person, room_id: int, public_id: str, role: str) -> Membership:
    """Set somebody's role in a room, or add them to it. Raises ChatError."""
    with changed_access(room_id) as room:
        own = _own_to_read(room, asker)
        person = Person.objects.filter(public_id=public_id).first()
        theirs = _own(room, person) if person else None
        if person is None or not _may_be_chosen(person, theirs):
            raise no_such_person()
        _check_may_give(asker, room, own, theirs, role)
        if not policies.may_hold(person, role):
            raise ChatError("forbidden", _("A guest cannot have this role. Ask them to sign in."))
        if role != Role.OWNER and _is_last_owner(room, theirs):
            raise needs_an_owner(room, theirs)
        return put_in(room, person, role)


def remove_member(asker: Person, room_id: int, public_id: str, *, ban: bool) -> None:
    """Remove somebody from a room, or leave it; from who was banned, the ban is taken.

    A direct room is hidden and not left. Raises ChatError.
    """
    with changed_access(room_id) as room:
        own = _own_to_read(room, asker)
        if public_id == asker.public_id and not ban:
            _leave(room, own)
            return
        person = Person.objects.filter(public_id=public_id).first()
        theirs = _own(room, person) if person else None
        _check_may_remove(asker, room, own, theirs)
        if person is None or (theirs is None and not ban):
            raise no_such_person()
        if public_id == asker.public_id:
            raise ChatError("bad_request", _("You cannot ban yourself. Leave the room instead."))
        take_out(room, person, ban=ban)


def _leave(room: Room, own: Membership | None) -> None:
    if own is None:
        raise not_a_member()
    if room.kind == Room.Kind.DIRECT:
        own.hidden = True
        own.save(update_fields=["hidden"])
        return
    others = _others(room, own).filter(person__in=Person.objects.active())
    if room.kind == Room.Kind.PRIVATE and not others.exists():
        raise ChatError(
            "conflict", _("Nobody else could ever come here again. Delete the room instead.")
        )
    if _is_last_owner(room, own) and others.exists():
        raise needs_an_owner(room, own)
    take_out(room, own.person, ban=False)


def _own(room: Room, person: Person) -> Membership | None:
    return room.memberships.filter(person=person).first()


def _own_to_read(room: Room, asker: Person) -> Membership | None:
    """Return the asker's own membership. Raises ChatError for a room that they may not read."""
    own = _own(room, asker)
    if not policies.may(asker, Action.READ, room, own):
        raise not_found()
    return own


def _may_be_chosen(person: Person, theirs: Membership | None) -> bool:
    """Whether somebody may be given a role: who has, or had, one in the room, or is reachable."""
    if person.is_blocked:
        return False
    return theirs is not None or Person.objects.reachable().filter(pk=person.pk).exists()


def _check_may_give(
    asker: Person, room: Room, own: Membership | None, theirs: Membership | None, role: str
) -> None:
    if room.kind == Room.Kind.DIRECT:
        raise policies.between_its_people()
    if policies.may(asker, Action.MANAGE, room, own):
        return
    # Into a public room everybody comes by themselves, with the right to write.
    is_new = theirs is None and room.kind == Room.Kind.PRIVATE
    if is_new and policies.refusal_to_invite(asker, room, own, role) is None:
        return
    raise ChatError("forbidden", _("Only owners give roles here. Ask one of them."))


def _check_may_remove(
    asker: Person, room: Room, own: Membership | None, theirs: Membership | None
) -> None:
    if room.kind == Room.Kind.DIRECT:
        raise policies.between_its_people()
    if not policies.may(asker, Action.MODERATE, room, own):
        raise ChatError("forbidden", _("Only moderators remove people here. Ask one of them."))
    is_owner = theirs is not None and theirs.role == Role.OWNER
    if is_owner and not policies.may(asker, Action.MANAGE, room, own):
        raise ChatError("forbidden", _("Only an owner removes an owner. Ask one of them."))


def _is_last_owner(room: Room, theirs: Membership | None) -> bool:
    if theirs is None or theirs.role != Role.OWNER:
        return False
    return not _who_can_own(room, theirs).filter(role=Role.OWNER).exists()


def _others(room: Room, own: Membership) -> QuerySet[Membership]:
    return room.memberships.filter(banned_at=None).exclude(pk=own.pk)


def _who_can_own(room: Room, own: Membership) -> QuerySet[Membership]:
    """Return the others who can own a room, or do: nobody who is blocked, no closed account."""
    return _others(room, own).filter(person__in=Person.objects.reachable())


def needs_an_owner(room: Room, theirs: Membership) -> ChatError:
    """Return the error for the last owner who can act, and wants to be none."""
    if _who_can_own(room, theirs).exists():
        message = _("This room needs an owner. Make somebody else one first.")
    else:
        message = _("Nobody else here can own this room. Invite a member first, or delete it.")
    return ChatError("conflict", message)
