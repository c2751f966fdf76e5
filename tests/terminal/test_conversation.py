"""A client in a terminal keeps the rules of delivery, whatever it is told in whatever order."""

import asyncio
from copy import deepcopy
from unittest import IsolatedAsyncioTestCase

import pytest

from chat.terminal.conversation import Conversation, Ended

ANA = {"id": "a", "name": "Ana", "kind": "guest"}
ION = {"id": "i", "name": "Ion", "kind": "guest"}
ROOM = {"slug": "lobby", "name": "Lobby", "epoch": "e1", "closed": False}


def message(seq: int, version: int | None = None, **fields) -> dict:
    text = {"author": ION, "body": f"m{seq}", "deleted": False, "at": "2026-01-01T00:00:00Z"}
    return {"seq": seq, "version": version or seq, **text, **fields}


class Screen:
    """Keeps what is shown."""

    def __init__(self):
        self.messages, self.notices, self.refusals, self.last_status = [], [], [], ""

    def message(self, message: dict) -> None:
        self.messages.append(message["body"])

    def notice(self, text: str) -> None:
        self.notices.append(text)

    def refusal(self, text: str) -> None:
        self.refusals.append(text)

    def status(self, text: str) -> None:
        self.last_status = text


class ConversationTests(IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.screen, self.said = Screen(), []
        self.conversation = Conversation("lobby", "Ana", self.screen, self.say)
        await self.conversation.begin()

    async def say(self, **command) -> None:
        self.said.append(command)

    async def hear(self, type: str, **fields) -> None:
        await self.conversation.hear({"type": type, **fields})

    async def hear_message(self, *message_fields, **fields) -> None:
        heard = message(*message_fields, **fields)
        await self.hear("message", room="lobby", version=heard["version"], message=heard)

    async def come_in(self, *messages: dict, version: int = 0, epoch: str = "e1") -> None:
        """Be welcomed and let in, with some messages."""
        await self.hear("welcome", id="hello", user=ANA, token="t")
        await self.hear(
            "joined",
            id="join",
            room=ROOM | {"version": version, "epoch": epoch},
            messages=list(messages),
            members=[ANA],
            count=1,
        )

    async def test_it_says_who_and_where(self):
        await self.come_in()
        assert [command["type"] for command in self.said] == ["hello", "join"]
        assert self.said[0]["name"] == "Ana"
        assert self.screen.notices == ["You joined Lobby as Ana. Nobody else is here."]

    async def test_a_message_that_comes_twice_or_changes_is_shown_once(self):
        await self.come_in(message(1), version=1)
        await self.hear_message(2)
        await self.hear_message(2)
        await self.hear_message(1, 3)
        await self.hear_message(2, 4, deleted=True)
        assert self.screen.messages == ["m1", "m2"]

    async def test_on_a_gap_it_asks_for_what_is_missing(self):
        await self.come_in(message(1), version=1)
        await self.hear_message(3)
        assert self.said[-1] == {"type": "sync", "room": "lobby", "after": 1, "epoch": "e1"}
        missing = [message(2), message(3)]
        await self.hear(
            "synced", room="lobby", epoch="e1", version=3, reset=False, messages=missing
        )
        await self.hear_message(4)
        assert self.screen.messages == ["m1", "m2", "m3", "m4"]
        assert self.said[-1]["type"] == "sync"
        assert len(self.said) == 3

    async def test_from_the_heads_it_knows_that_it_missed_the_last_one(self):
        await self.come_in(message(1), version=1)
        await self.hear("heads", rooms={"lobby": 1})
        assert self.said[-1]["type"] == "join"
        await self.hear("heads", rooms={"lobby": 2})
        assert self.said[-1]["type"] == "sync"

    async def test_it_comes_back_as_the_same_guest_to_the_same_place(self):
        await self.come_in(message(1), version=1)
        self.conversation.interrupted()
        await self.conversation.begin()
        assert self.said[-1]["token"] == "t"
        await self.come_in(message(2), version=2)
        join = self.said[-1]
        assert (join["after"], join["epoch"]) == (1, "e1")
        assert self.screen.messages == ["m1", "m2"]

    async def test_another_life_of_the_room_is_shown_anew(self):
        await self.come_in(message(1), version=1)
        await self.come_in(message(1, body="new life"), version=1, epoch="e2")
        assert self.screen.messages == ["m1", "new life"]

    async def test_what_is_typed_goes_out_one_at_a_time_and_again_under_the_same_id(self):
        await self.conversation.type("one")
        await self.conversation.type("two")
        assert [command["type"] for command in self.said] == ["hello"]
        await self.come_in()
        first = self.said[-1]
        assert (first["type"], first["body"]) == ("send", "one")
        self.conversation.interrupted()
        assert self.screen.last_status == "No connection: trying again. 2 to send."
        await self.conversation.begin()
        await self.come_in()
        assert self.said[-1] == first
        await self.hear("ack", id=first["id"])
        assert self.said[-1]["body"] == "two"

    async def test_what_is_refused_for_now_is_sent_later_and_what_is_refused_is_not(self):
        await self.come_in()
        await self.conversation.type("one")
        await self.conversation.type("two")
        first = self.said[-1]
        await self.hear("error", id=first["id"], code="rate_limited", message="!", retry_after=0)
        for _ in range(3):
            await asyncio.sleep(0)
        assert self.said[-2:] == [first, first]
        await self.hear("error", id=first["id"], code="too_long", message="Too long.")
        assert self.screen.refusals == ["Too long."]
        assert self.said[-1]["body"] == "two"

    async def test_who_comes_goes_and_changes_their_name_is_told(self):
        await self.come_in()
        await self.hear("presence", room="lobby", joined=[ION], left=[], count=2)
        await self.hear("presence", room="lobby", joined=[ION | {"name": "Jon"}], left=[], count=2)
        await self.hear("presence", room="lobby", joined=[], left=[ION | {"name": "Jon"}], count=1)
        assert self.screen.notices[1:] == ["Ion joined.", "Ion is Jon now.", "Jon left."]

    async def test_what_it_does_not_know_it_ignores(self):
        await self.come_in(message(1), version=1)
        before = deepcopy((vars(self.screen), self.said))
        await self.hear("something_new", room="lobby")
        assert (vars(self.screen), self.said) == before

    async def test_where_it_is_not_let_in_it_ends(self):
        with pytest.raises(Ended, match="Taken"):
            await self.hear("error", id="join", code="name_taken", message="Taken.")
