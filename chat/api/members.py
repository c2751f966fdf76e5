from functools import partial
from typing import Annotated, Literal, Self

from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel, Field

from chat import log, protocol
from chat.access import policies, roles
from chat.access.shown import room_for
from chat.api.callers import SIGNED_IN
from chat.api.errors import error_responses
from chat.api.parsing import Body, check_query, slug_in
from chat.api.responses import no_content, reply
from chat.connection.admission import Visit, admit, store_place
from chat.live import server
from chat.live.passwords import MAX_PASSWORD
from chat.models import Membership, Person, Room
from chat.protocol.commands import PersonId, Slug
from chat.protocol.events import optional
from chat.rules.errors import not_found

router = Router()

Role = Literal["owner", "moderator", "member", "reader"]
Flag = Literal["true", "false"]


class Member(protocol.User):
    """Somebody who belongs to a room."""

    role: Role
    banned: bool | None = optional(description="Whether they may not come in again.")

    @classmethod
    def of(cls, membership: Membership) -> Self:
        user = protocol.User.of(membership.person)
        banned = membership.banned_at is not None or None
        return cls(**vars(user), role=str(membership.role), banned=banned)


class MemberList(BaseModel):
    members: list[Member]
    my: protocol.Membership | None = optional(description="The reader's own place there.")


class GivenRole(Body):
    role: Role


class Entry(Body):
    password: Annotated[str, Field(max_length=MAX_PASSWORD)] | None = None


@router.get(
    "/rooms/{slug}/members",
    **SIGNED_IN,
    summary="List the members of a room",
    response={200: MemberList, **error_responses(401, 403, 404)},
)
async def list_members(request: HttpRequest, slug: Slug, banned: Flag = "false"):
    """Who belongs to a room, there now or not: owners first, 1,000 at most. With `banned=true` also
    who is banned, for moderators."""
    check_query(request, {"banned"})
    running, person = await server.current(), request.auth.person
    room = await running.database.run(log.get_room, slug_in(slug), person)
    members = await running.database.run(_list, person, room, banned == "true")
    return reply(members)


def _list(person: Person, room: Room, banned: bool) -> str:
    listed = roles.list_members(person, room, banned=banned)
    own = log.memberships([(room.pk, person.pk)]).get((room.pk, person.pk))
    my = room_for(person, room, own).my
    return MemberList(members=map(Member.of, listed), my=my).model_dump_json()


@router.post(
    "/rooms/{slug}/members",
    **SIGNED_IN,
    summary="Come into a room",
    response={200: protocol.Room, **error_responses(401, 403, 404)},
)
async def enter_room(request: HttpRequest, slug: Slug, entry: Entry):
    """Enter a room for good, with its password where it asks for one: for clients that
    follow it by requests. A guest belongs to no room that is open to all."""
    check_query(request, set())
    running, person = await server.current(), request.auth.person
    room = await running.database.run(log.find_to_enter, slug_in(slug), person)
    if room is None:
        raise not_found()
    visit = Visit(person, request.META.get("REMOTE_ADDR", ""))
    membership, is_new = await admit(running, visit, room, entry.password)
    if is_new:
        membership = await store_place(running, person, room)
        policies.check_may_read(person, room, membership)
    return reply(room_for(person, room, membership))


@router.put(
    "/rooms/{slug}/members/{id}",
    **SIGNED_IN,
    summary="Give somebody a role",
    response={200: Member, **error_responses(401, 403, 404, 409)},
)
async def put_member(request: HttpRequest, slug: Slug, id: PersonId, given: GivenRole):
    """Set somebody's role in a room that one owns, or add somebody as a member or reader."""
    check_query(request, set())
    running, person = await server.current(), request.auth.person
    room = await running.database.run(log.get_room, slug_in(slug), person)
    await running.committer.flush_newcomers()
    membership = await running.database.run(roles.give_role, person, room.pk, id, given.role)
    await running.feed.apply_access(room.pk)
    return reply(Member.of(membership))


@router.delete(
    "/rooms/{slug}/members/{id}",
    **SIGNED_IN,
    summary="Remove somebody or leave",
    response={204: None, **error_responses(401, 403, 404, 409)},
)
async def delete_member(request: HttpRequest, slug: Slug, id: PersonId, ban: Flag = "false"):
    """Remove somebody from a room that one moderates, at once; with `ban=true` so that they cannot
    come in again, without it a ban is lifted. Oneself: leave. A direct room is hidden."""
    check_query(request, {"ban"})
    running, person = await server.current(), request.auth.person
    room = await running.database.run(log.get_room, slug_in(slug), person)
    await running.committer.flush_newcomers()
    remove = partial(roles.remove_member, ban=ban == "true")
    await running.database.run(remove, person, room.pk, id)
    if id == person.public_id:
        running.feed.note_left(room.pk, id)
    await running.feed.apply_access(room.pk)
    return no_content()
