"""Joining rooms and resuming: what a client receives, and that nothing is missing."""

import asyncio
from functools import partial
from unittest import mock

from asgiref.sync import sync_to_async
from django.test import override_settings

from chat import log
from chat.access import memberships
from chat.models import Membership, Room
from tests.access.support import admit, make_private, person_of
from tests.api.support import new_guest
from tests.support.holding import holding
from tests.support.ownrooms import belong
from tests.support.people import configure, sign_in
from tests.support.rooms import bodies, fill
from tests.support.sockets import OWN_ORIGIN, Socket, SocketTestCase, connect


class FirstJoinTests(SocketTestCase):
    async def test_the_first_to_join_receives_an_empty_room(self):
        async with connect("Ana") as ana:
            joined = await ana.join("Chess Club!")
        room = await Room.objects.aget()
        assert joined["room"] == {
            "id": room.public_id,
            "slug": "chess-club",
            "name": "Chess Club!",
            "topic": "",
            "kind": "public",
            "closed": False,
            "epoch": room.epoch,
            "version": 0,
            "seq": 0,
        }
        assert joined["reset"] is True
        assert joined["messages"] == []
        assert joined["more"] is False
        assert joined["members"] == [ana.user]
        assert joined["count"] == 1

    async def test_rooms_that_differ_by_their_signs_are_different(self):
        async with connect("Ana") as ana:
            for name in ("C", "C++", "C#", "\u0dc1\u0dca\u200d\u0dbb\u0dd3"):
                joined = await ana.join(name)
                assert joined["room"]["name"] == name
        assert await Room.objects.acount() == 4

    async def test_a_room_from_before_signs_counted_is_found_by_its_name(self):
        await Room.objects.acreate(slug="c", name="C++")
        async with connect("Ana") as ana:
            assert (await ana.join("c++"))["room"]["slug"] == "c"
            assert (await ana.join("C#"))["room"]["slug"] == "c-sharp"

    async def test_a_later_join_receives_the_newest_page_and_has_more(self):
        texts = await fill("lobby", 60)
        async with connect("Ana") as ana:
            joined = await ana.join("lobby")
        assert bodies(joined) == texts[-50:]
        assert joined["more"] is True
        assert joined["room"]["version"] == joined["room"]["seq"] == 60

    async def test_a_page_that_holds_all_messages_has_no_more(self):
        texts = await fill("lobby", 50)
        async with connect("Ana") as ana:
            joined = await ana.join("lobby")
        assert bodies(joined) == texts
        assert joined["more"] is False

    async def test_a_message_has_all_fields_of_the_protocol(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            ack = await ana.send("hello", id="first")
            message = (await ana.next("message"))["message"]
        assert message == {
            "seq": 1,
            "version": 1,
            "id": "first",
            "author": ana.user,
            "body": "hello",
            "at": ack["at"],
            "edited_at": None,
            "deleted": False,
        }
        assert ack["at"].endswith("Z")

    async def test_a_room_name_may_be_in_any_script(self):
        async with connect("Ana") as ana:
            for typed, slug in {
                "Шахматный клуб": "шахматный-клуб",
                "हिन्दी": "हिन्दी",
                "将棋 — 部": "将棋-部",
                "ΚΑΦΕΣ": "καφες",
            }.items():
                assert (await ana.join(typed))["room"]["slug"] == slug

    async def test_a_room_name_without_a_slug_is_refused(self):
        async with connect("Ana") as ana:
            for typed in ("!?", " ", "\u200b", "/../"):
                await ana.send_command("join", room=typed)
                await ana.receives_error("bad_request")
        assert not await Room.objects.aexists()

    async def test_of_those_who_come_to_a_new_room_at_once_one_creates_it(self):
        with mock.patch("chat.log.create_room", side_effect=log.create_room) as create_room:
            async with connect("Ana") as ana, connect("Ion") as ion:
                await asyncio.gather(ana.join("Chess Club"), ion.join("chess-club"))
        assert create_room.call_count == await Room.objects.acount() == 1

    async def test_joining_creates_no_room_where_the_admin_forbids_it(self):
        await configure(joining_creates_rooms=False)
        await fill("lobby", 1)
        async with connect("Charlie") as charlie:
            await charlie.send_command("join", room="new")
            await charlie.receives_error("not_found")
            await charlie.join("lobby")
        assert [room.slug async for room in Room.objects.all()] == ["lobby"]

    @override_settings(CHAT_RATE_LIMITS=True)
    async def test_a_connection_may_join_a_limited_number_of_rooms(self):
        with mock.patch("chat.connection.connection.MAX_ROOMS", 2):
            async with connect("Ana") as ana:
                for room in ("one", "two"):
                    await ana.join(room)
                await ana.send_command("join", room="three")
                await ana.receives_error("bad_request")
                await ana.join("two")
                await ana.request("leave", room="one")
                await ana.join("three")

    @override_settings(CHAT_RATE_LIMITS=True)
    async def test_whoever_is_in_too_many_rooms_learns_of_no_other(self):
        await make_private("club")
        await make_private("safe", Room.Kind.PUBLIC, password="a hash")
        await configure(joining_creates_rooms=False)
        with mock.patch("chat.connection.connection.MAX_ROOMS", 1):
            async with connect("Charlie") as charlie:
                await fill("lobby", 1)
                await charlie.join("lobby")
                for room, code in (
                    *(("club", "not_found"), ("nowhere", "not_found")),
                    *(("safe", "bad_request"), ("lobby", None)),
                ):
                    sent = await charlie.send_command("join", room=room)
                    assert (await charlie.reply_to(sent)).get("code") == code


class ResumeTests(SocketTestCase):
    async def test_a_second_join_says_how_far_somebody_has_read_by_now(self):
        await fill("club", 3)
        room, ana = await make_private(), await new_guest("Ana")
        await admit(room, ana.user)
        await Membership.objects.aupdate(last_read=0)
        async with connect(token=ana.token) as socket:
            assert (await socket.join("club"))["room"]["my"]["last_read"] == 0
            await ana.put("rooms/club/read", {"seq": 2})
            await ana.put("rooms/club/level", {"level": "mentions"})
            my = (await socket.join("club"))["room"]["my"]
            assert (my["last_read"], my["level"], my["role"]) == (2, "mentions", "member")

    async def test_a_join_right_after_one_left_elsewhere_is_a_join_anew(self):
        async with connect(session=await sign_in("mara"), origin=OWN_ORIGIN) as mara:
            await self.ended_elsewhere(mara)
            joined = await mara.reply_to(await mara.send_command("join", room="lobby"))
            assert (joined["type"], joined["room"]["my"]["role"]) == ("joined", "member")

    async def test_a_join_right_after_a_ban_elsewhere_is_refused(self):
        async with connect(session=await sign_in("mara"), origin=OWN_ORIGIN) as mara:
            await self.ended_elsewhere(mara, ban=True)
            refusal = await mara.reply_to(await mara.send_command("join", room="lobby"))
            assert refusal["code"] == "not_found"

    async def test_a_synchronisation_right_after_one_left_elsewhere_is_refused(self):
        async with connect(session=await sign_in("mara"), origin=OWN_ORIGIN) as mara:
            room = await self.ended_elsewhere(mara)
            sync = await mara.send_command("sync", room="lobby", after=0, epoch=room.epoch)
            assert (await mara.reply_to(sync))["code"] == "forbidden"

    async def ended_elsewhere(self, socket: Socket, *, ban: bool = False) -> Room:
        """Join the lobby as a member; end that without a word to this process."""
        await belong(socket)
        room, person = await Room.objects.aget(), await person_of(socket.user)
        await sync_to_async(partial(memberships.remove, ban=ban))(room.pk, person)
        return room

    async def test_a_resume_receives_what_was_missed_and_no_more(self):
        await fill("lobby", 3)
        async with connect("Ana") as ana:
            room = (await ana.join("lobby"))["room"]
        missed = await fill("lobby", 80, start=4)
        async with connect(token=ana.token) as ana:
            joined = await ana.join("lobby", after=room["version"], epoch=room["epoch"])
        assert joined["reset"] is False
        assert bodies(joined) == missed
        assert [message["version"] for message in joined["messages"]] == list(range(4, 84))
        assert joined["room"]["version"] == 83

    async def test_a_resume_that_missed_nothing_receives_nothing(self):
        await fill("lobby", 3)
        async with connect("Ana") as ana:
            room = (await ana.join("lobby"))["room"]
            joined = await ana.join("lobby", after=3, epoch=room["epoch"])
        assert (joined["reset"], joined["messages"]) == (False, [])

    async def test_a_resume_with_another_epoch_starts_afresh(self):
        texts = await fill("lobby", 3)
        async with connect("Ana") as ana:
            for epoch in ("another", ""):
                joined = await ana.join("lobby", after=2, epoch=epoch)
                assert (joined["reset"], bodies(joined)) == (True, texts)
            joined = await ana.join("lobby", after=2)
            assert (joined["reset"], bodies(joined)) == (True, texts)

    async def test_a_resume_ahead_of_the_room_starts_afresh(self):
        texts = await fill("lobby", 3)
        async with connect("Ana") as ana:
            epoch = (await ana.join("lobby"))["room"]["epoch"]
            joined = await ana.join("lobby", after=4, epoch=epoch)
        assert (joined["reset"], bodies(joined)) == (True, texts)

    async def test_a_resume_of_more_than_500_changes_starts_afresh(self):
        await fill("lobby", 501)
        async with connect("Ana") as ana:
            epoch = (await ana.join("lobby"))["room"]["epoch"]
            joined = await ana.join("lobby", after=1, epoch=epoch)
            assert (joined["reset"], len(joined["messages"])) == (False, 500)
            joined = await ana.join("lobby", after=0, epoch=epoch)
            assert (joined["reset"], len(joined["messages"])) == (True, 50)
            assert joined["more"] is True

    async def test_joining_again_is_a_resume_and_not_announced(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            room = (await ion.join("lobby"))["room"]
            await ana.next("presence")
            joined = await ion.join("lobby", after=room["version"], epoch=room["epoch"])
            assert joined["count"] == 2
            await ana.receives_nothing()

    async def test_each_newcomer_receives_all_that_was_acknowledged(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            for number in range(1, 4):
                await ana.send(f"m{number}")
                async with connect(f"Ion {number}") as ion:
                    joined = await ion.join("lobby")
                assert bodies(joined) == [f"m{n}" for n in range(1, number + 1)]

    async def test_messages_sent_during_a_join_arrive_exactly_once(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            sent = [await ana.send_command("send", room="lobby", body=f"a{n}") for n in range(10)]
            joining = await ion.send_command("join", room="lobby")
            sent += [await ana.send_command("send", room="lobby", body=f"b{n}") for n in range(10)]
            joined = await ion.reply_to(joining)
            for command in sent:
                await ana.reply_to(command)
            await ana.send("last")
            seqs = [message["seq"] for message in joined["messages"]]
            while 21 not in seqs:
                seqs.append((await ion.next("message"))["message"]["seq"])
            assert seqs == list(range(1, 22))

    async def test_messages_sent_during_the_read_of_the_log_follow_the_reply(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            with holding("chat.log", "rooms_by_id", when_done=True) as hold:
                await ion.send_command("join", room="lobby")
                await hold.reached()
                await ana.send("meanwhile")
                await ana.receives_messages("meanwhile")
                hold.release()
                events = await ion.all_events()
            assert [event["type"] for event in events] == ["joined", "message"]
            joined, message = events
            assert (joined["messages"], joined["room"]["version"]) == ([], 0)
            assert (message["message"]["body"], message["version"]) == ("meanwhile", 1)


class LeaveTests(SocketTestCase):
    async def test_a_person_who_left_neither_receives_nor_sends(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            left = await ion.request("leave", room="lobby")
            assert (left["type"], left["room"]) == ("left", "lobby")
            await ana.send("hello")
            await ion.receives_nothing()
            await ion.send_command("send", room="lobby", body="no")
            await ion.receives_error("forbidden")

    async def test_messages_reach_their_own_room_only(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ion.join("chess")
            await ion.join("tea")
            await ana.join("chess")
            await ana.send("your move")
            await ana.join("tea")
            await ana.send("milk?")
            received = await ion.receives_messages("your move", "milk?")
            assert [event["room"] for event in received] == ["chess", "tea"]
            assert [event["version"] for event in received] == [1, 1]


class CharlieTests(SocketTestCase):
    async def test_refusals_do_not_reveal_whether_a_room_exists(self):
        await fill("secret", 3)
        async with connect("Charlie") as charlie:
            for fields in (
                {"type": "send", "body": "hi"},
                {"type": "history", "before": 10},
                {"type": "sync", "after": 0, "epoch": ""},
                {"type": "leave"},
                {"type": "typing"},
                {"type": "received", "version": 1},
            ):
                replies = []
                for room in ("secret", "nothing"):
                    await charlie.send_command(room=room, **fields)
                    replies.append((await charlie.receives_error("forbidden"))["message"])
                assert replies[0] == replies[1]
            await charlie.receives_nothing()
