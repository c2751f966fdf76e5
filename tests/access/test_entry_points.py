"""Every way in is tried by Charlie: what names a room that they may not read is answered like what
names none.

The ways are those of the tables themselves: the API's endpoints, the commands, the hints, the
events of Socket.IO, the addresses of pages and sockets. One that is added has to be tried here.
"""

import json
import re
from itertools import count

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import URLPattern

from chat.api.urls import api
from chat.cluster import hints
from chat.connection.commands.table import HANDLERS
from chat.consumers.routing import websocket_urlpatterns
from chat.consumers.socketio.vocabularies import VOCABULARIES
from chat.live import server
from chat.log import keep_address
from chat.models import Room
from chat.protocol.contract import type_of
from chat.urls import urlpatterns
from tests.access.support import admit, connected, remove
from tests.api.support import Caller, new_guest, new_member
from tests.support.people import block, configure
from tests.support.socketio import Client as SocketIOClient
from tests.support.socketio import Options, WebSocketWire
from tests.support.sockets import SocketTestCase
from tests.support.terminals import terminal

# The ways in which a room is named, and the same for one that does not exist: its address, that in
# other letters, its id, and a former address, as it is and as somebody types it.
CODE, NO_CODE = "abcdefghijkl", "mnopqrstuvwx"
NAMED = {
    f"club~{CODE}": f"dogs~{NO_CODE}",
    f"CLUB~{CODE}": f"DOGS~{NO_CODE}",
    f"~{CODE}": f"~{NO_CODE}",
    "club": "dogs",
    "Club!": "Dogs!",
}
# For all but the first of those who try, these are enough.
NAMED_IN_SHORT = {name: NAMED[name] for name in (f"club~{CODE}", "club")}
SECRET = "the password is swordfish"
# The bodies and queries that endpoints with a room in their address are tried with.
ENDPOINTS = {
    ("GET", "/rooms/{slug}"): [None],
    ("PATCH", "/rooms/{slug}"): [{"name": "Mine"}, {"kind": "public"}, {"password": "x"}],
    ("DELETE", "/rooms/{slug}"): [None],
    ("GET", "/rooms/{slug}/members"): [None, "?banned=true"],
    ("POST", "/rooms/{slug}/members"): [{}, {"password": "sesame"}],
    ("PUT", "/rooms/{slug}/members/{id}"): [{"role": "owner"}],
    ("DELETE", "/rooms/{slug}/members/{id}"): [None, "?ban=true"],
    ("PUT", "/rooms/{slug}/read"): [{"seq": 1}],
    ("PUT", "/rooms/{slug}/level"): [{"level": "nothing"}],
    ("GET", "/rooms/{slug}/messages"): [None, "?seqs=1", "?around=1"],
    ("POST", "/rooms/{slug}/messages"): [
        {"id": "1", "body": "hello"},
        {"id": "2", "body": "hello @Mara", "reply_to": 1},
    ],
    ("PATCH", "/rooms/{slug}/messages/{seq}"): [{"body": "hello"}],
    ("DELETE", "/rooms/{slug}/messages/{seq}"): [None],
    ("PUT", "/rooms/{slug}/messages/{seq}/reactions/{emoji}"): [None],
    ("DELETE", "/rooms/{slug}/messages/{seq}/reactions/{emoji}"): [None],
    ("GET", "/rooms/{slug}/events"): [None, "?wait=0", "?wait=0&after=0&epoch=x"],
}
# Those that name a room in their body.
NAMING_IN_BODY = {
    ("POST", "/rooms"): [{"name": "ROOM"}, {"name": "ROOM", "password": "x"}],
    ("POST", "/invitations"): [{"rooms": ["ROOM"]}],
}
# Those that name none: what they tell of rooms is looked for the secret.
WITHOUT_ROOM = {
    *(("GET", "/rooms"), ("GET", "/people"), ("GET", "/me"), ("POST", "/me")),
    *(("GET", "/me/rooms"), ("GET", "/notices"), ("GET", "/invitations")),
    # Who has its code is invited: tests/api/test_invitations.py.
    *(("POST", "/invitations/{invitation}"), ("DELETE", "/invitations/{invitation}")),
    *(("POST", "/guests"), ("GET", "/origin"), ("GET", "/openapi.json"), ("GET", "/asyncapi.json")),
}
COMMANDS = {
    "join": [{}, {"password": "sesame"}, {"after": 0, "epoch": "x"}],
    "leave": [{}],
    "send": [{"body": "hello"}, {"body": "hello", "reply_to": 1}],
    "edit": [{"seq": 1, "body": "hello"}],
    "delete": [{"seq": 1}],
    "react": [{"seq": 1, "emoji": "👍", "on": True}],
    "sync": [{"after": 0, "epoch": "x"}],
    "history": [{"before": 9}, {"around": 1}, {"after": 0}],
    "get": [{"seqs": [1]}],
    "read": [{"seq": 1}],
    "received": [{"version": 1}],
    "typing": [{}],
}
COMMANDS_WITHOUT_ROOM = {"hello", "watch", "ping"}
VOCABULARY_EVENTS = {
    "join": lambda room: {"name": "Charlie", "room": room},
    "joinRoom": lambda room: {"username": "Charlie", "room": room},
}
# They are in the default room, or in that of an event above.
VOCABULARY_EVENTS_WITHOUT_ROOM = {
    *("new-user", "send-chat-message", "new-user-joined", "send", "chat message"),
    *("createMessage", "createLocationMessage", "chatMessage"),
}
PAGES = {"room"}
PAGES_WITHOUT_ROOM = {
    *(
        "invitation",
        "front",
        "login",
        "logout",
        "manifest",
        "client-module",
        "client-classic",
        "api-docs",
    ),
    *("socket.io.js", "socket.io.min.js", "socket.io.esm.min.js", "healthz", "readyz"),
}
SOCKETS = {r"^ws/?\Z", r"^ws/plain/(?P<room>[^/]+)/?\Z", r"^\Z", ""}


