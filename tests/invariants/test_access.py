"""I5: nothing reaches anyone who may not read it, also after access was taken away."""

import asyncio
from unittest import mock

import pytest
from django.utils import timezone

from chat import log
from chat.cluster.hints import PersonChanged
from chat.live.server import ChatServer
from chat.models import Message, Person
from tests.support.clients import ProtocolClient
from tests.support.layers import FaultyLayer
from tests.support.processes import eventually, processes

pytestmark = pytest.mark.django_db(transaction=True)


def has_received(person, body: str) -> bool:
    return any(e["type"] == "message" and e["message"]["body"] == body for e in person.events)


def block(name: str) -> str:
    person = Person.objects.get(name=name)
    person.blocked_at = timezone.now()
    person.save(update_fields=["blocked_at"])
    return person.public_id


def run_in_two_processes(fates, story):
    async def run():
        async with processes(2, FaultyLayer(fates=fates)) as servers:
            alice, charlie = ProtocolClient("Alice"), ProtocolClient("Charlie")
            if "deliver" in fates:
                await eventually(lambda: all(s.presence.peers for s in servers), "the heartbeats")
            await alice.connect(servers[0], "lobby")
            await charlie.connect(servers[1], "lobby")
            await story(servers, alice, charlie)

    asyncio.run(run())


# Without the poll that finds, every second, what no hint announced.
@mock.patch.object(ChatServer, "poll_site", mock.AsyncMock())
def test_a_blocked_person_is_disconnected_at_once_elsewhere():
    async def story(servers, alice, charlie):
        public_id = await servers[0].database.run(block, "Charlie")
        servers[0].hints.publish(PersonChanged(public_id))
        await eventually(lambda: charlie.inbox.close_code == 4403, "the end of Charlie's socket", 1)
        await alice.send("only the two of us")
        await eventually(lambda: has_received(alice, "only the two of us"), "Alice's message")
        assert not has_received(charlie, "only the two of us")
        assert "Charlie" not in alice.people.values()

    run_in_two_processes(("deliver",), story)


def test_a_block_takes_effect_within_two_polls_without_any_hint():
    async def story(servers, alice, charlie):
        await servers[0].database.run(block, "Charlie")
        await eventually(lambda: charlie.inbox.close_code == 4403, "the end of Charlie's socket", 3)

    run_in_two_processes(("drop",), story)


def test_the_transaction_refuses_a_blocked_persons_message():
    async def story(servers, alice, charlie):
        await servers[0].database.run(block, "Charlie")
        await charlie.send("one last thing")
        await eventually(lambda: charlie.errors, "the refusal")
        assert charlie.errors[0]["code"] == "forbidden"
        assert not await servers[0].database.run(Message.objects.exists)

    run_in_two_processes(("drop",), story)


def test_a_blocked_person_cannot_reconnect_with_their_token():
    async def story(servers, alice, charlie):
        await servers[1].database.run(block, "Charlie")
        charlie.vanish()
        returned = ProtocolClient("Charlie")
        returned.token = charlie.token
        await returned.connect(servers[0], "lobby")
        assert returned.inbox.close_code == 4403
        assert returned.messages == {}

    run_in_two_processes(("deliver",), story)


def test_a_person_who_left_receives_nothing_more():
    async def story(servers, alice, charlie):
        await charlie.send_command("leave", room="lobby")
        await alice.send("gone")
        await eventually(lambda: has_received(alice, "gone"), "Alice's message")
        await asyncio.sleep(0)
        assert not has_received(charlie, "gone")

    run_in_two_processes(("deliver",), story)


def test_commands_for_rooms_not_joined_are_refused_alike():
    async def story(servers, alice, charlie):
        await servers[0].database.run(log.create_room, "board", "Board", None)
        for kind, fields in (
            ("send", {"id": "x", "body": "hello"}),
            ("history", {"before": 10}),
            ("get", {"seqs": [1]}),
            ("sync", {"after": 0, "epoch": ""}),
            ("typing", {}),
        ):
            for room in ("board", "no-such-room"):
                await charlie.send_command(kind, room=room, **fields)
        codes = {(error["code"], error["message"]) for error in charlie.errors}
        assert len(charlie.errors) == 10
        assert len(codes) == 1, "the refusals reveal which room exists"

    run_in_two_processes(("deliver",), story)


def test_a_guest_in_a_room_cannot_rename_through_another_process():
    async def story(servers, alice, charlie):
        second = ProtocolClient("Alice")
        second.token = charlie.token
        await second.connect(servers[0], "lobby")
        await second.send("I am Alice, believe me")
        await eventually(lambda: has_received(alice, "I am Alice, believe me"), "the message")
        messages = [e["message"] for e in alice.events if e["type"] == "message"]
        assert [message["author"]["name"] for message in messages] == ["Charlie"]

    run_in_two_processes(("deliver",), story)


def test_a_guest_who_left_may_rename_and_stays_the_same_person():
    async def story(servers, alice, charlie):
        charlie.vanish()
        again = ProtocolClient("Carl")
        again.token = charlie.token
        await again.connect(servers[0], "lobby")
        welcome = next(event for event in again.events if event["type"] == "welcome")
        first = next(event for event in charlie.events if event["type"] == "welcome")
        assert welcome["user"] == {**first["user"], "name": "Carl"}

    run_in_two_processes(("deliver",), story)
