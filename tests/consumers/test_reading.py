"""Reading older messages, and finding out what was missed: history, sync, heads."""

from unittest import mock

from tests.support.holding import holding
from tests.support.rooms import bodies, fill, seqs
from tests.support.sockets import SocketTestCase, connect


class HistoryTests(SocketTestCase):
    async def test_older_pages_lead_to_the_beginning_without_a_gap(self):
        texts = await fill("lobby", 120)
        async with connect("Ana") as ana:
            page = await ana.join("lobby")
            read = bodies(page)
            while page["more"]:
                before = page["messages"][0]["seq"]
                page = await ana.request("history", room="lobby", before=before, limit=30)
                assert len(page["messages"]) <= 30
                read = bodies(page) + read
        assert read == texts

    async def test_a_page_has_fifty_messages_unless_asked_otherwise(self):
        await fill("lobby", 120)
        async with connect("Ana") as ana:
            await ana.join("lobby")
            page = await ana.request("history", room="lobby", before=101)
            assert [m["seq"] for m in page["messages"]] == list(range(51, 101))
            assert page["more"] is True
            page = await ana.request("history", room="lobby", before=101, limit=100)
            assert ([m["seq"] for m in page["messages"]], page["more"]) == ([*range(1, 101)], False)

    async def test_before_the_first_message_there_is_nothing(self):
        await fill("lobby", 3)
        async with connect("Ana") as ana:
            await ana.join("lobby")
            for before in (0, 1):
                page = await ana.request("history", room="lobby", before=before)
                assert (page["messages"], page["more"]) == ([], False)

    async def test_a_page_past_the_end_is_the_newest_page(self):
        texts = await fill("lobby", 3)
        async with connect("Ana") as ana:
            await ana.join("lobby")
            page = await ana.request("history", room="lobby", before=2**63 - 1)
            assert bodies(page) == texts

    async def test_a_page_has_one_to_a_hundred_messages(self):
        await fill("lobby", 3)
        async with connect("Ana") as ana:
            await ana.join("lobby")
            assert (
                len((await ana.request("history", room="lobby", before=9, limit=1))["messages"])
                == 1
            )
            for limit in (0, 101):
                await ana.send_command("history", room="lobby", before=9, limit=limit)
                await ana.receives_error("bad_request")

    async def test_a_place_is_before_after_or_around_a_seq(self):
        await fill("lobby", 9)
        async with connect("Ana") as ana:
            await ana.join("lobby")
            for place, expected in {
                ("before", 4): ([2, 3], True, True),
                ("before", 10): ([8, 9], True, False),
                ("after", 0): ([1, 2], False, True),
                ("after", 8): ([9], True, False),
                ("after", 2**63 - 1): ([], True, False),
                ("around", 5): ([4, 5], True, True),
            }.items():
                page = await ana.request("history", room="lobby", limit=2, **dict([place]))
                assert (seqs(page), page["more"], page["newer"]) == expected, place

    async def test_a_page_around_a_seq_at_an_end_is_full(self):
        await fill("lobby", 9)
        async with connect("Ana") as ana:
            await ana.join("lobby")
            for around, first in {0: 1, 1: 1, 2: 1, 5: 3, 8: 5, 9: 5, 2**63 - 1: 5}.items():
                page = await ana.request("history", room="lobby", around=around, limit=5)
                assert seqs(page) == list(range(first, first + 5)), around
                assert (page["more"], page["newer"]) == (first > 1, first < 5)

    async def test_a_page_is_in_exactly_one_place(self):
        await fill("lobby", 3)
        async with connect("Ana") as ana:
            await ana.join("lobby")
            for places in ({}, {"before": 3, "after": 1}, {"before": 2, "around": 2}):
                await ana.send_command("history", room="lobby", **places)
                error = await ana.receives_error("bad_request")
                assert "before, after or around" in error["message"]
                await ana.request("ping")


class GetTests(SocketTestCase):
    async def test_messages_come_by_their_seqs_as_far_as_they_exist(self):
        await fill("lobby", 5)
        async with connect("Ana") as ana:
            await ana.join("lobby")
            found = await ana.request("get", room="lobby", seqs=[4, 2, 2, 0, 99, 2**63 - 1])
            assert (found["type"], found["room"], seqs(found)) == ("messages", "lobby", [2, 4])

    async def test_one_to_fifty_seqs_may_be_asked_for(self):
        await fill("lobby", 60)
        async with connect("Ana") as ana:
            await ana.join("lobby")
            found = await ana.request("get", room="lobby", seqs=[*range(1, 51)])
            assert len(found["messages"]) == 50
            for wrong in ([], [*range(1, 52)]):
                await ana.send_command("get", room="lobby", seqs=wrong)
                await ana.receives_error("bad_request")
                await ana.request("ping")

    async def test_of_a_room_that_somebody_is_not_in_nothing_comes(self):
        await fill("lobby", 1)
        async with connect("Charlie") as charlie:
            await charlie.send_command("get", room="lobby", seqs=[1])
            await charlie.receives_error("forbidden")
            await charlie.send_command("history", room="lobby", around=1)
            await charlie.receives_error("forbidden")


