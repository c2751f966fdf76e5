"""The terminal's client in several rooms: their list, going to another, passwords, notices."""

import asyncio
from unittest.mock import patch

import pytest

from chat.terminal import conversation
from chat.terminal.interface import Ended
from chat.terminal.site import SiteRefusal
from chat.terminal.typed import Typed, read_line
from tests.terminal.test_conversation import ANA, ION, ROOM, ConversationTestCase, message

CLUB = ROOM | {"id": "r2", "slug": "club", "name": "Chess Club", "my": {}}
SAFE = ROOM | {"id": "r3", "slug": "private-x1", "name": "Safe", "kind": "private", "my": {}}
DIRECT = ROOM | {"id": "r4", "slug": "direct-y2", "name": "Ana, Ion", "kind": "direct", "my": {}}


def entry(room: dict, unread: int = 0, mentions: int = 0, **fields) -> dict:
    return {"room": room, "count": 1, "unread": unread, "mentions": mentions, **fields}


class RoomsTestCase(ConversationTestCase):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        await self.join()

    async def list_rooms(self, *entries: dict) -> None:
        await self.receive("rooms", id="watch", rooms=list(entries))

    async def joined(self, room: dict, *messages: dict, id: str | None = None) -> None:
        """Receive the reply to the command that was sent last, which joins a room."""
        await self.receive(
            "joined",
            id=id or self.sent[-1]["id"],
            room=room | {"version": len(messages), "epoch": "e1"},
            messages=list(messages),
            members=[ANA],
            count=1,
        )

    def commands(self, *types: str) -> list[dict]:
        return [command for command in self.sent if command["type"] in types]


class ListTests(RoomsTestCase):
    async def list_typed(self, *entries: dict) -> list[str]:
        """Type /rooms, and receive the reply; return what is shown."""
        before = len(self.screen.notices)
        await self.conversation.type("/rooms")
        assert self.sent[-1] == {"type": "watch", "id": "rooms"}
        await self.receive("rooms", id="rooms", rooms=list(entries))
        return self.screen.notices[before:]

    async def test_rooms_are_listed_by_name_with_what_is_unread(self):
        hidden = entry(DIRECT, people=[ANA, ION], hidden=True)
        assert await self.list_typed(entry(SAFE, 3, 1), hidden, entry(CLUB)) == [
            "Chess Club (club): nothing unread.",
            "Safe (private-x1): 3 unread, 1 for you.",
        ]

    async def test_a_direct_room_is_named_after_the_other(self):
        shown = await self.list_typed(entry(DIRECT, 2, 2, people=[ANA, ION]))
        assert shown == ["Ion (direct-y2): 2 unread, 2 for you."]

    async def test_changes_of_the_list_are_applied(self):
        await self.list_rooms(entry(SAFE), entry(CLUB))
        await self.receive("rooms", rooms=[entry(SAFE | {"slug": "new"})], gone=["r2"])
        await self.conversation.type("/join safe")
        assert self.sent[-1]["room"] == "new"
        await self.receive("error", id=self.sent[-1]["id"], code="not_found", message="None.")
        await self.conversation.type("/join chess club")
        assert self.sent[-1]["room"] == "chess club"

    async def test_a_guest_who_belongs_nowhere_reads_why(self):
        assert "guests to private rooms" in (await self.list_typed())[0]

    async def test_without_a_list_the_reason_is_shown(self):
        await self.conversation.type("/rooms")
        busy = {"code": "rate_limited", "message": "Too fast.", "retry_after": 1}
        await self.receive("error", id="rooms", **busy)
        assert self.screen.refusals == ["Too fast."]
        self.conversation.disconnected()
        await self.conversation.type("/rooms")
        assert "no connection" in self.screen.refusals[-1]

    async def test_a_script_watches_nothing(self):
        self.screen.is_watched = False
        self.sent.clear()
        await self.join()
        assert not self.commands("watch")


