"""Reading is decided in one place: where `policies.may` says no, every entry point says not found.

All rooms are public today, so the tests put in a policy of their own: Charlie, and whoever does not
say who they are, may not read the room of the club.
"""

from unittest import mock

from asgiref.sync import sync_to_async
from django.test import Client

from chat.access import policies
from chat.access.policies import Action
from chat.models import Room
from tests.api.support import Caller, make_room, new_guest
from tests.support.rooms import fill
from tests.support.sockets import SocketTestCase, connect


def only_members_of_the_club(person, action, room, **settings):
    if room.slug == "club" and action is Action.READ:
        return person is not None and person.name != "Charlie"
    return may(person, action, room, **settings)


may = policies.may


@mock.patch.object(policies, "may", only_members_of_the_club)
class ForbiddenRoomTests(SocketTestCase):
    async def test_a_socket_cannot_join_it(self):
        await fill("club", 1)
        async with connect("Charlie") as charlie:
            await charlie.send_command("join", room="club")
            await charlie.receives_error("not_found")

    async def test_a_socket_cannot_join_it_where_the_process_follows_it_already(self):
        async with connect("Ana") as ana, connect("Charlie") as charlie:
            await ana.join("club")
            for spelling in ("club", "Club!"):
                await charlie.send_command("join", room=spelling)
                await charlie.receives_error("not_found")
            await ana.send("a secret")
            await charlie.receives_nothing()

    async def test_no_request_finds_it(self):
        await fill("club", 1)
        charlie = await new_guest("Charlie")
        for response in (
            await charlie.get("rooms/club/messages"),
            await charlie.get("rooms/club/events", Accept="application/json"),
            await charlie.get("rooms/club/events", Accept="text/event-stream"),
            await charlie.post("rooms/club/messages", {"id": "1", "body": "hello"}),
            await charlie.post("rooms", {"name": "club"}),
            await Caller().get("rooms/club/messages"),
        ):
            response.check_error(404, "not_found")

    async def test_its_page_says_no_more_than_that_of_a_missing_room(self):
        await Room.objects.acreate(slug="club", name="The Secret Club", topic="Secrets")
        page = await sync_to_async(Client().get)("/rooms/club/")
        assert "Secret" not in page.content.decode()

    async def test_somebody_who_may_read_it_is_let_in(self):
        await make_room("club")
        ana = await new_guest("Ana")
        assert (await ana.get("rooms/club/messages")).status == 200
        async with connect("Ana") as socket:
            await socket.join("club")


class PasswordTests(SocketTestCase):
    async def test_a_room_without_a_password_refuses_a_join_that_brings_one(self):
        async with connect("Ana") as ana:
            await ana.send_command("join", room="club", password="open sesame")
            await ana.receives_error("bad_request")
            assert not await Room.objects.aexists()
            await ana.join("club")
