"""GET /api/v1/rooms/SLUG/events as a stream: a present reader gets every event, once."""

import asyncio
import threading
from contextlib import AsyncExitStack
from unittest import mock

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.test import override_settings

from chat.api.events import POLL
from chat.cluster import announce
from chat.live import server
from chat.models import Room
from tests.api.support import Caller, make_room, new_guest, on_a_page
from tests.support.people import block, configure, sign_in
from tests.support.rooms import bodies, fill
from tests.support.sockets import DEADLINE, OWN_ORIGIN, SocketTestCase, connect
from tests.support.streams import EVENT_STREAM, disconnect, request_events, stream
from tests.support.waiting import GLANCE


class StreamTests(SocketTestCase):
    async def test_it_begins_with_joined_and_goes_on_with_events(self):
        await fill("lobby", 3)
        ana = await new_guest("Ana")
        async with stream(ana) as reader, connect("Ion") as ion:
            joined = await reader.next("joined")
            assert (joined["reset"], bodies(joined)) == (True, ["m1", "m2", "m3"])
            assert [user["name"] for user in joined["members"]] == ["Ana"]
            await ion.join("lobby")
            assert [user["name"] for user in (await reader.next("presence"))["joined"]] == ["Ion"]
            sent = await ion.send("hello")
            message = await reader.block("message")
        assert message.data["message"]["body"] == "hello"
        assert message.id == f"{joined['room']['epoch']}:{sent['version']}"

    async def test_the_response_is_neither_buffered_nor_cached(self):
        await make_room()
        async with stream(await new_guest("Ana")) as reader:
            assert reader.status == 200
            assert reader.headers["content-type"] == "text/event-stream; charset=utf-8"
            assert reader.headers["x-accel-buffering"] == "no"
            assert reader.headers["cache-control"] == "no-store"
            assert "content-length" not in reader.headers

    async def test_a_readers_own_messages_are_sent_too(self):
        await make_room()
        ana = await new_guest("Ana")
        async with stream(ana) as reader:
            await ana.send_message("hello")
            await reader.receives_messages("hello")

    async def test_a_reader_is_present_until_the_stream_ends(self):
        async with connect("Ion") as ion:
            await ion.join("lobby")
            with mock.patch("chat.live.presence.LEAVE_AFTER", 0.01):
                async with stream(ana := await new_guest("Ana")):
                    assert (await ion.next("presence"))["joined"] == [ana.user]
                assert (await ion.next("presence"))["left"] == [ana.user]

    async def test_a_client_that_disconnects_leaves_no_tasks(self):
        await make_room()
        ana = await new_guest("Ana")
        tasks, running = asyncio.all_tasks(), await server.current()
        async with stream(ana) as reader:
            await reader.next("joined")
            assert len(running.registry.connections) == 1
        assert not running.registry.connections
        assert asyncio.all_tasks() <= tasks

    async def test_streams_hold_no_threads(self):
        await make_room()
        ana = await new_guest("Ana")
        before = set(threading.enumerate())
        async with AsyncExitStack() as streams:
            for _ in range(20):
                reader = await streams.enter_async_context(stream(ana))
                await reader.next("joined")
            begun = set(threading.enumerate()) - before
        # Except the database threads, which all connections share.
        assert not [thread for thread in begun if not thread.name.startswith("chat-")]

    @mock.patch("chat.api.streams.HEARTBEAT", 0.01)
    async def test_in_a_quiet_room_comments_keep_the_connection_alive(self):
        await make_room()
        async with stream(await new_guest("Ana")) as reader:
            await reader.comment()
            await reader.comment()
            # Every block that ends is an event (tests/support/streams.py).
            await (ion := await new_guest("Ion")).send_message("hello")
            await reader.receives_messages("hello")
            await reader.comment()
            await ion.send_message("again")
            await reader.receives_messages("again")

    async def test_no_character_in_a_message_ends_a_line(self):
        await make_room()
        ana = await new_guest("Ana")
        text = "a\x0bb\x0cc\x1cd\x1de\x1ef\x85g\u2028h\u2029i\rj\nk \\u2028 \\\u2028"
        async with stream(ana) as reader:
            await ana.send_message(text)
            await reader.receives_messages(text)


