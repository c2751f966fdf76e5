"""Identity: a new guest, the same guest again, a member; and the names that people may have."""

import re
from unittest import mock

from chat.models import Person
from chat.models.people import token_digest
from chat.rules.errors import CloseCode
from tests.support.people import sign_in
from tests.support.sockets import OWN_ORIGIN, SocketTestCase, connect, open_socket

DECEPTIVE = "", " ", "a\x00b", "a\u202eb", "a\u200bb", "a\nb", "x" * 33, "\u3164", "\u0301"


class GuestTests(SocketTestCase):
    async def test_a_new_guest_receives_a_complete_welcome(self):
        async with open_socket() as ana:
            welcome = await ana.hello(name="Ana")
        assert welcome["user"] == {"id": welcome["user"]["id"], "name": "Ana", "kind": "guest"}
        assert welcome["token"]
        assert welcome["heartbeat"] == 25
        assert welcome["limits"] == {"body": 4000, "name": 32, "frame": 65536, "edit": 86400}
        assert welcome["site"]["name"] == "Chatsite"

    async def test_a_guest_without_a_name_is_given_a_number(self):
        async with open_socket() as guest:
            welcome = await guest.hello()
        assert re.fullmatch(r"Guest-\d{4}", welcome["user"]["name"])

    async def test_a_token_brings_the_same_guest_back(self):
        async with connect("Ana") as ana:
            pass
        async with connect(token=ana.token) as again:
            assert again.user == ana.user
            assert again.token == ana.token

    async def test_two_guests_with_one_name_are_two_people(self):
        async with connect("Ana") as first, connect("Ana") as second:
            assert first.user["id"] != second.user["id"]
            assert first.token != second.token

    async def test_a_token_is_not_stored_in_plain_text(self):
        async with connect("Ana") as ana:
            row = await Person.objects.values().aget(public_id=ana.user["id"])
        assert ana.token not in map(str, row.values())

    async def test_a_bots_token_identifies_the_bot_whatever_name_it_sends(self):
        bot = await Person.objects.acreate(
            name="Robo", kind=Person.Kind.BOT, token_digest=token_digest("of the bot")
        )
        async with connect("Charlie", token="of the bot") as robo:
            assert robo.user == {"id": bot.public_id, "name": "Robo", "kind": "bot"}

    async def test_a_wrong_token_is_refused_and_closes_the_socket(self):
        async with open_socket() as charlie:
            await charlie.send_command("hello", token="made up")
            await charlie.receives_error("unauthorized")
            assert await charlie.closed() == CloseCode.SIGNED_OUT
        assert not await Person.objects.aexists()


class NameTests(SocketTestCase):
    async def test_a_name_is_normalised(self):
        async with connect("  \uff21na   Maria ") as ana:
            assert ana.user["name"] == "Ana Maria"

    async def test_a_deceptive_name_is_refused_and_creates_nobody(self):
        for name in DECEPTIVE:
            with self.subTest(name=name):
                async with open_socket() as charlie:
                    await charlie.send_command("hello", name=name)
                    await charlie.receives_error("name_invalid")
                    await charlie.request("hello", name="Charlie")
        assert not await Person.objects.exclude(name="Charlie").aexists()

    async def test_a_guest_cannot_take_a_members_name_in_any_case(self):
        session = await sign_in("Mara")
        async with connect(session=session, origin=OWN_ORIGIN), open_socket() as charlie:
            for name in ("Mara", "mara", "MARA", "\uff2dara"):
                await charlie.send_command("hello", name=name)
                error = await charlie.receives_error("name_taken")
                assert error["suggestion"].casefold() == "mara 2"

    async def test_the_suggested_name_is_accepted(self):
        session = await sign_in("Mara")
        async with connect(session=session, origin=OWN_ORIGIN), open_socket() as other:
            await other.send_command("hello", name="Mara")
            error = await other.receives_error("name_taken")
            welcome = await other.hello(name=error["suggestion"])
            assert welcome["user"]["name"] == "Mara 2"

    async def test_a_suggestion_skips_the_names_of_members(self):
        for username in ("Mara", "mara 2"):
            await sign_in(username)
        async with open_socket() as other:
            await other.send_command("hello", name="Mara")
            assert (await other.receives_error("name_taken"))["suggestion"] == "Mara 3"

    async def test_a_guest_cannot_look_like_a_member_who_never_came(self):
        await sign_in("MarkXYZ")
        async with open_socket() as charlie:
            for name in ("M\u0430rkXYZ", "m\u0430rkxyz", "\u041c\u0410RKXYZ", "MarkXYZ"):
                await charlie.send_command("hello", name=name)
                await charlie.receives_error("name_taken")
            await charlie.hello(name="\u041c\u0430\u0440\u043a")

    async def test_a_guest_cannot_look_like_somebody_in_the_room(self):
        async with connect("Ion") as ion, connect("l\u043en") as charlie:
            await ion.join("lobby")
            await charlie.send_command("join", room="lobby")
            assert (await charlie.receives_error("name_taken"))["suggestion"] == "l\u043en 2"

    async def test_a_guest_cannot_take_a_name_that_is_present_in_the_room(self):
        async with connect("Ana") as ana, connect("ANA") as charlie:
            await ana.join("lobby")
            await charlie.send_command("join", room="lobby")
            assert (await charlie.receives_error("name_taken"))["suggestion"] == "ANA 2"
            await charlie.join("elsewhere")
            await ana.receives_nothing()

    async def test_a_refused_guest_may_rename_and_stays_the_same_person(self):
        async with connect("Ana") as ana, connect("Ana") as other:
            await ana.join("lobby")
            await other.send_command("join", room="lobby")
            error = await other.receives_error("name_taken")
            before = other.user["id"], other.token
            await other.hello(name=error["suggestion"])
            assert (other.user["id"], other.token) == before
            await other.join("lobby")
            assert (await ana.next("presence"))["joined"] == [other.user]

    async def test_a_guest_who_left_frees_their_name_at_once(self):
        async with connect("Eva") as eva, connect("Ana") as ana:
            await eva.join("lobby")
            await ana.join("lobby")
            await eva.next("presence")
            await ana.request("leave", room="lobby")
            async with connect("Ana") as other:
                joined = await other.join("lobby")
                assert joined["count"] == 2
            presence = await eva.next("presence")
            assert (presence["left"], presence["count"]) == ([ana.user], 1)
            presence = await eva.next("presence")
            assert (presence["joined"], presence["count"]) == ([other.user], 2)

    async def test_a_guest_keeps_their_name_in_another_tab(self):
        async with connect("Ana") as ana, connect(token=ana.token) as tab:
            await ana.join("lobby")
            assert (await tab.join("lobby"))["count"] == 1


