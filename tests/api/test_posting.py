"""POST /api/v1/rooms/SLUG/messages: send a message as over a socket, without joining."""

import asyncio

from django.contrib.auth import get_user_model
from django.test import override_settings

from chat.models import Message, Person
from tests.api.support import Caller, make_room, new_guest, on_a_page
from tests.support.people import block, change_room, configure, sign_in
from tests.support.sockets import OWN_ORIGIN, SocketTestCase, connect

FRIEND = "https://friend.example"


class PostingTests(SocketTestCase):
    async def test_a_message_is_acknowledged_and_sent_to_the_room(self):
        async with connect("Ion") as ion:
            await ion.join("lobby")
            ana = await new_guest("Ana")
            ack = await ana.send_message("hello", id="one")
            (event,) = await ion.receives_messages("hello")
        message = event["message"]
        assert (message["author"], message["id"]) == (ana.user, "one")
        assert (ack.status, ack.body) == (
            201,
            {"id": "one", "room": "lobby", "seq": 1, "version": 1, "at": message["at"]},
        )

    async def test_a_repeat_gets_the_first_ack_and_is_sent_to_nobody(self):
        async with connect("Ion") as ion:
            await ion.join("lobby")
            ana = await new_guest("Ana")
            first = await ana.send_message("hello", id="one")
            again = await ana.send_message("hello", id="one")
            await ion.receives_messages("hello")
            await ion.receives_nothing()
        assert (again.status, again.body) == (200, first.body | {"duplicate": True})

    async def test_a_repeat_is_recognised_over_any_entry_point(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            ack = await ana.send("hello", id="one")
            again = await Caller(token=ana.token).send_message("hello", id="one")
        assert (again.status, again["seq"], again["at"]) == (200, ack["seq"], ack["at"])

    async def test_another_body_with_the_same_id_is_a_conflict(self):
        await make_room()
        ana = await new_guest("Ana")
        await ana.send_message("hello", id="one")
        (await ana.send_message("goodbye", id="one")).check_error(409, "conflict")

    async def test_messages_sent_at_once_are_stored_once_each(self):
        await make_room()
        ana, ion = await new_guest("Ana"), await new_guest("Ion")
        posts = [who.send_message(f"{n}", id=f"{n}") for n in range(20) for who in (ana, ion, ana)]
        acks = await asyncio.gather(*posts)
        assert sorted({ack["seq"] for ack in acks}) == list(range(1, 41))
        assert sorted(ack.status for ack in acks) == [200] * 20 + [201] * 40


class SignedInTests(SocketTestCase):
    async def mara_in_a_room(self):
        await make_room()
        return await sign_in("Mara")

    async def test_a_member_writes_on_a_page_of_the_site(self):
        mara = on_a_page(await self.mara_in_a_room())
        assert (await mara.send_message("hello")).status == 201
        author = (await mara.history())["messages"][0]["author"]
        assert (author["name"], author["kind"]) == ("Mara", "member")

    async def test_a_session_without_the_csrf_token_writes_nothing(self):
        session = await self.mara_in_a_room()
        for charlie in (on_a_page(session, csrf=False), Caller(session=session)):
            (await charlie.send_message("not me")).check_error(403, "forbidden")
        assert not await Message.objects.aexists()

    async def test_a_session_does_not_count_on_another_website(self):
        session = await self.mara_in_a_room()
        await configure(allowed_origins=FRIEND)
        friend = Caller(session=session, origin=FRIEND, csrf=True)
        (await friend.send_message("not me")).check_error(401, "unauthorized")

    async def test_a_token_wins_over_a_session_and_needs_no_csrf_token(self):
        session, guest = await self.mara_in_a_room(), await new_guest("Ana")
        ana = Caller(token=guest.token, session=session)
        assert (await ana.send_message("hello")).status == 201
        assert (await ana.history())["messages"][0]["author"] == guest.user

    async def test_a_bad_token_is_refused_even_with_a_session(self):
        mara = on_a_page(await self.mara_in_a_room())
        mara.headers["Authorization"] = "Bearer wrong"
        (await mara.send_message("hello")).check_error(401, "unauthorized")

    async def test_nobody_writes_without_authentication(self):
        session = await self.mara_in_a_room()
        await get_user_model().objects.filter(username="Mara").aupdate(is_active=False)
        for nobody in (Caller(), Caller(origin=OWN_ORIGIN), on_a_page(session)):
            response = await nobody.send_message("hello")
            response.check_error(401, "unauthorized")
            assert response.headers["WWW-Authenticate"] == "Bearer"


class RefusalTests(SocketTestCase):
    async def test_a_refused_message_is_not_stored(self):
        await make_room()
        ana, charlie = await new_guest("Ana"), await new_guest("Charlie")
        await block(charlie.user["id"])
        (await charlie.send_message("hello")).check_error(403, "forbidden")
        await configure(guests_may_write=False)
        (await ana.send_message("hello")).check_error(403, "forbidden")
        await configure(guests_may_write=True)
        await change_room("lobby", closed=True)
        (await ana.send_message("hello")).check_error(403, "forbidden")
        (await ana.send_message("hello", room="nowhere")).check_error(404, "not_found")
        assert not await Message.objects.aexists()

    async def test_a_guest_with_the_name_of_somebody_present_is_refused(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            charlie = await new_guest("ana")
            error = (await charlie.send_message("I am Ana")).check_error(409, "name_taken")
            assert error["suggestion"] == "ana 2"
            assert (await charlie.send_message("elsewhere", room="lobby")).status == 409
            await make_room("tea")
            assert (await charlie.send_message("I am ana here", room="tea")).status == 201
            assert (await Caller(token=ana.token).send_message("so am I")).status == 201

    async def test_what_was_sent_before_is_acknowledged_under_a_name_that_was_taken_since(self):
        await make_room()
        ana = await new_guest("Ana")
        assert (await ana.send_message("hello", id="k")).status == 201
        async with connect("Ana") as other:
            await other.join("lobby")
            again = await ana.send_message("hello", id="k")
            assert (again.status, again["duplicate"]) == (200, True)
            (await ana.send_message("more", id="l")).check_error(409, "name_taken")

    async def test_a_guest_whose_name_a_member_took_is_refused(self):
        await make_room()
        charlie = await new_guest("Mara")
        assert (await charlie.send_message("the first Mara")).status == 201
        await Person.objects.acreate(name="MARA", kind=Person.Kind.MEMBER)
        error = (await charlie.send_message("hello")).check_error(409, "name_taken")
        assert error["suggestion"] == "Mara 2"

    async def test_the_sites_limits_hold_for_posted_messages(self):
        await make_room()
        await configure(max_body=5)
        ana = await new_guest("Ana")
        assert (await ana.send_message("12345")).status == 201
        (await ana.send_message("123456")).check_error(422, "too_long")
        for body in ("", " \n", "\u200b", "a\x00b"):
            (await ana.send_message(body)).check_error(400, "bad_request")

    async def test_malformed_bodies_are_refused_with_a_sentence(self):
        await make_room()
        ana = await new_guest("Ana")
        for body in (
            {"id": "one"},
            {"body": "hi"},
            {"id": "one", "body": "hi", "room": "lobby"},
            {"id": 1, "body": "hi"},
            {"id": "", "body": "hi"},
            {"id": "x" * 65, "body": "hi"},
            {"id": "a\nb", "body": "hi"},
            {"id": "one", "body": None},
            {"id": "one", "body": ["hi"]},
            [],
            "hi",
            b"",
            b"{",
            b"\xff",
            b'{"id": "one", "body": "\\ud800"}',
            b'{"id": "one", "body": NaN}',
            b'{"id": "one", "body": 1e999}',
            b'{"id": "one", "body": ' + b"9" * 5000 + b"}",
            b"[" * 60_000,
            b'{"\\u0000": 1}',
        ):
            with self.subTest(body=body[:40] if isinstance(body, bytes) else body):
                response = await ana.post("rooms/lobby/messages", body)
                response.check_error(400, "bad_request")
        assert not await Message.objects.aexists()

    async def test_a_form_of_another_website_is_refused(self):
        await make_room()
        ana = await new_guest("Ana")
        ana.headers["Origin"] = "https://charlie.example"
        (await ana.send_message("hello")).check_error(403, "forbidden")
        (await Caller(origin="null").post("guests", {})).check_error(403, "forbidden")

    @override_settings(DEBUG=True)
    async def test_the_reason_is_a_sentence_that_a_person_can_use(self):
        await make_room()
        ana = await new_guest("Ana")
        error = (await ana.send_message("hi", shoe=7)).check_error(400, "bad_request")
        assert error["message"] == "This request has no field 'shoe'. Leave it out."
        error = (await ana.post("rooms/lobby/messages", b"{")).check_error(400, "bad_request")
        assert error["message"] == "This is not JSON. Send one object."
