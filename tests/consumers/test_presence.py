"""Who is here: once each, as long as they have a connection and a little longer."""

from unittest import mock

from tests.support.people import sign_in
from tests.support.sockets import OWN_ORIGIN, SocketTestCase, connect

soon = mock.patch("chat.live.presence.LEAVE_AFTER", 0.05)
never = mock.patch("chat.live.presence.LEAVE_AFTER", 60)


class ArrivalTests(SocketTestCase):
    async def test_the_others_are_told_who_came_and_who_came_is_given_the_list(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            joined = await ion.join("lobby")
            assert joined["members"] == [ion.user, ana.user]
            assert joined["count"] == 2
            told = await ana.next("presence")
            assert told == {
                "type": "presence",
                "room": "lobby",
                "joined": [ion.user],
                "left": [],
                "count": 2,
            }
            await ion.says_nothing()

    async def test_those_elsewhere_are_told_nothing(self):
        async with connect("Charlie") as charlie, connect("Ion") as ion:
            await charlie.join("elsewhere")
            await ion.join("lobby")
            await charlie.says_nothing()

    async def test_a_list_is_capped_and_the_count_is_right(self):
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
    @soon
    async def test_somebody_with_several_tabs_is_here_once(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            await ana.next("presence")
            async with connect(token=ion.token) as tab:
                joined = await tab.join("lobby")
                assert (len(joined["members"]), joined["count"]) == (2, 2)
            await ana.says_nothing()
            await ion.ask("leave", room="lobby")
            assert (await ana.next("presence"))["left"] == [ion.user]


class DepartureTests(SocketTestCase):
    @soon
    async def test_the_others_are_told_who_left(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            async with connect("Ion") as ion:
                await ion.join("lobby")
                await ana.next("presence")
            told = await ana.next("presence")
            assert (told["joined"], told["left"], told["count"]) == ([], [ion.user], 1)

    @never
    async def test_a_reload_is_no_departure(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            async with connect("Ion") as ion:
                await ion.join("lobby")
                await ana.next("presence")
            async with connect(token=ion.token) as reloaded:
                assert (await reloaded.join("lobby"))["count"] == 2
                await ana.says_nothing()

    async def test_who_left_a_moment_ago_is_still_counted(self):
        async with connect("Ana") as ana:
            async with connect("Ion") as ion:
                await ion.join("lobby")
            assert (await ana.join("lobby"))["count"] == 2

    @soon
    async def test_who_comes_back_in_time_leaves_only_when_they_go_again(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            await ana.next("presence")
            await ion.ask("leave", room="lobby")
            await ion.join("lobby")
            await ana.says_nothing()


class CrowdTests(SocketTestCase):
    async def test_in_a_crowd_changes_are_gathered_and_the_count_is_right(self):
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
                told = await ana.next("presence")
                assert (told["joined"], told["count"]) == ([eva.user, dan.user], 4)
                await ana.says_nothing()
