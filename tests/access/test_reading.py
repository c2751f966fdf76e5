"""Who may read a room is decided in one place; nobody else can tell it from a missing one.

Ana belongs to the club, which is private; Charlie does not, nor does who says nothing.
"""

import asyncio
from unittest import mock

from asgiref.sync import sync_to_async
from django.contrib.auth.hashers import check_password, make_password
from django.test import Client

from chat import log
from chat.access import memberships
from chat.live import server
from chat.models import Membership, Room
from chat.rules.slugs import unguessable_slug
from tests.access.support import Role, admit, make_it_private, make_private, person_of, remove
from tests.api.support import Caller, new_guest
from tests.support.holding import holding
from tests.support.rooms import fill
from tests.support.sockets import SocketTestCase, connect


class PrivateRoomTests(SocketTestCase):
    async def test_a_socket_cannot_join_it(self):
        await make_private()
        async with connect("Charlie") as charlie:
            await charlie.send_command("join", room="club")
            await charlie.receives_error("not_found")

    async def test_a_socket_cannot_join_it_where_the_process_follows_it_already(self):
        room = await make_private()
        async with connect("Ana") as ana, connect("Charlie") as charlie:
            await admit(room, ana.user)
            await ana.join("club")
            for spelling in ("club", "Club!", room.public_id):
                await charlie.send_command("join", room=spelling)
                await charlie.receives_error("not_found")
            await ana.send("a secret")
            await charlie.receives_nothing()
            assert not [e for e in await ana.all_events() if e["type"] == "presence"]

    async def test_no_request_finds_it(self):
        await make_private()
        await fill("club", 1)
        charlie = await new_guest("Charlie")
        for response in (
            await charlie.get("rooms/club/messages"),
            await charlie.get("rooms/club/events", Accept="application/json"),
            await charlie.get("rooms/club/events", Accept="text/event-stream"),
            await charlie.post("rooms/club/messages", {"id": "1", "body": "hello"}),
            await charlie.patch("rooms/club/messages/1", {"body": "hello"}),
            await charlie.delete("rooms/club/messages/1"),
            await charlie.put("rooms/club/messages/1/reactions/👍"),
            await charlie.post("rooms", {"name": "club"}),
            await Caller().get("rooms/club/messages"),
        ):
            response.check_error(404, "not_found")
        assert (await charlie.get("rooms"))["rooms"] == []

    async def test_its_page_says_no_more_than_that_of_a_missing_room(self):
        await make_private(name="The Secret Club", topic="Secrets")
        page = await sync_to_async(Client().get)("/rooms/club/")
        assert "Secret" not in page.content.decode()

    async def test_somebody_who_belongs_to_it_is_let_in(self):
        room, ana = await make_private(), await new_guest("Ana")
        await admit(room, ana.user, Role.MODERATOR)
        assert (await ana.get("rooms/club/messages")).status == 200
        assert [room["slug"] for room in (await ana.get("rooms"))["rooms"]] == ["club"]
        async with connect(token=ana.token) as socket:
            joined = await socket.join("club")
            assert joined["room"]["kind"] == "private"
            assert joined["room"]["my"]["role"] == "moderator"

    async def test_an_address_that_nobody_can_guess_is_not_created_by_who_has_it(self):
        async with connect("Charlie") as charlie:
            await charlie.send_command("join", room=unguessable_slug("Club"))
            await charlie.receives_error("not_found")
        assert not await Room.objects.aexists()


