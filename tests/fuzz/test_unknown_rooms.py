"""A room that is hidden, deleted or moved looks, at every entry point, as if it never existed."""

import json
import re
from contextlib import contextmanager
from unittest import mock

from asgiref.sync import sync_to_async
from django.test import AsyncClient, override_settings

from chat.access import policies
from chat.access.policies import Action
from chat.cluster import announce
from chat.live import server
from chat.models import Message, Room
from chat.models.rooms import RoomQuerySet
from tests.api.support import Caller, new_guest, on_a_page
from tests.support.people import change_room, configure, sign_in
from tests.support.processes import subscriptions
from tests.support.rooms import fill
from tests.support.sockets import OWN_ORIGIN, SocketTestCase, connect
from tests.support.terminals import terminal

# Of the same length, so that responses can be compared byte by byte.
UNKNOWN, HIDDEN = "absent", "secret"

COMMANDS = {
    "join": {},
    "leave": {},
    "send": {"body": "hello"},
    "history": {"before": 10},
    "get": {"seqs": [1]},
    "sync": {"after": 0, "epoch": "x"},
    "typing": {},
    "received": {"version": 1},
}
RESUMING = {"after": 1, "epoch": "x"}


class UnknownRoomTests(SocketTestCase):
    async def test_a_hidden_room_is_like_one_that_never_existed(self):
        await fill(HIDDEN, 3)
        with hidden(HIDDEN):
            await self.check_looks_unknown()

    async def test_a_deleted_room_is_like_one_that_never_existed(self):
        await fill(HIDDEN, 3)
        async with connect("Eva") as eva:
            await eva.join(HIDDEN)
            room = await Room.objects.aget(slug=HIDDEN)
            await Room.objects.filter(pk=room.pk).adelete()
            await sync_to_async(announce.room_changed)(room)
            await eva.next("left")
            await self.check_looks_unknown()

    async def test_an_old_address_is_like_one_that_never_existed(self):
        await fill(HIDDEN, 3)
        async with connect("Eva") as eva:
            await eva.join(HIDDEN)
            await change_room(HIDDEN, slug="elsewhere", name="Elsewhere")
            await eva.next("room")
            await self.check_looks_unknown()

    @override_settings(CHAT_RATE_LIMITS=True)
    async def test_hidden_and_unknown_rooms_use_up_the_same_rate(self):
        await fill(HIDDEN, 3)
        await configure(joining_creates_rooms=False, socket_rate=0.1, socket_burst=5)
        with hidden(HIDDEN):
            codes = [await self.codes_until_refused(slug) for slug in (HIDDEN, UNKNOWN)]
        assert codes[0] == codes[1] == ["not_found"] * 4 + ["rate_limited"]

    async def codes_until_refused(self, slug: str) -> list[str]:
        codes = []
        async with connect("Charlie") as charlie:
            while "rate_limited" not in codes:
                await charlie.send_command("join", room=slug)
                codes.append((await charlie.next("error"))["code"])
        return codes

    async def check_looks_unknown(self) -> None:
        await configure(joining_creates_rooms=False)
        await (await server.current()).poll_site()
        self.session = await sign_in("Mara")
        for entry_point in (self.sockets, self.terminals, self.requests, self.pages):
            with self.subTest(entry_point=entry_point.__name__):
                hidden, traces_of_hidden = await entry_point(HIDDEN), await traces()
                unknown, traces_of_unknown = await entry_point(UNKNOWN), await traces()
                assert hidden == unknown
                named = any("does not exist" in reply for reply in hidden)
                assert named or entry_point == self.pages
                assert traces_of_hidden == traces_of_unknown

    async def sockets(self, slug: str) -> list[str]:
        """Return what a guest and a member receive over the JSON socket."""
        received = []
        for identity in ({"name": "Ana"}, {"session": self.session, "origin": OWN_ORIGIN}):
            async with connect(**identity) as socket:
                for kind, fields in [*COMMANDS.items(), ("join", RESUMING), ("send", {"body": ""})]:
                    command = {"type": kind, "id": "x", "room": slug, **fields}
                    await socket.write(json.dumps(command))
                    received.append(await socket.next("error"))
                    await socket.request("ping")
                await socket.receives_nothing(0.05)
        return without_slug(received, slug)

    async def terminals(self, slug: str) -> list[str]:
        """Return what a guest and a member read over the plain-text socket."""
        received = []
        for identity in ({"name": "Ana"}, {"session": self.session, "origin": OWN_ORIGIN}):
            async with terminal(slug, **identity) as charlie:
                received += [await charlie.line(), await charlie.closed()]
        return without_slug(received, slug)

    async def requests(self, slug: str) -> list[str]:
        """Return the responses to a guest, a member and anonymous callers, with their headers."""
        received = []
        guest = await new_guest("Ana")
        for caller in (guest, on_a_page(self.session), Caller(), Caller(token="made up")):
            for accept in ("application/json", "text/event-stream"):
                path = f"rooms/{slug}/events?wait=0"
                received.append(await caller.request("GET", path, headers={"Accept": accept}))
            for query in ("", "?before=2", "?around=2", "?seqs=1", "?limit=0"):
                received.append(await caller.request("GET", f"rooms/{slug}/messages{query}"))
            for body in (
                {"id": "x", "body": "hello"},
                {"id": "x", "body": "z" * 5000},
                {"id": "x", "body": "hi", "reply_to": 1},
                {},
            ):
                content = json.dumps(body).encode()
                received.append(
                    await caller.request("POST", f"rooms/{slug}/messages", content=content)
                )
            received.append(await caller.request("GET", "rooms"))
        return without_slug(
            [(r.status_code, sorted(r.headers.items()), r.text) for r in received], slug
        )

    async def pages(self, slug: str) -> list[str]:
        """Return the pages that a browser receives."""
        received = []
        member = AsyncClient()
        member.cookies["sessionid"] = self.session
        for browser in (AsyncClient(), member):
            for method in (browser.get, browser.head, browser.post):
                response = await method(f"/rooms/{slug}/")
                text = re.sub(r'csrfmiddlewaretoken" value="\w+', "", response.content.decode())
                received.append((response.status_code, sorted(response.headers.items()), text))
            front = await browser.get("/")
            assert HIDDEN not in front.content.decode()
        return without_slug(received, slug)


async def traces() -> tuple:
    """Return what the requests may have left in the process and in the database."""
    running = await server.current()
    streams = sorted(stream.room.slug for stream in running.feed.streams())
    counts = await Room.objects.acount(), await Message.objects.acount()
    return streams, sorted(subscriptions(running)), running.presence.counts(), counts


@contextmanager
def hidden(slug: str):
    """Make a room unreadable for everybody.

    The room is public: this tests that every entry point asks.
    """
    may = policies.may

    def may_not_read(person, action, room, membership, **settings):
        hides = action is Action.READ and room.slug == slug
        return not hides and may(person, action, room, membership, **settings)

    def visible(rooms, person):
        return rooms.exclude(slug=slug)

    with (
        mock.patch.object(policies, "may", may_not_read),
        mock.patch.object(RoomQuerySet, "visible", visible),
    ):
        yield


def without_slug(replies: list, slug: str) -> list[str]:
    """Return replies without the room's address, which the caller knew."""
    return [repr(reply).replace(slug, "SLUG") for reply in replies]
