"""The pages of five older chats: what they send is understood, and they hear what they know."""

import asyncio
from contextlib import AsyncExitStack
from unittest import mock

from asgiref.sync import sync_to_async
from django.test import override_settings
from django.utils import timezone

from chat import log
from chat.cluster import announce
from chat.consumers.socketio.vocabularies import VOCABULARIES
from chat.live import presence
from chat.models import Message, Person, Room
from tests.support.people import block, change_room, configure
from tests.support.rooms import fill
from tests.support.servers import ROOT
from tests.support.socketio import Client, client
from tests.support.sockets import SocketTestCase, communicator, connect

# How a page of each vocabulary comes in and writes, and what it hears of a message.
PAGES = {
    "new-user": (("new-user", "{0}"), ("send-chat-message", "{0}")),
    "new-user-joined": (("new-user-joined", "{0}"), ("send", "{0}")),
    "create-message": (
        ("join", {"name": "{0}", "room": "lobby"}),
        ("createMessage", {"from": "somebody", "text": "{0}"}),
    ),
    "chat-message": (None, ("chat message", "{0}")),
    "join-room": (("joinRoom", {"username": "{0}", "room": "lobby"}), ("chatMessage", "{0}")),
}
HEARS = {
    "new-user": ("chat-message", lambda event: (event["name"], event["message"])),
    "new-user-joined": ("receive", lambda event: (event["name"], event["message"])),
    "create-message": ("newMessage", lambda event: (event["from"], event["text"])),
    "chat-message": ("chat message", lambda event: ("", event[0])),
    "join-room": ("message", lambda event: (event["username"], event["text"])),
}
SILENT_ABOUT_OWN = ("new-user", "new-user-joined")


def filled(event, text: str):
    """Return an event with a text in the place of its braces."""
    if isinstance(event, dict):
        return {name: value.format(text) for name, value in event.items()}
    return event.format(text)


class PageOf(Client):
    """A page of a vocabulary."""

    kind: str

    async def come_in(self, name: str) -> None:
        if event := PAGES[self.kind][0]:
            await self.emit(*(filled(part, name) for part in event))
            await self.next("place")

    async def say(self, text: str) -> None:
        await self.emit(*(filled(part, text) for part in PAGES[self.kind][1]))

    async def hears(self, author: str, text: str) -> None:
        """Wait for a message; what the page's server says of people may come before."""
        event, read = HEARS[self.kind]
        heard = read(await self.next(event))
        while heard[0] in ("Admin", "ChatBot"):
            heard = read(await self.next(event))
        assert heard == (heard[0] and author, text)

    async def hears_line(self, text: str) -> None:
        """Wait for a line of the page's server; those about others may come before."""
        event, read = HEARS[self.kind]
        while read(await self.next(event))[1] != text:
            pass


def page(kind: str, **options):
    """Connect a page of a vocabulary, which has said nothing yet."""
    connecting = client(options.pop("auth", None), **options)
    return as_page(connecting, kind)


def as_page(connecting, kind: str):
    class Connecting:
        async def __aenter__(self) -> PageOf:
            found = await connecting.__aenter__()
            found.__class__, found.kind = PageOf, kind
            return found

        async def __aexit__(self, *exception):
            return await connecting.__aexit__(*exception)

    return Connecting()


