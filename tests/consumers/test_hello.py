"""Who one is: a new guest, the same guest again, a member; and which names one can have."""

import re
from unittest import mock

from chat.models import Person
from chat.models.people import token_digest
from chat.rules.errors import CloseCode
from tests.support.people import sign_in
from tests.support.sockets import OWN_ORIGIN, SocketTestCase, connect, open_socket

DECEPTIVE = "", " ", "a\x00b", "a\u202eb", "a\u200bb", "a\nb", "x" * 33, "\u3164", "\u0301"


class GuestTests(SocketTestCase):
    async def test_a_new_guest_is_welcomed_with_all_a_client_needs(self):
        async with open_socket() as ana:
            welcome = await ana.hello(name="Ana")
        assert welcome["user"] == {"id": welcome["user"]["id"], "name": "Ana", "kind": "guest"}
        assert welcome["token"]
        assert welcome["heartbeat"] == 25
        assert welcome["limits"] == {"body": 4000, "name": 32, "frame": 65536}
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

    async def test_two_guests_are_two_people_although_they_have_one_name(self):
        async with connect("Ana") as one, connect("Ana") as other:
            assert one.user["id"] != other.user["id"]
            assert one.token != other.token

    async def test_a_token_is_not_kept_where_it_could_be_read(self):
        async with connect("Ana") as ana:
            kept = await Person.objects.values().aget(public_id=ana.user["id"])
        assert ana.token not in map(str, kept.values())

    async def test_a_bots_token_makes_the_bot_of_it_whatever_name_it_says(self):
        bot = await Person.objects.acreate(
            name="Robo", kind=Person.Kind.BOT, token_digest=token_digest("of the bot")
        )
        async with connect("Charlie", token="of the bot") as robo:
            assert robo.user == {"id": bot.public_id, "name": "Robo", "kind": "bot"}

    async def test_a_wrong_token_is_no_way_in(self):
        async with open_socket() as charlie:
            await charlie.say("hello", token="made up")
            await charlie.refused("unauthorized")
            assert await charlie.closed() == CloseCode.SIGNED_OUT
        assert not await Person.objects.aexists()


class NameTests(SocketTestCase):
    async def test_a_name_is_normalised(self):
        async with connect("  \uff21na   Maria ") as ana:
            assert ana.user["name"] == "Ana Maria"

    async def test_a_name_that_could_deceive_is_refused_and_nobody_is_made(self):
        for name in DECEPTIVE:
            with self.subTest(name=name):
                async with open_socket() as charlie:
                    await charlie.say("hello", name=name)
                    await charlie.refused("name_invalid")
                    await charlie.ask("hello", name="Charlie")
        assert not await Person.objects.exclude(name="Charlie").aexists()

    async def test_a_members_name_is_taken_for_guests_in_any_case(self):
        session = await sign_in("Mara")
        async with connect(session=session, origin=OWN_ORIGIN), open_socket() as charlie:
            for name in ("Mara", "mara", "MARA", "\uff2dara"):
                await charlie.say("hello", name=name)
                error = await charlie.refused("name_taken")
                assert error["suggestion"].casefold() == "mara 2"

    async def test_the_suggested_name_can_be_had(self):
        session = await sign_in("Mara")
        async with connect(session=session, origin=OWN_ORIGIN), open_socket() as other:
            await other.say("hello", name="Mara")
            error = await other.refused("name_taken")
            welcome = await other.hello(name=error["suggestion"])
            assert welcome["user"]["name"] == "Mara 2"

    async def test_a_suggestion_skips_the_names_of_members(self):
        for username in ("Mara", "Mara2"):
            await sign_in(username)
        await Person.objects.acreate(name="Mara", kind=Person.Kind.MEMBER)
        await Person.objects.acreate(name="mara 2", kind=Person.Kind.MEMBER)
        async with open_socket() as other:
            await other.say("hello", name="Mara")
            assert (await other.refused("name_taken"))["suggestion"] == "Mara 3"

    async def test_a_guest_present_in_the_room_keeps_their_name(self):
        async with connect("Ana") as ana, connect("ANA") as charlie:
            await ana.join("lobby")
            await charlie.say("join", room="lobby")
            assert (await charlie.refused("name_taken"))["suggestion"] == "ANA 2"
            await charlie.join("elsewhere")
            await ana.says_nothing()

    async def test_a_refused_guest_takes_another_name_and_stays_the_same_person(self):
        async with connect("Ana") as ana, connect("Ana") as other:
            await ana.join("lobby")
            await other.say("join", room="lobby")
            error = await other.refused("name_taken")
            before = other.user["id"], other.token
            await other.hello(name=error["suggestion"])
            assert (other.user["id"], other.token) == before
            await other.join("lobby")
            assert (await ana.next("presence"))["joined"] == [other.user]

    async def test_who_only_lingers_after_leaving_gives_their_name_up(self):
        async with connect("Eva") as eva, connect("Ana") as ana:
            await eva.join("lobby")
            await ana.join("lobby")
            await eva.next("presence")
            await ana.ask("leave", room="lobby")
            async with connect("Ana") as other:
                joined = await other.join("lobby")
                assert joined["count"] == 2
            told = await eva.next("presence")
            assert (told["left"], told["count"]) == ([ana.user], 1)
            told = await eva.next("presence")
            assert (told["joined"], told["count"]) == ([other.user], 2)

    async def test_the_same_guest_in_another_tab_has_the_name_already(self):
        async with connect("Ana") as ana, connect(token=ana.token) as tab:
            await ana.join("lobby")
            assert (await tab.join("lobby"))["count"] == 1


