"""Presence: each person once, for as long as they have a connection and the leave delay."""

from unittest import mock

from tests.support.people import sign_in
from tests.support.sockets import OWN_ORIGIN, SocketTestCase, connect

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


class LargeRoomTests(SocketTestCase):
    async def test_changes_in_a_large_room_are_batched(self):
        with (
            mock.patch("chat.live.presence.SMALL_ROOM", 1),
            mock.patch("chat.live.presence.WRITES_A_SECOND", 4),
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

    @short_delay
    async def test_who_is_gone_before_they_are_announced_leaves_the_list_of_a_late_comer(self):
        with (
            mock.patch("chat.live.presence.SMALL_ROOM", 1),
            mock.patch("chat.live.presence.WRITES_A_SECOND", 1),
            mock.patch("chat.live.presence.GATHER_AT_MOST", 1.5),
        ):
            async with connect("Ana") as ana, connect("Ion") as ion, connect("Eva") as eva:
                await ana.join("lobby")
                await ion.join("lobby")
                async with connect("Dan") as dan:
                    await dan.join("lobby")
                    assert dan.user in (await eva.join("lobby"))["members"]
                    await dan.request("leave", room="lobby")
                assert (await eva.next("presence"))["left"] == [dan.user]