class ResumingTests(SocketTestCase):
    async def test_resuming_sends_what_was_missed_and_nothing_else(self):
        await make_room()
        ana, ion = await new_guest("Ana"), await new_guest("Ion")
        async with stream(ana) as reader:
            await ion.send_message("seen")
            await reader.receives_messages("seen")
        await ion.send_message("missed")
        async with stream(ana, **{"Last-Event-ID": reader.last_id}) as again:
            joined = await again.block("joined")
            assert (joined.data["reset"], bodies(joined.data)) == (False, ["missed"])
            await ion.send_message("live")
            await again.receives_messages("live")
        # The first event of a stream has an id to resume from as well.
        async with stream(ana, **{"Last-Event-ID": joined.id}) as third:
            assert bodies(await third.next("joined")) == ["live"]

    async def test_the_header_overrides_the_position_in_the_address(self):
        await fill("lobby", 3)
        epoch = (await Room.objects.aget()).epoch
        ana, query = await new_guest("Ana"), f"after=1&epoch={epoch}"
        async with stream(ana, query=query) as reader:
            assert bodies(await reader.next("joined")) == ["m2", "m3"]
        async with stream(ana, query=query, **{"Last-Event-ID": f"{epoch}:2"}) as reader:
            assert bodies(await reader.next("joined")) == ["m3"]

    async def test_another_epoch_starts_afresh(self):
        await fill("lobby", 3)
        async with stream(await new_guest("Ana"), **{"Last-Event-ID": "other:2"}) as reader:
            joined = await reader.next("joined")
        assert (joined["reset"], len(joined["messages"])) == (True, 3)

    async def test_a_malformed_event_id_is_refused(self):
        await make_room()
        ana = await new_guest("Ana")
        for text in ("5", "epoch:", "epoch:x", "epoch:-1", f"epoch:{2**63}", "epoch:5:"):
            async with stream(ana, **{"Last-Event-ID": text}) as reader:
                assert (reader.status, reader.refusal["code"]) == (400, "bad_request")


class SlowReaderTests(SocketTestCase):
    async def test_a_slow_reader_delays_nobody_and_misses_nothing(self):
        sent = [f"m{number}" for number in range(60)]
        await make_room()
        eva = await new_guest("Eva")
        with mock.patch("chat.live.tail.TAIL_EVENTS", 8):
            async with connect("Ion") as ion, stream(eva, buffer=1) as reader:
                await ion.join("lobby")
                for body in sent:
                    await ion.send(body)
                (connection,) = (
                    c
                    for c in (await server.current()).registry.connections
                    if c.user.id == eva.user["id"]
                )
                assert len(connection.out._writer._waiting) < 5
                await reader.next("joined")
                received = []
                while received != sent:
                    await reader.read()
                    for event in reader.unread:
                        if event.event == "message":
                            received.append(event.data["message"]["body"])
                        elif event.event == "joined":
                            assert event.data["reset"] is False
                            received += bodies(event.data)
                    reader.unread.clear()
                    assert received == sent[: len(received)]

    @mock.patch("chat.connection.connection.PROGRESS_WITHIN", 0.05)
    @mock.patch("chat.live.clock.TICK", 0.02)
    @mock.patch("chat.live.presence.LEAVE_AFTER", 0.01)
    async def test_a_stalled_reader_is_not_present(self):
        await make_room()
        eva = await new_guest("Eva")
        async with connect("Ion") as ion, stream(eva, buffer=1):
            await ion.join("lobby")
            for number in range(5):
                await ion.send(f"m{number}")
            assert (await ion.next("presence"))["left"] == [eva.user]


