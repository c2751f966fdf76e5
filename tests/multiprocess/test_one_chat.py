"""Several server processes are one chat: real servers, Redis, PostgreSQL and SQLite."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import httpx

from tests.support.wire import Wire


def next_presence(client: Wire, kind: str, name: str, seconds: float = 10) -> dict:
    """Return the next presence event whose `kind` (joined or left) has the name."""
    return client.next(
        lambda e: e["type"] == "presence" and name in [user["name"] for user in e[kind]], seconds
    )


def test_joins_typing_messages_and_leaves_cross_processes(two, room):
    with Wire(two[0].ws_url) as ana:
        ana.enter("Ana", room)
        with Wire(two[1].ws_url) as ion:
            ion.enter("Ion", room)
            assert next_presence(ana, "joined", "Ion")["count"] == 2
            ion.send_command("typing", room=room)
            typing = ana.next(lambda event: event["type"] == "typing")
            assert [user["name"] for user in typing["users"]] == ["Ion"]
            sent = time.monotonic()
            ion.send("hello")
            ana.message("hello")
            assert time.monotonic() - sent < 1, "slower than over Redis"
        assert next_presence(ana, "left", "Ion")["count"] == 1


def test_whoever_comes_in_right_after_others_elsewhere_knows_of_them(two, room):
    with Wire(two[0].ws_url) as ana, Wire(two[1].ws_url) as ion, Wire(two[1].ws_url) as other:
        ion.request("hello", name="Ion")
        other.request("hello", name="Ana")
        ana.enter("Ana", room)
        assert ion.request("join", room=room)["count"] == 2
        other.send_command("join", room=room)
        assert other.next(lambda event: event["type"] == "error")["code"] == "name_taken"


def test_a_process_with_nobody_in_the_room_knows_who_is_there(two, room):
    api = f"{two[1].url}/api/v1"
    with Wire(two[0].ws_url) as ana:
        ana.enter("Ana", room)
        path = f"{api}/rooms/{room}/messages"
        for name, body, status in (("ana", "I am Ana", 409), ("Ion", "@Ana, look", 201)):
            token = httpx.post(f"{api}/guests", json={"name": name}).json()["token"]
            sent = httpx.post(
                path,
                json={"id": name, "body": body},
                headers={"Authorization": f"Bearer {token}"},
            )
            assert sent.status_code == status, sent.text
        assert [user["name"] for user in ana.message("@Ana, look")["mentions"]] == ["Ana"]


def test_lists_and_counts_are_the_same_on_every_process(two, room):
    with Wire(two[0].ws_url) as ana, Wire(two[1].ws_url) as tab, Wire(two[0].ws_url) as ion:
        ana.enter("Ana", room)
        tab.request("hello", token=ana.token)
        joined = tab.request("join", room=room)
        assert [user["name"] for user in joined["members"]] == ["Ana"]
        assert joined["count"] == 1
        assert ion.enter("Ion", room)["count"] == 2
        assert next_presence(tab, "joined", "Ion")["count"] == 2
        for server in two:
            rooms = json.loads(server.get("/api/v1/rooms")[1])["rooms"]
            assert [each["count"] for each in rooms if each["slug"] == room] == [2]


def test_concurrent_writes_make_one_gapless_order_for_everybody(two, room):
    each = 60
    numbers = count(1)

    def write(client: Wire) -> list[int]:
        ids = [f"{next(numbers)}" for _ in range(each)]
        for message_id in ids:
            client.send_command("send", id=message_id, room=room, body=f"line {message_id}")
        return [client.reply_to(message_id)["seq"] for message_id in ids]

    with Wire(two[0].ws_url) as ana, Wire(two[1].ws_url) as ion:
        ana.enter("Ana", room)
        ion.enter("Ion", room)
        with ThreadPoolExecutor(2) as threads:
            seqs = list(threads.map(write, (ana, ion)))
        assert sorted(seqs[0] + seqs[1]) == list(range(1, 2 * each + 1))
        assert all(batch == sorted(batch) for batch in seqs), "a sender's order was broken"
        for client in (ana, ion):
            versions = [
                client.next(lambda e: e["type"] == "message")["version"] for _ in range(2 * each)
            ]
            assert versions == list(range(1, 2 * each + 1))


def test_without_redis_a_message_crosses_within_two_seconds(serve, database):
    servers = [serve(**database) for _ in range(2)]
    with Wire(servers[0].ws_url) as ana, Wire(servers[1].ws_url) as ion:
        ana.enter("Ana")
        ion.enter("Ion")
        ana.send("slowly but surely")
        ion.message("slowly but surely", seconds=2)


def test_a_repeat_through_the_other_process_gets_the_first_ack(two, room):
    with Wire(two[0].ws_url) as ana, Wire(two[1].ws_url) as again:
        ana.enter("Ana", room)
        first = ana.send("once", id="the-id")
        again.enter("Ana", room, token=ana.token)
        second = again.send("once", id="the-id")
        assert second.pop("duplicate")
        assert second == first


def test_a_block_closes_the_sockets_on_every_process_at_once(two, room):
    with Wire(two[0].ws_url) as ana, Wire(two[1].ws_url) as tab:
        ana.enter(f"Ana of {room}", room)
        tab.enter("Ana", room, token=ana.token)
        two[0].manage(
            "shell",
            "-c",
            "from django.utils import timezone; from django.db import transaction\n"
            "from chat.cluster import announce; from chat.models import Person\n"
            f"person = Person.objects.get(name='Ana of {room}')\n"
            "person.blocked_at = timezone.now()\n"
            "person.save(); announce.person_changed(person)",
        )
        blocked = time.monotonic()
        assert (ana.closed(), tab.closed()) == (4403, 4403)
        assert time.monotonic() - blocked < 2