class JoinTests(RoomsTestCase):
    async def test_another_room_is_entered_and_the_first_left(self):
        await self.list_rooms(entry(CLUB))
        await self.receive_message(1)
        await self.conversation.type("/join club")
        assert self.sent[-1]["room"] == "club"
        await self.joined(CLUB, message(1, body="in the club"))
        assert self.commands("leave") == [{"type": "leave", "id": "leave", "room": "lobby"}]
        await self.receive("left", id="leave", room="lobby")
        assert self.screen.notices[-1] == "You joined Chess Club as Ana. Nobody else is here."
        assert self.screen.last_status == "club: 1 person here."
        # What is still under way from the room before is not shown here.
        await self.receive("message", room="lobby", version=2, message=message(2, body="late"))
        await self.receive("presence", room="lobby", joined=[ION], left=[], count=2)
        assert self.screen.messages == ["m1", "in the club"]
        await self.conversation.type("hello")
        assert self.sent[-1]["room"] == "club"

    async def test_whoever_is_in_a_room_is_told_so_when_they_join_it(self):
        await self.list_rooms(entry(CLUB))
        await self.conversation.type("/join Lobby")
        await self.joined(ROOM)
        assert self.screen.notices[-1] == "You are in this room."
        assert not self.commands("leave")

    async def test_a_private_room_is_found_by_its_name(self):
        await self.list_rooms(entry(SAFE), entry(CLUB))
        await self.conversation.type("/join safe")
        assert self.sent[-1]["room"] == "private-x1"

    async def test_a_private_room_is_found_by_its_name_however_that_is_typed(self):
        await self.list_rooms(entry(SAFE), entry(DIRECT, people=[ANA, ION]))
        for typed, address in (
            ("Safe!", "private-x1"),
            ("  SAFE ", "private-x1"),
            ("r3", "r3"),
            ("ion?", "direct-y2"),
            ("Safer", "Safer"),
            ("?!", "?!"),
        ):
            await self.conversation.type(f"/join {typed}")
            assert self.sent[-1]["room"] == address
            await self.receive("error", id=self.sent[-1]["id"], code="not_found", message="None.")

    async def test_of_several_rooms_with_a_name_none_is_joined_and_none_made(self):
        other = SAFE | {"id": "r5", "slug": "private-x2"}
        await self.list_rooms(entry(SAFE), entry(other), entry(CLUB))
        self.sent.clear()
        for typed in ("Safe", "safe", "Safe!"):
            await self.conversation.type(f"/join {typed}")
            assert self.screen.refusals[-1].endswith("Type one of these: private-x1, private-x2")
        assert not self.sent
        await self.conversation.type("/join private-x2")
        assert self.sent[-1]["room"] == "private-x2"

    async def test_one_room_with_exactly_that_name_is_meant_before_others_like_it(self):
        sharp = CLUB | {"id": "r6", "slug": "private-x3", "name": "Chess-Club"}
        await self.list_rooms(entry(CLUB), entry(sharp))
        await self.conversation.type("/join chess-club")
        assert self.sent[-1]["room"] == "private-x3"

    async def test_the_first_room_is_looked_for_in_the_list_of_a_guest_with_a_token(self):
        self.conversation = conversation.Conversation(
            "safe", None, self.screen, self.send, token="t0"
        )
        await self.receive("welcome", id="hello", user=ANA)
        await self.list_rooms(entry(SAFE))
        assert self.sent[-1]["room"] == "private-x1"

    async def test_the_first_room_is_looked_for_in_a_members_list_too(self):
        twin = SAFE | {"id": "r5", "slug": "private-x2"}
        for rooms, address in (
            ([entry(SAFE)], "private-x1"),
            ([entry(CLUB)], "safe"),
            ([entry(SAFE), entry(twin)], None),
        ):
            self.sent.clear()
            self.conversation = conversation.Conversation("safe", None, self.screen, self.send)
            await self.conversation.begin()
            await self.receive("welcome", id="hello", user=ANA | {"kind": "member"})
            assert [command["type"] for command in self.sent] == ["hello", "watch"]
            if address is None:
                with pytest.raises(Ended, match="private-x1, private-x2"):
                    await self.list_rooms(*rooms)
            else:
                await self.list_rooms(*rooms)
                assert self.commands("join")[0]["room"] == address
                await self.joined(SAFE | {"slug": address}, id="join")
                assert len(self.commands("watch")) == 1

    async def test_a_member_whose_list_does_not_come_tries_again(self):
        self.sent.clear()
        self.conversation = conversation.Conversation("safe", None, self.screen, self.send)
        await self.conversation.begin()
        await self.receive("welcome", id="hello", user=ANA | {"kind": "member"})
        await self.receive("error", id="watch", code="unavailable", message="Busy.", retry_after=0)
        await asyncio.sleep(0.01)
        assert [command["type"] for command in self.sent] == ["hello", "watch", "hello"]

    async def test_nothing_is_joined_before_the_list_has_come(self):
        """A private room's name would make a public room of that name."""
        await self.conversation.type("/join safe")
        assert len(self.commands("join")) == 1
        await self.list_rooms(entry(SAFE))
        assert self.sent[-1]["room"] == "private-x1"

    async def test_a_refused_room_leaves_one_where_one_was(self):
        await self.list_rooms()
        await self.conversation.type("/join nowhere")
        await self.receive("error", id=self.sent[-1]["id"], code="not_found", message="None.")
        assert self.screen.refusals == ["None."]
        await self.conversation.type("hello")
        assert self.sent[-1]["room"] == "lobby"

    async def test_what_was_typed_before_is_sent_to_the_room_before(self):
        await self.list_rooms(entry(CLUB))
        await self.conversation.type("one")
        await self.conversation.type("/join club")
        await self.conversation.type("two")
        assert self.sent[-1]["body"] == "one"
        await self.ack(1)
        await self.joined(CLUB)
        assert (self.sent[-1]["body"], self.sent[-1]["room"]) == ("two", "club")

    async def test_a_direct_room_is_joined(self):
        await self.list_rooms()
        await self.conversation.type("/direct Ion")
        assert self.sent[-1]["room"] == "direct-of-Ion"
        await self.conversation.type("/direct Nobody")
        assert self.screen.refusals == ["There is nobody."]

    async def open_direct(self, name: str) -> str:
        if name == "Nobody":
            raise SiteRefusal("There is nobody.")
        return f"direct-of-{name}"


