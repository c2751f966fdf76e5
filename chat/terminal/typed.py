"""What a person types in a terminal: messages, and commands that begin with a slash."""

from typing import NamedTuple

HELP = (
    "Type /reply TEXT to answer the last message of somebody else, /edit TEXT or /delete to "
    "change your own, /react EMOJI or /unreact EMOJI for the newest one here, /rooms to list your "
    "rooms, /join ROOM to go to another, /direct NAME to write to somebody alone, and two slashes "
    "to begin a message with one."
)
ALONE = {"delete", "rooms"}
WITH_TEXT = {"reply", "edit", "react", "unreact", "join", "direct"}


class Typed(NamedTuple):
    """What is to be done: a command without its slash, `send`, or `help`; and with what text."""

    command: str
    text: str = ""


def read_line(line: str) -> Typed:
    """Return what a line means."""
    if not line.startswith("/"):
        return Typed("send", line)
    if line.startswith("//"):
        return Typed("send", line[1:])
    command, _, text = line[1:].partition(" ")
    if command in WITH_TEXT and text.strip():
        return Typed(command, text)
    if command in ALONE and not text.strip():
        return Typed(command)
    return Typed("help")
