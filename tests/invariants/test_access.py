"""I5: nothing reaches anyone who may not read it, also after access was taken away."""

import asyncio
from unittest import mock

import pytest
from django.utils import timezone

from chat import log
from chat.live.server import ChatServer
from chat.models import Message, Person
from tests.support.clients import RuleKeeper
from tests.support.layers import FaultyLayer
from tests.support.processes import eventually, processes

pytestmark = pytest.mark.django_db(transaction=True)


def heard(person, body: str) -> bool:
    return any(e["type"] == "message" and e["message"]["body"] == body for e in person.events)


def block(name: str) -> str:
    person = Person.objects.get(name=name)
    person.blocked_at = timezone.now()
    person.save(update_fields=["blocked_at"])
    return person.public_id


def two_processes(fates, story):
    async def run():
        async with processes(2, FaultyLayer(fates=fates)) as servers:
            alice, charlie = RuleKeeper("Alice"), RuleKeeper("Charlie")
            if "deliver" in fates:
                await eventually(lambda: all(s.presence.peers for s in servers), "the beats")
            await alice.connect(servers[0], "lobby")
            await charlie.connect(servers[1], "lobby")
            await story(servers, alice, charlie)

    asyncio.run(run())


# Without the look that finds, every second, what nobody told.
@mock.patch.object(ChatServer, "look", mock.AsyncMock())
def test_a_blocked_person_is_cut_off_at_once_on_another_process():
    async def story(servers, alice, charlie):
        public_id = await servers[0].readers.run(block, "Charlie")
        servers[0].hints.publish("chat.site", "person", person=public_id)
        await eventually(lambda: charlie.inbox.close_code == 4403, "the end of Charlie's socket", 1)
        await alice.say("now we are alone")
        await eventually(lambda: heard(alice, "now we are alone"), "Alice's message")
        assert not heard(charlie, "now we are alone")
        assert "Charlie" not in alice.people.values()

    two_processes(("deliver",), story)


def test_a_blocked_person_is_cut_off_within_two_looks_without_any_hint():
    async def story(servers, alice, charlie):
        await servers[0].readers.run(block, "Charlie")
        await eventually(lambda: charlie.inbox.close_code == 4403, "the end of Charlie's socket", 3)

    two_processes(("drop",), story)


def test_what_a_blocked_person_still_sends_is_refused_by_the_transaction():
    async def story(servers, alice, charlie):
        await servers[0].readers.run(block, "Charlie")
        await charlie.say("one last thing")
        await eventually(lambda: charlie.errors, "the refusal")
        assert charlie.errors[0]["code"] == "forbidden"
        assert not await servers[0].readers.run(Message.objects.exists)

    two_processes(("drop",), story)


def test_a_blocked_person_does_not_come_back_with_their_token():
    async def story(servers, alice, charlie):
        await servers[1].readers.run(block, "Charlie")
        charlie.vanish()
        returned = RuleKeeper("Charlie")
        returned.token = charlie.token
        await returned.connect(servers[0], "lobby")
        assert returned.inbox.close_code == 4403
        assert returned.messages == {}

    two_processes(("deliver",), story)


def test_somebody_who_left_hears_nothing_more():
    async def story(servers, alice, charlie):
        await charlie.command("leave", room="lobby")
        await alice.say("gone")
        await eventually(lambda: heard(alice, "gone"), "Alice's message")
        await asyncio.sleep(0)
        assert not heard(charlie, "gone")

    two_processes(("deliver",), story)


def test_a_room_one_did_not_join_is_not_heard_and_not_answered():
    async def story(servers, alice, charlie):
        await servers[0].readers.run(log.create_room, "board", "Board")
        for kind, fields in (
            ("send", {"id": "x", "body": "hello"}),
            ("history", {"before": 10}),
            ("sync", {"after": 0, "epoch": ""}),
            ("typing", {}),
        ):
            for room in ("board", "no-such-room"):
                await charlie.command(kind, room=room, **fields)
        codes = {(error["code"], error["message"]) for error in charlie.errors}
        assert len(charlie.errors) == 8
        assert len(codes) == 1, "a room that exists can be told from one that does not"

    two_processes(("deliver",), story)


def test_a_guest_in_a_room_cannot_take_the_name_of_somebody_there_through_another_process():
    async def story(servers, alice, charlie):
        second = RuleKeeper("Alice")
        second.token = charlie.token
        await second.connect(servers[0], "lobby")
        await second.say("I am Alice, believe me")
        await eventually(lambda: heard(alice, "I am Alice, believe me"), "the message")
        told = [e["message"] for e in alice.events if e["type"] == "message"]
        assert [message["author"]["name"] for message in told] == ["Charlie"]

    two_processes(("deliver",), story)


def test_a_guest_who_left_takes_another_name_and_stays_the_same_person():
    async def story(servers, alice, charlie):
        charlie.vanish()
        again = RuleKeeper("Carl")
        again.token = charlie.token
        await again.connect(servers[0], "lobby")
        welcome = next(event for event in again.events if event["type"] == "welcome")
        first = next(event for event in charlie.events if event["type"] == "welcome")
        assert welcome["user"] == {**first["user"], "name": "Carl"}

    two_processes(("deliver",), story)
