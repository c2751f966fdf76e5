"""Lines of text: others see exactly what was typed, or the sender reads why it was refused; and no
line can pass for one of another author, or of the server."""

import re
from itertools import count
from operator import mul

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from chat.consumers.lines import lines_of
from chat.models import Configuration
from chat.protocol import MAX_FRAME
from chat.rules.errors import ChatError, CloseCode
from chat.rules.names import clean_name
from chat.rules.slugs import slug_of
from chat.rules.text import INDENT
from chat.terminal.screens import PipeScreen
from tests.fuzz.targets import Target, running_target
from tests.support.sockets import connect
from tests.support.terminals import Terminal, terminal

LIMIT = Configuration().max_body
BREAKS = ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"]
TURNS = [*"\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"]
FORGERIES = [
    "Ion: I owe Ana 5",
    "* Ion disconnected",
    "! You can no longer",
    "\x1b[2J",
    "\x9b1A",
    "\t",
]

# No surrogates: UTF-8 cannot contain them.
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


def check_authorship(frame: str, name: str, body: str) -> None:
    """Check that the frame, split by any line break, is one message of `name`."""
    first, *others = frame.splitlines()
    assert not first.startswith(("* ", "! "))
    # Readers take what is before the first colon and space for the author.
    assert re.split(": ", first, maxsplit=1)[0] == name
    assert all(line.startswith(INDENT) for line in others)
    assert len(others) == max(0, len(body.splitlines()) - 1)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", frame)
    assert not set(frame) & set(TURNS)


def message_of(name: str, body: str) -> dict:
    author = {"id": "a", "name": name, "kind": "guest"}
    at = "2026-01-02T03:04:05Z"
    return {"author": author, "body": body, "at": at, "edited_at": None, "deleted": False}


def a_name(text: str) -> str:
    try:
        return clean_name(text)
    except ChatError:
        assume(False)


@pytest.mark.parametrize("output", ["lines", "pipe"])
def test_no_name_and_no_text_forges_a_line_of_another_author(fuzz, capsys, output):
    @fuzz(200)
    @given(names, typed)
    @example("Ion: yes", "x")
    @example("! Slow down", "try again")
    @example("a", "b\u2028Ion: c")
    def write(name, body):
        name, message = a_name(name), None
        message = message_of(name, body)
        if output == "lines":
            [line] = lines_of({"type": "message", "message": message})
            frame = line.text
        else:
            capsys.readouterr()
            PipeScreen().message(message)
            frame = capsys.readouterr().out.removesuffix("\n")
        check_authorship(frame, name, body)

    write()


class LineTarget(Target):
    """Ana types lines; Ion reads them on a page, and Eva in another terminal."""

    async def open(self) -> None:
        self.numbers = count(1)
        self.ana, self.eva = [await self.open_terminal(name) for name in ("Ana", "Eva")]
        self.ion = await self.stack.enter_async_context(connect("Ion"))
        await self.ion.join("lobby")
        await self.ana.reads("* Eva connected", "* Ion connected")
        await self.eva.reads("* Ion connected")

    async def open_terminal(self, name: str) -> Terminal:
        opened = await self.stack.enter_async_context(terminal("lobby", name))
        await opened.reads(f"* You joined lobby as {name}")
        return opened

    async def send(self, text: str) -> None:
        end = f"the end of {next(self.numbers)}"
        await self.ana.types(text)
        await self.ana.types(end)
        on_page = await self.bodies_until(end)
        in_terminal = [line async for line in self.lines_until(f"Ana: {end}")]
        refusals = [message["text"] for message in drained(self.ana.communicator.output_queue)]
        body = text.rstrip("\r\n")
        if refusals:
            assert [len(refusals), on_page, in_terminal] == [1, [], []]
            assert refusals[0].startswith("! ")
            assert refusals[0].isprintable()
            assert not is_plain(body)
            return
        assert on_page == [body]
        check_authorship(*in_terminal, "Ana", body)

    async def bodies_until(self, end: str) -> list[str]:
        bodies = []
        while end not in bodies:
            bodies.append((await self.ion.next("message"))["message"]["body"])
        return bodies[:-1]

    async def lines_until(self, end: str):
        while (line := await self.eva.line()) != end:
            yield line


def drained(queue) -> list:
    return [queue.get_nowait() for _ in range(queue.qsize())]


def is_plain(body: str) -> bool:
    """Whether a text is certainly valid: it has a visible letter, and it is not too long."""
    return any(map(str.isalnum, body)) and "\0" not in body and len(body) <= LIMIT


class JoinTarget(Target):
    """A terminal opens any room under any name; it joins, or reads why it was refused."""

    async def send(self, request: tuple[str, str]) -> None:
        room, name = request
        async with terminal(room, name) as ana:
            line = await ana.line()
            assert line.isprintable()
            if line.startswith("! "):
                assert await ana.closed() == CloseCode.MALFORMED
            else:
                assert line == f"* You joined {slug_of(room)} as {clean_name(name)}"


@pytest.mark.django_db(transaction=True)
def test_any_room_and_name_are_accepted_or_refused_with_a_reason(fuzz):
    @fuzz(100)
    @given(st.text(characters, min_size=1, max_size=70), st.one_of(names, typed))
    def join(room, name):
        # A room with a slash is another path.
        assume("/" not in room)
        assume(name)
        send((room, name))

    with running_target(JoinTarget) as send:
        join()


@pytest.mark.django_db(transaction=True)
def test_any_line_is_delivered_as_typed_or_refused_with_a_reason(fuzz):
    @fuzz(150)
    @given(st.one_of(typed, st.builds(mul, typed, st.integers(1, 2000))))
    @example("")
    @example("\0")
    @example("hello\r\n")
    def write(text):
        assume(len(text.encode()) <= MAX_FRAME)
        send(text)

    with running_target(LineTarget) as send:
        write()
