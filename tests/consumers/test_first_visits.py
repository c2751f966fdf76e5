"""A member's first visit to a room: they belong to it from then on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from unittest import mock

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.db import OperationalError

from chat.access import memberships
from chat.live import server
from chat.live.batcher import Batcher
from chat.live.follower import Follower, Standing
from chat.models import Membership, Room
from tests.access.support import Role, admit, make_it_private, person_of, remove
from tests.support.holding import holding
from tests.support.people import sign_in
from tests.support.processes import eventually
from tests.support.sockets import OWN_ORIGIN, Socket, SocketTestCase, connect


@asynccontextmanager
async def mara_connected() -> AsyncIterator[Socket]:
    """Connect as a member who was in no room yet."""
    async with connect(session=await sign_in("mara"), origin=OWN_ORIGIN) as mara:
        yield mara


def failing(batcher: Batcher):
    """Return a context in which what a batcher does fails, as in a database that is full."""
    return mock.patch.object(batcher, "work", side_effect=OperationalError("full"))


def once():
    """Return a context in which what could not be stored is not tried again."""
    return mock.patch("chat.live.batcher.MAX_TRIES", 1)


async def newcomers() -> Batcher:
    """Return what stores those who come into rooms."""
    return (await server.current()).committer._newcomers


async def follower_of(socket: Socket) -> Follower:
    """Return somebody's place in the one room that there is."""
    stream = (await server.current()).feed.stream((await Room.objects.aget()).pk)
    return next(f for f in stream.followers if f.sink.user.id == socket.user["id"])


@asynccontextmanager
async def joining(socket: Socket) -> AsyncIterator[None]:
    """Begin to join the lobby, and do what is in the block after the first look at rights there."""
    presence = (await server.current()).presence
    prepare, reached, go_on = presence.prepare, asyncio.Event(), asyncio.Event()

    async def held(room_id):
        reached.set()
        await go_on.wait()
        await prepare(room_id)

    with mock.patch.object(presence, "prepare", held):
        await socket.send_command("join", room="lobby")
        await reached.wait()
        yield
    go_on.set()


async def lobby() -> Room:
    return await Room.objects.aget()


class FirstVisitTests(SocketTestCase):
    async def test_what_is_there_is_read_and_what_comes_then_is_not(self):
        async with connect("Ana") as ana, mara_connected() as mara:
            await ana.join("lobby")
            await ana.send("one")
            await ana.send("two")
            with holding(await newcomers(), "work") as hold:
                my = (await mara.join("lobby"))["room"]["my"]
                await hold.reached()
                sent = await ana.send_command("send", id="three", room="lobby", body="three")
                hold.release()
                await ana.reply_to(sent)
        assert my["last_read"] == 2
        membership = await Membership.objects.aget()
        assert (membership.last_read, membership.role) == (2, my["role"])

    async def test_it_is_stored_once_the_database_takes_it(self):
        async with mara_connected() as mara:
            with mock.patch("chat.live.batcher.TRY_EVERY", 0.05):
                with failing(await newcomers()) as work:
                    await mara.join("lobby")
                    follower = await follower_of(mara)
                    await eventually(lambda: work.call_count > 1, "a second try")
                await eventually(lambda: follower.standing is Standing.STORED, "the membership")
        assert await Membership.objects.acount() == 1

    async def test_a_join_after_one_that_could_not_be_stored_is_stored(self):
        async with mara_connected() as mara:
            with failing(await newcomers()), once():
                await mara.join("lobby")
                follower = await follower_of(mara)
                await eventually(lambda: follower.standing is Standing.NEW, "the failure")
            await mara.join("lobby")
            await eventually(lambda: follower.standing is Standing.STORED, "the membership")
        assert await Membership.objects.acount() == 1


class RightsTests(SocketTestCase):
    """Rights are changed while somebody comes in, or is there."""

    async def test_who_gets_access_to_the_admin_is_told_what_they_may_do_now(self):
        async with mara_connected() as mara:
            may = (await mara.join("lobby"))["room"]["my"].get("may", [])
            assert "moderate" not in may
            user = await get_user_model().objects.aget()
            for is_staff in (True, False):
                user.is_staff = is_staff
                await user.asave()
                may = (await mara.next("room"))["room"]["my"].get("may", [])
                assert ("moderate" in may) == is_staff

    async def test_whoever_has_just_come_stays_when_somebody_else_is_banned(self):
        async with connect("Bob") as bob, mara_connected() as mara:
            await bob.join("lobby")
            with holding(await newcomers(), "work") as hold:
                await mara.join("lobby")
                await hold.reached()
                await remove(await lobby(), bob.user, ban=True)
            await mara.send("still here")
            assert "left" not in {event["type"] for event in await mara.all_events()}

    async def test_whoever_could_not_be_stored_may_not_stay_in_a_private_room(self):
        async with connect("Ana") as ana, mara_connected() as mara:
            await ana.join("lobby")
            with failing(await newcomers()), once():
                await mara.join("lobby")
                follower = await follower_of(mara)
                await eventually(lambda: follower.standing is Standing.NEW, "the failure")
            await make_it_private(await lobby())
            assert (await mara.next("left"))["reason"] == "private"

    async def test_whoever_cannot_be_stored_in_a_room_that_is_private_by_then_leaves_it(self):
        async with connect("Ana") as ana, mara_connected() as mara:
            await ana.join("lobby")
            waiting = await newcomers()
            with failing(waiting), holding(waiting, "work") as hold:
                await mara.join("lobby")
                await hold.reached()
                await make_it_private(await lobby())
            assert (await mara.next("left"))["reason"] == "private"

    async def test_whoever_is_removed_before_the_outcome_is_known_leaves(self):
        async with connect("Ana") as ana, mara_connected() as mara:
            await ana.join("lobby")
            with holding(await newcomers(), "work", when_done=True) as hold:
                await mara.join("lobby")
                await hold.reached()
                await remove(await lobby(), mara.user)
            assert (await mara.next("left"))["reason"] == "removed"

    async def test_whoever_was_given_a_role_while_joining_can_be_removed(self):
        async with connect("Ana") as ana, mara_connected() as mara:
            await ana.join("lobby")
            async with joining(mara):
                await admit(await lobby(), mara.user, Role.MODERATOR)
            assert (await mara.next("joined"))["room"]["my"]["role"] == "moderator"
            await remove(await lobby(), mara.user)
            assert (await mara.next("left"))["reason"] == "removed"

    async def test_of_two_changes_while_joining_the_second_counts(self):
        running = await server.current()
        async with connect("Ana") as ana, connect("Bob") as bob, mara_connected() as mara:
            await ana.join("lobby")
            await bob.join("lobby")
            await admit(await lobby(), mara.user)
            ban = partial(memberships.remove, ban=True)
            async with joining(mara):
                await remove(await lobby(), bob.user, ban=True)
            with holding(running.feed.rights._memberships, "work", when_done=True) as hold:
                await hold.reached()
                await sync_to_async(ban)((await lobby()).pk, await person_of(mara.user))
                applied = asyncio.create_task(running.feed.apply_access((await lobby()).pk))
                changed = running.feed.stream((await lobby()).pk)
                await eventually(lambda: changed.room.access == 3, "the second change")
                hold.release()
                await applied
            await mara.receives_error("not_found")
            assert not {"joined", "left"} & {event["type"] for event in await mara.all_events()}