class RemovalTests(SocketTestCase):
    async def test_whoever_is_removed_leaves_at_once_and_writes_nothing_more(self):
        room = await make_private()
        async with connect("Ana") as ana, connect("Bea") as bea:
            for socket in (ana, bea):
                await admit(room, socket.user)
                await socket.join("club")
            await remove(room, bea.user)
            left = await bea.next("left")
            assert (left["room"], left["reason"]) == ("club", "removed")
            assert [u["name"] for u in (await ana.next("presence"))["joined"]] == ["Bea"]
            assert (await ana.next("presence"))["left"] == [bea.user]
            await bea.all_events()
            for command, fields in (
                ("join", {}),
                ("send", {"body": "still here"}),
                ("history", {"before": 9}),
            ):
                reply = await bea.reply_to(await bea.send_command(command, room="club", **fields))
                assert reply["type"] == "error"
            await ana.send("a secret")
            await bea.receives_nothing()

    async def test_what_somebody_sends_while_they_are_removed_is_refused(self):
        room = await make_private()
        async with connect("Bea") as bea:
            await admit(room, bea.user)
            await bea.join("club")
            # Past every hint: the process does not know.
            await Membership.objects.all().adelete()
            for command, fields in (
                ("send", {"body": "still here"}),
                ("edit", {"seq": 1, "body": "still here"}),
                ("delete", {"seq": 1}),
                ("react", {"seq": 1, "emoji": "👍", "on": True}),
            ):
                reply = await bea.reply_to(await bea.send_command(command, room="club", **fields))
                assert (reply["type"], reply["code"]) == ("error", "not_found")

    async def test_a_removal_while_somebody_joins_counts(self):
        room = await make_private()
        feed = (await server.current()).feed
        follow = feed.follow
        async with connect("Bea") as bea:
            await admit(room, bea.user)
            person = await person_of(bea.user)

            async def remove_and_follow(room, sink):
                await sync_to_async(memberships.remove)(room.pk, person)
                return await follow(room, sink)

            with mock.patch.object(feed, "follow", remove_and_follow):
                refused = await bea.send_command("join", room="club")
                assert (await bea.reply_to(refused))["code"] == "not_found"
            assert not {"joined", "left"} & {event["type"] for event in await bea.all_events()}

    async def test_a_removal_that_nobody_told_of_is_noticed(self):
        room = await make_private()
        async with connect("Bea") as bea:
            await admit(room, bea.user)
            await bea.join("club")
            person = await person_of(bea.user)
            await sync_to_async(memberships.remove)(room.pk, person)
            assert (await bea.next("left"))["reason"] == "removed"

    async def test_whoever_is_banned_from_a_public_room_does_not_come_back(self):
        await fill("lobby", 1)
        room = await Room.objects.aget()
        async with connect("Charlie") as charlie:
            await charlie.join("lobby")
            await remove(room, charlie.user, ban=True)
            assert (await charlie.next("left"))["reason"] == "banned"
            await charlie.all_events()
            await charlie.send_command("join", room="lobby")
            await charlie.receives_error("not_found")

    async def test_a_room_that_becomes_private_ends_the_visits_of_others(self):
        await fill("club", 1)
        room = await Room.objects.aget()
        async with connect("Ana") as ana, connect("Charlie") as charlie:
            for socket in (ana, charlie):
                await socket.join("club")
            await admit(room, ana.user, Role.OWNER)
            assert (await ana.next("room"))["room"]["my"]["role"] == "owner"
            await make_it_private(room)
            left = await charlie.next("left")
            assert (left["room"], left["reason"]) == ("club", "private")
            told = await ana.next("room")
            assert (told["room"]["kind"], told["was"]) == ("private", "club")
            ana.room = told["room"]["slug"]
            await ana.send("a secret")
            assert "~" not in str(await charlie.all_events())

    async def test_who_joins_while_a_room_becomes_private_hears_nothing_of_it(self):
        await fill("club", 1)
        room = await Room.objects.aget()
        feed = (await server.current()).feed
        backlog = feed.backlog
        async with connect("Ana") as ana, connect("Charlie") as charlie:
            await ana.join("club")
            await admit(room, ana.user, Role.OWNER)

            async def hide_and_read(*args):
                await make_it_private(room)
                feed.backlog = backlog
                return await backlog(*args)

            feed.backlog = hide_and_read
            refused = await charlie.send_command("join", room="club")
            assert (await charlie.reply_to(refused))["code"] == "not_found"
            heard = await charlie.all_events()
            assert "~" not in str(heard)
            assert not {"joined", "left", "room"} & {event["type"] for event in heard}

    async def test_a_page_that_is_read_while_somebody_is_put_out_is_not_sent(self):
        await fill("club", 1)
        room = await Room.objects.aget()
        async with connect("Ana") as ana, connect("Charlie") as charlie:
            for socket in (ana, charlie):
                await socket.join("club")
            await admit(room, ana.user, Role.OWNER)
            with holding(log, "page", when_done=True) as hold:
                asked = await charlie.send_command("history", room="club", before=2)
                await hold.reached()
                await make_it_private(room)
                await charlie.next("left")
            assert (await charlie.reply_to(asked))["code"] == "forbidden"

    async def test_whoever_only_reads_cannot_write(self):
        room = await make_private()
        async with connect("Bea") as bea:
            await admit(room, bea.user, Role.READER)
            await bea.join("club")
            await bea.send_command("send", room="club", body="hello")
            await bea.receives_error("forbidden")

    async def test_a_moderator_deletes_what_others_wrote(self):
        room = await make_private()
        async with connect("Ana") as ana, connect("Bea") as bea:
            await admit(room, ana.user, Role.MODERATOR)
            await admit(room, bea.user)
            await ana.join("club")
            await bea.join("club")
            own = await ana.send("mine")
            seq = (await bea.send("rude"))["seq"]
            await bea.send_command("delete", room="club", seq=own["seq"])
            await bea.receives_error("forbidden")
            await ana.request("delete", room="club", seq=seq)