class HelloAgainTests(SocketTestCase):
    async def test_a_guest_in_a_room_cannot_change_their_name(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await ana.send_command("hello", name="Charlie")
            await ana.receives_error("bad_request")
            await ana.request("leave", room="lobby")
            assert (await ana.hello(name="Anca"))["user"]["name"] == "Anca"

    async def test_a_guest_who_rejoins_renamed_is_shown_by_the_new_name(self):
        async with connect("Eva") as eva, connect("Ana") as ana:
            await eva.join("lobby")
            await ana.join("lobby")
            await ana.request("leave", room="lobby")
            await ana.hello(name="Anca")
            await ana.join("lobby")
            names = {user["name"] for user in (await eva.join("lobby"))["members"]}
            assert names == {"Eva", "Anca"}

    async def test_a_refused_name_leaves_the_old_name(self):
        async with connect("Ana") as ana:
            await ana.send_command("hello", name="a\u200bb")
            await ana.receives_error("name_invalid")
            await ana.join("lobby")
            await ana.send("still me")
            assert (await ana.next("message"))["message"]["author"] == ana.user

    async def test_a_members_name_is_that_of_their_account(self):
        session = await sign_in("Mara")
        async with connect("Charlie", session=session, origin=OWN_ORIGIN) as mara:
            assert mara.user["name"] == "Mara"
            assert (await mara.hello(name="Charlie"))["user"] == mara.user


class MemberTests(SocketTestCase):
    async def test_a_member_is_one_person_in_all_sessions(self):
        session = await sign_in("Mara")
        async with connect(session=session, origin=OWN_ORIGIN) as desk:
            pass
        async with connect(session=session, origin=OWN_ORIGIN) as phone:
            assert phone.user == desk.user

    async def test_a_username_with_symbols_is_shown_as_a_name(self):
        session = await sign_in("mara@home+work")
        async with connect(session=session, origin=OWN_ORIGIN) as mara:
            assert mara.user["name"] == "mara@home+work"

    async def test_two_accounts_that_look_alike_get_different_names(self):
        sessions = [await sign_in(username) for username in ("Mara", "mara")]
        async with (
            connect(session=sessions[0], origin=OWN_ORIGIN) as first,
            connect(session=sessions[1], origin=OWN_ORIGIN) as second,
        ):
            assert first.user["name"] == "Mara"
            assert second.user["name"] == "mara 2"


class HelloTimeoutTests(SocketTestCase):
    async def test_a_client_that_sends_no_hello_in_time_is_closed(self):
        with mock.patch("chat.connection.connection.HELLO_WITHIN", 0.05):
            async with open_socket() as charlie:
                assert await charlie.closed() == CloseCode.STALLED

    async def test_a_client_that_sent_hello_in_time_stays_connected(self):
        with mock.patch("chat.connection.connection.HELLO_WITHIN", 0.5):
            async with connect("Ana") as ana:
                await ana.receives_nothing(seconds=0.6)
                await ana.request("ping")

    async def test_before_hello_every_other_command_is_refused(self):
        async with open_socket() as charlie:
            for command in (
                {"type": "join", "room": "lobby"},
                {"type": "send", "room": "lobby", "body": "hi"},
                {"type": "history", "room": "lobby", "before": 10},
                {"type": "sync", "room": "lobby", "after": 0, "epoch": ""},
                {"type": "leave", "room": "lobby"},
                {"type": "typing", "room": "lobby"},
                {"type": "received", "room": "lobby", "version": 1},
                {"type": "ping"},
            ):
                with self.subTest(type=command["type"]):
                    await charlie.send_command(**command)
                    await charlie.receives_error("unauthorized")
