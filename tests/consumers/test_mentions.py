"""Who is meant by a message: by ids, or by the names in it; and who may address everybody."""

import threading
from unittest import mock

from django.contrib.auth import get_user_model

from chat.models import Membership, Person, Room
from chat.rules.mentions import Candidates, find_candidates
from tests.access.support import Role, admit
from tests.api.support import Caller, new_guest
from tests.support.people import block, sign_in
from tests.support.rooms import fill
from tests.support.sockets import OWN_ORIGIN, SocketTestCase, connect


def names(message: dict) -> list[str] | None:
    people = message.get("mentions")
    return people and [person["name"] for person in people]


class MentionTestCase(SocketTestCase):
    async def sent(self, sender, body: str, **fields) -> dict:
        """Send a message; return it as it comes back."""
        ack = await sender.send(body, **fields)
        while (message := (await sender.next("message"))["message"])["seq"] != ack["seq"]:
            pass
        return message


class NameTests(MentionTestCase):
    async def test_a_name_means_who_is_here_or_a_member(self):
        await sign_in("Mara")
        async with connect("Ana") as ana, connect("Ion Pop") as ion, connect("Eva") as eva:
            await ana.join("lobby")
            await ion.join("lobby")
            await eva.join("tea")
            for body, meant in {
                "@ion pop, look": ["Ion Pop"],
                "@Mara and @Ana, @mara": ["Mara", "Ana"],
                "@Eva and @Ion": None,
                "`@Mara`": None,
                "mail@Mara": None,
            }.items():
                assert names(await self.sent(ana, body)) == meant, body
            message = await self.sent(ana, "@Ion Pop")
            assert message["mentions"] == [ion.user]

    async def test_a_bot_is_meant_by_its_name_where_it_belongs_present_or_not(self):
        room = await Room.objects.acreate(slug="lobby", name="Lobby")
        for name in ("Clock", "Deploy", "Eva"):
            bot = await Person.objects.acreate(name=name, kind="bot")
            if name != "Deploy":
                await Membership.objects.acreate(room=room, person=bot)
        async with connect("Ana") as ana, connect("Eva") as eva:
            await ana.join("lobby")
            await eva.join("lobby")
            message = await self.sent(ana, "@Clock and @Deploy, @Eva")
            assert names(message) == ["Clock", "Eva"]
            # Of two with a name, who is there.
            assert message["mentions"][1] == eva.user

    async def test_the_longest_name_is_meant(self):
        async with connect("Ana") as ana, connect("Ana Maria") as maria:
            await ana.join("lobby")
            await maria.join("lobby")
            assert names(await self.sent(ana, "@Ana Maria")) == ["Ana Maria"]
            assert names(await self.sent(ana, "@Ana Mariam")) == ["Ana"]

    async def test_who_is_meant_is_shown_under_the_name_of_now(self):
        await sign_in("Mara")
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await self.sent(ana, "@Mara")
            await Person.objects.filter(name="Mara").aupdate(name="Marta")
            page = await ana.request("history", room="lobby", before=9)
            assert names(page["messages"][0]) == ["Marta"]

    async def test_the_name_in_the_text_is_told_where_it_is_another(self):
        await sign_in("Mara")
        people = Person.objects.filter(name_key__in=["mara", "marta"])
        mara = await Person.objects.aget(name="Mara")
        async with connect("Ana") as ana:
            await ana.join("lobby")
            message = await self.sent(ana, "@Mara")
            assert message["mentions"] == [{"id": mara.public_id, "name": "Mara", "kind": "member"}]
            await people.aupdate(name="Marta")
            place = {"room": "lobby", "seq": 1}
            by_id = {"mentions": [mara.public_id]}
            for body, was in {"@Mara!": "Mara", "@Marta": None, "@Mara": None}.items():
                await ana.request("edit", **place, body=body, **by_id)
                edited = (await ana.next("message"))["message"]
                assert edited["mentions"][0].get("was") == was, body
                page = await ana.request("history", room="lobby", before=9)
                assert page["messages"][0]["mentions"] == edited["mentions"]

    async def test_an_edit_says_anew_who_is_meant_and_a_deletion_nobody(self):
        await sign_in("Mara")
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await self.sent(ana, "@Mara")
            place = {"room": "lobby", "seq": 1}
            await ana.request("edit", **place, body="@Ana @here")
            edited = (await ana.next("message"))["message"]
            assert (names(edited), edited["mentions_all"]) == (["Ana"], "here")
            await ana.request("edit", **place, body="nobody")
            edited = (await ana.next("message"))["message"]
            assert not {"mentions", "mentions_all"} & set(edited)
            await ana.request("edit", **place, body="@Mara @here")
            await ana.request("delete", **place)
            await ana.next("message")
            deleted = (await ana.next("message"))["message"]
            assert not {"mentions", "mentions_all"} & set(deleted)

    async def test_an_edited_plain_text_has_no_code_either(self):
        await sign_in("Mara")
        async with connect("Ana") as ana:
            await ana.join("lobby")
            assert names(await self.sent(ana, "`@Mara`", format="plain")) == ["Mara"]
            await ana.request("edit", room="lobby", seq=1, body="`@Mara`!")
            assert names((await ana.next("message"))["message"]) == ["Mara"]

    async def test_an_edit_goes_on_to_mean_who_has_gone_since(self):
        async with connect("Ana") as ana, connect("Gus") as gus:
            await ana.join("lobby")
            await gus.join("lobby")
            by_id = {"mentions": [gus.user["id"]]}
            assert names(await self.sent(ana, "@Gus, lok", **by_id)) == ["Gus"]
            with mock.patch("chat.live.presence.LEAVE_AFTER", 0):
                await gus.request("leave", room="lobby")
                while not (await ana.next("presence"))["left"]:
                    pass
            place = {"room": "lobby", "seq": 1}
            again = await ana.request("edit", **place, body="@Gus, lok", **by_id)
            assert again["duplicate"]
            await ana.request("edit", **place, body="@Gus, look")
            assert names((await ana.next("message"))["message"]) == ["Gus"]
            await ana.request("edit", **place, body="Look")
            assert names((await ana.next("message"))["message"]) is None

    async def test_a_blocked_person_is_not_meant(self):
        async with connect("Ana") as ana, connect("Charlie") as charlie:
            await ana.join("lobby")
            await charlie.join("lobby")
            await block(charlie.user["id"])
            assert names(await self.sent(ana, "@Charlie")) is None
            assert names(await self.sent(ana, "x", mentions=[charlie.user["id"]])) is None

    async def test_a_message_without_an_at_reads_nobody(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            with mock.patch("chat.connection.mentions._read") as read:
                message = await self.sent(ana, "hello")
            read.assert_not_called()
            assert "mentions" not in message

    async def test_a_text_is_not_parsed_on_the_event_loop(self):
        threads = []

        def parse(text: str, is_plain: bool) -> Candidates:
            threads.append(threading.current_thread())
            return find_candidates(text, is_plain)

        async with connect("Ana") as ana:
            await ana.join("lobby")
            with mock.patch("chat.connection.mentions.find_candidates", parse):
                await self.sent(ana, "@Mara")
        assert threading.current_thread() not in threads
        assert len(threads) == 1


class IdTests(MentionTestCase):
    async def test_ids_say_who_is_meant_whatever_the_text_says(self):
        await sign_in("Mara")
        mara = await Person.objects.aget(name="Mara")
        async with connect("Ana") as ana:
            await ana.join("lobby")
            message = await self.sent(ana, "@Ana, ask her", mentions=[mara.public_id, "unknown"])
            assert names(message) == ["Mara"]
            assert names(await self.sent(ana, "@Mara", mentions=[])) is None

    async def test_names_mean_somebody_beside_the_ids_where_that_is_said(self):
        await sign_in("Mara")
        mara = await Person.objects.aget(name="Mara")
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            both = {"mentions": [mara.public_id], "mention_names": True}
            assert names(await self.sent(ana, "@ion, ask her", **both)) == ["Mara", "Ion"]
            assert names(await self.sent(ana, "@Ion", mentions=[], mention_names=True)) == ["Ion"]
            assert names(await self.sent(ana, "@Ion", mention_names=True)) == ["Ion"]

    async def test_the_name_of_somebody_who_was_chosen_means_nobody_else(self):
        await fill("lobby", 1)
        past = await Person.objects.aget(name="Past")
        async with connect("Ana") as ana, connect("Past") as other:
            await ana.join("lobby")
            await other.join("lobby")
            chosen = {"mentions": [past.public_id], "mention_names": True}
            for fields, person in ((chosen, past.public_id), ({}, other.user["id"])):
                message = await self.sent(ana, "@Past", **fields)
                assert [each["id"] for each in message["mentions"]] == [person]

    async def test_an_edit_that_is_repeated_with_its_ids_is_once(self):
        await sign_in("Mara")
        mara = await Person.objects.aget(name="Mara")
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await self.sent(ana, "@Ana")
            edit = {"room": "lobby", "seq": 1, "body": "@Ana", "mention_names": True}
            added = await ana.request("edit", **edit, mentions=[mara.public_id])
            again = await ana.request("edit", **edit, mentions=[mara.public_id])
            assert (added.get("duplicate"), again.get("duplicate")) == (None, True)
            alone = {**edit, "mention_names": False}
            assert "duplicate" not in await ana.request("edit", **alone, mentions=[mara.public_id])

    async def test_an_id_from_elsewhere_does_not_say_who_it_is(self):
        await fill("lobby", 1)
        past = await Person.objects.aget(name="Past")
        async with connect("Charlie") as charlie, connect("Eva") as eva:
            await eva.join("tea")
            await charlie.join("lobby")
            message = await self.sent(charlie, "who?", mentions=[eva.user["id"], past.public_id])
            assert names(message) == ["Past"]
            assert "Eva" not in str(message)

    async def test_up_to_fifty_ids_may_be_given(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await self.sent(ana, "x", mentions=["a"] * 50)
            await ana.send_command("send", room="lobby", body="x", mentions=["a"] * 51)
            await ana.receives_error("bad_request")

    async def test_an_id_with_a_sign_that_no_id_has_is_refused(self):
        ana = await new_guest("Ana")
        await ana.post("rooms", {"name": "lobby"})
        for unprintable in ("\0", "a\n"):
            message = {"id": "1", "body": "hi", "mentions": [unprintable]}
            response = await ana.post("rooms/lobby/messages", message)
            error = response.check_error(400, "bad_request")
            assert "mentions" in error["message"]

    async def test_mentions_are_posted_and_edited_over_http(self):
        ana = await new_guest("Ana")
        await ana.post("rooms", {"name": "lobby"})
        await sign_in("Mara")
        await ana.post("rooms/lobby/messages", {"id": "1", "body": "@Mara"})
        assert names((await Caller().history())["messages"][0]) == ["Mara"]
        await ana.patch("rooms/lobby/messages/1", {"body": "@Mara!", "mentions": []})
        assert names((await Caller().history())["messages"][0]) is None


class EverybodyTests(MentionTestCase):
    async def test_all_may_be_addressed_where_few_are_and_by_moderators_everywhere(self):
        session = await sign_in("Mara")
        async with connect("Ana") as ana, connect(session=session, origin=OWN_ORIGIN) as mara:
            await ana.join("lobby")
            await mara.join("lobby")
            assert (await self.sent(ana, "@room: hi"))["mentions_all"] == "room"
            with mock.patch("chat.access.policies.SMALL_CROWD", 1):
                for sender in (ana, mara):
                    assert "mentions_all" not in await self.sent(sender, "@here")
                await get_user_model().objects.aupdate(is_staff=True)
                assert (await self.sent(mara, "@here"))["mentions_all"] == "here"
                assert "mentions_all" not in await self.sent(ana, "@here")
                await get_user_model().objects.aupdate(is_staff=False)
                await admit(await Room.objects.aget(), mara.user, Role.MODERATOR)
                assert (await self.sent(mara, "@room"))["mentions_all"] == "room"
