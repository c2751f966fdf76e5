"""The list of one's own rooms: whole once, then what changed; nothing of rooms that one may not
read."""

from tests.support.people import sign_in
from tests.support.rooms import fill
from tests.support.sockets import OWN_ORIGIN, SocketTestCase, connect


async def member(name: str, **options):
    """Return what `connect` takes for somebody who is signed in."""
    session = await sign_in(name)
    return {"session": session, "origin": OWN_ORIGIN, **options}


def entries(event: dict) -> dict[str, dict]:
    """Return the entries of a `rooms` event by the room's slug."""
    return {entry["room"]["slug"]: entry for entry in event["rooms"]}


class ListTests(SocketTestCase):
    async def test_the_list_has_the_rooms_that_one_belongs_to(self):
        await fill("lobby", 3)
        async with connect(**await member("Mara")) as mara:
            assert (await mara.request("watch"))["rooms"] == []
            await mara.join("lobby")
            event = await mara.next("rooms")
            entry = entries(event)["lobby"]
            assert entry["room"]["seq"] == 3
            assert (entry["unread"], entry["mentions"], entry["last_read"]) == (0, 0, 3)
            assert (entry["level"], entry["role"]) == ("everything", "member")


class NoticeTests(SocketTestCase):
    async def test_a_mention_comes_wherever_one_is_and_is_counted(self):
        async with connect("Ion") as ion, connect(**await member("Mara")) as mara:
            await ion.join("lobby")
            await mara.join("lobby")
            await mara.request("leave", room="lobby")
            await mara.request("watch")
            await ion.send("hello")
            await ion.send("@Mara, look")
            notice = await mara.next("notice")
            assert (notice["room"], notice["seq"], notice["why"]) == ("lobby", 2, "mention")
            assert notice["message"]["body"] == "@Mara, look"
            while (entry := entries(await mara.next("rooms"))["lobby"])["mentions"] == 0:
                pass
            assert (entry["unread"], entry["mentions"]) == (2, 1)