class EveryVocabulary(SocketTestCase):
    def test_all_are_tried(self):
        assert {kind.KEY for kind in VOCABULARIES} == set(PAGES)

    async def test_all_clients_of_one_room_receive_each_others_messages(self):
        async with AsyncExitStack() as stack:
            mara = await stack.enter_async_context(connect("Mara"))
            await mara.join("lobby")
            native = await stack.enter_async_context(client({"name": "Nat", "room": "lobby"}))
            terminal = communicator(path="/ws/plain/lobby?name=Tim")
            await terminal.connect()
            stack.push_async_callback(terminal.disconnect)
            pages = [await stack.enter_async_context(page(kind)) for kind in PAGES]
            names = dict(zip(PAGES, ("Ana", "Ben", "Cid", "", "Eve"), strict=True))
            for reader in pages:
                await reader.come_in(names[reader.kind])
            for author in pages:
                text = f"from {author.kind}"
                await author.say(text)
                event = (await native.next("message"))["message"]
                assert event["body"] == text
                await mara.receives_messages(text)
                await receives_line(terminal, f"{event['author']['name']}: {text}")
                for reader in pages:
                    if reader is not author or author.kind not in SILENT_ABOUT_OWN:
                        await reader.hears(event["author"]["name"], text)
            await mara.send("from Mara")
            await terminal.send_to("from Tim")
            for reader in pages:
                await reader.hears("Mara", "from Mara")
                await reader.hears("Tim", "from Tim")

    async def test_history_is_not_poured_into_a_page(self):
        async with connect("Mara") as mara:
            await mara.join("lobby")
            await mara.send("long ago")
            for kind in PAGES:
                with self.subTest(kind):
                    async with page(kind) as reader:
                        await reader.come_in("Ana")
                        await mara.send("now")
                        await reader.hears("Mara", "now")

    async def test_a_deleted_or_changed_message_is_not_a_new_one(self):
        for kind in PAGES:
            with self.subTest(kind):
                async with page(kind) as reader, connect("Mara") as mara:
                    await mara.join("lobby")
                    await reader.come_in("Ana")
                    await mara.send("gone")
                    await reader.hears("Mara", "gone")
                    await sync_to_async(delete_and_restore)("gone")
                    await mara.send("next")
                    await reader.hears("Mara", "next")
                    await Message.objects.all().adelete()

    async def test_a_page_that_connects_again_is_who_and_where_it_was(self):
        for kind in set(PAGES) - {"chat-message"}:
            with self.subTest(kind):
                async with page(kind) as ana:
                    await ana.emit(*(filled(part, "Ana") for part in PAGES[kind][0]))
                    place, pid = await ana.next("place"), ana.connected["pid"]
                back = {"pid": pid, "offset": place}
                async with page(kind, auth=back) as ana, connect("Mara") as mara:
                    joined = await mara.join("lobby")
                    assert "Ana" in [user["name"] for user in joined["members"]]
                    await mara.send("welcome back")
                    await ana.hears("Mara", "welcome back")
                    await ana.say("thanks")
                    await mara.receives_messages("welcome back", "thanks")

    async def test_a_refusal_comes_as_an_event(self):
        for kind in PAGES:
            with self.subTest(kind):
                async with page(kind) as charlie:
                    await charlie.come_in("Charlie")
                    await charlie.say("x" * 5000)
                    refusal = await charlie.next("error_message")
                    assert refusal.keys() == {"code", "message"}
                    assert refusal["code"] == "too_long"

    async def test_nobody_writes_in_a_closed_room(self):
        async with connect("Mara") as mara:
            await mara.join("lobby")
            await change_room("lobby", closed=True)
            for kind in PAGES:
                with self.subTest(kind):
                    async with page(kind) as charlie:
                        await charlie.come_in("Charlie")
                        await charlie.say("hello?")
                        assert (await charlie.next("error_message"))["code"] == "forbidden"

    async def test_a_blocked_person_is_out_at_once_and_does_not_come_back(self):
        for kind in set(PAGES) - {"chat-message"}:
            with self.subTest(kind):
                async with page(kind) as charlie:
                    await charlie.emit(
                        *(filled(part, f"Charlie {kind}") for part in PAGES[kind][0])
                    )
                    place, pid = await charlie.next("place"), charlie.connected["pid"]
                    person = await Person.objects.aget(name=f"Charlie {kind}")
                    await block(person.public_id)
                    assert (await charlie.next("error_message"))["code"] == "forbidden"
                    await charlie.ends(for_good=True)
                async with page(kind, auth={"pid": pid, "offset": place}) as charlie:
                    assert charlie.refused["data"]["code"] == "forbidden"

    @override_settings(CHAT_RATE_LIMITS=True)
    async def test_a_page_has_the_limits_of_every_client(self):
        await configure(socket_rate=1, socket_burst=3)
        for kind in PAGES:
            with self.subTest(kind):
                async with page(kind) as charlie:
                    await charlie.come_in("Charlie")
                    for number in range(40):
                        await charlie.say(f"flood {number}")
                    assert (await charlie.next("error_message"))["code"] == "rate_limited"
                    await charlie.ends(for_good=True)

    async def test_an_event_that_a_vocabulary_does_not_have_is_refused(self):
        for kind in PAGES:
            with self.subTest(kind):
                async with page(kind) as charlie:
                    await charlie.come_in("Charlie")
                    await charlie.say("hello")
                    (words,) = await charlie.request("react", {"room": "lobby", "seq": 1})
                    assert "no event “react”" in words
                    await charlie.emit("x" * 100)
                    refusal = await charlie.next("error_message")
                    assert refusal["code"] == "bad_request"
                    assert len(refusal["message"]) < 150

    async def test_whatever_a_page_sends_breaks_nothing(self):
        for kind, (come_in, say) in PAGES.items():
            names = [event[0] for event in (come_in, say) if event]
            for value in (None, 7, True, [], {}, "", "\x00", {"name": {}, "room": []}, [[1]]):
                for name in names:
                    async with client() as charlie:
                        await charlie.emit(name, value)
                        await charlie.emit(name)
                        await charlie.emit(name, value, value, value)
                        await charlie.emit("unknown", value)
                        assert not charlie.is_over, (kind, name, value)


