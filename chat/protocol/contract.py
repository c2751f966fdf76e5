"""What the types of commands and events leave open: which answers which, what codes mean, and
the numbers that clients go by. The contract in words is docs/protocol.md."""

from typing import NamedTuple

from chat.protocol import events
from chat.protocol.commands import COMMANDS, Command, Hello, History, Join, Leave, Ping, Send, Sync
from chat.rules.errors import CloseCode

# The direct answer to each command; any may be refused with an error instead.
ANSWERS: dict[type[Command], type[events.Event]] = {
    Hello: events.WelcomeEvent,
    Join: events.JoinedEvent,
    Leave: events.LeftEvent,
    Send: events.AckEvent,
    Sync: events.SyncedEvent,
    History: events.HistoryEvent,
    Ping: events.PongEvent,
}
EVENTS = tuple(events.Event.__subclasses__())
# What is told unasked; a stream over HTTP tells nothing else.
UNASKED = (
    events.JoinedEvent,
    events.LeftEvent,
    events.MessageEvent,
    events.PresenceEvent,
    events.TypingEvent,
    events.RoomEvent,
    events.SiteEvent,
    events.HeadsEvent,
    events.ErrorEvent,
)

# What is refused now and may be taken a little later, as it is.
TEMPORARY = ("rate_limited", "unavailable")


class Close(NamedTuple):
    """What a close code means; a client stops where it is `final`, else comes back and resumes.

    It comes back after `at_least` so many seconds, or the last error's `retry_after` if longer.
    """

    code: int
    meaning: str
    final: bool = False
    at_least: int = 0


CLOSES = (
    *(Close(code, "The connection ended.") for code in (1000, 1001, 1005, 1006)),
    Close(CloseCode.UNSUPPORTED_DATA, "A binary frame."),
    Close(1007, "A frame that is not UTF-8."),
    Close(CloseCode.TOO_BIG, "A frame over 64 KiB."),
    *(Close(code, "The connection ended.") for code in (CloseCode.INTERNAL_ERROR, 1012, 1013)),
    Close(CloseCode.MALFORMED, "Three malformed commands in a row.", final=True),
    Close(CloseCode.SIGNED_OUT, "Signed out, or the token is not valid.", final=True),
    Close(CloseCode.REMOVED, "Removed or banned.", final=True),
    Close(CloseCode.STALLED, "No hello in 15 s, or no progress reading for 30 s."),
    Close(
        CloseCode.FLOODING,
        "Persistent flooding, or more connections than one person or address may have.",
        at_least=10,
    ),
)

# How often a client tells what it has applied: at least every so many messages, or every so many
# seconds while messages come.
RECEIPT_MESSAGES = 32
RECEIPT_SECONDS = 1
# When a client forgets who was typing, in seconds.
TYPING_SECONDS = 5


def type_of(thing: type[Command] | type[events.Event]) -> str:
    """Give the word that a command or an event has as its `type`."""
    annotation = thing.model_fields["type"].annotation
    return annotation.__args__[0]


__all__ = ["ANSWERS", "CLOSES", "COMMANDS", "EVENTS", "TEMPORARY", "UNASKED", "Close", "type_of"]