class AccessTests(SocketTestCase):
    async def test_presence_needs_authentication(self):
        await make_room()
        for nobody in (Caller(), Caller(token="wrong"), on_a_page("0123456789")):
            async with stream(nobody) as reader:
                assert (reader.status, reader.refusal["code"]) == (401, "unauthorized")

    async def test_a_session_is_only_for_pages_of_the_site(self):
        await make_room()
        session = await sign_in("Mara")
        # A browser sends no origin where a page reads from its own site.
        for mara in (on_a_page(session), Caller(session=session)):
            async with stream(mara) as reader:
                assert (await reader.next("joined"))["members"][0]["name"] == "Mara"
        async with stream(Caller(session=session, origin="https://charlie.example")) as reader:
            assert reader.status == 401

    async def test_a_missing_room_is_not_created(self):
        async with stream(await new_guest("Ana"), "nowhere") as reader:
            assert (reader.status, reader.refusal["code"]) == (404, "not_found")
        assert not await Room.objects.aexists()

    async def test_a_taken_name_is_refused_with_the_status(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            async with stream(await new_guest("ana")) as reader:
                assert (reader.status, reader.refusal["code"]) == (409, "name_taken")
                assert reader.refusal["suggestion"] == "ana 2"
            assert len((await server.current()).registry.connections) == 1

    @override_settings(CHAT_RATE_LIMITS=True)
    async def test_one_reader_too_many_is_asked_to_retry_later(self):
        await make_room()
        await configure(person_sockets=1)
        ana = await new_guest("Ana")
        async with stream(ana), stream(ana) as reader:
            assert (reader.status, reader.refusal["code"]) == (429, "rate_limited")
            assert reader.headers["retry-after"] == "10"
        async with stream(ana) as reader:
            assert reader.status == 200
        # The refused connection is not counted either.
        assert not (await server.current()).limiter._connections

    async def test_a_removed_person_is_disconnected_and_refused_from_then(self):
        await make_room()
        charlie, ana = await new_guest("Charlie"), await new_guest("Ana")
        async with stream(charlie) as reader:
            await block(charlie.user["id"])
            assert (await reader.next("error"))["code"] == "forbidden"
            await reader.end()
            await ana.send_message("not for Charlie")
        async with stream(charlie) as reader:
            assert (reader.status, reader.refusal["code"]) == (403, "forbidden")

    async def test_a_person_removed_while_joining_is_refused(self):
        await make_room()
        charlie = await new_guest("Charlie")

        async def learn(*_):
            await block(charlie.user["id"])
            while (await server.current()).registry.connections:
                await asyncio.sleep(GLANCE)

        with mock.patch("chat.live.presence.Presence.prepare", learn):
            async with stream(charlie) as reader:
                assert reader.status == 503
        left = {task.get_coro().__qualname__ for task in asyncio.all_tasks()}
        assert not {name for name in left if name.startswith("AsgiWriter")}

    async def test_a_person_who_signs_out_is_disconnected(self):
        await make_room()
        session = await sign_in("Mara")
        with (
            mock.patch("chat.live.clock.TICK", 0.02),
            mock.patch("chat.live.clock.POLL_EVERY", 0.02),
        ):
            async with stream(Caller(session=session)) as reader:
                await get_user_model().objects.aupdate(is_active=False)
                assert (await reader.next("error"))["code"] == "unauthorized"
                await reader.end()

    async def test_deleting_the_room_ends_the_stream(self):
        room = await make_room()
        async with stream(await new_guest("Ana")) as reader:
            await room.adelete()
            await sync_to_async(announce.room_changed)(room)
            assert (await reader.next("error"))["code"] == "not_found"
            await reader.next("left")
            await reader.end()

    async def test_listed_websites_may_read_and_resume(self):
        await make_room()
        friend = "https://friend.example"
        await configure(allowed_origins=friend)
        async with stream(await new_guest("Ana", origin=friend)) as reader:
            assert reader.headers["access-control-allow-origin"] == friend
        async with stream(await new_guest("Eva", origin=OWN_ORIGIN)) as reader:
            assert "access-control-allow-origin" not in reader.headers


class FormTests(SocketTestCase):
    async def form(self, accepted: str | None, query: str = "") -> str:
        """Return the content type of the response to what a client accepts."""
        ana = await new_guest(None)
        headers = {} if accepted is None else {"Accept": accepted}
        request = await request_events(ana, "lobby", query, headers)
        start = await request.receive_output(DEADLINE)
        await disconnect(request)
        assert start["status"] == 200
        return dict(start["headers"])[b"Content-Type"].decode().partition(";")[0]

    async def test_without_a_preference_it_is_a_stream(self):
        await make_room()
        for accepted in (
            *(None, "", "*", "*/*", "text/*", "*/*;q=0.1", "text/html, */*;q=0.8"),
            *("text/event-stream, application/json", "application/json, text/event-stream"),
        ):
            with self.subTest(accepted=accepted):
                assert await self.form(accepted) == EVENT_STREAM

    async def test_without_a_preference_wait_means_a_poll(self):
        await make_room()
        for accepted in (None, "", "*/*", "text/html, */*;q=0.8", f"{EVENT_STREAM}, {POLL}"):
            with self.subTest(accepted=accepted):
                assert await self.form(accepted, "wait=0") == POLL

    async def test_a_preference_counts_whatever_the_address_has(self):
        await make_room()
        for accepted, form in (
            (EVENT_STREAM, EVENT_STREAM),
            ("Text/Event-Stream", EVENT_STREAM),
            ("text/event-stream; charset=utf-8", EVENT_STREAM),
            ("text/event-stream, */*;q=0.1", EVENT_STREAM),
            ("application/json;q=0.8, text/event-stream;q=0.9", EVENT_STREAM),
            ("application/json;q=0, */*", EVENT_STREAM),
            (POLL, POLL),
            ("application/json; charset=utf-8", POLL),
            ("application/json;charset=UTF-8;q=0.5", POLL),
            ("application/*", POLL),
            ("application/json, text/event-stream;q=0.5", POLL),
            ("text/event-stream;q=0, */*", POLL),
            ("text/event-stream;q=0.2, */*;q=0.3", POLL),
        ):
            for query in ("", "wait=0"):
                with self.subTest(accepted=accepted, query=query):
                    assert await self.form(accepted, query) == form

    async def test_another_content_type_is_refused(self):
        await make_room()
        ana = await new_guest("Ana")
        for accepted in ("text/html", "*/*;q=0", "nonsense", ",", "x" * 20_000):
            async with stream(ana, Accept=accepted) as reader:
                assert (reader.status, reader.refusal["code"]) == (406, "bad_request"), accepted

    async def test_invalid_parameters_are_refused(self):
        await make_room()
        ana = await new_guest("Ana")
        for query in ("after=x", "after=-1", "wait=31", "wait=-1", "since=5", "%ff=1"):
            async with stream(ana, query=query) as reader:
                assert (reader.status, reader.refusal["code"]) == (400, "bad_request")