def endpoints() -> set[tuple[str, str]]:
    """Return every endpoint of the API, by its method and address."""
    return {
        (method, path if path.startswith("/") else f"/{path}")
        for _, router in api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    }


class WaysTests(SocketTestCase):
    """A way in that was added has to be tried by Charlie, below: put it into its table above."""

    async def test_every_endpoint_is_tried(self):
        assert endpoints() == {*ENDPOINTS, *NAMING_IN_BODY, *WITHOUT_ROOM}
        assert all("{slug}" in path for _, path in ENDPOINTS)

    async def test_every_command_is_tried(self):
        named = {type_of(command) for command in HANDLERS if "room" in command.model_fields}
        assert named == set(COMMANDS)
        assert {type_of(command) for command in HANDLERS} - named == COMMANDS_WITHOUT_ROOM

    async def test_every_event_of_socket_io_is_tried(self):
        events = {event for kind in VOCABULARIES for event in kind.HANDLERS}
        assert events == {*VOCABULARY_EVENTS, *VOCABULARY_EVENTS_WITHOUT_ROOM}

    async def test_every_page_and_socket_is_tried(self):
        names = {p.name for p in urlpatterns if isinstance(p, URLPattern)}
        assert names == PAGES | PAGES_WITHOUT_ROOM
        assert {str(p.pattern) for p in websocket_urlpatterns} == SOCKETS

    async def test_every_hint_is_tried(self):
        assert set(hints_about(1)) == set(hints.KINDS)


def hints_about(room_id: int) -> dict[str, hints.Hint]:
    """Return a hint of each kind, as they come from another process, about a room."""
    somebody = {"id": "x", "name": SECRET, "kind": "guest"}
    text = json.dumps({"type": "message", "room": "club", "version": 2, "message": SECRET})
    about = (
        hints.Changes(room_id, f"club~{CODE}", "epoch", 2, [text]),
        hints.RoomChanged(room_id),
        hints.RoomLeft(room_id, "x"),
        hints.ConfigurationChanged(),
        hints.PersonChanged("x"),
        hints.PersonRenamed("x"),
        hints.PersonEvents("x", [text]),
        hints.PeopleEvents(["x"], [text]),
        hints.MembershipChanged(room_id),
        hints.HasRead(room_id, "x", 1),
        hints.Heartbeat([(room_id, 1, 1)]),
        hints.PresenceChanged(room_id, [somebody], []),
        hints.PresenceWanted(room_id),
        hints.PresenceList(room_id, [somebody]),
        hints.PersonSought("x"),
        hints.PersonFound("x"),
        hints.TypingNoted(room_id, somebody),
        hints.Echo(None),
    )
    return {type(hint).__name__: hint for hint in about}


