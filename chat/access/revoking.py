"""Looking after invitations: who sees which, who came by them, and how they end."""

from collections.abc import Sequence
from contextlib import ExitStack

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.access import memberships, policies
from chat.access.invitations import memberships_in
from chat.access.memberships import changed_access
from chat.access.policies import Action
from chat.models import Invitation, Membership, Person, Room
from chat.rules.errors import ChatError

# What a list shows: invitations, and memberships that came by each.
MAX_LISTED, MAX_CAME = 200, 100


def visible_to(person: Person) -> QuerySet[Invitation]:
    """Return the invitations that somebody made, and those to rooms that they own, newest first."""
    own = Membership.objects.filter(person=person, role=Membership.Role.OWNER, banned_at=None)
    to_own = Invitation.rooms.through.objects.filter(room__in=own.values("room"))
    return Invitation.objects.filter(
        Q(created_by=person) | Q(pk__in=to_own.values("invitation"))
    ).order_by("-pk")


def listed_for(person: Person) -> list[Invitation]:
    """Return the newest of those, each with `shown`, the rooms that `person` may read, and `came`,
    the newest memberships there that came by it."""
    came = Membership.objects.filter(banned_at=None).select_related("person").order_by("-pk")
    invitations = list(
        visible_to(person)
        .select_related("created_by")
        .prefetch_related(
            Prefetch("rooms", Room.objects.order_by("pk")),
            Prefetch("memberships", came[:MAX_CAME], to_attr="came"),
        )[:MAX_LISTED]
    )
    own = memberships_in(person, [room for each in invitations for room in each.rooms.all()])
    for invitation in invitations:
        invitation.shown = [
            room
            for room in invitation.rooms.all()
            if policies.may(person, Action.READ, room, own.get(room.pk))
        ]
        ids = {room.pk for room in invitation.shown}
        invitation.came = [each for each in invitation.came if each.room_id in ids]
    return invitations


def revoke(invitation: Invitation) -> None:
    """End an invitation: nobody new comes by it."""
    Invitation.objects.filter(pk=invitation.pk, revoked_at=None).update(revoked_at=timezone.now())


def revoke_and_remove(invitation: Invitation, person: Person | None = None) -> list[Room]:
    """End an invitation, and remove who came by it; return the rooms from which they were removed.

    As `person` may: from rooms that they moderate, and owners from those that they own. None means
    an admin, who may everywhere. It is for the caller to publish it, as for `remove`. Raises
    ChatError `forbidden` for who moderates none of the rooms.
    """
    with transaction.atomic(), ExitStack() as locks:
        ids = invitation.rooms.order_by("pk").values_list("pk", flat=True)
        rooms = [locks.enter_context(changed_access(room_id)) for room_id in ids]
        revoke(invitation)
        came = Membership.objects.filter(invitation=invitation, banned_at=None)
        if person is not None:
            came = came.filter(_removable(person, rooms)).exclude(person=person)
        memberships.delete(came)
    return rooms


def _removable(person: Person, rooms: Sequence[Room]) -> Q:
    """Return the memberships in some rooms that somebody may end. Raises ChatError `forbidden`."""
    own = memberships_in(person, rooms)

    def where(action: policies.Action) -> list[Room]:
        return [r for r in rooms if policies.may(person, action, r, own.get(r.pk))]

    moderated = where(Action.MODERATE)
    if rooms and not moderated:
        raise ChatError(
            "forbidden", _("Only moderators of the room remove people. Revoke it without that.")
        )
    managed = where(Action.MANAGE)
    return Q(room__in=managed) | (Q(room__in=moderated) & ~Q(role=Membership.Role.OWNER))
