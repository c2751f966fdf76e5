"""Invitations: links by which people come to belong to rooms.

The code in a link is known to those who have it; what is kept is its digest. An invitation is worth
what its maker may do: it ends for a room as soon as they may no longer invite people there.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.access import identity, policies
from chat.access.identity import Newcomer
from chat.access.memberships import NewMembership, add_newcomers
from chat.models import Invitation, Membership, Person, Room
from chat.rules.errors import ChatError, not_found
from chat.rules.limits import Buckets, Rate, network_of, rate_limited

Role = Membership.Role
T = TypeVar("T")

LIFETIME, MAX_LIFETIME = timedelta(days=7), timedelta(days=365)
MAX_ROOMS = 20
# Codes that lead nowhere, tried from one address: a class with an old link is no attack.
WRONG = Rate(per_second=1, burst=60)


class Terms(NamedTuple):
    """What an invitation makes of people, how many may come by it (None: any), and for how long."""

    role: str = Role.MEMBER
    max_uses: int | None = None
    lifetime: timedelta = LIFETIME


class Offer(NamedTuple):
    """What an invitation still offers somebody: the rooms, and those that they do not belong to."""

    invitation: Invitation
    rooms: list[Room]
    new: list[Room]


class Arrival(NamedTuple):
    """Somebody who came by an invitation; `token` is that of a guest who was made now."""

    person: Person
    rooms: list[tuple[Room, Membership]]
    token: str | None


def ended() -> ChatError:
    """Return the error for a code that lets nobody in, whatever the reason."""
    return ChatError(
        "not_found", _("This invitation has ended, or its link is not whole. Ask for a new one.")
    )


def account_needed() -> ChatError:
    """Return the error for a guest who comes by an invitation in a role that guests cannot have."""
    return ChatError(
        "forbidden", _("A guest cannot have this role. Sign in, and open the link again.")
    )


# Making


def create(maker: Person, rooms: Sequence[Room], terms: Terms) -> tuple[Invitation, str]:
    """Return a new invitation and its code, which is kept nowhere.

    Raises ChatError for a room that `maker` may not read, or may not invite to in that role.
    """
    own = memberships_in(maker, rooms)
    for room in rooms:
        policies.check_may_read(maker, room, own.get(room.pk))
        if refusal := policies.refusal_to_invite(maker, room, own.get(room.pk), terms.role):
            raise refusal
    code = Invitation.new_code()
    with transaction.atomic():
        if len(Room.objects.locked([room.pk for room in rooms])) < len(rooms):
            # One was deleted meanwhile.
            raise not_found()
        invitation = Invitation.objects.create(
            digest=Invitation.digest_of(code),
            role=terms.role,
            max_uses=terms.max_uses,
            expires_at=timezone.now() + terms.lifetime,
            created_by=maker,
        )
        invitation.rooms.set(rooms)
    return invitation, code


# Coming


def look_up(code: str, person: Person | None) -> Offer:
    """Return what a code offers `person`, None for somebody unknown; this uses nothing up.

    Raises ChatError `not_found` for one that lets them into no room. When it has ended, that is
    those to which they belong already.
    """
    known = Invitation.objects.select_related("created_by__user")
    invitation = known.filter(digest=Invitation.digest_of(code)).first()
    if invitation is None:
        raise ended()
    return _offer(invitation, list(invitation.rooms.order_by("pk")), person)


def redeem(code: str, person: Person | None, name: str | None) -> Arrival:
    """Add `person` to an invitation's rooms, or a new guest called `name`; return who came.

    Who belongs to a room already stays as they are. Nobody who comes again uses it up. Raises
    ChatError as `look_up` does, and for a refused name.
    """
    with transaction.atomic():
        offer = look_up(code, person)
        # Until the commit nobody is removed from there: neither its maker nor who comes.
        rooms = list(Room.objects.locked([room.pk for room in offer.rooms]))
        offer = _offer(offer.invitation, rooms, person)
        token = None
        if offer.new and not policies.may_hold(person, offer.invitation.role):
            raise account_needed()
        if person is None:
            person, token = _new_guest(name)
        if offer.new:
            _use(offer.invitation)
            _add(person, offer)
        own = memberships_in(person, offer.rooms)
    return Arrival(person, [(room, own[room.pk]) for room in offer.rooms], token)


def _offer(invitation: Invitation, rooms: list[Room], person: Person | None) -> Offer:
    makers, own = memberships_in(invitation.created_by, rooms), memberships_in(person, rooms)
    offered = [room for room in rooms if _is_offered(invitation, room, makers, own)]
    new = [room for room in offered if room.pk not in own]
    if not offered:
        raise ended()
    return Offer(invitation, offered, new)


def _is_offered(
    invitation: Invitation,
    room: Room,
    makers: Mapping[int, Membership],
    own: Mapping[int, Membership],
) -> bool:
    maker, membership = invitation.created_by, own.get(room.pk)
    if membership:
        # Coming again gives nobody anything.
        return membership.banned_at is None
    if not invitation.is_open:
        return False
    if maker.kind == Person.Kind.MEMBER and not (maker.user and maker.user.is_active):
        return False
    refusal = policies.refusal_to_invite(maker, room, makers.get(room.pk), invitation.role)
    return refusal is None


def memberships_in(person: Person | None, rooms: Sequence[Room]) -> dict[int, Membership]:
    """Return somebody's memberships in some rooms, by room."""
    found = Membership.objects.filter(person=person, room__in=rooms) if person else ()
    return {membership.room_id: membership for membership in found}


def _open() -> Q:
    return Q(revoked_at=None, expires_at__gt=timezone.now())


def _use(invitation: Invitation) -> None:
    """Count a use. Raises ChatError where somebody else had the last one, or it has just ended."""
    is_left = Q(max_uses=None) | Q(uses__lt=F("max_uses"))
    same = Invitation.objects.filter(_open(), is_left, pk=invitation.pk)
    if not same.update(uses=F("uses") + 1):
        raise ended()


def _new_guest(name: str | None) -> identity.Guest:
    (guest,) = identity.create_guests([Newcomer(name)])
    if isinstance(guest, ChatError):
        raise guest
    return guest


def _add(person: Person, offer: Offer) -> None:
    add_newcomers(
        [
            NewMembership(room.pk, person.pk, offer.invitation.role, offer.invitation.pk)
            for room in offer.new
        ]
    )
    if person.kind == Person.Kind.GUEST:
        # While nothing was changed there, nobody looks for memberships of guests (Feed).
        first = [room.pk for room in offer.new if policies.is_open(room)]
        Room.objects.filter(pk__in=first, access=0).update(access=1)


# Guessing a code


class _WrongCodes:
    """Counts codes that lead nowhere, in each process for itself."""

    def __init__(self):
        self._addresses = Buckets()

    def check(self, address: str) -> None:
        if wait := self._addresses.wait(network_of(address), WRONG, time.monotonic()):
            raise rate_limited(wait)

    def count(self, address: str) -> None:
        self._addresses.take(network_of(address), WRONG, time.monotonic())


_wrong_codes = _WrongCodes()


def limited(address: str, use: Callable[..., T], *args) -> T:
    """Return `use(*args)`, which is called with a code. Raises ChatError `rate_limited` where too
    many that came from `address` led nowhere, and what `use` raises."""
    if not settings.CHAT_RATE_LIMITS:
        return use(*args)
    _wrong_codes.check(address)
    try:
        return use(*args)
    except ChatError as error:
        if error.code == "not_found":
            _wrong_codes.count(address)
        raise