class SyncTests(SocketTestCase):
    async def test_a_gap_is_filled_in_ascending_version(self):
        texts = await fill("lobby", 5)
        async with connect("Ana") as ana:
            room = (await ana.join("lobby"))["room"]
            synced = await ana.request("sync", room="lobby", after=2, epoch=room["epoch"])
        assert (synced["room"], synced["epoch"]) == ("lobby", room["epoch"])
        assert (synced["reset"], synced["version"]) == (False, 5)
        assert bodies(synced) == texts[2:]

    async def test_sync_starts_afresh_where_a_resume_would(self):
        texts = await fill("lobby", 5)
        async with connect("Ana") as ana:
            epoch = (await ana.join("lobby"))["room"]["epoch"]
            for after, claimed in ((2, "another"), (6, epoch)):
                synced = await ana.request("sync", room="lobby", after=after, epoch=claimed)
                assert (synced["reset"], bodies(synced), synced["version"]) == (True, texts, 5)

    async def test_messages_continue_after_a_sync(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            epoch = (await ion.join("lobby"))["room"]["epoch"]
            await ana.send("one")
            await ion.receives_messages("one")
            synced = await ion.request("sync", room="lobby", after=0, epoch=epoch)
            assert bodies(synced) == ["one"]
            await ana.send("two")
            await ion.receives_messages("two")

    async def test_a_join_during_a_sync_is_announced(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            epoch = (await ana.join("lobby"))["room"]["epoch"]
            with holding("chat.log", "rooms_by_id") as hold:
                syncing = await ana.send_command("sync", room="lobby", after=0, epoch=epoch)
                await hold.reached()
                joining = await ion.send_command("join", room="lobby")
                hold.release()
                await ana.reply_to(syncing)
                await ion.reply_to(joining)
            assert (await ana.next("presence"))["joined"] == [ion.user]


class HeadsTests(SocketTestCase):
    async def test_every_heartbeat_has_the_version_of_each_joined_room(self):
        await fill("lobby", 3)
        with mock.patch("chat.protocol.HEARTBEAT", 0.05), mock.patch("chat.live.clock.TICK", 0.02):
            async with connect("Ana") as ana:
                await ana.join("lobby")
                await ana.join("tea")
                ana.unread.clear()
                heads = await ana.next("heads")
                assert heads["rooms"] == {"lobby": 3, "tea": 0}
                await ana.send("milk?")
                await ana.request("leave", room="lobby")
                ana.unread.clear()
                assert (await ana.next("heads"))["rooms"] == {"tea": 1}

    async def test_a_client_in_no_room_receives_no_heads(self):
        with mock.patch("chat.protocol.HEARTBEAT", 0.02), mock.patch("chat.live.clock.TICK", 0.01):
            async with connect("Ana") as ana:
                await ana.receives_nothing()


class ReplyTests(SocketTestCase):
    async def test_every_reply_carries_the_commands_id(self):
        async with connect("Ana") as ana:
            epoch = (await ana.join("lobby"))["room"]["epoch"]
            for kind, command in {
                "joined": {"type": "join", "room": "lobby"},
                "ack": {"type": "send", "room": "lobby", "body": "hi"},
                "synced": {"type": "sync", "room": "lobby", "after": 0, "epoch": epoch},
                "history": {"type": "history", "room": "lobby", "before": 2},
                "messages": {"type": "get", "room": "lobby", "seqs": [1]},
                "pong": {"type": "ping"},
                "error": {"type": "join", "room": "?"},
                "left": {"type": "leave", "room": "lobby"},
                "welcome": {"type": "hello"},
            }.items():
                reply = await ana.reply_to(
                    await ana.send_command(**{**command, "id": f"the {kind}'s id"})
                )
                assert reply["type"] == kind

    async def test_a_command_without_an_id_gets_a_reply_without_one(self):
        async with connect("Ana") as ana:
            await ana.write('{"type": "ping"}')
            assert await ana.next("pong") == {"type": "pong"}

    async def test_a_broadcast_event_carries_no_command_id(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ion.join("lobby")
            await ana.join("lobby")
            await ana.send("hi")
            for event in (await ion.next("presence"), await ion.next("message")):
                assert "id" not in event
