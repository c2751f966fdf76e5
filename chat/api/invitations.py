from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

import segno
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel, Field

from chat import log, protocol
from chat.access import invitations, revoking
from chat.access.invitations import LIFETIME, MAX_LIFETIME, MAX_ROOMS, Terms
from chat.access.shown import room_for
from chat.api.callers import ANYBODY, SIGNED_IN
from chat.api.errors import error_responses
from chat.api.parsing import AddressCount, Body, check_query, slug_in
from chat.api.responses import no_content, reply
from chat.live import server
from chat.models import Invitation as InvitationRow
from chat.models import Person, Room
from chat.protocol.commands import PersonName, Slug
from chat.protocol.events import optional
from chat.protocol.objects import Moment
from chat.rules.errors import ChatError

router = Router()

MAX_USES = 100_000
Seconds = Annotated[int, Field(ge=1, le=int(MAX_LIFETIME.total_seconds()))]
RoleName = Literal["owner", "moderator", "member", "reader"]


class NewInvitation(Body):
    rooms: list[Slug] = Field(min_length=1, max_length=MAX_ROOMS)
    role: RoleName = Field(default="member", description="What people are there; owners invite.")
    max_uses: Annotated[int, Field(ge=1, le=MAX_USES)] | None = Field(
        default=None, description="How many people may come by it; without it any number."
    )
    expires_in: Seconds = Field(
        default=int(LIFETIME.total_seconds()), description="Seconds; without it 7 days."
    )


class Invitation(BaseModel):
    """A link by which people come into rooms. It is there once, where it is made."""

    id: int
    rooms: list[protocol.Room] = Field(description="Those that the reader may see.")
    role: RoleName
    uses: int
    max_uses: int | None
    expires_at: Moment
    revoked_at: datetime | None
    by: protocol.User
    came: list[protocol.User] = Field(description="Who came by it and is there, the newest first.")
    link: str | None = optional(description="The address to pass on.")
    qr: str | None = optional(description="A picture of it for cameras: a `data:` address.")

    @classmethod
    def of(cls, invitation: InvitationRow, link: str | None = None) -> Self:
        came = {each.person_id: each.person for each in invitation.came}
        return cls(
            id=invitation.pk,
            rooms=[protocol.Room.of(room) for room in invitation.shown],
            role=invitation.role,
            uses=invitation.uses,
            max_uses=invitation.max_uses,
            expires_at=invitation.expires_at,
            revoked_at=invitation.revoked_at,
            by=protocol.User.of(invitation.created_by),
            came=[protocol.User.of(person) for person in came.values()],
            link=link,
            qr=link and qr_code(link),
        )


class InvitationList(BaseModel):
    invitations: list[Invitation]


class Arrived(BaseModel):
    """Who came by an invitation, and the rooms to which they belong now."""

    rooms: list[protocol.Room]
    user: protocol.User
    token: str | None = optional(description="A new guest's.")


class Newcomer(Body):
    name: PersonName | None = Field(default=None, description="For who is nobody yet.")


def qr_code(text: str) -> str:
    """Return the QR code of a text as the address of a picture, dark on white in any theme."""
    code = segno.make(text, error="m", micro=False)
    return code.svg_data_uri(border=4, dark="#000", light="#fff", omitsize=True)


@router.post(
    "/invitations",
    **SIGNED_IN,
    summary="Invite people",
    response={201: Invitation, **error_responses(401, 403, 404)},
)
async def create_invitation(request: HttpRequest, wanted: NewInvitation):
    """Create a link that lets people into rooms; the response is the only one that has it."""
    check_query(request, set())
    running, maker = await server.current(), request.auth.person
    terms = Terms(wanted.role, wanted.max_uses, timedelta(seconds=wanted.expires_in))
    slugs = dict.fromkeys(map(slug_in, wanted.rooms))
    await running.committer.flush_newcomers()
    invitation, code = await running.database.run(_create, maker, list(slugs), terms)
    return reply(Invitation.of(invitation, _link(request, code)), status=201)


def _create(maker: Person, slugs: list[str], terms: Terms) -> tuple[InvitationRow, str]:
    found = {room.pk: room for room in (log.get_room(slug, maker) for slug in slugs)}
    invitation, code = invitations.create(maker, list(found.values()), terms)
    invitation.shown, invitation.came = list(found.values()), []
    return invitation, code


def _link(request: HttpRequest, code: str) -> str:
    origin = settings.BASE_URL or f"{request.scheme}://{request.get_host()}"
    return f"{origin}{reverse('invitation', args=[code])}"


@router.get(
    "/invitations",
    **SIGNED_IN,
    summary="List invitations",
    response={200: InvitationList, **error_responses(401, 403)},
)
async def list_invitations(request: HttpRequest):
    """The invitations that one made, and those to rooms that one owns: the newest 200."""
    check_query(request, set())
    running = await server.current()
    found = await running.database.run(revoking.listed_for, request.auth.person)
    return reply(InvitationList(invitations=[Invitation.of(each) for each in found]))


@router.delete(
    "/invitations/{invitation}",
    **SIGNED_IN,
    summary="Revoke an invitation",
    response={204: None, **error_responses(401, 403, 404)},
)
async def revoke_invitation(request: HttpRequest, invitation: AddressCount, remove: bool = False):
    """End an invitation, by its `id`: nobody new comes by it. With `remove`, who came by it is
    removed at once, from the rooms that one moderates."""
    check_query(request, {"remove"})
    running, person = await server.current(), request.auth.person
    changed = await running.database.run(_revoke, person, invitation, remove)
    for room in changed:
        await running.feed.apply_access(room.pk)
    return no_content()


def _revoke(person: Person, invitation_id: int, remove: bool) -> list[Room]:
    invitation = revoking.visible_to(person).filter(pk=invitation_id).first()
    if invitation is None:
        raise ChatError(
            "not_found", _("There is no such invitation. List them to find the right one.")
        )
    if remove:
        return revoking.revoke_and_remove(invitation, person)
    revoking.revoke(invitation)
    return []


@router.post(
    "/invitations/{invitation}",
    **ANYBODY,
    summary="Come by an invitation",
    response={200: Arrived, **error_responses(401, 403, 404, 409, 422)},
)
async def use_invitation(request: HttpRequest, invitation: str, who: Newcomer):
    """Join the rooms of an invitation, by the code in its link. Who is nobody yet
    becomes a guest called `name`, whose token is in the response; anybody else keeps their name.
    Coming again uses nothing up."""
    check_query(request, set())
    running, person = await server.current(), request.auth.person
    address = request.META.get("REMOTE_ADDR", "")
    arrival = await running.database.run(
        invitations.limited, address, invitations.redeem, invitation, person, who.name
    )
    for room, _membership in arrival.rooms:
        running.watching.publish_membership(room.pk, arrival.person.public_id)
    rooms = [room_for(arrival.person, *own) for own in arrival.rooms]
    user = protocol.User.of(arrival.person)
    return reply(Arrived(rooms=rooms, user=user, token=arrival.token))
