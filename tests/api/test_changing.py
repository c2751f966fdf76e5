"""PATCH and DELETE of /api/v1/rooms/SLUG/messages/SEQ: change a message as over a socket."""

from chat.models import Message, Room
from tests.access.support import Role, admit
from tests.api.support import Caller, make_room, new_guest, new_member, on_a_page
from tests.support.people import block, sign_in
from tests.support.sockets import SocketTestCase, connect

PATH = "rooms/lobby/messages/1"


class ChangingTests(SocketTestCase):
    async def test_an_edit_and_a_deletion_are_acknowledged_and_told_to_the_room(self):
        async with connect("Ion") as ion:
            await ion.join("lobby")
            ana = await new_guest("Ana")
            await ana.send_message("helo")
            edited = await ana.patch(PATH, {"body": "hello", "base": 1})
            _, event = await ion.receives_messages("helo", "hello")
            at = event["message"]["edited_at"]
            assert edited.status == 200
            assert edited.body == {"room": "lobby", "seq": 1, "version": 2, "at": at}
            deleted = await ana.delete(PATH)
            assert (deleted.status, deleted["version"]) == (200, 3)
            await ion.receives_messages("")
            again = await ana.delete(PATH)
            assert (again.status, again["duplicate"], again["version"]) == (200, True, 3)

    async def test_in_a_closed_room_its_moderators_delete_their_own_messages_too(self):
        room, mara, dan = await make_room(), await new_member("Mara"), await new_member("Dan")
        await admit(room, mara.user, Role.OWNER)
        for caller in (mara, dan):
            assert (await caller.send_message("hello")).status == 201
        await Room.objects.aupdate(closed=True)
        (await dan.delete("rooms/lobby/messages/2")).check_error(403, "forbidden")
        for seq in (1, 2):
            assert (await mara.delete(f"rooms/lobby/messages/{seq}")).status == 200

    async def test_a_member_needs_the_csrf_token(self):
        await make_room()
        session = await sign_in("Mara")
        mara = on_a_page(session)
        await mara.send_message("helo")
        for charlie in (on_a_page(session, csrf=False), Caller(session=session)):
            (await charlie.patch(PATH, {"body": "x"})).check_error(403, "forbidden")
            (await charlie.delete(PATH)).check_error(403, "forbidden")
        assert (await mara.patch(PATH, {"body": "hello"})).status == 200

    async def test_what_may_not_be_changed_is_refused(self):
        await make_room()
        ana, charlie = await new_guest("Ana"), await new_guest("Charlie")
        await ana.send_message("mine")
        for who, status, code in (
            (charlie, 403, "forbidden"),
            (Caller(), 401, "unauthorized"),
            (Caller(token="unknown"), 401, "unauthorized"),
        ):
            (await who.patch(PATH, {"body": "x"})).check_error(status, code)
            (await who.delete(PATH)).check_error(status, code)
        missing = "rooms/lobby/messages/2", "rooms/nowhere/messages/1"
        for path in missing:
            (await ana.delete(path)).check_error(404, "not_found")
        conflict = await ana.patch(PATH, {"body": "x", "base": 7})
        conflict.check_error(409, "conflict")
        (await ana.patch(PATH, {"body": "x" * 4001})).check_error(422, "too_long")
        (await ana.patch(PATH, {"body": ""})).check_error(400, "bad_request")
        (await ana.patch(PATH, {"text": "x"})).check_error(400, "bad_request")
        (await ana.patch(f"{PATH}?x=1", {"body": "x"})).check_error(400, "bad_request")
        (await ana.delete(f"{PATH}?x=1")).check_error(400, "bad_request")
        await block(ana.user["id"])
        (await ana.delete(PATH)).check_error(403, "forbidden")
        assert (await Message.objects.aget()).body == "mine"
