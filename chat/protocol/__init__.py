"""The wire protocol: every command and event as a type. No other package knows their shape.

docs/protocol.md is the contract in words. Imports chat.rules alone.
"""

from chat.protocol.commands import (
    COMMANDS,
    MAX_PAGE,
    PAGE,
    Command,
    Hello,
    History,
    Join,
    Leave,
    Malformed,
    Ping,
    Received,
    Send,
    Sync,
    Typing,
    parse_command,
)
from chat.protocol.events import (
    HEARTBEAT,
    AckEvent,
    ErrorEvent,
    Event,
    Frame,
    HeadsEvent,
    HistoryEvent,
    JoinedEvent,
    LeftEvent,
    MessageEvent,
    PongEvent,
    PresenceEvent,
    RoomEvent,
    SiteEvent,
    SyncedEvent,
    TypingEvent,
    WelcomeEvent,
)
from chat.protocol.objects import MAX_FRAME, Limits, Message, Room, Site, User

# The most that one event holds: changed messages, and people in a list.
MAX_CHANGES = 500
MAX_MEMBERS = 100

__all__ = [
    "COMMANDS",
    "HEARTBEAT",
    "MAX_CHANGES",
    "MAX_FRAME",
    "MAX_MEMBERS",
    "MAX_PAGE",
    "PAGE",
    "AckEvent",
    "Command",
    "ErrorEvent",
    "Event",
    "Frame",
    "HeadsEvent",
    "Hello",
    "History",
    "HistoryEvent",
    "Join",
    "JoinedEvent",
    "Leave",
    "LeftEvent",
    "Limits",
    "Malformed",
    "Message",
    "MessageEvent",
    "Ping",
    "PongEvent",
    "PresenceEvent",
    "Received",
    "Room",
    "RoomEvent",
    "Send",
    "Site",
    "SiteEvent",
    "Sync",
    "SyncedEvent",
    "Typing",
    "TypingEvent",
    "User",
    "WelcomeEvent",
    "parse_command",
]
