"""What an admin changes reaches every client at once."""

from asyncio import sleep, timeout
from functools import wraps
from unittest import mock

from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.test import Client, override_settings

from chat.cluster.hints import room_group
from chat.models import Configuration, Message, Person, Room
from tests.admin.support import act, alice, edit
from tests.support.sockets import Socket, SocketTestCase, connect

SOON = 2  # seconds within which every client is up to date

# The server does not poll the database: what arrives was published.
without_polling = mock.patch("chat.live.clock.TICK", 3600)

ONLY_LOSING_HINTS = {
    "default": {
        "BACKEND": "tests.support.layers.FaultyLayer",
        "CONFIG": {"fates": ["drop"]},
    }
}


def from_a_thread(function):
    """Make a synchronous function awaitable, in the thread that runs synchronous views."""

    @wraps(function)
    async def run(*args, **kwargs):
        return await sync_to_async(function)(*args, **kwargs)

    return run


act, edit = from_a_thread(act), from_a_thread(edit)


class LiveTestCase(SocketTestCase):
    def setUp(self):
        self.alice: Client = alice()

    async def configure(self, **changes):
        await edit(
            self.alice, await Configuration.objects.afirst() or Configuration(pk=1), **changes
        )


async def person_of(socket: Socket) -> Person:
    return await Person.objects.aget(public_id=socket.user["id"])