class CharlieTestCase(SocketTestCase):
    """The club is Mara's; Charlie is outside, in every way in which somebody can be."""

    async def start(self) -> None:
        self.numbers = (f"c{number}" for number in count(1))
        self.mara = await new_member("Mara")
        await self.mara.post("rooms", {"name": "Club", "kind": "private"})
        self.room = await Room.objects.aget()
        self.room.slug, self.room.public_id = f"club~{CODE}", f"~{CODE}"
        self.room.name = self.room.topic = SECRET
        await self.room.asave()
        await sync_to_async(keep_address)(self.room, "club")
        assert (await self.mara.send_message(SECRET, room=self.room.slug)).status == 201
        invited = await self.mara.post("invitations", {"rooms": [self.room.slug]})
        assert invited.status == 201, invited.body
        # Else whoever names a room that is not there makes it, as they should.
        await configure(joining_creates_rooms=False)

    async def charlies(self) -> dict[str, Caller]:
        """Return those who may not read the club."""
        banned, left = await new_member("Charlie"), await new_member("Carl")
        for caller in (banned, left):
            await admit(self.room, caller.user)
        await remove(self.room, banned.user, ban=True)
        await remove(self.room, left.user)
        staff = await new_member("Carla")
        await get_user_model().objects.filter(username="Carla").aupdate(is_staff=True)
        blocked = await new_member("Carol")
        await admit(self.room, blocked.user)
        await block(blocked.user["id"])
        return {
            "a member": await new_member("Chris"),
            "a guest": await new_guest("Cleo"),
            "banned": banned,
            "removed": left,
            "a moderator of the site": staff,
            "blocked": blocked,
            "signed out": Caller(),
        }

    async def ask(self, caller: Caller, method: str, path: str, body, named: str) -> tuple:
        """Return the status, headers and text of a response."""
        address = path[1:].format(slug=named, id=self.mara.user["id"], seq=1, emoji="👍")
        options = {}
        if isinstance(body, str):
            address += body
        elif body is not None:
            text = json.dumps(body).replace('"ROOM"', json.dumps(named))
            options["content"] = text.encode()
        response = await caller.request(method, address, **options)
        return (response.status_code, dict(response.headers), what_is_said(response.text, named))


def what_is_said(text: str, named: str) -> str:
    """Return a text without what the sender has put into it."""
    for part in (named, named.lower(), named.rstrip("!").lower(), named.partition("~")[0]):
        text = text.replace(part, "ROOM") if part else text
    return text


class RequestTests(CharlieTestCase):
    async def test_every_request_is_answered_as_for_a_room_that_does_not_exist(self):
        await self.start()
        for who, charlie in (await self.charlies()).items():
            names = NAMED if who == "a member" else NAMED_IN_SHORT
            for (method, path), tries in (ENDPOINTS | NAMING_IN_BODY).items():
                for body in tries:
                    for named, missing in names.items():
                        with self.subTest(who=who, method=method, path=path, room=named):
                            first = await self.ask(charlie, method, path, body, named)
                            second = await self.ask(charlie, method, path, body, missing)
                            assert first == second
                            assert first[0] in {401, 403, 404}
        assert await Room.objects.acount() == 1
        room = await Room.objects.aget()
        assert (room.version, room.name, room.kind) == (1, SECRET, "private")

    async def test_nothing_that_names_no_room_tells_of_it(self):
        await self.start()
        async with connected(self.mara) as mara:
            await mara.join(self.room.slug)
            for who, charlie in (await self.charlies()).items():
                for method, path in WITHOUT_ROOM:
                    if method == "GET":
                        with self.subTest(who=who, path=path):
                            text = (await charlie.request(method, path[1:])).text
                            assert SECRET not in text
                            assert CODE not in text

    async def test_a_guest_is_no_more_findable_for_who_is_in_another_room(self):
        await self.start()
        cleo = await new_guest("Cleo")
        await admit(self.room, cleo.user)
        chris = await new_member("Chris")
        assert (await chris.get("people?q=cl"))["people"] == []

    async def test_a_reply_to_a_message_elsewhere_shows_nothing_of_it(self):
        await self.start()
        await configure(joining_creates_rooms=True)
        chris = await new_member("Chris")
        await chris.post("rooms", {"name": "Tea"})
        await chris.send_message("hello", room="tea", reply_to=1)
        assert SECRET not in (await chris.request("GET", "rooms/tea/messages")).text


