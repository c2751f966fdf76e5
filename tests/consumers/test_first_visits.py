"""A member's first visit to a room: they belong to it from then on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from unittest import mock

from django.db import OperationalError

from chat.live import server
from chat.live.batcher import Batcher
from chat.live.follower import Follower
from chat.models import Membership, Room
from tests.access.support import make_it_private, remove
from tests.support.holding import holding
from tests.support.people import sign_in
from tests.support.processes import eventually
from tests.support.sockets import OWN_ORIGIN, Socket, SocketTestCase, connect


@asynccontextmanager
async def mara_connected() -> AsyncIterator[Socket]:
    """Connect as a member who was in no room yet."""
    async with connect(session=await sign_in("mara"), origin=OWN_ORIGIN) as mara:
        yield mara


async def newcomers() -> Batcher:
    """Return what stores those who come into rooms."""
    return (await server.current()).committer._newcomers


async def follower_of(socket: Socket) -> Follower:
    """Return somebody's place in the one room that there is."""
    stream = (await server.current()).feed.stream((await Room.objects.aget()).pk)
    return next(f for f in stream.followers if f.sink.user.id == socket.user["id"])


async def say(socket: Socket, text: str) -> None:
    """Write a message in the lobby."""
    await socket.send_command("send", id=text, room="lobby", body=text)
    await socket.next("ack")


class FirstVisitTests(SocketTestCase):
    async def test_what_is_there_is_read_and_what_comes_then_is_not(self):
        async with connect("Ana") as ana, mara_connected() as mara:
            await ana.join("lobby")
            await say(ana, "one")
            await say(ana, "two")
            with holding(await newcomers(), "work") as hold:
                my = (await mara.join("lobby"))["room"]["my"]
                await hold.reached()
                sent = await ana.send_command("send", id="three", room="lobby", body="three")
                hold.release()
                await ana.reply_to(sent)
        assert my["last_read"] == 2
        membership = await Membership.objects.aget()
        assert (membership.last_read, membership.role) == (2, my["role"])

    async def test_whoever_has_just_come_stays_when_somebody_else_is_banned(self):
        async with connect("Bob") as bob, mara_connected() as mara:
            await bob.join("lobby")
            with holding(await newcomers(), "work") as hold:
                await mara.join("lobby")
                await hold.reached()
                await remove(await Room.objects.aget(), bob.user, ban=True)
            await say(mara, "still here")
            assert "left" not in {event["type"] for event in await mara.all_events()}

    async def test_whoever_could_not_be_stored_is_no_member(self):
        async with connect("Ana") as ana, mara_connected() as mara:
            await ana.join("lobby")
            with mock.patch.object(await newcomers(), "work", side_effect=OperationalError("full")):
                await mara.join("lobby")
                follower = await follower_of(mara)
                await eventually(lambda: not follower.is_new, "storing the membership fails")
            await make_it_private(await Room.objects.aget())
            assert (await mara.next("left"))["reason"] == "private"
