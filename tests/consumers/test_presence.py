"""Presence: each person once, for as long as they have a connection and the leave delay."""

from contextlib import AsyncExitStack
from unittest import mock

from chat.live import server
from chat.rules.limits import Rate
from tests.support.people import sign_in
from tests.support.sockets import OWN_ORIGIN, Socket, SocketTestCase, connect

short_delay = mock.patch("chat.live.presence.LEAVE_AFTER", 0.05)
long_delay = mock.patch("chat.live.presence.LEAVE_AFTER", 60)


class JoinTests(SocketTestCase):
    async def test_a_join_is_announced_and_its_reply_lists_everybody(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            joined = await ion.join("lobby")
            assert joined["members"] == [ion.user, ana.user]
            assert joined["count"] == 2
            event = await ana.next("presence")
            assert event == {
                "type": "presence",
                "room": "lobby",
                "joined": [ion.user],
                "left": [],
                "count": 2,
            }
            await ion.receives_nothing()

    async def test_people_in_other_rooms_receive_nothing(self):
        async with connect("Charlie") as charlie, connect("Ion") as ion:
            await charlie.join("elsewhere")
            await ion.join("lobby")
            await charlie.receives_nothing()

    @mock.patch("chat.live.presence.CROWD", Rate(per_second=0.001, burst=1))
    async def test_of_a_forgotten_room_nothing_is_left_to_announce(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            running = await server.current()
            [stream] = running.feed.streams()
            assert stream.before_change
            running.presence.forget_room(stream.room.pk)
            stream.advance(stream.version + 1, "{}")

    async def test_the_list_is_capped_and_the_count_is_not(self):
        with mock.patch("chat.live.presence.MAX_MEMBERS", 3):
            async with (
                connect("Ana") as ana,
                connect("Ion") as ion,
                connect("Eva") as eva,
                connect("Dan") as dan,
            ):
                for number, person in enumerate((ana, ion, eva, dan), 1):
                    joined = await person.join("lobby")
                    assert joined["count"] == number
                    assert len(joined["members"]) == min(number, 3)
                    assert person.user in joined["members"]

    async def test_a_member_is_shown_as_one(self):
        session = await sign_in("Mara")
        async with (
            connect("Ana") as ana,
            connect(session=session, origin=OWN_ORIGIN) as mara,
        ):
            await ana.join("lobby")
            await mara.join("lobby")
            (shown,) = (await ana.next("presence"))["joined"]
            assert shown == {"id": mara.user["id"], "name": "Mara", "kind": "member"}


class TabsTests(SocketTestCase):
    @short_delay
    async def test_a_person_with_several_tabs_is_listed_once(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            await ana.next("presence")
            async with connect(token=ion.token) as tab:
                joined = await tab.join("lobby")
                assert (len(joined["members"]), joined["count"]) == (2, 2)
            await ana.receives_nothing()
            await ion.request("leave", room="lobby")
            assert (await ana.next("presence"))["left"] == [ion.user]


class DepartureTests(SocketTestCase):
    @short_delay
    async def test_a_departure_is_announced(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            async with connect("Ion") as ion:
                await ion.join("lobby")
                await ana.next("presence")
            event = await ana.next("presence")
            assert (event["joined"], event["left"], event["count"]) == ([], [ion.user], 1)

    @long_delay
    async def test_a_reload_is_not_a_departure(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            async with connect("Ion") as ion:
                await ion.join("lobby")
                await ana.next("presence")
            async with connect(token=ion.token) as reloaded:
                assert (await reloaded.join("lobby"))["count"] == 2
                await ana.receives_nothing()

    async def test_a_person_who_just_left_is_still_counted(self):
        async with connect("Ana") as ana:
            async with connect("Ion") as ion:
                await ion.join("lobby")
            assert (await ana.join("lobby"))["count"] == 2

    @short_delay
    async def test_a_return_in_time_cancels_the_departure(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            await ana.next("presence")
            await ion.request("leave", room="lobby")
            await ion.join("lobby")
            await ana.receives_nothing()


# Two announcements at once, and no other in the time of a test.
slow_crowd = mock.patch("chat.live.presence.CROWD", Rate(per_second=0.01, burst=2))


async def arrive(stack: AsyncExitStack, *names: str) -> list[Socket]:
    """Connect people who join the lobby one after the other; the first has heard of the second."""
    people = [await stack.enter_async_context(connect(name)) for name in names]
    for person in people:
        await person.join("lobby")
    assert (await people[0].next("presence"))["joined"] == [people[1].user]
    return people


class CrowdTests(SocketTestCase):
    @slow_crowd
    async def test_the_first_is_announced_at_once_and_nobody_speaks_before_they_are(self):
        async with AsyncExitStack() as stack:
            ana, _, two, three = await arrive(stack, "Ana", "One", "Two", "Three")
            await ana.receives_nothing()
            await three.send("Hello!")
            presence, message = await ana.all_events()
            assert presence["joined"] == [two.user, three.user]
            assert message["message"]["author"] == three.user

    @slow_crowd
    async def test_a_late_comer_is_sent_those_who_are_not_announced_yet(self):
        async with AsyncExitStack() as stack:
            people = await arrive(stack, "Ana", "One", "Two")
            async with connect("Three") as three:
                members = (await three.join("lobby"))["members"]
                assert members == [three.user, *(person.user for person in people)]

    @short_delay
    @slow_crowd
    async def test_who_is_gone_before_they_are_announced_leaves_the_list_of_a_late_comer(self):
        async with AsyncExitStack() as stack:
            _, one, two = await arrive(stack, "Ana", "One", "Two")
            three = await stack.enter_async_context(connect("Three"))
            assert two.user in (await three.join("lobby"))["members"]
            await two.request("leave", room="lobby")
            await two.receives_nothing()
            await one.send("Hello!")
            assert (await three.next("presence"))["left"] == [two.user]

    @short_delay
    @slow_crowd
    async def test_who_is_gone_before_they_are_announced_is_not_shown(self):
        async with AsyncExitStack() as stack:
            ana, one, two = await arrive(stack, "Ana", "One", "Two")
            await two.request("leave", room="lobby")
            await two.receives_nothing()
            await one.send("Hello!")
            assert [event["type"] for event in await ana.all_events()] == ["message"]


class CrowdOverTimeTests(SocketTestCase):
    async def test_a_crowd_is_announced_in_a_moment(self):
        with mock.patch("chat.live.presence.CROWD", Rate(per_second=20, burst=2)):
            async with AsyncExitStack() as stack:
                ana, _, two, three = await arrive(stack, "Ana", "One", "Two", "Three")
                assert (await ana.next("presence"))["joined"] == [two.user, three.user]


class LargeRoomTests(SocketTestCase):
    async def test_changes_in_a_large_room_are_batched(self):
        with (
            mock.patch("chat.live.presence.SMALL_ROOM", 1),
            mock.patch("chat.live.presence.GATHER", 0.5),
        ):
            async with (
                connect("Ana") as ana,
                connect("Ion") as ion,
                connect("Eva") as eva,
                connect("Dan") as dan,
            ):
                for person in (ana, ion, eva, dan):
                    await person.join("lobby")
                assert (await ana.next("presence"))["joined"] == [ion.user]
                event = await ana.next("presence")
                assert (event["joined"], event["count"]) == ([eva.user, dan.user], 4)
                await ana.receives_nothing()
