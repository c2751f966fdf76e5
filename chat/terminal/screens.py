"""The screens of `manage.py chat`: a terminal, or a pipe."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import contextmanager
from datetime import datetime

from prompt_toolkit import PromptSession, print_formatted_text
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.patch_stdout import patch_stdout

from chat.rules.text import terminal_text


class TerminalScreen:
    """A person at a terminal: messages are printed above the line that they type in."""

    def __init__(self):
        self._session = PromptSession(
            "> ", bottom_toolbar=lambda: self._status, erase_when_done=True
        )
        self._status = "Connecting."

    @contextmanager
    def open(self):
        """Share the terminal between input and output."""
        with patch_stdout(raw=True):
            yield

    def message(self, message: dict) -> None:
        name, at = terminal_text(message["author"]["name"]), local_time(message["at"])
        body = terminal_text(message["body"])
        self._print(("ansibrightblack", f"{at} "), ("bold", f"{name}: "), ("", body))

    def notice(self, text: str) -> None:
        self._print(("ansibrightblack", f"* {terminal_text(text)}"))

    def refusal(self, text: str) -> None:
        self._print(("ansired", f"! {terminal_text(text)}"))

    def status(self, text: str) -> None:
        self._status = text
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


class PipeScreen:
    """A script: input from standard input, messages and notices to standard output."""

    @contextmanager
    def open(self):
        """Prepare nothing."""
        yield

    def message(self, message: dict) -> None:
        self._print(terminal_text(f"{message['author']['name']}: {message['body']}"))

    def notice(self, text: str) -> None:
        self._print(f"* {terminal_text(text)}")

    def refusal(self, text: str) -> None:
        sys.stderr.write(f"! {terminal_text(text)}\n")
        sys.stderr.flush()

    def status(self, text: str) -> None:
        """Show nothing: nobody watches."""

    async def lines(self) -> AsyncIterator[str]:
        """Yield the lines of standard input, until its end."""
        loop, lines = asyncio.get_running_loop(), asyncio.Queue()

        def read() -> None:
            for line in sys.stdin:
                loop.call_soon_threadsafe(lines.put_nowait, line.rstrip("\r\n"))
            loop.call_soon_threadsafe(lines.put_nowait, None)

        # A thread that reads cannot be stopped; a daemon does not delay the end of the process.
        threading.Thread(target=read, daemon=True).start()
        while (line := await lines.get()) is not None:
            yield line

    @staticmethod
    def _print(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def local_time(at: str) -> str:
    """Return the hour and minute of an RFC 3339 time, in local time."""
    return f"{datetime.fromisoformat(at).astimezone():%H:%M}"
