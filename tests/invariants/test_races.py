"""Concurrent events, and failures at a bad moment: nothing is lost and nothing is stuck."""

import asyncio
import json
import threading
from unittest import mock

import pytest
from asgiref.sync import sync_to_async
from django.db import InterfaceError
from django.utils import timezone

from chat.cluster import peers
from chat.cluster.hints import Changes, Echo, Heartbeat, TypingNoted, encode
from chat.live import presence
from chat.live import server as live_server
from chat.log import Draft, commit_writes
from chat.models import Message, Person, Room
from chat.protocol import User
from tests.support.clients import ProtocolClient
from tests.support.holding import holding
from tests.support.layers import FaultyLayer
from tests.support.processes import (
    eventually,
    has_feed_tasks,
    is_subscribed,
    postpone_poll,
    processes,
    remove_everybody,
    tick,
)
from tests.support.rooms import fill

pytestmark = pytest.mark.django_db(transaction=True)


def run(story, number=1, layer=None):
    """Play a story in processes that poll the database as rarely as with Redis."""

    async def play():
        async with processes(number, layer or FaultyLayer(fates=("deliver",))) as servers:
            for server in servers:
                server.hints.is_local = False
            await story(*servers)

    with mock.patch("chat.live.clock.POLL_EVERY_ALONE", 10):
        asyncio.run(play())


async def person_in(server, name: str, room: str = "lobby") -> ProtocolClient:
    person = ProtocolClient(name)
    await person.connect(server, room)
    return person


def hint_of(message: Message) -> dict:
    return encode(Changes.of(message.room, [message]), "another")


def test_a_hint_during_a_read_of_the_log_is_not_lost():
    async def story(server):
        ana = await person_in(server, "Ana")
        await fill("lobby", 3)
        stored = Message.objects.select_related("room", "author").order_by("seq")
        rows = [row async for row in stored]
        await sync_to_async(Message.objects.filter(seq=3).delete)()
        with holding("chat.log", "changes", when_done=True) as hold:
            server.hints.receive_hint(hint_of(rows[1]))  # the hint of the first was lost
            await hold.reached()
            await sync_to_async(rows[2].save)(force_insert=True)
            server.hints.receive_hint(hint_of(rows[2]))
            hold.release()
        await eventually(lambda: sorted(ana.messages) == [1, 2, 3], "the third message", 3)

    run(story)


class SlowToUnsubscribe(FaultyLayer):
    async def group_discard(self, group, channel):
        await asyncio.sleep(0.05)
        await super().group_discard(group, channel)


def test_a_join_during_the_release_of_rooms_receives_messages():
    async def story(server):
        for name, room in (("Ana", "one"), ("Ion", "two")):
            (await person_in(server, name, room)).vanish()
        remove_everybody(server)
        tick(server)
        eva, mara = await person_in(server, "Eva", "one"), await person_in(server, "Mara", "two")
        for person in (eva, mara):
            await person.send("hello")
        await eventually(lambda: eva.messages and mara.messages, "their own messages", 3)
        await eventually(lambda: not has_feed_tasks(server), "the end of the unsubscribing")
        for stream in server.feed.streams():
            assert is_subscribed(server, stream.room.pk)

    layer = SlowToUnsubscribe(fates=("deliver",))
    run(story, layer=layer)


class FailsToSubscribe(FaultyLayer):
    failing = False

    async def group_add(self, group, channel):
        if self.failing:
            raise ConnectionError
        await super().group_add(group, channel)


def test_a_failed_subscription_is_retried():
    layer = FailsToSubscribe(fates=("deliver",))

    async def story(first, second):
        ion = await person_in(second, "Ion")
        layer.failing = True
        ana = await person_in(first, "Ana")
        layer.failing = False
        await eventually(lambda: is_subscribed(first, ion.room_id), "the second try")
        await ion.send("hello")
        await eventually(lambda: ana.messages, "Ion's message", 1)

    with mock.patch("chat.cluster.transport.ECHO_EVERY", 0.1):
        run(story, 2, layer)


