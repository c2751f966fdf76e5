"""Rooms that change while they are joined and read: everybody ends with what they are now, once."""

import asyncio
from unittest import mock

from django.db.models import F

from chat import log
from chat.access import memberships
from chat.cluster.hints import RoomChanged
from chat.live import server
from chat.log import Settings
from chat.models import Membership, Person, Room
from chat.protocol import User
from tests.support.holding import holding
from tests.support.ownrooms import list_of
from tests.support.people import sign_in
from tests.support.processes import eventually
from tests.support.rooms import bodies, fill
from tests.support.sockets import OWN_ORIGIN, SocketTestCase, connect


async def owned(slug: str) -> tuple[Room, Person]:
    """Return a room with a message, and its owner."""
    await fill(slug, 1)
    room = await Room.objects.aget(slug=slug)
    owner = await Person.objects.acreate(name="Owner", kind="bot")
    await Membership.objects.acreate(room=room, person=owner, role="owner")
    return room, owner


@mock.patch("chat.live.clock.POLL_EVERY_ALONE", 10)
class ChangeTests(SocketTestCase):
    async def test_who_asks_for_the_log_while_rights_are_read_is_told_each_thing_once(self):
        room, owner = await owned("plans")
        async with connect("Ana") as ana, connect("Ben") as ben:
            await ana.join("plans")
            await ben.join("plans")
            await ana.all_events()
            running = await server.current()
            feed = running.feed
            await running.database.run(memberships.set_role, room.pk, owner, "member")
            with holding(feed._heads, "work", when_done=True) as heads:
                with holding(feed.rights._memberships, "work", when_done=True) as rights:
                    applying = asyncio.create_task(feed.apply_access(room.pk))
                    await rights.reached()
                    await ana.send_command("sync", room="plans", after=1, epoch=room.epoch)
                    await heads.reached()
                    rights.release()
                    await applying
                await ben.send("hello")
                running.presence.enter(room.pk, User(id="cyd", name="Cyd", kind="guest"))
            types = [event["type"] for event in await ana.all_events()]
            assert types == ["synced", "message", "presence"]

    async def test_a_reading_from_before_a_change_puts_nothing_back(self):
        room, owner = await owned("plans")
        async with connect("Ana") as ana, connect("Ben") as ben:
            await ana.join("plans")
            await ana.all_events()
            running = await server.current()
            with holding(running.feed._heads, "work", when_done=True) as heads:
                joining = await ben.send_command("join", room="plans")
                await heads.reached()
                settings = Settings(name="Renamed", closed=True)
                await running.database.run(log.change_room, room.pk, owner, settings)
                await running.feed.apply_access(room.pk)
            joined = await ben.reply_to(joining)
            assert (joined["room"]["name"], joined["room"]["closed"]) == ("Renamed", True)
            told = [e["room"]["name"] for e in await ana.all_events() if e["type"] == "room"]
            assert told == ["Renamed"]

    async def test_what_a_page_has_already_does_not_come_once_more(self):
        await owned("plans")
        async with connect("Ana") as ana, connect("Ben") as ben:
            await ana.join("plans")
            # No hint of it has come yet.
            await fill("plans", 1, start=2)
            with holding("chat.log", "changes") as changes:
                joining = await ben.send_command("join", room="plans")
                await changes.reached()
                changes.release()
            joined = await ben.reply_to(joining)
            assert bodies(joined) == ["m1", "m2"]
            await ana.receives_messages("m2")
            await ana.send("m3")
            told = [e for e in await ben.all_events() if e["type"] == "message"]
            assert [event["message"]["body"] for event in told] == ["m3"]

    async def test_a_room_that_changes_again_and_again_is_read_now_and_then(self):
        room, _ = await owned("plans")
        async with connect("Ana") as ana:
            await ana.join("plans")
            feed = (await server.current()).feed
            compare = mock.AsyncMock(side_effect=feed.compare)
            with mock.patch.object(feed, "compare", compare):
                for number in range(50):
                    changed = Room.objects.filter(pk=room.pk)
                    await changed.aupdate(name=f"Plans {number}", access=F("access") + 1)
                    feed._on_room_changed(RoomChanged(room.pk), None)
                name = lambda: feed.stream(room.pk).room.name  # noqa: E731
                await eventually(lambda: name() == "Plans 49", "the last name")
                await eventually(lambda: not feed._changing, "rest")
            assert 2 <= compare.await_count <= 20

    async def test_only_the_lists_of_those_in_a_room_are_read_when_it_changes(self):
        room, _ = await owned("plans")
        mara, nils = [
            {"session": await sign_in(name), "origin": OWN_ORIGIN} for name in ("Mara", "Nils")
        ]
        async with connect(**mara) as mara, connect(**nils) as nils:
            await list_of(mara)
            await list_of(nils)
            member = await Person.objects.aget(name="Mara")
            await Membership.objects.acreate(room=room, person=member, role="reader")
            running = await server.current()
            readings = running.watching._readings
            work = mock.Mock(side_effect=readings.work)
            with mock.patch.object(readings, "work", work):
                await running.feed.apply_access(room.pk)
            assert [list(call.args[0]) for call in work.call_args_list] == [[(member.pk, room.pk)]]
            rooms = (await mara.next("rooms"))["rooms"]
            assert [entry["role"] for entry in rooms] == ["reader"]
