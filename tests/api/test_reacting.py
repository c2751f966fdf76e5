"""PUT and DELETE of /api/v1/rooms/SLUG/messages/SEQ/reactions/EMOJI: react as over a socket."""

from urllib.parse import quote

from chat.models import Message, Reaction
from tests.api.support import Caller, make_room, new_guest, on_a_page
from tests.support.people import block, change_room, sign_in
from tests.support.sockets import SocketTestCase, connect


def path(emoji: str = "👍", room: str = "lobby", seq: int = 1) -> str:
    return f"rooms/{room}/messages/{seq}/reactions/{quote(emoji)}"


class ReactingTests(SocketTestCase):
    async def test_a_reaction_is_acknowledged_and_told_to_the_room(self):
        async with connect("Ion") as ion:
            await ion.join("lobby")
            ana = await new_guest("Ana")
            await ana.send_message("hello")
            put = await ana.put(path())
            assert put.status == 200
            assert put.body.keys() == {"room", "seq", "version", "at"}
            assert (put["seq"], put["version"]) == (1, 2)
            _, event = await ion.receives_messages("hello", "hello")
            by = [ana.user["id"]]
            assert event["message"]["reactions"] == [{"emoji": "👍", "count": 1, "by": by}]
            again = await ana.put(path("👍\ufe0f"))
            assert (again["duplicate"], again["version"]) == (True, 2)
            assert (await ana.delete(path()))["version"] == 3
            assert (await ana.delete(path()))["duplicate"]

    async def test_an_emoji_of_signs_that_addresses_use_is_one_too(self):
        await make_room()
        ana = await new_guest("Ana")
        await ana.send_message("hello")
        for emoji in ("#\ufe0f\u20e3", "*\ufe0f\u20e3", "👨‍👩‍👧"):
            assert (await ana.put(path(emoji))).status == 200
        page = await ana.get("rooms/lobby/messages")
        shown = [reaction["emoji"] for reaction in page["messages"][0]["reactions"]]
        assert shown == ["#\ufe0f\u20e3", "*\ufe0f\u20e3", "👨‍👩‍👧"]

    async def test_own_reactions_that_are_not_named_come_beside_the_page(self):
        await make_room()
        ana, ion = await new_guest("Ana"), await new_guest("Ion")
        await ana.send_message("hello")
        await ana.put(path())
        await ion.put(path())
        message = await Message.objects.aget()
        named = message.reactions.replace(f',"{ion.user["id"]}"', "")
        await Message.objects.aupdate(reactions=named)
        assert (await ion.get("rooms/lobby/messages"))["mine"] == {"1": ["👍"]}
        assert (await ion.get("rooms/lobby/events?wait=0"))["mine"] == {"1": ["👍"]}
        for other in (ana, Caller()):
            assert "mine" not in (await other.get("rooms/lobby/messages")).body

    async def test_a_member_needs_the_csrf_token(self):
        await make_room()
        session = await sign_in("Mara")
        mara = on_a_page(session)
        await mara.send_message("hello")
        for charlie in (on_a_page(session, csrf=False), Caller(session=session)):
            (await charlie.put(path())).check_error(403, "forbidden")
            (await charlie.delete(path())).check_error(403, "forbidden")
        assert (await mara.put(path())).status == 200

    async def test_what_may_not_be_done_is_refused(self):
        await make_room()
        ana = await new_guest("Ana")
        await ana.send_message("hello")
        for charlie in (Caller(), Caller(token="unknown")):
            (await charlie.put(path())).check_error(401, "unauthorized")
            (await charlie.delete(path())).check_error(401, "unauthorized")
        for missing in (path(room="nowhere"), path(seq=2)):
            (await ana.put(missing)).check_error(404, "not_found")
        for text in ("x", "1", "👍👍"):
            (await ana.put(path(text))).check_error(400, "bad_request")
        (await ana.put(f"{path()}?x=1")).check_error(400, "bad_request")
        await change_room("lobby", closed=True)
        (await ana.put(path())).check_error(403, "forbidden")
        (await ana.delete(path())).check_error(403, "forbidden")
        await change_room("lobby", closed=False)
        await block(ana.user["id"])
        (await ana.put(path())).check_error(403, "forbidden")
        assert await Reaction.objects.acount() == 0
