"""What the types of commands and events do not say: the reply to each command, the meaning of
close codes, and the numbers that clients use. docs/protocol.md is the contract in words."""

from typing import NamedTuple

from chat.protocol import events, listed
from chat.protocol.commands import (
    COMMANDS,
    Command,
    Delete,
    Edit,
    Get,
    Hello,
    History,
    Join,
    Leave,
    Ping,
    React,
    Send,
    Sync,
    Watch,
)
from chat.rules.errors import CloseCode

# The reply to each command; any may be refused with an error instead.
REPLIES: dict[type[Command], type[events.Event]] = {
    Hello: events.WelcomeEvent,
    Join: events.JoinedEvent,
    Leave: events.LeftEvent,
    Send: events.AckEvent,
    Edit: events.AckEvent,
    Delete: events.AckEvent,
    React: events.AckEvent,
    Sync: events.SyncedEvent,
    History: events.HistoryEvent,
    Get: events.MessagesEvent,
    Watch: listed.RoomsEvent,
    Ping: events.PongEvent,
}
EVENTS = tuple(events.Event.__subclasses__())
# Events that are sent without a command; a stream over HTTP sends no others.
PUSHED = (
    events.JoinedEvent,
    events.LeftEvent,
    events.MessageEvent,
    events.PresenceEvent,
    events.RenamedEvent,
    events.ReactedEvent,
    events.TypingEvent,
    events.RoomEvent,
    events.SiteEvent,
    events.HeadsEvent,
    listed.ReadEvent,
    listed.NoticeEvent,
    events.ErrorEvent,
)

# Errors after which the same command may succeed a little later, unchanged.
TEMPORARY = ("rate_limited", "unavailable")


class Close(NamedTuple):
    """The meaning of a close code: after a `final` one a client stops, else it reconnects.

    It reconnects after `at_least` seconds, or after the last error's `retry_after` if that is
    longer, and resumes.
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

# Where the HTTP API is.
API_PREFIX = "/api/v1/"

# ASGI's extension by which a handshake is refused with a response in words.
HANDSHAKE_RESPONSE = "websocket.http.response"

# Seconds within which a client has to send `hello`.
HELLO_WITHIN = 15

# Flow-control window: the most a client that sends receipts may have unacknowledged.
WINDOW_EVENTS = 256
WINDOW_BYTES = 256 * 1024

# How often a client sends a receipt for what it has applied: at least every so many messages, or
# every so many seconds while messages come.
RECEIPT_MESSAGES = 32
RECEIPT_SECONDS = 1
# Seconds after which a `typing` event expires.
TYPING_SECONDS = 5


def type_of(model: type[Command] | type[events.Event]) -> str:
    """Return the `type` of a command or an event, such as "hello"."""
    annotation = model.model_fields["type"].annotation
    return annotation.__args__[0]


__all__ = ["CLOSES", "COMMANDS", "EVENTS", "PUSHED", "REPLIES", "TEMPORARY", "Close", "type_of"]