@without_polling
class MessageTests(LiveTestCase):
    async def test_a_deleted_message_is_emptied_for_all_until_restored(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            for one in (ana, ion):
                await one.join("Chess")
            await ana.send("e4")
            message = await Message.objects.aget()
            for one in (ana, ion):
                await one.receives_messages("e4")

            await act(self.alice, "delete_messages", message)
            for one in (ana, ion):
                (event,) = await one.receives_messages("")
                assert event["version"] == 2
                assert event["message"]["seq"] == 1
                assert event["message"]["deleted"]

            await act(self.alice, "restore_messages", message)
            for one in (ana, ion):
                (event,) = await one.receives_messages("e4")
                assert not event["message"]["deleted"]

    async def test_a_deleted_message_is_not_sent_to_those_who_join_later(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("Chess")
            await ana.send("secret")
            await act(self.alice, "delete_messages", await Message.objects.aget())
            joined = await ion.join("Chess")
            assert [message["body"] for message in joined["messages"]] == [""]


@without_polling
class ConfigurationTests(LiveTestCase):
    async def test_every_client_receives_a_change_within_two_seconds(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await self.configure(site_name="Club", max_body="10")
            async with timeout(SOON):
                for one in (ana, ion):
                    event = await one.next("site")
                    assert event["site"]["name"] == "Club"
                    assert event["limits"]["body"] == 10

    async def test_a_change_takes_effect_at_once(self):
        async with connect("Ana") as ana:
            await ana.join("Chess")
            await self.configure(
                default_room="chess",
                max_body="10",
                guests_may_write=None,
                joining_creates_rooms=None,
            )
            await ana.next("site")
            await ana.send_command("send", room="chess", body="x" * 11)
            await ana.receives_error("too_long")
            await ana.send_command("send", room="chess", body="e4")
            await ana.receives_error("forbidden")
            await ana.send_command("join", room="Go")
            await ana.receives_error("not_found")


@without_polling
class PeopleTests(LiveTestCase):
    async def test_a_blocked_person_loses_every_socket_and_stays_out(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            for one in (ion, ana):
                await one.join("Chess")
            await ion.next("presence")
            async with connect(token=ana.token) as second:
                await act(self.alice, "block", await person_of(ana))
                for one in (ana, second):
                    assert await one.closed() == 4403
            left = await ion.next("presence")
            assert [user["name"] for user in left["left"]] == ["Ana"]
            async with connect() as again:
                await again.send_command("hello", token=ana.token)
                assert await again.closed() == 4403
            await ion.send("still here")

    async def test_the_form_blocks_too_and_unblocking_lets_them_return(self):
        async with connect("Ana") as ana:
            person = await person_of(ana)
            await edit(self.alice, person, blocked=True)
            assert await ana.closed() == 4403
        await act(self.alice, "unblock", person)
        async with connect(token=ana.token) as again:
            assert again.user == ana.user

    async def test_a_renamed_person_has_the_new_name_everywhere(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            for one in (ion, ana):
                await one.join("Chess")
            await ion.next("presence")
            await edit(self.alice, await person_of(ana), name="Anna")
            event = await ion.next("presence")
            assert event["joined"] == [{**ana.user, "name": "Anna"}]
            assert event["count"] == 2
            await ana.send("e4")
            (event,) = await ion.receives_messages("e4")
            assert event["message"]["author"]["name"] == "Anna"


@without_polling
class RoomTests(LiveTestCase):
    async def test_people_in_a_room_receive_its_new_name_and_topic(self):
        async with connect("Ana") as ana:
            await ana.join("Chess")
            await edit(self.alice, await Room.objects.aget(), name="Chess Club", topic="Openings")
            event = await ana.next("room")
            assert event["room"]["name"] == "Chess Club"
            assert event["room"]["topic"] == "Openings"
            assert "was" not in event

    async def test_a_room_with_a_new_slug_is_announced_with_the_old_one(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            for one in (ana, ion):
                await one.join("Chess")
            await edit(self.alice, await Room.objects.aget(), slug="club")
            for one in (ana, ion):
                event = await one.next("room")
                assert (event["was"], event["room"]["slug"]) == ("chess", "club")
            await ana.send("e4", room="club")
            (event,) = await ion.receives_messages("e4")
            assert event["room"] == "club"

    async def test_nobody_writes_in_a_closed_room_until_it_is_opened(self):
        async with connect("Ana") as ana:
            await ana.join("Chess")
            chess = await Room.objects.aget()
            await act(self.alice, "close_rooms", chess)
            assert (await ana.next("room"))["room"]["closed"]
            await ana.send_command("send", room="chess", body="e4")
            await ana.receives_error("forbidden")
            await act(self.alice, "open_rooms", chess)
            assert not (await ana.next("room"))["room"]["closed"]
            await ana.send("e4")

    async def test_people_in_a_deleted_room_receive_left(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            for one in (ana, ion):
                await one.join("Chess")
            await ana.send("e4")
            await act(self.alice, "delete_selected", await Room.objects.aget(), post="yes")
            for one in (ana, ion):
                assert (await one.next("left"))["room"] == "chess"
                await one.receives_error("not_found")
            assert not await Message.objects.aexists()


@override_settings(CHANNEL_LAYERS=ONLY_LOSING_HINTS)
class LostHintTests(LiveTestCase):
    async def test_a_change_arrives_although_its_hint_was_lost(self):
        async with connect("Ana") as ana:
            await self.configure(site_name="Club")
            async with timeout(SOON):
                assert (await ana.next("site"))["site"]["name"] == "Club"

    async def test_a_blocked_person_is_out_although_the_hint_was_lost(self):
        async with connect("Ana") as ana:
            await act(self.alice, "block", await person_of(ana))
            async with timeout(SOON):
                assert await ana.closed() == 4403


@mock.patch("chat.live.clock.TICK", 0.01)
@mock.patch("chat.live.presence.LEAVE_AFTER", 0)
class CleanupTests(LiveTestCase):
    async def test_a_process_forgets_a_deleted_room(self):
        async with connect("Ana") as ana:
            await ana.join("Chess")
            chess = await Room.objects.aget()
            groups = get_channel_layer().groups
            assert room_group(chess.pk) in groups
            await act(self.alice, "delete_selected", chess, post="yes")
            await ana.next("left")
            async with timeout(SOON):
                while room_group(chess.pk) in groups:
                    await sleep(0.01)
