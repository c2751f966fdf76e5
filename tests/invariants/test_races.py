"""What happens at the same moment, and what fails at a bad one: nothing is lost or stuck by it."""

import asyncio
import json
import threading
from unittest import mock

import pytest
from asgiref.sync import sync_to_async
from django.db import InterfaceError
from django.utils import timezone

from chat.cluster import peers
from chat.cluster.hints import room_group
from chat.live import presence, server
from chat.log import Draft, append
from chat.models import Message, Person, Room
from chat.protocol import MessageEvent, User
from tests.support.clients import RuleKeeper
from tests.support.holding import holding
from tests.support.layers import FaultyLayer
from tests.support.processes import eventually, processes
from tests.support.rooms import fill

pytestmark = pytest.mark.django_db(transaction=True)


def run(story, number=1, layer=None):
    """Play a story in processes that look at the database as seldom as with Redis."""

    async def play():
        async with processes(number, layer or FaultyLayer(fates=("deliver",))) as servers:
            for one in servers:
                one.hints.local = False
            await story(*servers)

    with mock.patch("chat.live.server.LOOK_EVERY_ALONE", 10):
        asyncio.run(play())


async def person_in(one, name: str, room: str = "lobby") -> RuleKeeper:
    person = RuleKeeper(name)
    await person.connect(one, room)
    return person


def hint_of(message: Message) -> dict:
    text = MessageEvent.of("lobby", message).encode()
    epoch = message.room.epoch
    room_id, version = message.room_id, message.version
    return {"room": room_id, "slug": "lobby", "epoch": epoch, "first": version, "texts": [text]}


def test_a_message_that_is_hinted_while_the_log_is_read_for_another_is_not_forgotten():
    async def story(one):
        ana = await person_in(one, "Ana")
        await fill("lobby", 3)
        stored = Message.objects.select_related("room", "author").order_by("seq")
        rows = [row async for row in stored]
        await sync_to_async(Message.objects.filter(seq=3).delete)()
        with holding("chat.log", "changes", when_done=True) as hold:
            one.feed._on_changes(hint_of(rows[1]))  # the hint of the first was lost
            await hold.reached()
            await sync_to_async(rows[2].save)(force_insert=True)
            one.feed._on_changes(hint_of(rows[2]))
            hold.release()
        await eventually(lambda: sorted(ana.messages) == [1, 2, 3], "the third message", 3)

    run(story)


class SlowToLeave(FaultyLayer):
    async def group_discard(self, group, channel):
        await asyncio.sleep(0.05)
        await super().group_discard(group, channel)


def test_who_joins_while_unused_rooms_are_let_go_hears_what_is_said():
    async def story(one):
        for name, room in (("Ana", "one"), ("Ion", "two")):
            (await person_in(one, name, room)).vanish()
        for room_id in tuple(one.presence._mine):
            for user_id in tuple(one.presence._mine[room_id]):
                one.presence.remove(room_id, user_id)
        one._tick(0)
        eva, mara = await person_in(one, "Eva", "one"), await person_in(one, "Mara", "two")
        for person in (eva, mara):
            await person.say("is anybody here?")
        await eventually(lambda: eva.messages and mara.messages, "their own messages", 3)
        await eventually(lambda: not one.feed._tasks, "the end of the leaving")
        for stream in one.feed.streams():
            assert one.hints._channel in layer.groups.get(room_group(stream.room.pk), {})

    layer = SlowToLeave(fates=("deliver",))
    run(story, layer=layer)


class FailsToJoin(FaultyLayer):
    failing = False

    async def group_add(self, group, channel):
        if self.failing:
            raise ConnectionError
        await super().group_add(group, channel)


def test_a_group_that_could_not_be_joined_is_joined_later():
    layer = FailsToJoin(fates=("deliver",))

    async def story(one, other):
        ion = await person_in(other, "Ion")
        layer.failing = True
        ana = await person_in(one, "Ana")
        layer.failing = False
        room_id = ion._connection.follower("lobby").stream.room.pk
        joined = layer.groups[room_group(room_id)]
        await eventually(lambda: one.hints._channel in joined, "the second try")
        await ion.say("can you hear me?")
        await eventually(lambda: ana.messages, "Ion's message", 1)

    with mock.patch("chat.cluster.hints.ECHO_EVERY", 0.1):
        run(story, 2, layer)