class CommandTests(CharlieTestCase):
    async def test_every_command_is_answered_as_for_a_room_that_does_not_exist(self):
        await self.start()
        charlies = await self.charlies()
        for who in ("a member", "a guest", "banned", "removed", "a moderator of the site"):
            async with connected(charlies[who]) as charlie:
                for command, tries in COMMANDS.items():
                    for fields in tries:
                        for named, missing in NAMED.items():
                            with self.subTest(who=who, command=command, room=named):
                                first = await self.say(charlie, command, named, fields)
                                assert first == await self.say(charlie, command, missing, fields)
                await charlie.receives_nothing()
        assert (await Room.objects.aget()).version == 1

    async def say(self, socket, command: str, named: str, fields: dict) -> list[dict]:
        """Return all that comes before the reply to what is sent after a command."""
        await socket.send_command(command, room=named, **fields)
        await socket.reply_to(await socket.send_command("ping"))
        said, socket.unread = socket.unread, []
        return [json.loads(what_is_said(json.dumps({**e, "id": ""}), named)) for e in said]

    async def test_no_hint_about_it_reaches_anybody_outside(self):
        await self.start()
        charlies = await self.charlies()
        running = await server.current()
        async with (
            connected(self.mara) as mara,
            connected(charlies["a member"]) as charlie,
        ):
            await mara.join(self.room.slug)
            await charlie.request("watch")
            for hint in hints_about(self.room.pk).values():
                running.hints.receive_hint(hints.encode(hint, "another process"))
            assert SECRET not in str(await charlie.all_events())

    async def test_what_happens_in_it_reaches_nobody_outside(self):
        await self.start()
        charlies = await self.charlies()
        async with (
            connected(charlies["banned"]) as charlie,
            connected(charlies["a guest"]) as other,
            connected(self.mara) as mara,
        ):
            for socket in (charlie, other):
                assert SECRET not in str(await socket.request("watch"))
            await mara.join(self.room.slug)
            await mara.send(f"@Charlie {SECRET}", mentions=[charlies["banned"].user["id"]])
            await mara.request("react", room=mara.room, seq=1, emoji="👍", on=True)
            await mara.send_command("typing", room=mara.room)
            for socket in (charlie, other):
                await socket.receives_nothing()


class OtherSocketTests(CharlieTestCase):
    async def test_lines_are_refused_as_for_a_room_that_does_not_exist(self):
        await self.start()
        for named, missing in NAMED.items():
            with self.subTest(room=named):
                first, second = await self.lines(named), await self.lines(missing)
                assert first == second

    async def lines(self, room: str) -> tuple[str, int]:
        async with terminal(room, "Charlie") as charlie:
            return what_is_said(await charlie.line(), room), await charlie.closed()

    async def test_events_of_socket_io_are_refused_as_for_a_room_that_does_not_exist(self):
        await self.start()
        for event, fields in VOCABULARY_EVENTS.items():
            for named, missing in NAMED.items():
                with self.subTest(event=event, room=named):
                    first = await self.events(event, fields, named)
                    assert first == await self.events(event, fields, missing)

    async def events(self, event: str, fields, named: str) -> str:
        client = await SocketIOClient(WebSocketWire(Options())).connect()
        try:
            acknowledgement = await client.request(event, fields(named))
            said = json.dumps([acknowledgement, [e for e in client.unread if e[0] != "place"]])
            return what_is_said(said, named)
        finally:
            await client.wire.close()

    async def test_an_introduction_to_it_is_refused_as_for_a_room_that_does_not_exist(self):
        await self.start()
        for named, missing in NAMED.items():
            with self.subTest(room=named):
                assert await self.introduced(named) == await self.introduced(missing)

    async def introduced(self, named: str) -> str:
        auth = {"name": f"C {next(self.numbers)}", "room": named}
        client = await SocketIOClient(WebSocketWire(Options())).connect(auth)
        try:
            assert client.connected is None
            return what_is_said(json.dumps(client.refused), named)
        finally:
            await client.wire.close()


class PageTests(CharlieTestCase):
    async def test_its_page_is_that_of_a_room_that_does_not_exist(self):
        await self.start()
        for who, charlie in (await self.charlies()).items():
            client = Client()
            client.cookies.load(charlie.cookies)
            for named, missing in NAMED.items():
                with self.subTest(who=who, room=named):
                    first, second = [await self.page(client, name) for name in (named, missing)]
                    assert first == second
                    assert SECRET not in first[-1]

    async def page(self, client: Client, named: str) -> tuple:
        response = await sync_to_async(client.get)(f"/rooms/{named}/")
        headers = {k: v for k, v in response.headers.items() if k != "Content-Length"}
        text = what_is_said(response.content.decode(), named)
        # Of each response its own.
        text = re.sub(r'(nonce|csrfmiddlewaretoken)("?\s*(=|value=)"?)[^"]+', r"\1", text)
        headers = {k: what_is_said(re.sub("nonce-[^']+", "", v), named) for k, v in headers.items()}
        return response.status_code, headers, text

    async def test_the_first_page_does_not_list_it(self):
        await self.start()
        async with connected(self.mara) as mara:
            await mara.join(self.room.slug)
            for charlie in (await self.charlies()).values():
                client = Client()
                client.cookies.load(charlie.cookies)
                page = (await sync_to_async(client.get)("/")).content.decode()
                assert CODE not in page
                assert SECRET not in page