async def receives_line(terminal, line: str) -> None:
    """Read a terminal's lines until one comes."""
    while await terminal.receive_from() != line:
        pass


def delete_and_restore(body: str) -> None:
    message = Message.objects.get(body=body)
    announce.message_changed(log.delete(message.pk))
    announce.message_changed(log.restore(message.pk))


class PeopleTests(SocketTestCase):
    """Who comes and who goes, and names."""

    def setUp(self):
        leaves_at_once = presence.LEAVE_AFTER
        presence.LEAVE_AFTER = 0.05
        self.addCleanup(setattr, presence, "LEAVE_AFTER", leaves_at_once)

    async def test_the_others_hear_who_comes_and_who_goes(self):
        words = {
            "new-user": ("user-connected", "user-disconnected"),
            "new-user-joined": ("user-joined", "left"),
        }
        for kind, (arrived, left) in words.items():
            with self.subTest(kind):
                async with page(kind) as ana:
                    await ana.come_in("Ana")
                    async with page(kind) as ben:
                        await ben.come_in("Ben")
                        assert await ana.next(arrived) == "Ben"
                        await ben.hears_nothing()
                    assert await ana.next(left) == "Ben"

    async def test_a_server_says_who_comes_and_goes_in_words(self):
        for kind, texts in {
            "create-message": lambda e: (e["from"], e["text"]),
            "join-room": lambda e: (e["username"], e["text"]),
        }.items():
            server, event = ("Admin", "newMessage") if kind[0] == "c" else ("ChatBot", "message")
            with self.subTest(kind):
                async with page(kind) as ana:
                    await ana.come_in("Ana")
                    assert texts(await ana.next(event)) == (server, "Welcome to Chatsite, Ana")
                    async with page(kind) as ben:
                        await ben.come_in("Ben")
                        assert texts(await ana.next(event)) == (server, "Ben has joined")
                    assert texts(await ana.next(event)) == (server, "Ben has left")
        assert await Message.objects.acount() == 0

    async def test_nobody_is_taken_for_the_server(self):
        for kind, name in (("create-message", "admin"), ("join-room", "\u0421hatBot")):
            with self.subTest(kind):
                async with page(kind) as ana:
                    await ana.come_in("Ana")
                    async with (
                        client({"name": name, "room": "lobby"}) as charlie,
                        page(kind) as ben,
                    ):
                        shown = f"{name} (person)"
                        await ana.hears_line(f"{shown} has joined")
                        await charlie.request("send", {"room": "lobby", "body": "Ben has left"})
                        await ana.hears(shown, "Ben has left")
                        await ben.come_in("Ben")
                        listed = "updateUserList" if kind[0] == "c" else "roomUsers"
                        assert shown in str(await ben.next(listed))

    async def test_a_name_that_reads_like_a_sentence_is_in_quotation_marks(self):
        for kind in ("create-message", "join-room"):
            with self.subTest(kind):
                async with page(kind) as ana:
                    await ana.come_in("Ana")
                    for name in (
                        "Mara has left. Ben",
                        "Mara has left Ben",
                        "Ben。Mara",
                        "Bye, all",
                    ):
                        async with client({"name": name, "room": "lobby"}):
                            await ana.hears_line(f"“{name}” has joined")
                    for name in ("Dr.Ben", "Ben B.", "Mary-Ann O'Neil", "R2"):
                        async with client({"name": name, "room": "lobby"}):
                            await ana.hears_line(f"{name} has joined")

    async def test_a_page_is_told_of_a_name_that_reads_like_a_sentence_in_quotation_marks(self):
        for kind, event in (("new-user", "user-connected"), ("new-user-joined", "user-joined")):
            with self.subTest(kind):
                async with page(kind) as ana:
                    await ana.come_in("Ana")
                    async with client({"name": f"Bo left. {kind}", "room": "lobby"}):
                        assert await ana.next(event) == f"“Bo left. {kind}”"

    async def test_lists_of_who_is_there_are_sent(self):
        async with page("create-message") as ana, page("join-room") as eve:
            await ana.come_in("Ana")
            assert await ana.next("updateUserList") == ["Ana"]
            await eve.come_in("Eve")
            assert await ana.next("updateUserList") == ["Ana", "Eve"]
            users = await eve.next("roomUsers")
            assert [user["username"] for user in users["users"]] == ["Ana", "Eve"]
            assert all(user["id"] for user in users["users"])

    async def test_a_page_without_a_second_try_gets_a_free_name(self):
        for kind in ("new-user", "new-user-joined", "join-room"):
            with self.subTest(kind):
                name = f"Ana of {kind}"
                other = client({"name": name, "room": "lobby"})
                async with other, page(kind) as ana, connect("Mara") as mara:
                    await ana.come_in(name)
                    members = (await mara.join("lobby"))["members"]
                    assert f"{name} 2" in [user["name"] for user in members]

    async def test_an_invalid_or_missing_name_becomes_a_number(self):
        for name in ("a\u202eb", "", "   ", None, 7, "x" * 500):
            async with client({"name": "Mara", "room": "lobby"}) as mara, client() as ana:
                await ana.emit("new-user", name)
                joined = (await mara.next("presence"))["joined"]
                assert joined[0]["name"].startswith("Guest-")
                if isinstance(name, str) and name.strip():
                    assert (await ana.next("error_message"))["code"] == "name_invalid"
            await asyncio.sleep(0.1)

    async def test_a_page_that_can_ask_again_gets_the_refusal(self):
        async with client({"name": "Ana", "room": "lobby"}), client() as other:
            (refusal,) = await other.request("join", {"name": "Ana", "room": "lobby"})
            assert refusal == "Somebody here has that name. How about “Ana 2”?"
            for who in ({"name": "", "room": "lobby"}, {"name": "Ben"}, {"name": "Ben", "room": 7}):
                (refusal,) = await other.request("join", who)
                assert refusal == "A name and a room are needed. Type both."
            assert await other.request("join", {"name": "Ben", "room": "lobby"}) == []

    async def test_a_page_may_say_who_it_is_when_it_connects(self):
        for kind in set(PAGES) - {"create-message"}:
            with self.subTest(kind):
                auth = {"name": f"Ana of {kind}", "room": f"Room of {kind}"}
                async with page(kind, auth=auth) as ana, connect("Mara") as mara:
                    await mara.join(auth["room"])
                    await ana.say("hello")
                    event = await mara.next("message")
                    assert event["message"]["author"]["name"] == auth["name"]
                    await mara.send("hello yourself")
                    if kind not in SILENT_ABOUT_OWN:
                        await ana.hears(auth["name"], "hello")
                    await ana.hears("Mara", "hello yourself")

    async def test_what_is_missing_in_the_first_event_is_said(self):
        for who in ({"room": "lobby"}, {}, None, "lobby"):
            async with client() as cid:
                (refusal,) = await cid.request("join", who)
                assert refusal == "A name and a room are needed. Type both."

    async def test_rooms_are_apart(self):
        async with client() as ana, client() as ben, client() as eve:
            await ana.emit("joinRoom", {"username": "Ana", "room": "Chess"})
            await ben.emit("joinRoom", {"username": "Ben", "room": "Go"})
            await eve.request("join", {"name": "Eve", "room": "Chess"})
            for reader in (ana, ben):
                await reader.next("message")
            await ben.emit("chatMessage", "only here")
            assert (await ben.next("message"))["text"] == "only here"
            await ana.emit("chatMessage", "e4")
            assert (await ana.next("message"))["text"] == "Eve has joined"
            assert (await ana.next("message"))["text"] == "e4"

    async def test_a_page_that_moves_to_another_room_leaves_the_first(self):
        async with client({"name": "Mara", "room": "chess"}) as mara, client() as eve:
            await eve.request("join", {"name": "Eve", "room": "chess"})
            await mara.next("presence")
            await eve.request("join", {"name": "Eve", "room": "go"})
            assert (await mara.next("presence"))["left"][0]["name"] == "Eve"