def test_a_hint_about_another_log_under_the_same_number_changes_nothing():
    async def story(one):
        ana = await person_in(one, "Ana")
        room = await Room.objects.aget()
        message = Message(room=room, seq=1, version=1, client_id="x", body="from elsewhere")
        message.author = Person(name="Stranger")
        message.created_at = timezone.now()
        one.feed._on_changes({**hint_of(message), "epoch": "another"})
        await ana.say("mine")
        await eventually(lambda: ana.messages, "the message")
        assert [m["body"] for m in ana.messages.values()] == ["mine"]

    run(story)


def test_a_second_socket_cannot_give_the_first_the_name_of_somebody_in_the_room():
    async def story(one):
        bob = await person_in(one, "Bob")
        eve, second = await person_in(one, "Eve", "hall"), RuleKeeper("Bob")
        await eve.command("leave", room="hall")
        second.token = eve.token
        await second.connect(one, "elsewhere")
        await eve.command("join", room="lobby")
        assert [error["code"] for error in eve.errors] == ["name_taken"]
        assert bob.messages == {}

    run(story)


def test_a_join_under_the_new_address_does_not_keep_the_others_from_hearing_of_it():
    async def story(one):
        ana = await person_in(one, "Ana", "old")
        await Room.objects.aupdate(slug="new")
        ion = await person_in(one, "Ion", "new")
        await ana.command("join", room="new")
        await one.feed.compare()
        told = lambda: [event for event in ana.events if event["type"] == "room"]  # noqa: E731
        await eventually(told, "the new address", 2)
        assert [(event["was"], event["room"]["slug"]) for event in told()] == [("old", "new")]
        for person in (ana, ion):
            person.vanish()
        assert not any(stream.followers for stream in one.feed.streams())

    run(story)


def test_an_unexpected_error_while_the_log_is_read_leaves_nobody_waiting_for_ever():
    async def story(one):
        await fill("lobby", 3)
        ana = await person_in(one, "Ana")
        with mock.patch("chat.log.since", side_effect=InterfaceError):
            await ana.command("sync", room="lobby", after=3, epoch=ana.epoch)
        await ana.say("still there?")
        await eventually(lambda: len(ana.messages) == 4, "the message", 2)

    run(story)


def test_an_answer_that_cannot_be_given_costs_nobody_else_theirs():
    async def story(one):
        ana = await person_in(one, "Ana")
        room_id, person = ana._connection.follower("lobby").stream.room.pk, ana._connection.person
        answers = []
        broken = mock.Mock(side_effect=RuntimeError)
        one.committer.submit(Draft(room_id, person.pk, "one", "one"), broken)
        one.committer.submit(Draft(room_id, person.pk, "two", "two"), answers.append)
        await eventually(lambda: answers and len(ana.messages) == 2, "the other answer", 2)

    run(story)


def test_a_database_that_was_set_back_is_what_everybody_sees_again():
    async def story(one):
        await fill("lobby", 3)
        ana = await person_in(one, "Ana")
        await Message.objects.filter(seq=3).adelete()
        await Room.objects.aupdate(version=2, last_seq=2)
        await asyncio.wait_for(person_in(one, "Ion"), 5)
        await ana.say("and on it goes")
        await eventually(
            lambda: [m["body"] for m in ana.messages.values()][-1] == "and on it goes", "it", 3
        )
        assert sorted(ana.messages) == [1, 2, 3]

    run(story)


def test_another_epoch_is_told_as_a_fresh_start():
    async def story(one):
        await fill("lobby", 3)
        ana = await person_in(one, "Ana")
        await Room.objects.aupdate(epoch="another")
        ana.events.clear()
        await one.feed.compare()
        joined = lambda: [e for e in ana.events if e["type"] == "joined"]  # noqa: E731
        await eventually(joined, "the fresh start")
        assert (joined()[0]["reset"], joined()[0]["room"]["epoch"]) == (True, "another")

    run(story)


