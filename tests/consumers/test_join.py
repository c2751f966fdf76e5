"""Entering rooms and coming back to them: what one is given, and that nothing is missing."""

from unittest import mock

from django.test import override_settings

from chat.models import Room
from tests.support.holding import holding
from tests.support.people import configure
from tests.support.rooms import bodies, fill
from tests.support.sockets import SocketTestCase, connect


class FirstJoinTests(SocketTestCase):
    async def test_an_empty_room_is_joined_alone(self):
        async with connect("Ana") as ana:
            joined = await ana.join("Chess Club!")
        room = await Room.objects.aget()
        assert joined["room"] == {
            "slug": "chess-club",
            "name": "Chess Club!",
            "topic": "",
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

    async def test_who_comes_later_is_given_the_newest_page_and_told_that_there_is_more(self):
        said = await fill("lobby", 60)
        async with connect("Ana") as ana:
            joined = await ana.join("lobby")
        assert bodies(joined) == said[-50:]
        assert joined["more"] is True
        assert joined["room"]["version"] == joined["room"]["seq"] == 60

    async def test_a_page_that_is_all_there_is_says_so(self):
        said = await fill("lobby", 50)
        async with connect("Ana") as ana:
            joined = await ana.join("lobby")
        assert bodies(joined) == said
        assert joined["more"] is False

    async def test_a_message_tells_all_that_the_protocol_names(self):
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

    async def test_a_room_may_be_typed_in_any_script(self):
        async with connect("Ana") as ana:
            for typed, slug in {
                "Шахматный клуб": "шахматный-клуб",
                "हिन्दी": "हिन्दी",
                "将棋 — 部": "将棋-部",
                "ΚΑΦΕΣ": "καφες",
            }.items():
                assert (await ana.join(typed))["room"]["slug"] == slug

    async def test_what_leaves_no_address_is_no_room(self):
        async with connect("Ana") as ana:
            for typed in ("!?", " ", "\u200b", "/../"):
                await ana.say("join", room=typed)
                await ana.refused("bad_request")
        assert not await Room.objects.aexists()

    async def test_joining_makes_no_rooms_where_the_admin_says_so(self):
        await configure(joining_creates_rooms=False)
        await fill("lobby", 1)
        async with connect("Charlie") as charlie:
            await charlie.say("join", room="new")
            await charlie.refused("not_found")
            await charlie.join("lobby")
        assert [room.slug async for room in Room.objects.all()] == ["lobby"]

    @override_settings(CHAT_RATE_LIMITS=True)
    async def test_nobody_is_in_more_rooms_than_a_hundred(self):
        with mock.patch("chat.connection.connection.MAX_ROOMS", 2):
            async with connect("Ana") as ana:
                for room in ("one", "two"):
                    await ana.join(room)
                await ana.say("join", room="three")
                await ana.refused("bad_request")
                await ana.join("two")
                await ana.ask("leave", room="one")
                await ana.join("three")


class ResumeTests(SocketTestCase):
    async def test_who_comes_back_is_given_what_was_missed_and_no_more(self):
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

    async def test_who_missed_nothing_is_given_nothing(self):
        await fill("lobby", 3)
        async with connect("Ana") as ana:
            room = (await ana.join("lobby"))["room"]
            joined = await ana.join("lobby", after=3, epoch=room["epoch"])
        assert (joined["reset"], joined["messages"]) == (False, [])

    async def test_with_another_epoch_one_starts_afresh(self):
        said = await fill("lobby", 3)
        async with connect("Ana") as ana:
            for epoch in ("another", ""):
                joined = await ana.join("lobby", after=2, epoch=epoch)
                assert (joined["reset"], bodies(joined)) == (True, said)
            joined = await ana.join("lobby", after=2)
            assert (joined["reset"], bodies(joined)) == (True, said)

    async def test_ahead_of_the_room_one_starts_afresh(self):
        said = await fill("lobby", 3)
        async with connect("Ana") as ana:
            epoch = (await ana.join("lobby"))["room"]["epoch"]
            joined = await ana.join("lobby", after=4, epoch=epoch)
        assert (joined["reset"], bodies(joined)) == (True, said)

    async def test_five_hundred_changes_are_resumed_and_one_more_is_a_fresh_start(self):
        await fill("lobby", 501)
        async with connect("Ana") as ana:
            epoch = (await ana.join("lobby"))["room"]["epoch"]
            joined = await ana.join("lobby", after=1, epoch=epoch)
            assert (joined["reset"], len(joined["messages"])) == (False, 500)
            joined = await ana.join("lobby", after=0, epoch=epoch)
            assert (joined["reset"], len(joined["messages"])) == (True, 50)
            assert joined["more"] is True

    async def test_joining_again_is_a_resume_and_not_an_arrival(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            room = (await ion.join("lobby"))["room"]
            await ana.next("presence")
            joined = await ion.join("lobby", after=room["version"], epoch=room["epoch"])
            assert joined["count"] == 2
            await ana.says_nothing()

    async def test_each_newcomer_is_given_all_that_was_acknowledged_before(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            for number in range(1, 4):
                await ana.send(f"m{number}")
                async with connect(f"Ion {number}") as ion:
                    joined = await ion.join("lobby")
                assert bodies(joined) == [f"m{n}" for n in range(1, number + 1)]

    async def test_what_is_said_while_one_joins_is_neither_missed_nor_told_twice(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            sent = [await ana.say("send", room="lobby", body=f"a{n}") for n in range(10)]
            joining = await ion.say("join", room="lobby")
            sent += [await ana.say("send", room="lobby", body=f"b{n}") for n in range(10)]
            joined = await ion.answer(joining)
            for command in sent:
                await ana.answer(command)
            await ana.send("last")
            seqs = [message["seq"] for message in joined["messages"]]
            while 21 not in seqs:
                seqs.append((await ion.next("message"))["message"]["seq"])
            assert seqs == list(range(1, 22))

    async def test_what_is_said_while_the_log_is_read_follows_the_answer(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            with holding("chat.log", "rooms_by_id", when_done=True) as hold:
                await ion.say("join", room="lobby")
                await hold.reached()
                await ana.send("meanwhile")
                await ana.hears("meanwhile")
                hold.release()
                told = await ion.everything()
            assert [event["type"] for event in told] == ["joined", "message"]
            joined, heard = told
            assert (joined["messages"], joined["room"]["version"]) == ([], 0)
            assert (heard["message"]["body"], heard["version"]) == ("meanwhile", 1)


class LeaveTests(SocketTestCase):
    async def test_who_left_hears_and_says_no_more_there(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            left = await ion.ask("leave", room="lobby")
            assert (left["type"], left["room"]) == ("left", "lobby")
            await ana.send("is anybody there?")
            await ion.says_nothing()
            await ion.say("send", room="lobby", body="no")
            await ion.refused("forbidden")

    async def test_rooms_are_kept_apart(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ion.join("chess")
            await ion.join("tea")
            await ana.join("chess")
            await ana.send("your move")
            await ana.join("tea")
            await ana.send("milk?")
            heard = await ion.hears("your move", "milk?")
            assert [event["room"] for event in heard] == ["chess", "tea"]
            assert [event["version"] for event in heard] == [1, 1]


class CharlieTests(SocketTestCase):
    async def test_who_is_not_in_a_room_gets_one_answer_whether_it_exists_or_not(self):
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
                answers = []
                for room in ("secret", "nothing"):
                    await charlie.say(room=room, **fields)
                    answers.append((await charlie.refused("forbidden"))["message"])
                assert answers[0] == answers[1]
            await charlie.says_nothing()