def test_a_hint_of_another_epoch_changes_nothing():
    async def story(server):
        ana = await person_in(server, "Ana")
        room = await Room.objects.aget()
        message = Message(room=room, seq=1, version=1, client_id="x", body="from elsewhere")
        message.author = Person(name="Stranger")
        message.created_at = timezone.now()
        server.hints.receive_hint({**hint_of(message), "epoch": "another"})
        await ana.send("mine")
        await eventually(lambda: ana.messages, "the message")
        assert [m["body"] for m in ana.messages.values()] == ["mine"]

    run(story)


def test_a_second_socket_cannot_give_the_first_a_present_name():
    async def story(server):
        bob = await person_in(server, "Bob")
        eve, second = await person_in(server, "Eve", "hall"), ProtocolClient("Bob")
        await eve.send_command("leave", room="hall")
        second.token = eve.token
        await second.connect(server, "elsewhere")
        await eve.send_command("join", room="lobby")
        assert [error["code"] for error in eve.errors] == ["name_taken"]
        assert bob.messages == {}

    run(story)


def test_a_join_by_the_new_address_does_not_hide_the_move():
    async def story(server):
        ana = await person_in(server, "Ana", "old")
        await Room.objects.aupdate(slug="new")
        ion = await person_in(server, "Ion", "new")
        await ana.send_command("join", room="new")
        await server.feed.compare()
        moves = lambda: [event for event in ana.events if event["type"] == "room"]  # noqa: E731
        await eventually(moves, "the new address", 2)
        assert [(event["was"], event["room"]["slug"]) for event in moves()] == [("old", "new")]
        for person in (ana, ion):
            person.vanish()
        assert not any(stream.followers for stream in server.feed.streams())

    run(story)


def test_an_error_while_the_log_is_read_leaves_nobody_waiting():
    async def story(server):
        await fill("lobby", 3)
        ana = await person_in(server, "Ana")
        with mock.patch("chat.log.backlog", side_effect=InterfaceError):
            await ana.send_command("sync", room="lobby", after=3, epoch=ana.epoch)
        await ana.send("hello")
        await eventually(lambda: len(ana.messages) == 4, "the message", 2)

    run(story)


def test_a_callback_that_raises_does_not_affect_the_others():
    async def story(server):
        ana = await person_in(server, "Ana")
        room_id, person = ana.room_id, ana.connection.person
        outcomes = []
        broken = mock.Mock(side_effect=RuntimeError)
        server.committer.submit_write(Draft(room_id, person.pk, "one", "one"), broken)
        server.committer.submit_write(Draft(room_id, person.pk, "two", "two"), outcomes.append)
        await eventually(lambda: outcomes and len(ana.messages) == 2, "the other outcome", 2)

    run(story)


def test_everybody_converges_to_a_restored_database():
    async def story(server):
        await fill("lobby", 3)
        ana = await person_in(server, "Ana")
        await Message.objects.filter(seq=3).adelete()
        await Room.objects.aupdate(version=2, last_seq=2)
        await asyncio.wait_for(person_in(server, "Ion"), 5)
        await ana.send("and on it goes")
        await eventually(
            lambda: [m["body"] for m in ana.messages.values()][-1] == "and on it goes", "it", 3
        )
        assert sorted(ana.messages) == [1, 2, 3]

    run(story)


def test_a_new_epoch_is_sent_as_a_fresh_start():
    async def story(server):
        await fill("lobby", 3)
        ana = await person_in(server, "Ana")
        await Room.objects.aupdate(epoch="another")
        ana.events.clear()
        await server.feed.compare()
        joined = lambda: [e for e in ana.events if e["type"] == "joined"]  # noqa: E731
        await eventually(joined, "the fresh start")
        assert (joined()[0]["reset"], joined()[0]["room"]["epoch"]) == (True, "another")

    run(story)


def test_a_stalled_database_causes_no_departures():
    async def story(first, second):
        ana, ion = await person_in(first, "Ana"), await person_in(second, "Ion")
        await eventually(lambda: set(ana.people.values()) == {"Ana", "Ion"}, "both")
        go_on, read = threading.Event(), live_server._configuration_and_blocked

        def stalled():
            go_on.wait(10)
            return read()

        with mock.patch("chat.live.server._configuration_and_blocked", stalled):
            polls = [asyncio.create_task(process.poll_site()) for process in (first, second)]
            heartbeats = mock.Mock(wraps=first.presence.send_heartbeat)
            with mock.patch.object(first.presence, "send_heartbeat", heartbeats):
                await eventually(lambda: heartbeats.call_count >= 8, "heartbeats meanwhile", 8)
            go_on.set()
            await asyncio.gather(*polls)
        events = [e for e in (*ana.events, *ion.events) if e["type"] == "presence"]
        assert not any(event["left"] for event in events)

    with (
        mock.patch.object(presence, "LEAVE_AFTER", 0.3),
        mock.patch.object(peers, "SILENT_AFTER", 1.5),
        mock.patch.multiple("chat.live.clock", TICK=0.1, HEARTBEAT_EVERY=0.3, POLL_EVERY=0.1),
    ):
        run(story, 2)


