"""Members who come into a room for the first time: they belong to it from then on.

That is stored soon after, together with others', as nobody waits for it (Committer). Until then the
reading of a membership finds none, and says nothing about them.
"""

from collections.abc import Callable
from functools import partial

from chat.access.memberships import NewMembership
from chat.live.follower import Follower, Standing
from chat.live.server import ChatServer
from chat.log import StoredMembership
from chat.models import Membership, Person, Room
from chat.rules.errors import ChatError

MEMBER, EVERYTHING = Membership.Role.MEMBER.value, Membership.Level.EVERYTHING.value


def store_place(
    server: ChatServer,
    person: Person,
    room: Room,
    on_outcome: Callable[[ChatError | None], None] | None = None,
) -> StoredMembership:
    """Store, soon, that somebody belongs to a room, and return their membership: what is there as
    of `room` is read. Call `on_outcome` then, with the error where it could not be stored."""

    def finish(error: ChatError | None) -> None:
        if not error:
            server.watching.publish_membership(room.pk, person.public_id)
        if on_outcome:
            on_outcome(error)

    newcomer = NewMembership(room.pk, person.pk, last_read=room.last_seq)
    server.committer.add_newcomer(newcomer, finish)
    return StoredMembership(MEMBER, room.last_seq, EVERYTHING, hidden=False, banned_at=None)


def settle(server: ChatServer, follower: Follower, room: Room) -> None:
    """Store the place of a newcomer who is about to be sent what is there as of `room`."""
    follower.standing = Standing.PENDING
    membership = store_place(server, follower.sink.person, room, partial(_finish, follower))
    if follower.standing is not Standing.NEW:
        follower.membership = membership


def _finish(follower: Follower, error: ChatError | None) -> None:
    before = follower.standing
    if before not in (Standing.PENDING, Standing.DOUBTED):
        # A reading has found it.
        return
    follower.standing = Standing.STORED
    if error:
        # Their next join tries again.
        follower.standing, follower.membership = Standing.NEW, None
    if before is Standing.DOUBTED and follower in follower.stream.followers:
        follower.access = None
        follower.stream.pause(follower)
        follower.sink.resynchronise(follower)


def is_undecided(follower: Follower, membership: StoredMembership | None) -> bool:
    """Return whether nothing follows from the reading of a follower's membership, as theirs is
    being stored; then the outcome decides."""
    if membership is not None:
        follower.standing = Standing.STORED
    elif follower.standing is Standing.PENDING:
        follower.standing = Standing.DOUBTED
    return follower.standing is Standing.DOUBTED