def test_a_stalled_database_does_not_make_anybody_seem_gone():
    async def story(one, other):
        ana, ion = await person_in(one, "Ana"), await person_in(other, "Ion")
        await eventually(lambda: set(ana.people.values()) == {"Ana", "Ion"}, "both")
        go_on, look = threading.Event(), server._configuration_and_blocked

        def stalled():
            go_on.wait(10)
            return look()

        with mock.patch("chat.live.server._configuration_and_blocked", stalled):
            looks = [asyncio.create_task(one.look()), asyncio.create_task(other.look())]
            beats = mock.Mock(wraps=one.presence.beat)
            with mock.patch.object(one.presence, "beat", beats):
                await eventually(lambda: beats.call_count >= 8, "beats meanwhile", 8)
            go_on.set()
            await asyncio.gather(*looks)
        told = [e for e in (*ana.events, *ion.events) if e["type"] == "presence"]
        assert not any(event["left"] for event in told)

    with (
        mock.patch.object(presence, "LEAVE_AFTER", 0.3),
        mock.patch.object(peers, "SILENT_AFTER", 1.5),
        mock.patch.multiple("chat.live.server", TICK=0.1, BEAT_EVERY=0.3, LOOK_EVERY=0.1),
    ):
        run(story, 2)


class HangsOnLeaving(FaultyLayer):
    async def group_discard(self, group, channel):
        await asyncio.sleep(100)


def test_a_hanging_layer_does_not_keep_beats_waiting():
    async def story(one):
        people = [await person_in(one, f"P{n}", f"room {n}") for n in range(8)]
        for person in people:
            person.vanish()
        await eventually(lambda: not one.feed.streams(), "the end of the rooms", 5)
        beats = mock.Mock(wraps=one.presence.beat)
        with mock.patch.object(one.presence, "beat", beats):
            await eventually(lambda: beats.call_count >= 3, "beats meanwhile", 2)

    with (
        mock.patch.object(presence, "LEAVE_AFTER", 0.1),
        mock.patch.multiple("chat.live.server", TICK=0.1, BEAT_EVERY=0.3),
    ):
        run(story, layer=HangsOnLeaving(fates=("deliver",)))


def test_people_are_counted_from_any_thread_while_they_come_and_go():
    async def story(one):
        faults, done = [], threading.Event()

        def ask():
            while not done.is_set():
                try:
                    one.presence.counts()
                except RuntimeError as error:
                    faults.append(error)

        asking = threading.Thread(target=ask)
        asking.start()
        for number in range(3000):
            room_id, user = number % 50, User(id=f"u{number}", name="X", kind="guest")
            one.presence.enter(room_id, user)
            one.presence.remove(room_id, user.id)
            if number % 100 == 0:
                await asyncio.sleep(0)
        done.set()
        asking.join()
        assert faults == []
        assert one.presence.counts() == {}

    run(story)


def test_somebody_who_types_quickly_is_hinted_once_a_second():
    async def story(one):
        ana = await person_in(one, "Ana")
        await asyncio.sleep(0)
        with mock.patch.object(one.hints, "publish") as publish:
            for _ in range(100):
                await ana._commands.receive(json.dumps({"type": "typing", "room": "lobby"}))
        assert [call.args[1] for call in publish.call_args_list] == ["typing"]

    run(story)


def test_a_guest_does_not_keep_a_name_that_a_member_has_by_now():
    async def story(one):
        mara = await person_in(one, "mara")
        mara.vanish()
        await Person.objects.acreate(name="Mara", kind=Person.Kind.MEMBER)
        await mara.connect(one, "lobby")
        assert mara.errors[0]["code"] == "name_taken"
        assert mara.errors[0]["suggestion"] == "mara 2"

    run(story)


def test_a_process_that_is_alone_sends_nothing_of_its_rooms_over_the_layer():
    async def story(one):
        groups = []
        send = one.hints.layer.group_send

        async def spy(group, message):
            groups.append(group)
            await send(group, message)

        with mock.patch.object(one.hints.layer, "group_send", spy):
            ana = await person_in(one, "Ana")
            await ana.say("one")
            await eventually(lambda: ana.messages, "the message")
            one.hints.publish("chat.site", "echo", channel=None)
            await eventually(lambda: groups, "what comes behind it")
        assert set(groups) == {"chat.site"}

    run(story)


def test_what_was_written_before_two_processes_knew_of_each_other_comes_once_they_do():
    async def story(one):
        one._looked_at = asyncio.get_running_loop().time()
        ana = await person_in(one, "Ana")
        person = await Person.objects.aget(name="Ana")
        room = await Room.objects.aget(slug="lobby")
        draft = Draft(room.pk, person.pk, "x", "written elsewhere")
        await sync_to_async(append)([draft])
        assert not ana.messages
        one.hints._take({"kind": "beat", "of": "another", "rooms": []})
        await eventually(lambda: ana.messages, "the message", 3)

    run(story)
