"""GET /api/v1/rooms/SLUG/messages: a room's messages, a page at a time."""

from asgiref.sync import sync_to_async

from chat import log
from chat.models import Message, Room
from tests.api.support import Caller, make_room, new_guest
from tests.support.people import block, sign_in
from tests.support.rooms import bodies, fill
from tests.support.sockets import OWN_ORIGIN, SocketTestCase, connect


class HistoryTests(SocketTestCase):
    async def test_without_a_position_the_newest_50_are_returned(self):
        stored = await fill("lobby", 60)
        page = await Caller().history()
        assert (page.status, set(page.body)) == (200, {"messages", "more", "newer"})
        assert (bodies(page), page["more"]) == (stored[10:], True)

    async def test_a_page_ends_before_a_seq(self):
        stored = await fill("lobby", 5)
        page = await Caller().history(before=4, limit=2)
        assert (bodies(page), page["more"]) == (stored[1:3], True)
        page = await Caller().history(before=3, limit=100)
        assert (bodies(page), page["more"]) == (stored[:2], False)

    async def test_a_page_begins_after_a_seq_or_lies_around_one(self):
        stored = await fill("lobby", 9)
        page = await Caller().history(after=4, limit=2)
        assert (bodies(page), page["more"], page["newer"]) == (stored[4:6], True, True)
        page = await Caller().history(around=5, limit=3)
        assert (bodies(page), page["more"], page["newer"]) == (stored[3:6], True, True)

    async def test_messages_are_returned_by_their_seqs(self):
        stored = await fill("lobby", 5)
        page = await Caller().history(seqs="4,2,4,99")
        assert set(page.body) == {"messages"}
        assert bodies(page) == [stored[1], stored[3]]

    async def test_an_empty_room_has_an_empty_page(self):
        await make_room()
        assert (await Caller().history()).body == {"messages": [], "more": False, "newer": False}

    async def test_it_is_the_same_as_over_a_socket(self):
        await fill("lobby", 3)
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await ana.send("and me")
            (event,) = await ana.receives_messages("and me")
            reply = await ana.request("history", room="lobby", before=5, limit=3)
        page = await Caller().history(limit=3)
        assert (page["messages"], page["more"]) == (reply["messages"], reply["more"])
        assert page["messages"][-1] == event["message"]

    async def test_a_deleted_message_keeps_only_its_place(self):
        await fill("lobby", 2)
        await sync_to_async(log.delete)((await Message.objects.aget(seq=1)).pk)
        first = (await Caller().history())["messages"][0]
        assert (first["seq"], first["body"], first["deleted"]) == (1, "", True)

    async def test_a_room_is_found_by_what_a_person_types_for_it(self):
        await fill("chess-club", 1)
        assert bodies(await Caller().history("Chess%20Club")) == ["m1"]


class AccessTests(SocketTestCase):
    async def test_a_public_room_may_be_read_signed_in_or_not(self):
        await fill("lobby", 1)
        session = await sign_in("Mara")
        for reader in (
            Caller(),
            await new_guest("Ana"),
            Caller(session=session),
            Caller(session=session, origin=OWN_ORIGIN),
            Caller(session="0123456789abcdef"),
        ):
            assert bodies(await reader.history()) == ["m1"]

    async def test_a_missing_room_is_not_found_and_not_created(self):
        for slug in ("nowhere", "%00nowhere", "x" * 64):
            for query in ({}, {"around": 1}, {"seqs": "1"}):
                (await Caller().history(slug, **query)).check_error(404, "not_found")
        assert not await Room.objects.aexists()

    async def test_a_blocked_person_may_not_read(self):
        await fill("lobby", 1)
        charlie = await new_guest("Charlie")
        await block(charlie.user["id"])
        for query in ({}, {"around": 1}, {"seqs": "1"}):
            (await charlie.history(**query)).check_error(403, "forbidden")
        (await charlie.get("rooms")).check_error(403, "forbidden")

    async def test_an_unknown_token_is_refused(self):
        await make_room()
        for token in ("wrong", "w\u00f6rng", " "):
            response = await Caller(token=token).history()
            response.check_error(401, "unauthorized")
            assert response.headers["WWW-Authenticate"] == "Bearer"

    async def test_the_scheme_of_a_token_may_have_any_case(self):
        ana = await new_guest("Ana")
        for scheme in ("Bearer", "bearer", "BEARER"):
            me = await Caller().get("me", Authorization=f"{scheme} {ana.token}")
            assert me["user"] == ana.user

    async def test_a_password_for_a_proxy_is_not_taken_for_a_token(self):
        await make_room()
        response = await Caller().get("rooms/lobby/messages", Authorization="Basic YTpi")
        assert response.status == 200


class BadQueryTests(SocketTestCase):
    async def test_invalid_parameters_are_refused_with_a_sentence(self):
        await make_room()
        for query, word in {
            "limit=0": "limit",
            "limit=101": "limit",
            "limit=many": "limit",
            "limit=": "limit",
            "before=-1": "before",
            "before=1.5": "before",
            "before=99999999999999999999": "before",
            f"before={'9' * 5000}": "before",
            "befor=3": "befor",
            "before=%ED%A0%80": "before",
            "%ED%A0%80=1": "no field",
            "before=3&after=1": "one place",
            "around=3&seqs=1": "one place",
            "seqs=": "seqs",
            "seqs=1,": "numbers with commas",
            "seqs=1,-2": "seqs",
            f"seqs={'1,' * 50}1": "50 messages at most",
        }.items():
            with self.subTest(query=query[:40]):
                response = await Caller().get(f"rooms/lobby/messages?{query}")
                assert word in response.check_error(400, "bad_request")["message"]

    async def test_an_address_that_cannot_name_a_room_is_not_found(self):
        (await Caller().history("%3F%3F%3F")).check_error(404, "not_found")

    async def test_a_path_that_is_too_long_is_refused(self):
        (await Caller().history("x" * 201)).check_error(400, "bad_request")
