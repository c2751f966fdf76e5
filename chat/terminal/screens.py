"""Where a chat is shown: a terminal that is typed in, or a pipe."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import contextmanager
from datetime import datetime

from prompt_toolkit import PromptSession, print_formatted_text
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.patch_stdout import patch_stdout

from chat.consumers.lines import shown


class TerminalScreen:
    """A person at a terminal: what comes is printed above the line that they type in."""

    def __init__(self):
        self._session = PromptSession(
            "> ", bottom_toolbar=lambda: self._status, erase_when_done=True
        )
        self._status = "Connecting."

    @contextmanager
    def open(self):
        """Share the terminal between what is typed and what comes."""
        with patch_stdout(raw=True):
            yield

    def message(self, message: dict) -> None:
        name, at = message["author"]["name"], local_time(message["at"])
        body = shown(message["body"])
        self._print(("ansibrightblack", f"{at} "), ("bold", f"{name}: "), ("", body))

    def notice(self, text: str) -> None:
        self._print(("ansibrightblack", f"* {text}"))

    def refusal(self, text: str) -> None:
        self._print(("ansired", f"! {text}"))

    def status(self, text: str) -> None:
        self._status = text
        self._session.app.invalidate()

    async def lines(self) -> AsyncIterator[str]:
        """Give what is typed, until Ctrl-D or Ctrl-C."""
        while True:
            try:
                yield await self._session.prompt_async()
            except (EOFError, KeyboardInterrupt):
                return

    @staticmethod
    def _print(*parts: tuple[str, str]) -> None:
        print_formatted_text(FormattedText(parts))


class PipeScreen:
    """A script: lines come from standard input, and what happens goes to standard output."""

    @contextmanager
    def open(self):
        """Nothing need be prepared."""
        yield

    def message(self, message: dict) -> None:
        self._print(f"{message['author']['name']}: {shown(message['body'])}")

    def notice(self, text: str) -> None:
        self._print(f"* {text}")

    def refusal(self, text: str) -> None:
        sys.stderr.write(f"! {text}\n")
        sys.stderr.flush()

    def status(self, text: str) -> None:
        """Nobody looks."""

    async def lines(self) -> AsyncIterator[str]:
        """Give the lines of standard input, until its end."""
        loop, lines = asyncio.get_running_loop(), asyncio.Queue()

        def read() -> None:
            for line in sys.stdin:
                loop.call_soon_threadsafe(lines.put_nowait, line.rstrip("\r\n"))
            loop.call_soon_threadsafe(lines.put_nowait, None)

        # Nothing ends a thread that reads; as a daemon it holds up nobody's end.
        threading.Thread(target=read, daemon=True).start()
        while (line := await lines.get()) is not None:
            yield line

    @staticmethod
    def _print(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def local_time(at: str) -> str:
    """Give the hour and minute of a moment, as the clock here shows it."""
    return f"{datetime.fromisoformat(at).astimezone():%H:%M}"
