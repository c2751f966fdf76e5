"""An admin's changes are sent to everybody, at once and without a reload."""

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model

from chat.cluster import announce
from chat.live import server
from chat.models import Message, Person, Room
from tests.support.people import change_room, configure, sign_in
from tests.support.sockets import OWN_ORIGIN, SocketTestCase, connect


class RoomTests(SocketTestCase):
    async def test_a_rooms_new_name_and_topic_are_sent_to_its_people(self):
        async with connect("Ana") as ana, connect("Charlie") as charlie:
            before = (await ana.join("lobby"))["room"]
            await charlie.join("elsewhere")
            await change_room("lobby", name="The Lobby", topic="Come in")
            event = await ana.next("room")
            assert event["room"] == {**before, "name": "The Lobby", "topic": "Come in"}
            assert "was" not in event
            await charlie.receives_nothing()

    async def test_a_room_that_moved_is_known_by_both_addresses(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            await ana.next("presence")
            await change_room("lobby", slug="foyer")
            for person in (ana, ion):
                event = await person.next("room")
                assert (event["room"]["slug"], event["was"]) == ("foyer", "lobby")
            await ana.send("by the old address")
            await ion.send("by the new one", room="foyer")
            messages = await ion.receives_messages("by the old address", "by the new one")
            assert [event["room"] for event in messages] == ["foyer", "foyer"]
            joined = await ana.request("join", room="lobby")
            assert joined["room"]["slug"] == "foyer"
            assert [room.slug async for room in Room.objects.all()] == ["foyer"]

    async def test_the_closing_of_a_room_is_sent_to_its_people(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await change_room("lobby", closed=True)
            assert (await ana.next("room"))["room"]["closed"] is True

    async def test_everybody_leaves_a_deleted_room(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            room = await Room.objects.aget()
            await Room.objects.all().adelete()
            await sync_to_async(announce.room_changed)(room)
            await ana.receives_error("not_found")
            assert (await ana.next("left"))["room"] == "lobby"
            await ana.send_command("send", room="lobby", body="hello")
            await ana.receives_error("forbidden")

    async def test_a_room_with_a_new_epoch_is_joined_afresh(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await ana.send("of the old log")
            await Message.objects.all().adelete()
            await change_room("lobby", epoch="another", version=0, last_seq=0)
            joined = await ana.next("joined")
            assert (joined["room"]["epoch"], joined["reset"]) == ("another", True)
            assert joined["messages"] == []


class ConfigurationTests(SocketTestCase):
    async def test_a_changed_configuration_is_sent_to_every_socket(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            site = {"welcome": "Sit down.", "guests_may_write": False}
            await configure(site_name="Tea", max_body=9, **site)
            for person in (ana, ion):
                event = await person.next("site")
                assert event["site"] == {"name": "Tea", **site}
                assert event["limits"]["body"] == 9

    async def test_a_new_limit_applies_at_once(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await ana.send("0123456789")
            await configure(max_body=9)
            await ana.next("site")
            await ana.send_command("send", room="lobby", body="0123456789")
            await ana.receives_error("too_long")
            await ana.send("012345678")


class PersonTests(SocketTestCase):
    async def test_a_renamed_person_is_shown_under_the_new_name(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            await ana.next("presence")
            person = await Person.objects.aget(public_id=ion.user["id"])
            person.name = "Ioan"
            await person.asave(update_fields=["name"])
            await sync_to_async(announce.person_changed)(person)
            event = await ana.next("presence")
            assert event["joined"] == [{**ion.user, "name": "Ioan"}]
            assert (event["left"], event["count"]) == ([], 2)
            await ion.send("it is me")
            assert (await ana.next("message"))["message"]["author"]["name"] == "Ioan"

    async def test_a_new_name_that_nobody_told_of_is_noticed(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            await ion.send("it is me")
            await ana.next("message")
            await ana.next("presence")
            ioan = Person.objects.filter(public_id=ion.user["id"])
            await ioan.aupdate(name="Ioan")
            await (await server.current()).persons.compare_names()
            assert (await ana.next("presence"))["joined"] == [{**ion.user, "name": "Ioan"}]
            assert (await ana.next("renamed"))["user"]["name"] == "Ioan"
            await (await server.current()).persons.compare_names()
            await ana.receives_nothing()

    async def test_messages_that_are_shown_follow_their_authors_name(self):
        session = await sign_in("bob")
        async with connect("Ana") as ana, connect("Charlie") as charlie:
            await ana.join("lobby")
            await charlie.join("elsewhere")
            async with connect(session=session, origin=OWN_ORIGIN) as bob:
                await bob.join("lobby")
                await bob.send("hello")
            await ana.next("message")
            account = await get_user_model().objects.aget(username="bob")
            account.username = "robert"
            await sync_to_async(account.save)()
            event = await ana.next("renamed")
            assert event["user"] == {**bob.user, "name": "robert"}
            await sync_to_async(account.delete)()
            event = await ana.next("renamed")
            assert event == {"type": "renamed", "room": "lobby", "user": event["user"]}
            assert event["user"] == {**bob.user, "name": "robert (former)"}
            await charlie.receives_nothing()
