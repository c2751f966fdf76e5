"""The terminal's client keeps the rules of delivery, whatever events it receives."""

import asyncio
from copy import deepcopy
from unittest import IsolatedAsyncioTestCase

import pytest

from chat.terminal.conversation import Conversation
from chat.terminal.interface import Ended

ANA = {"id": "a", "name": "Ana", "kind": "guest"}
ION = {"id": "i", "name": "Ion", "kind": "guest"}
ROOM = {"slug": "lobby", "name": "Lobby", "epoch": "e1", "closed": False}


def message(seq: int, version: int | None = None, **fields) -> dict:
    text = {"author": ION, "body": f"m{seq}", "at": "2026-01-01T00:00:00Z"}
    changes = {"edited_at": None, "deleted": False}
    return {"seq": seq, "version": version or seq, **text, **changes, **fields}


class RecordingScreen:
    """A screen that records what is shown."""

    is_watched = True

    def __init__(self):
        self.messages, self.notices, self.refusals, self.last_status = [], [], [], ""
        self.hides = False

    def message(self, message: dict, mark: str = "", quote: str = "") -> None:
        self.messages.append(f"{quote}{message['body']}{mark}")

    def notice(self, text: str) -> None:
        self.notices.append(text)

    def refusal(self, text: str) -> None:
        self.refusals.append(text)

    def status(self, text: str) -> None:
        self.last_status = text

    def ask_password(self, is_asked: bool) -> None:
        self.hides = is_asked


