"""Reading what was said before, and finding out what one missed: history, sync, heads."""

from unittest import mock

from tests.support.holding import holding
from tests.support.rooms import bodies, fill
from tests.support.sockets import SocketTestCase, connect


class HistoryTests(SocketTestCase):
    async def test_older_pages_lead_to_the_beginning_without_a_gap(self):
        said = await fill("lobby", 120)
        async with connect("Ana") as ana:
            page = await ana.join("lobby")
            read = bodies(page)
            while page["more"]:
                before = page["messages"][0]["seq"]
                page = await ana.ask("history", room="lobby", before=before, limit=30)
                assert len(page["messages"]) <= 30
                read = bodies(page) + read
        assert read == said

    async def test_a_page_has_fifty_messages_unless_asked_otherwise(self):
        await fill("lobby", 120)
        async with connect("Ana") as ana:
            await ana.join("lobby")
            page = await ana.ask("history", room="lobby", before=101)
            assert [m["seq"] for m in page["messages"]] == list(range(51, 101))
            assert page["more"] is True
            page = await ana.ask("history", room="lobby", before=101, limit=100)
            assert ([m["seq"] for m in page["messages"]], page["more"]) == ([*range(1, 101)], False)

    async def test_before_the_first_message_there_is_nothing(self):
        await fill("lobby", 3)
        async with connect("Ana") as ana:
            await ana.join("lobby")
            for before in (0, 1):
                page = await ana.ask("history", room="lobby", before=before)
                assert (page["messages"], page["more"]) == ([], False)

    async def test_past_the_end_is_the_newest_page(self):
        said = await fill("lobby", 3)
        async with connect("Ana") as ana:
            await ana.join("lobby")
            page = await ana.ask("history", room="lobby", before=2**63 - 1)
            assert bodies(page) == said

    async def test_a_page_has_one_to_a_hundred_messages(self):
        await fill("lobby", 3)
        async with connect("Ana") as ana:
            await ana.join("lobby")
            assert len((await ana.ask("history", room="lobby", before=9, limit=1))["messages"]) == 1
            for limit in (0, 101):
                await ana.say("history", room="lobby", before=9, limit=limit)
                await ana.refused("bad_request")


class SyncTests(SocketTestCase):
    async def test_a_gap_is_filled_in_ascending_version(self):
        said = await fill("lobby", 5)
        async with connect("Ana") as ana:
            room = (await ana.join("lobby"))["room"]
            synced = await ana.ask("sync", room="lobby", after=2, epoch=room["epoch"])
        assert (synced["room"], synced["epoch"]) == ("lobby", room["epoch"])
        assert (synced["reset"], synced["version"]) == (False, 5)
        assert bodies(synced) == said[2:]

    async def test_sync_starts_afresh_where_a_resume_would(self):
        said = await fill("lobby", 5)
        async with connect("Ana") as ana:
            epoch = (await ana.join("lobby"))["room"]["epoch"]
            for after, claimed in ((2, "another"), (6, epoch)):
                synced = await ana.ask("sync", room="lobby", after=after, epoch=claimed)
                assert (synced["reset"], bodies(synced), synced["version"]) == (True, said, 5)

    async def test_after_a_sync_messages_go_on(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            epoch = (await ion.join("lobby"))["room"]["epoch"]
            await ana.send("one")
            await ion.hears("one")
            synced = await ion.ask("sync", room="lobby", after=0, epoch=epoch)
            assert bodies(synced) == ["one"]
            await ana.send("two")
            await ion.hears("two")

    async def test_who_comes_while_one_syncs_is_told(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            epoch = (await ana.join("lobby"))["room"]["epoch"]
            with holding("chat.log", "rooms_by_id") as hold:
                syncing = await ana.say("sync", room="lobby", after=0, epoch=epoch)
                await hold.reached()
                joining = await ion.say("join", room="lobby")
                hold.release()
                await ana.answer(syncing)
                await ion.answer(joining)
            assert (await ana.next("presence"))["joined"] == [ion.user]


class HeadsTests(SocketTestCase):
    async def test_every_heartbeat_tells_how_far_each_joined_room_is(self):
        await fill("lobby", 3)
        with mock.patch("chat.protocol.HEARTBEAT", 0.05), mock.patch("chat.live.server.TICK", 0.02):
            async with connect("Ana") as ana:
                await ana.join("lobby")
                await ana.join("tea")
                ana.unread.clear()
                heads = await ana.next("heads")
                assert heads["rooms"] == {"lobby": 3, "tea": 0}
                await ana.send("milk?")
                await ana.ask("leave", room="lobby")
                ana.unread.clear()
                assert (await ana.next("heads"))["rooms"] == {"tea": 1}

    async def test_who_is_in_no_room_hears_no_heads(self):
        with mock.patch("chat.protocol.HEARTBEAT", 0.02), mock.patch("chat.live.server.TICK", 0.01):
            async with connect("Ana") as ana:
                await ana.says_nothing()


class AnswerTests(SocketTestCase):
    async def test_every_direct_answer_carries_the_commands_id(self):
        async with connect("Ana") as ana:
            epoch = (await ana.join("lobby"))["room"]["epoch"]
            for answer, command in {
                "joined": {"type": "join", "room": "lobby"},
                "ack": {"type": "send", "room": "lobby", "body": "hi"},
                "synced": {"type": "sync", "room": "lobby", "after": 0, "epoch": epoch},
                "history": {"type": "history", "room": "lobby", "before": 2},
                "pong": {"type": "ping"},
                "error": {"type": "join", "room": "?"},
                "left": {"type": "leave", "room": "lobby"},
                "welcome": {"type": "hello"},
            }.items():
                told = await ana.answer(await ana.say(**{**command, "id": f"the {answer}'s id"}))
                assert told["type"] == answer

    async def test_who_gives_no_id_is_answered_without_one(self):
        async with connect("Ana") as ana:
            await ana.write('{"type": "ping"}')
            assert await ana.next("pong") == {"type": "pong"}

    async def test_what_is_told_to_all_carries_no_id_of_anybodys_command(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ion.join("lobby")
            await ana.join("lobby")
            await ana.send("hi")
            for event in (await ion.next("presence"), await ion.next("message")):
                assert "id" not in event