class HangsOnUnsubscribing(FaultyLayer):
    async def group_discard(self, group, channel):
        await asyncio.sleep(100)


def test_a_hanging_layer_does_not_delay_heartbeats():
    async def story(server):
        people = [await person_in(server, f"P{n}", f"room {n}") for n in range(8)]
        for person in people:
            person.vanish()
        await eventually(lambda: not server.feed.streams(), "the end of the rooms", 5)
        heartbeats = mock.Mock(wraps=server.presence.send_heartbeat)
        with mock.patch.object(server.presence, "send_heartbeat", heartbeats):
            await eventually(lambda: heartbeats.call_count >= 3, "heartbeats meanwhile", 2)

    with (
        mock.patch.object(presence, "LEAVE_AFTER", 0.1),
        mock.patch.multiple("chat.live.clock", TICK=0.1, HEARTBEAT_EVERY=0.3),
    ):
        run(story, layer=HangsOnUnsubscribing(fates=("deliver",)))


def test_people_can_be_counted_from_any_thread_meanwhile():
    async def story(server):
        faults, done = [], threading.Event()

        def count():
            while not done.is_set():
                try:
                    server.presence.counts()
                except RuntimeError as error:
                    faults.append(error)

        counting = threading.Thread(target=count)
        counting.start()
        for number in range(3000):
            room_id, user = number % 50, User(id=f"u{number}", name="X", kind="guest")
            server.presence.enter(room_id, user)
            server.presence.remove(room_id, user.id)
            if number % 100 == 0:
                await asyncio.sleep(0)
        done.set()
        counting.join()
        assert faults == []
        await eventually(lambda: server.presence.counts() == {}, "the end of the last", 1)

    run(story)


def test_rapid_typing_is_hinted_once_a_second():
    async def story(server):
        ana = await person_in(server, "Ana")
        await asyncio.sleep(0)
        with mock.patch.object(server.hints, "publish") as publish:
            for _ in range(100):
                await ana.commands.run_command(json.dumps({"type": "typing", "room": "lobby"}))
        assert [type(call.args[0]) for call in publish.call_args_list] == [TypingNoted]

    run(story)


def test_a_guest_cannot_keep_a_name_that_became_a_members():
    async def story(server):
        mara = await person_in(server, "mara")
        mara.vanish()
        await Person.objects.acreate(name="Mara", kind=Person.Kind.MEMBER)
        await mara.connect(server, "lobby")
        assert mara.errors[0]["code"] == "name_taken"
        assert mara.errors[0]["suggestion"] == "mara 2"

    run(story)


def test_a_process_without_peers_publishes_nothing_of_its_rooms():
    async def story(server):
        groups = []
        send = server.hints.layer.group_send

        async def spy(group, message):
            groups.append(group)
            await send(group, message)

        with mock.patch.object(server.hints.layer, "group_send", spy):
            ana = await person_in(server, "Ana")
            await ana.send("one")
            await eventually(lambda: ana.messages, "the message")
            server.hints.publish(Echo(None))
            await eventually(lambda: groups, "the echo")
        assert set(groups) == {"chat.site"}

    run(story)


def test_messages_from_before_a_peer_was_known_arrive_afterwards():
    async def story(server):
        postpone_poll(server)
        ana = await person_in(server, "Ana")
        person = await Person.objects.aget(name="Ana")
        room = await Room.objects.aget(slug="lobby")
        draft = Draft(room.pk, person.pk, "x", "written elsewhere")
        await sync_to_async(commit_writes)([draft])
        assert not ana.messages
        server.hints.receive_hint(encode(Heartbeat([]), "another"))
        await eventually(lambda: ana.messages, "the message", 3)

    run(story)
