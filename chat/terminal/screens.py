"""The screens of `manage.py chat`: a terminal, or a pipe."""

import asyncio
import codecs
import os
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TextIO

from prompt_toolkit import PromptSession, print_formatted_text
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.patch_stdout import patch_stdout

from chat.rules.text import terminal_text
from chat.terminal.formatting import formatted
from chat.terminal.interface import Ended, OutputClosed

READ_AT_ONCE = 65536


class TypedLines(InMemoryHistory):
    """What was typed, to be brought back with the arrow keys; passwords are not."""

    is_secret = False

    def append_string(self, string: str) -> None:
        if not self.is_secret:
            super().append_string(string)


class TerminalScreen:
    """A person at a terminal: messages are printed above the line that they type in."""

    is_watched = True

    def __init__(self):
        self._history = TypedLines()
        self._session = PromptSession(
            lambda: "Password: " if self._session.is_password else "> ",
            bottom_toolbar=lambda: self._status,
            erase_when_done=True,
            history=self._history,
        )
        self._status = "Connecting."

    @contextmanager
    def open(self):
        """Share the terminal between input and output."""
        with patch_stdout(raw=True):
            yield

    def message(self, message: dict, mark: str = "", quote: str = "") -> None:
        if quote:
            self._print(("ansibrightblack", quote))
        name, at = terminal_text(message["author"]["name"]), local_time(message["at"])
        self._print(("ansibrightblack", f"{at} "), ("bold", f"{name}{mark}: "), *body_of(message))

    def notice(self, text: str) -> None:
        self._print(("ansibrightblack", f"* {terminal_text(text)}"))

    def refusal(self, text: str) -> None:
        self._print(("ansired", f"! {terminal_text(text)}"))

    def status(self, text: str) -> None:
        self._status = text
        self._session.app.invalidate()

    def ask_password(self, is_asked: bool) -> None:
        self._session.is_password = self._history.is_secret = is_asked
        self._session.app.invalidate()

    async def lines(self) -> AsyncIterator[str]:
        """Yield the lines that are typed, until Ctrl-D or Ctrl-C."""
        while True:
            try:
                yield await self._session.prompt_async()
            except (EOFError, KeyboardInterrupt):
                return

    @staticmethod
    def _print(*parts: tuple[str, str]) -> None:
        print_formatted_text(FormattedText(parts))


def body_of(message: dict) -> list[tuple[str, str]]:
    """Return what a message says in fragments; as it was typed where its format is "plain"."""
    if message.get("format") == "plain":
        return [("", terminal_text(message["body"]))]
    return formatted(message["body"])


class PipeScreen:
    """A script: input from standard input, messages and notices to standard output.

    Messages are written as they were typed, for other programs to read.

    Bytes that are no text are replaced, and so are characters that the output cannot have.
    """

    is_watched = False

    @contextmanager
    def open(self):
        """Replace characters that would end the program; discard the rest of a closed output."""
        for stream in (sys.stdout, sys.stderr):
            if stream:
                stream.reconfigure(errors="backslashreplace")
        try:
            yield
        except OutputClosed:
            # Python would write what is left when it ends, and fail again.
            discard_output()
            raise

    def message(self, message: dict, mark: str = "", quote: str = "") -> None:
        if quote:
            self._print(quote)
        self._print(terminal_text(f"{message['author']['name']}{mark}: {message['body']}"))

    def notice(self, text: str) -> None:
        self._print(f"* {terminal_text(text)}")

    def refusal(self, text: str) -> None:
        self._write(sys.stderr, f"! {terminal_text(text)}")

    def status(self, text: str) -> None:
        """Show nothing: nobody watches."""

    def ask_password(self, is_asked: bool) -> None:
        """Do nothing: what comes from a pipe is not shown."""

    async def lines(self) -> AsyncIterator[str]:
        """Yield the lines of standard input, until its end. Raises Ended where it is unreadable."""
        loop, lines = asyncio.get_running_loop(), asyncio.Queue()

        def put(line: str | OSError | None) -> None:
            loop.call_soon_threadsafe(lines.put_nowait, line)

        def read() -> None:
            # The loop may be closed meanwhile: nobody asks for more lines then.
            with suppress(RuntimeError):
                try:
                    for line in read_lines():
                        put(decoded(line))
                except OSError as error:
                    put(error)
                else:
                    put(None)

        # A thread that reads cannot be stopped; a daemon does not delay the end of the process.
        threading.Thread(target=read, daemon=True).start()
        while isinstance(line := await lines.get(), str):
            yield line
        if line:
            raise Ended(f"The input cannot be read: {line.strerror}.")

    def _print(self, line: str) -> None:
        self._write(sys.stdout, line)

    @staticmethod
    def _write(stream: TextIO | None, line: str) -> None:
        """Write a line. Raises OutputClosed, or Ended where there is no space, say."""
        if stream is None:
            raise OutputClosed
        try:
            stream.write(f"{line}\n")
            stream.flush()
        except BrokenPipeError:
            raise OutputClosed from None
        except OSError as error:
            discard_output()
            raise Ended(f"The output cannot be written: {error.strerror}.") from None


def read_lines() -> Iterator[bytes]:
    """Yield the lines of standard input.

    Without Python's buffer: one that a thread waits for at the end of the process aborts it.
    """
    rest = b""
    while sys.stdin and (part := os.read(sys.stdin.fileno(), READ_AT_ONCE)):
        *lines, rest = (rest + part).split(b"\n")
        yield from lines
    if rest:
        yield rest


def decoded(line: bytes) -> str:
    """Return a line of the input as text, by the locale; one for ASCII alone knows no better.

    Bytes that are no text become U+FFFD, the NUL that no message may have among them.
    """
    encoding = sys.stdin.encoding
    if codecs.lookup(encoding).name == "ascii":
        encoding = "utf-8"
    return line.decode(encoding, errors="replace").rstrip("\r\n").replace("\0", "\ufffd")


def discard_output() -> None:
    """Discard what is still to be written to standard output."""
    if sys.stdout is None:
        # Never open: its number is another file's.
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def local_time(at: str) -> str:
    """Return the hour and minute of an RFC 3339 time, in local time."""
    return f"{datetime.fromisoformat(at).astimezone():%H:%M}"
