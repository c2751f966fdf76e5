"""Members who come into a room for the first time: they belong to it from then on.

That is stored soon after, together with others', as nobody waits for it (Committer). Until then the
reading of a membership finds none, and says nothing about them.
"""

from functools import partial

from chat.access.memberships import NewMembership
from chat.live.batcher import keep_trying
from chat.live.follower import Follower, Standing
from chat.live.server import ChatServer
from chat.log import StoredMembership
from chat.models import Membership, Room
from chat.rules.errors import ChatError

MEMBER, EVERYTHING = Membership.Role.MEMBER.value, Membership.Level.EVERYTHING.value


def settle(server: ChatServer, follower: Follower, room: Room) -> None:
    """Store, soon, the place of a newcomer who is about to be sent what is there as of `room`: that
    counts as read."""
    person = follower.sink.person

    def finish(error: ChatError | None) -> None:
        if not error:
            server.watching.publish_membership(room.pk, person.public_id)
        _finish(follower, error)

    follower.standing = Standing.PENDING
    newcomer = NewMembership(room.pk, person.pk, last_read=room.last_seq)
    # Once a reading has not found it, it is not to come later.
    keep_trying(
        partial(server.committer.add_newcomer, newcomer),
        finish,
        lambda: follower.standing is Standing.PENDING and follower in follower.stream.followers,
    )
    if follower.standing is Standing.PENDING:
        follower.membership = StoredMembership(
            MEMBER, room.last_seq, EVERYTHING, hidden=False, banned_at=None
        )


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
