"""What a conversation is shown on, and how it ends."""

from collections.abc import AsyncIterator
from typing import Protocol


class Screen(Protocol):
    """Shows the conversation, and yields what is typed."""

    # Whether a person sees what is shown, and can decide to wait or to leave.
    is_watched: bool

    def message(self, message: dict, mark: str = "", quote: str = "") -> None:
        """Show a message, with a mark behind its author's name, and below what it replies to."""

    def notice(self, text: str) -> None:
        """Show an event, such as who joined."""

    def refusal(self, text: str) -> None:
        """Show an error."""

    def status(self, text: str) -> None:
        """Show the state of the connection, in place of the previous one."""

    def ask_password(self, is_asked: bool) -> None:
        """Hide what is typed, for the next line is a password; or show it again."""

    def lines(self) -> AsyncIterator[str]:
        """Yield the lines that are typed."""


class OutputClosed(Exception):
    """Nobody reads what is shown any more, as after `| head -1`."""


class Ended(Exception):
    """The conversation cannot go on; the sentence says why."""
