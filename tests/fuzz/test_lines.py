"""Lines of text: others see exactly what was typed, or its sender reads why not; and no line can
pass for one that somebody else wrote, or for the server's own."""

import re
from itertools import count
from operator import mul

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from chat.consumers.lines import INDENT, lines_of
from chat.models import Configuration
from chat.protocol import MAX_FRAME
from chat.rules.errors import ChatError, CloseCode
from chat.rules.names import clean_name, slug_of
from chat.terminal.screens import PipeScreen
from tests.fuzz.doors import Door, throwing
from tests.support.sockets import connect
from tests.support.terminals import Terminal, terminal

LIMIT = Configuration().max_body
BREAKS = ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"]
TURNS = ["\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"]
FORGERIES = [
    "Ion: I owe Ana 5",
    "* Ion disconnected",
    "! You were removed",
    "\x1b[2J",
    "\x9b1A",
    "\t",
]

# No surrogates: nothing that is UTF-8 brings them.
characters = st.characters(exclude_categories=["Cs"])
typed = st.lists(
    st.one_of(st.text(characters, max_size=9), st.sampled_from([*BREAKS, *TURNS, *FORGERIES])),
    max_size=6,
).map("".join)
names = st.lists(
    st.one_of(
        st.text(characters, max_size=6), st.sampled_from([":", ": ", " ", "* ", "! ", "Ion"])
    ),
    max_size=4,
).map("".join)


def assert_honest(frame: str, name: str, body: str) -> None:
    """Whoever reads the frame as lines, by whatever breaks a line, reads one message of `name`."""
    first, *others = frame.splitlines()
    assert not first.startswith(("* ", "! "))
    # Who reads a line takes what stands before the first colon and space for the author.
    assert re.split(": ", first, maxsplit=1)[0] == name
    assert all(line.startswith(INDENT) for line in others)
    assert len(others) == max(0, len(body.splitlines()) - 1)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", frame)
    assert not set(frame) & set(TURNS)


def message_of(name: str, body: str) -> dict:
    author = {"id": "a", "name": name, "kind": "guest"}
    return {"author": author, "body": body, "at": "2026-01-02T03:04:05Z"}


def a_name(text: str) -> str:
    try:
        return clean_name(text)
    except ChatError:
        assume(False)


@pytest.mark.parametrize("door", ["lines", "pipe"])
def test_no_name_and_no_text_makes_a_line_of_somebody_else(fuzz, capsys, door):
    @fuzz(400)
    @given(names, typed)
    @example("Ion: yes", "x")
    @example("! Slow down", "try again")
    @example("a", "b\u2028Ion: c")
    def write(name, body):
        name, message = a_name(name), None
        message = message_of(name, body)
        if door == "lines":
            [line] = lines_of({"type": "message", "message": message})
            frame = line.text
        else:
            capsys.readouterr()
            PipeScreen().message(message)
            frame = capsys.readouterr().out.removesuffix("\n")
        assert_honest(frame, name, body)

    write()


class LineDoor(Door):
    """Ana types lines; Ion reads them on a page, and Eva at another terminal."""

    async def open(self) -> None:
        self.numbers = count(1)
        self.ana, self.eva = [await self.at_a_terminal(name) for name in ("Ana", "Eva")]
        self.ion = await self.stack.enter_async_context(connect("Ion"))
        await self.ion.join("lobby")
        await self.ana.reads("* Eva connected", "* Ion connected")
        await self.eva.reads("* Ion connected")

    async def at_a_terminal(self, name: str) -> Terminal:
        here = await self.stack.enter_async_context(terminal("lobby", name))
        await here.reads(f"* You joined lobby as {name}")
        return here

    async def take(self, text: str) -> None:
        end = f"the end of {next(self.numbers)}"
        await self.ana.types(text)
        await self.ana.types(end)
        on_page = await self.heard_by_ion(end)
        in_terminal = [line async for line in self.read_by_eva(f"Ana: {end}")]
        refusals = [message["text"] for message in drained(self.ana.communicator.output_queue)]
        body = text.rstrip("\r\n")
        if refusals:
            assert [len(refusals), on_page, in_terminal] == [1, [], []]
            assert refusals[0].startswith("! ")
            assert refusals[0].isprintable()
            assert not is_plain(body)
            return
        assert on_page == [body]
        assert_honest(*in_terminal, "Ana", body)

    async def heard_by_ion(self, end: str) -> list[str]:
        said = []
        while end not in said:
            said.append((await self.ion.next("message"))["message"]["body"])
        return said[:-1]

    async def read_by_eva(self, end: str):
        while (line := await self.eva.line()) != end:
            yield line


def drained(queue) -> list:
    return [queue.get_nowait() for _ in range(queue.qsize())]


def is_plain(body: str) -> bool:
    """Whether nothing speaks against a text: there is a letter to see, and it is not too long."""
    return any(map(str.isalnum, body)) and "\0" not in body and len(body) <= LIMIT


class Knocking(Door):
    """Somebody comes to any address under any name, and is let in or reads why not."""

    async def take(self, who: tuple[str, str]) -> None:
        room, name = who
        async with terminal(room, name) as ana:
            line = await ana.line()
            assert line.isprintable()
            if line.startswith("! "):
                assert await ana.closed() == CloseCode.MALFORMED
            else:
                assert line == f"* You joined {slug_of(room)} as {clean_name(name)}"


@pytest.mark.django_db(transaction=True)
def test_whatever_room_and_name_are_asked_for_one_is_let_in_or_reads_why_not(fuzz):
    @fuzz(150)
    @given(st.text(characters, min_size=1, max_size=70), st.one_of(names, typed))
    def come(room, name):
        # What has a slash in it is another address.
        assume("/" not in room)
        assume(name)
        take((room, name))

    with throwing(Knocking) as take:
        come()


@pytest.mark.django_db(transaction=True)
def test_others_read_exactly_what_was_typed_or_its_sender_reads_why_not(fuzz):
    @fuzz(300)
    @given(st.one_of(typed, st.builds(mul, typed, st.integers(1, 2000))))
    @example("")
    @example("\0")
    @example("hello\r\n")
    def write(text):
        assume(len(text.encode()) <= MAX_FRAME)
        take(text)

    with throwing(LineDoor) as take:
        write()