class ConversationTestCase(IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.screen, self.sent = RecordingScreen(), []
        self.conversation = Conversation(
            "lobby", "Ana", self.screen, self.send, open_direct=self.open_direct
        )
        await self.conversation.begin()

    async def send(self, **command) -> None:
        self.sent.append(command)

    async def receive(self, type: str, **fields) -> None:
        await self.conversation.receive({"type": type, **fields})

    async def receive_message(self, *message_fields, **fields) -> None:
        new = message(*message_fields, **fields)
        await self.receive("message", room="lobby", version=new["version"], message=new)

    async def join(self, *messages: dict, version: int = 0, epoch: str = "e1") -> None:
        """Receive `welcome` and `joined`, with some messages."""
        await self.receive("welcome", id="hello", user=ANA, token="t")
        await self.receive(
            "joined",
            id="join",
            room=ROOM | {"version": version, "epoch": epoch},
            messages=list(messages),
            members=[ANA],
            count=1,
        )

    async def ack(self, seq: int, id: str | None = None) -> None:
        command_id = id or self.sent[-1]["id"]
        await self.receive("ack", id=command_id, room="lobby", seq=seq, version=seq)

    async def open_direct(self, name: str) -> str:
        raise AssertionError("No test here writes to somebody alone.")


class ConversationTests(ConversationTestCase):
    async def test_it_sends_hello_and_joins(self):
        await self.join()
        assert [command["type"] for command in self.sent] == ["hello", "join", "watch"]
        assert self.sent[0]["name"] == "Ana"
        assert self.screen.notices == ["You joined Lobby as Ana. Nobody else is here."]

    async def test_a_repeated_or_changed_message_is_shown_once(self):
        await self.join(message(1), version=1)
        await self.receive_message(2)
        await self.receive_message(2)
        await self.receive_message(1, 3)
        assert self.screen.messages == ["m1", "m2"]

    async def test_a_reaction_is_to_the_newest_message_of_when_it_was_typed(self):
        await self.join(message(1), message(2), message(3, body="", deleted=True), version=3)
        await self.conversation.type("/react 👍 ")
        sent = {name: self.sent[-1][name] for name in ("type", "seq", "emoji", "on")}
        assert sent == {"type": "react", "seq": 2, "emoji": "👍", "on": True}
        await self.conversation.type("/unreact 👍")
        await self.receive_message(4)
        await self.receive("ack", id=self.sent[-1]["id"], seq=2, version=5)
        assert self.screen.notices[-1] == "You reacted 👍."
        assert (self.sent[-1]["seq"], self.sent[-1]["on"]) == (2, False)
        await self.receive("ack", id=self.sent[-1]["id"], seq=2, version=6)
        assert self.screen.notices[-1] == "You took back 👍."

    async def test_reactions_of_others_are_not_shown(self):
        await self.join(message(1), version=1)
        reactions = [{"emoji": "👍", "count": 1, "by": ["i"]}]
        await self.receive_message(1, 2, reactions=reactions)
        assert self.screen.messages == ["m1"]

    async def test_a_change_of_a_message_that_was_never_shown_is_not_shown_as_new(self):
        await self.join(message(11), message(12), version=12)
        reactions = [{"emoji": "👍", "count": 1, "by": ["i"]}]
        await self.receive_message(3, 13, reactions=reactions)
        edited = {"body": "better", "edited_at": "2026-01-01T00:00:01Z"}
        await self.receive_message(4, 14, **edited)
        assert self.screen.messages == ["m11", "m12"]
        await self.conversation.type("/reply yes")
        assert self.sent[-1]["reply_to"] == 12

    async def test_what_is_about_a_message_is_not_sent_to_another_room(self):
        await self.join(message(1), message(7), version=7)
        await self.receive("rooms", id="watch", rooms=[])
        await self.conversation.type("/join club")
        joining = self.sent[-1]["id"]
        for line in ("/react 👍", "/reply I agree", "hello"):
            await self.conversation.type(line)
        club = ROOM | {"slug": "club", "name": "Club", "version": 9, "epoch": "e2"}
        await self.receive("joined", id=joining, room=club, messages=[], members=[ANA], count=1)
        assert [command["type"] for command in self.sent[-2:]] == ["leave", "send"]
        assert (self.sent[-1]["room"], self.sent[-1]["body"]) == ("club", "hello")
        assert "reply_to" not in self.sent[-1]
        assert self.screen.refusals[-2:] == ["That was about a message of another room."] * 2

    async def test_where_nothing_was_said_there_is_nothing_to_react_to(self):
        await self.join()
        await self.conversation.type("/react 👍")
        assert self.sent[-1]["type"] != "react"
        assert "no message" in self.screen.refusals[-1]

    async def test_a_reply_is_shown_below_the_beginning_of_the_original(self):
        await self.join(message(1, body="one\n" + "x" * 99), message(2, reply_to=1), version=2)
        original = message(1, 4, deleted=True, body="")
        await self.receive(
            "message",
            room="lobby",
            version=3,
            message=message(3, reply_to=2, body="yes"),
            refs={"2": message(2)},
        )
        await self.receive(
            "message",
            room="lobby",
            version=4,
            message=message(4, reply_to=1, body="no"),
            refs={"1": original},
        )
        quoted = "> one " + "x" * 56
        assert self.screen.messages[1:] == [f"{quoted}m2", "> m2yes", "> (deleted)no"]

    async def test_reply_answers_the_last_message_of_somebody_else(self):
        await self.join()
        await self.conversation.type("/reply nobody")
        assert "Nobody else" in self.screen.refusals[-1]
        await self.receive_message(1)
        await self.receive_message(2, author=ANA)
        await self.conversation.type("/reply  yes")
        sent = {name: self.sent[-1][name] for name in ("type", "body", "reply_to")}
        assert sent == {"type": "send", "body": " yes", "reply_to": 1}

    async def test_an_edit_and_a_deletion_are_shown_once(self):
        await self.join(message(1), version=1)
        edited = {"body": "better", "edited_at": "2026-01-01T00:00:01Z"}
        await self.receive_message(1, 2, **edited)
        await self.receive_message(1, 3, **edited)
        await self.receive_message(1, 4, **edited | {"body": "", "deleted": True})
        assert self.screen.messages == ["m1", "better (edited)"]
        assert self.screen.notices[-1] == "Ion deleted a message."

    async def test_a_person_changes_their_last_message(self):
        await self.join()
        await self.conversation.type("one")
        await self.ack(1)
        await self.conversation.type("two")
        await self.conversation.type("/edit better")
        await self.conversation.type("/delete")
        await self.conversation.type("/delete")
        await self.ack(2)
        last = {name: self.sent[-1][name] for name in ("type", "seq", "body")}
        assert last == {"type": "edit", "seq": 2, "body": "better"}
        await self.ack(2)
        assert (self.sent[-1]["type"], self.sent[-1]["seq"]) == ("delete", 2)
        await self.ack(2)
        assert (self.sent[-1]["type"], self.sent[-1]["seq"]) == ("delete", 1)
        await self.ack(1)
        await self.conversation.type("/edit too late")
        assert "no message of yours" in self.screen.refusals[-1]
        assert len(self.conversation.input.outbox) == 0

    async def test_a_slash_begins_a_message_where_it_is_doubled(self):
        await self.join()
        await self.conversation.type("//delete")
        assert self.sent[-1]["body"] == "/delete"
        for typed in ("/help", "/edit ", "/", "/react ", "/reaction 👍"):
            await self.conversation.type(typed)
            assert "/edit TEXT" in self.screen.refusals[-1]

    async def test_a_script_writes_any_text(self):
        self.screen.is_watched = False
        await self.join()
        await self.conversation.type("/delete")
        assert (self.sent[-1]["type"], self.sent[-1]["body"]) == ("send", "/delete")

    async def test_on_a_gap_it_syncs(self):
        await self.join(message(1), version=1)
        await self.receive_message(3)
        assert self.sent[-1] == {"type": "sync", "room": "lobby", "after": 1, "epoch": "e1"}
        missing = [message(2), message(3)]
        await self.receive(
            "synced", room="lobby", epoch="e1", version=3, reset=False, messages=missing
        )
        await self.receive_message(4)
        assert self.screen.messages == ["m1", "m2", "m3", "m4"]
        assert self.sent[-1]["type"] == "sync"
        assert len(self.sent) == 4

    async def test_heads_reveal_a_missed_last_message(self):
        await self.join(message(1), version=1)
        await self.receive("heads", rooms={"lobby": 1})
        assert self.sent[-1]["type"] == "watch"
        await self.receive("heads", rooms={"lobby": 2})
        assert self.sent[-1]["type"] == "sync"

    async def test_it_resumes_as_the_same_guest_at_the_same_version(self):
        await self.join(message(1), version=1)
        self.conversation.disconnected()
        await self.conversation.begin()
        assert self.sent[-1]["token"] == "t"
        await self.join(message(2), version=2)
        command = [command for command in self.sent if command["type"] == "join"][-1]
        assert (command["after"], command["epoch"]) == (1, "e1")
        assert self.screen.messages == ["m1", "m2"]

    async def test_a_new_epoch_of_the_room_is_shown_anew(self):
        await self.join(message(1), version=1)
        await self.join(message(1, body="new life"), version=1, epoch="e2")
        assert self.screen.messages == ["m1", "new life"]

    async def test_messages_are_sent_one_at_a_time_and_again_by_their_id(self):
        await self.conversation.type("one")
        await self.conversation.type("two")
        assert [command["type"] for command in self.sent] == ["hello"]
        await self.join()
        first = self.sent[-1]
        assert (first["type"], first["body"]) == ("send", "one")
        self.conversation.disconnected()
        assert self.screen.last_status == "No connection. Trying again. 2 to send."
        await self.conversation.begin()
        await self.join()
        assert self.sent[-1] == first
        await self.ack(1, first["id"])
        assert self.sent[-1]["body"] == "two"

    async def test_a_temporary_error_is_retried_and_a_refusal_is_not(self):
        await self.join()
        await self.conversation.type("one")
        await self.conversation.type("two")
        first = self.sent[-1]
        await self.receive("error", id=first["id"], code="rate_limited", message="!", retry_after=0)
        for _ in range(3):
            await asyncio.sleep(0)
        assert self.sent[-2:] == [first, first]
        await self.receive("error", id=first["id"], code="too_long", message="Too long.")
        assert self.screen.refusals == ["Too long."]
        assert self.sent[-1]["body"] == "two"

    async def test_joins_departures_and_new_names_are_shown(self):
        await self.join()
        await self.receive("presence", room="lobby", joined=[ION], left=[], count=2)
        await self.receive(
            "presence", room="lobby", joined=[ION | {"name": "Jon"}], left=[], count=2
        )
        await self.receive(
            "presence", room="lobby", joined=[], left=[ION | {"name": "Jon"}], count=1
        )
        assert self.screen.notices[1:] == ["Ion joined.", "Ion is Jon now.", "Jon left."]

    async def test_nobody_says_by_their_name_that_others_left(self):
        await self.join()
        eva = ION | {"name": "Ion left. Eva"}
        await self.receive("presence", room="lobby", joined=[eva], left=[], count=2)
        assert self.screen.notices[1:] == ["“Ion left. Eva” joined."]
        await self.receive_message(1, author=eva)
        await self.receive_message(1, 2, author=eva, body="", deleted=True)
        assert self.screen.notices[-1] == "“Ion left. Eva” deleted a message."

    async def test_no_name_reads_like_a_sentence_at_the_start(self):
        await self.receive("welcome", id="hello", user=ANA | {"name": "Eva, Ana"}, token="t")
        room = ROOM | {"version": 0, "name": "Chess. Ion left"}
        people = [ANA, ION | {"name": "Bob. Cid"}]
        await self.receive("joined", id="join", room=room, messages=[], members=people, count=2)
        joined = "You joined “Chess. Ion left” as “Eva, Ana”. Here: “Bob. Cid”."
        assert self.screen.notices == [joined]

    async def test_unknown_events_are_ignored(self):
        await self.join(message(1), version=1)
        before = deepcopy((vars(self.screen), self.sent))
        await self.receive("something_new", room="lobby")
        assert (vars(self.screen), self.sent) == before

    async def test_why_one_may_not_stay_is_said_once(self):
        await self.join()
        await self.receive("error", code="not_found", message="You were removed.")
        with pytest.raises(Ended, match="You were removed"):
            await self.receive("left", room="lobby", reason="removed")
        assert self.screen.refusals == []

    async def test_a_refused_join_ends_it(self):
        with pytest.raises(Ended, match="Taken"):
            await self.receive("error", id="join", code="name_taken", message="Taken.")