class PasswordTests(SocketTestCase):
    async def test_a_room_without_a_password_refuses_a_join_that_brings_one(self):
        await fill("lobby", 1)
        async with connect("Ana") as ana:
            await ana.send_command("join", room="lobby", password="open sesame")
            await ana.receives_error("bad_request")

    async def test_a_join_with_a_password_creates_no_room(self):
        async with connect("Ana") as ana:
            await ana.send_command("join", room="lobby", password="open sesame")
            await ana.receives_error("not_found")
        assert not await Room.objects.aexists()

    async def test_a_password_is_asked_once(self):
        await make_private("safe", Room.Kind.PUBLIC, password=make_password("open sesame"))
        async with connect("Ana") as ana:
            await ana.send_command("join", room="safe")
            await ana.receives_error("password_required")
            await ana.send_command("join", room="safe", password="open")
            await ana.receives_error("password_wrong")
            await ana.join("safe", password="open sesame")
            await ana.send("inside")
            await ana.request("leave", room="safe")
            await ana.join("safe")

    async def test_wrong_passwords_are_held_back(self):
        await make_private("safe", Room.Kind.PUBLIC, password=make_password("open sesame"))
        async with connect("Ana") as ana:
            running = await server.current()
            running.passwords._is_limited = True
            for _ in range(5):
                await ana.send_command("join", room="safe", password="open")
                assert "retry_after" not in await ana.receives_error("password_wrong")
            await ana.send_command("join", room="safe", password="open sesame")
            assert (await ana.receives_error("password_wrong"))["retry_after"] > 1

    async def test_passwords_that_are_tried_at_once_are_held_back_as_well(self):
        await make_private("safe", Room.Kind.PUBLIC, password=make_password("open sesame"))
        charlie = await new_guest("Charlie")
        (await server.current()).passwords._is_limited = True
        with mock.patch("chat.live.passwords.check_password", wraps=check_password) as check:
            tries = [{"password": f"open {number}"} for number in range(24)]
            refusals = await asyncio.gather(*(charlie.post("rooms/safe/members", t) for t in tries))
        errors = [refusal.check_error(403, "password_wrong") for refusal in refusals]
        assert len([error for error in errors if "retry_after" not in error]) == 5
        assert check.call_count == 5

    async def test_a_class_that_comes_at_once_with_the_right_password_is_let_in(self):
        await make_private("safe", Room.Kind.PUBLIC, password=make_password("open sesame"))
        pupils = [await new_guest(f"Pupil {number}") for number in range(12)]
        (await server.current()).passwords._is_limited = True
        right = {"password": "open sesame"}
        entries = await asyncio.gather(*(p.post("rooms/safe/members", right) for p in pupils))
        assert {entry.status for entry in entries} == {200}
        # Right ones use none of the tries up.
        refusal = await (await new_guest("Ana")).post("rooms/safe/members", {"password": "no"})
        assert "retry_after" not in refusal.check_error(403, "password_wrong")

    async def test_a_room_with_a_password_is_missing_for_every_request(self):
        await make_private("safe", Room.Kind.PUBLIC, password=make_password("open sesame"))
        charlie = await new_guest("Charlie")
        (await charlie.get("rooms/safe/messages")).check_error(404, "not_found")
        assert (await charlie.get("rooms"))["rooms"] == []