class MessageTests(SocketTestCase):
    """What is particular about messages in one vocabulary."""

    async def test_times_are_as_the_page_expects(self):
        async with page("create-message") as cid, page("join-room") as eve:
            await cid.come_in("Cid")
            await eve.come_in("Eve")
            await eve.say("hello again")
            while (event := await cid.next("newMessage"))["text"] != "hello again":
                pass
            stored = await Message.objects.aget(body="hello again")
            assert event["createdAt"] == round(stored.created_at.timestamp() * 1000)
            while (event := await eve.next("message"))["text"] != "hello again":
                pass
            at = timezone.localtime(stored.created_at)
            assert event["time"] == at.strftime("%I:%M %p").lstrip("0").lower()

    async def test_a_message_is_acknowledged_once_it_is_stored(self):
        async with client() as cid:
            await cid.request("join", {"name": "Cid", "room": "lobby"})
            assert await cid.request("createMessage", {"from": "x", "text": "hello"}) == []
            assert (await Message.objects.aget()).body == "hello"
            (refusal,) = await cid.request("createMessage", {"text": "x" * 5000})
            assert refusal.startswith("This message is too long")

    async def test_a_place_is_a_link_for_those_who_know_no_places(self):
        async with client({"name": "Mara", "room": "lobby"}) as mara, client() as cid:
            await cid.request("join", {"name": "Cid", "room": "lobby"})
            assert (
                await cid.request("createLocationMessage", {"latitude": 52.5, "longitude": 13})
                == []
            )
            body = (await mara.next("message"))["message"]["body"]
            event = await cid.next("newLocationMessage")
            assert (event["from"], event["urls"]) == ("Cid", body)
            assert body.startswith("https://")
            for place in (
                {},
                None,
                {"latitude": 91, "longitude": 0},
                {"latitude": "1", "longitude": 2},
            ):
                assert await cid.request("createLocationMessage", place)

    async def test_a_place_is_a_link_without_anything_else(self):
        """Pages of that vocabulary put it into their HTML as it is."""
        link = "https://www.openstreetmap.org/?mlat=1&mlon=1#map=16/1/1"
        bad = (
            link.replace("16/1/1", '"><img/src=x/onerror=alert(1)>'),
            *(link + more for more in ('"onclick=alert(1)', "<b>", "#", "/1")),
            *(link.replace("mlat=1", f"mlat={value}") for value in ("1e-05", "\u0661", "--1", "")),
        )
        async with client({"name": "Mara", "room": "lobby"}) as mara, client() as cid:
            await cid.request("join", {"name": "Cid", "room": "lobby"})
            for body in bad:
                await mara.request("send", {"room": "lobby", "body": body})
                while (heard := await cid.next("newMessage"))["from"] != "Mara":
                    pass
                assert heard["text"] == body
            place = {"latitude": 51.5, "longitude": -0.00001}
            assert await cid.request("createLocationMessage", place) == []
            heard = await cid.next("newLocationMessage")
            assert heard["urls"].endswith("?mlat=51.5&mlon=-0.00001#map=16/51.5/-0.00001")

    async def test_true_is_no_offset_and_no_text(self):
        async with client() as dan:
            for text in ("one", "two"):
                assert await dan.request("chat message", text, True) == []
            assert await dan.request("chat message", True)
        assert await Message.objects.acount() == 2

    @override_settings(CHAT_RATE_LIMITS=True)
    async def test_who_only_listens_reads_no_more_than_others(self):
        await configure(address_rate=1, address_burst=3)
        for _ in range(20):
            async with client({"serverOffset": 0}) as dan:
                if dan.is_over:
                    break
        assert (dan.connected, dan.is_out) == (None, False)

    async def test_a_repeated_message_is_stored_once_also_after_a_lost_connection(self):
        async with client() as dan:
            assert await dan.request("chat message", "hello", "abc-1") == []
            pid = dan.connected["pid"]
        async with client({"pid": pid, "serverOffset": 1}) as dan:
            assert await dan.request("chat message", "hello", "abc-1") == []
            assert await dan.request("chat message", "other", "abc-2") == []
            assert await dan.next("chat message") == ["other", 2]
        assert await Message.objects.acount() == 2
        assert await Person.objects.acount() == 1

    async def test_an_offset_brings_what_was_written_since(self):
        async with client({"name": "Mara", "room": "lobby"}) as mara:
            for number in range(1, 121):
                sent = {"room": "lobby", "id": f"m{number}", "body": f"{number}"}
                await mara.request("send", sent)
            for offset in (0, 5, 100, 119):
                async with client({"serverOffset": offset}) as dan:
                    expected = [[f"{n}", n] for n in range(offset + 1, 121)]
                    assert [await dan.next("chat message") for _ in expected] == expected
            for offset in (120, 500, -1, "5", 1.5):
                async with client({"serverOffset": offset}) as dan:
                    await dan.hears_nothing()

    async def test_what_is_written_while_an_offset_is_read_comes_last(self):
        page, written = log.page, []

        def page_late(room_id, *where):
            # The room was read before.
            if not written:
                author = Person.objects.get(name="Past").pk
                drafts = [log.Draft(room_id, author, f"late{n}", f"m{n}") for n in (121, 122)]
                written.extend(log.commit_writes(drafts))
            return page(room_id, *where)

        await fill("lobby", 120)
        for offset in (5, 115):
            written.clear()
            await Message.objects.filter(seq__gt=120).adelete()
            await Room.objects.aupdate(last_seq=120)
            with mock.patch.object(log, "page", page_late):
                async with client({"serverOffset": offset}) as dan:
                    expected = [[f"m{n}", n] for n in range(offset + 1, 123)]
                    assert [await dan.next("chat message") for _ in expected] == expected

    async def test_a_listener_is_seen_by_nobody_and_costs_no_person(self):
        async with client({"name": "Mara", "room": "lobby"}) as mara, client() as dan:
            await mara.request("send", {"room": "lobby", "body": "hello"})
            assert await dan.next("chat message") == ["hello", 1]
            for name in ("welcome", "joined", "message"):
                await mara.next(name)
            await mara.hears_nothing()
            assert await Person.objects.acount() == 1

    async def test_a_listener_who_writes_misses_and_repeats_nothing(self):
        async with client({"name": "Mara", "room": "lobby"}) as mara, client() as dan:
            for number in range(3):
                await mara.request("send", {"room": "lobby", "body": f"{number}"})
            await dan.emit("chat message", "mine")
            await dan.emit("chat message", "more")
            heard = [(await dan.next("chat message"))[0] for _ in range(5)]
            assert heard == ["0", "1", "2", "mine", "more"]
            await dan.hears_nothing()

    async def test_commands_of_the_protocol_are_not_taken_for_a_vocabulary(self):
        async with client() as nat:
            (welcome,) = await nat.request("hello", {"name": "Nat"})
            (joined,) = await nat.request("join", {"room": "lobby"})
            (ack,) = await nat.request("send", {"room": "lobby", "id": "1", "body": "hello"})
            assert [e["type"] for e in (welcome, joined, ack)] == ["welcome", "joined", "ack"]
            assert (await nat.next("message"))["message"]["body"] == "hello"


def test_the_document_names_every_event_that_a_page_can_send():
    section = (ROOT / "docs" / "protocol.md").read_text().split("\n## Socket.IO\n")[1]
    section = section.split("\n## ")[0]
    for kind in VOCABULARIES:
        for event in kind.HANDLERS:
            assert f"`{event}` (" in section, event