class HelloAgainTests(SocketTestCase):
    async def test_in_a_room_nobody_changes_who_they_are(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await ana.say("hello", name="Charlie")
            await ana.refused("bad_request")
            await ana.ask("leave", room="lobby")
            assert (await ana.hello(name="Anca"))["user"]["name"] == "Anca"

    async def test_who_comes_back_under_a_new_name_is_shown_under_it(self):
        async with connect("Eva") as eva, connect("Ana") as ana:
            await eva.join("lobby")
            await ana.join("lobby")
            await ana.ask("leave", room="lobby")
            await ana.hello(name="Anca")
            await ana.join("lobby")
            names = {user["name"] for user in (await eva.join("lobby"))["members"]}
            assert names == {"Eva", "Anca"}

    async def test_a_refused_name_leaves_the_one_that_was(self):
        async with connect("Ana") as ana:
            await ana.say("hello", name="a\u200bb")
            await ana.refused("name_invalid")
            await ana.join("lobby")
            await ana.send("still me")
            assert (await ana.next("message"))["message"]["author"] == ana.user

    async def test_a_members_name_is_not_what_they_say(self):
        session = await sign_in("Mara")
        async with connect("Charlie", session=session, origin=OWN_ORIGIN) as mara:
            assert mara.user["name"] == "Mara"
            assert (await mara.hello(name="Charlie"))["user"] == mara.user


class MemberTests(SocketTestCase):
    async def test_a_member_is_one_person_through_all_sessions(self):
        session = await sign_in("Mara")
        async with connect(session=session, origin=OWN_ORIGIN) as desk:
            pass
        async with connect(session=session, origin=OWN_ORIGIN) as phone:
            assert phone.user == desk.user

    async def test_a_username_that_is_no_name_becomes_one(self):
        session = await sign_in("mara@home+work")
        async with connect(session=session, origin=OWN_ORIGIN) as mara:
            assert mara.user["name"] == "mara@home+work"

    async def test_two_accounts_that_read_alike_get_different_names(self):
        sessions = [await sign_in(username) for username in ("Mara", "mara")]
        async with (
            connect(session=sessions[0], origin=OWN_ORIGIN) as one,
            connect(session=sessions[1], origin=OWN_ORIGIN) as other,
        ):
            assert one.user["name"] == "Mara"
            assert other.user["name"] == "mara 2"


class SilenceTests(SocketTestCase):
    async def test_who_says_no_hello_in_time_is_sent_away(self):
        with mock.patch("chat.connection.connection.HELLO_WITHIN", 0.05):
            async with open_socket() as charlie:
                assert await charlie.closed() == CloseCode.STALLED

    async def test_who_said_hello_in_time_may_stay(self):
        with mock.patch("chat.connection.connection.HELLO_WITHIN", 0.5):
            async with connect("Ana") as ana:
                await ana.says_nothing(seconds=0.6)
                await ana.ask("ping")

    async def test_before_hello_nothing_else_is_obeyed(self):
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
                    await charlie.say(**command)
                    await charlie.refused("unauthorized")