class PasswordTests(RoomsTestCase):
    async def ask(self, code: str = "password_required", id: str | None = None) -> None:
        await self.receive("error", id=id or self.sent[-1]["id"], code=code, message="Ask.")

    async def test_the_next_line_is_the_password_and_hidden(self):
        await self.list_rooms()
        await self.conversation.type("/join safe")
        await self.ask()
        assert self.screen.hides
        await self.conversation.type("wrong")
        assert not self.screen.hides
        assert self.sent[-1]["password"] == "wrong"
        await self.ask("password_wrong")
        await self.conversation.type("right")
        assert self.sent[-1]["password"] == "right"
        await self.joined(SAFE)
        assert len(self.commands("send")) == 0

    async def test_nothing_means_to_stay_out(self):
        await self.list_rooms()
        await self.conversation.type("/join safe")
        await self.ask()
        await self.conversation.type("")
        await self.conversation.type("hello")
        assert (self.sent[-1]["body"], self.sent[-1]["room"]) == ("hello", "lobby")

    async def test_the_first_room_asks_too(self):
        self.conversation.disconnected()
        await self.conversation.begin()
        await self.receive("welcome", id="hello", user=ANA, token="t")
        await self.ask(id="join")
        await self.conversation.type("secret")
        assert (self.sent[-1]["type"], self.sent[-1]["password"]) == ("join", "secret")
        await self.ask(id="join")
        with pytest.raises(Ended):
            await self.conversation.input.end()

    async def test_a_script_ends_with_the_reason(self):
        self.screen.is_watched = False
        with pytest.raises(Ended, match="Ask"):
            await self.ask(id="join")


class NoticeTests(RoomsTestCase):
    async def notice(self, why: str, room: str = "club", **fields) -> None:
        await self.receive("notice", room=room, seq=1, why=why, message=message(1, **fields))

    async def test_notices_of_other_rooms_are_one_line(self):
        await self.list_rooms(entry(CLUB))
        await self.notice("mention", body="@Ana\nlook")
        await self.notice("reply", room="unlisted")
        await self.notice("direct", room="direct-y2", author=ION | {"name": "Ion left. Eva"})
        assert self.screen.notices[1:] == [
            "Ion mentioned you in Chess Club: @Ana look",
            "Ion replied to you in unlisted: m1",
            "“Ion left. Eva” wrote to you: m1",
        ]

    async def test_what_is_said_here_is_seen_anyway(self):
        await self.notice("mention", room="lobby")
        assert len(self.screen.notices) == 1


class ReadTests(RoomsTestCase):
    async def test_messages_that_were_shown_are_read(self):
        await self.list_rooms(entry(CLUB))
        with patch.object(conversation, "READ_AFTER", 0):
            await self.conversation.type("/join club")
            await self.joined(CLUB, message(1), message(2))
            async with asyncio.timeout(10):
                while not self.commands("read"):
                    await asyncio.sleep(0)
        assert self.commands("read") == [{"type": "read", "room": "club", "seq": 2}]

    async def test_a_guest_in_an_open_room_sends_no_marks(self):
        with patch.object(conversation, "READ_AFTER", 0):
            await self.receive_message(1)
            await self.receive_message(2)
        assert self.conversation._reading is None

    async def test_who_is_somebody_else_after_reconnecting_is_signed_out(self):
        self.conversation.disconnected()
        with pytest.raises(Ended, match="signed out"):
            await self.receive("welcome", id="hello", user=ION)


@pytest.mark.parametrize(
    ("line", "typed"),
    [
        ("/rooms ", ("rooms", "")),
        ("/rooms now", ("help", "")),
        ("/join  Chess Club", ("join", " Chess Club")),
        ("/join ", ("help", "")),
        ("/direct Ion", ("direct", "Ion")),
        ("/joining", ("help", "")),
        ("//join x", ("send", "/join x")),
        ("a /join x", ("send", "a /join x")),
    ],
)
def test_lines_are_read_as_commands_or_messages(line, typed):
    assert read_line(line) == Typed(*typed)
