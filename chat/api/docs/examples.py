"""An example of each command and event for the documents, made of the types themselves."""

from datetime import UTC, datetime

from pydantic import BaseModel
from pydantic_core import from_json

from chat import protocol as p

MOMENT = datetime(2030, 1, 1, 12, 0, tzinfo=UTC)
ANA = p.User(id="Xm3kQ0v9bT1s", name="Ana", kind="guest")
ION = p.User(id="f7Lw2aYc8RzE", name="Ion", kind="member")
LOBBY = p.Room(
    id="~f3k9x0q2m7ab",
    kind="public",
    slug="lobby",
    name="Lobby",
    topic="",
    closed=False,
    epoch="k8Fj2sLq",
    version=41,
    seq=40,
)
HELLO = p.Message(
    seq=40,
    version=41,
    id="8c1f",
    author=ION,
    body="Hello!",
    at=MOMENT,
    edited_at=None,
    deleted=False,
)
LISTED = p.ListedRoom(
    room=LOBBY, count=2, last_read=38, unread=2, mentions=1, level="everything", role="member"
)
SITE = p.Site(name="Chatsite", welcome="Be kind.", guests_may_write=True)
LIMITS = p.Limits(body=4000, edit=86400)

COMMANDS = (
    p.Hello(type="hello", id="1", name="Ana"),
    p.Join(type="join", id="2", room="lobby", after=40, epoch=LOBBY.epoch),
    p.Leave(type="leave", id="3", room="lobby"),
    p.Send(type="send", id="8c1f", room="lobby", body="Hello!", reply_to=39),
    p.Edit(type="edit", id="9", room="lobby", seq=40, body="Hello, all!", base=41),
    p.Delete(type="delete", id="10", room="lobby", seq=40),
    p.React(type="react", id="12", room="lobby", seq=40, emoji="👍", on=True),
    p.Sync(type="sync", id="4", room="lobby", after=40, epoch=LOBBY.epoch),
    p.History(type="history", id="5", room="lobby", before=41, limit=1),
    p.Get(type="get", id="11", room="lobby", seqs=[40]),
    p.Read(type="read", room="lobby", seq=40),
    p.Watch(type="watch", id="13"),
    p.Typing(type="typing", room="lobby"),
    p.Received(type="received", room="lobby", version=41),
    p.Ping(type="ping", id="6"),
)

EVENTS = (
    p.WelcomeEvent(id="1", user=ANA, token="guest-token", limits=LIMITS, site=SITE),  # noqa: S106
    p.JoinedEvent(
        id="2", room=LOBBY, reset=False, messages=[HELLO], more=True, members=[ANA, ION], count=2
    ),
    p.LeftEvent(id="3", room="lobby"),
    p.AckEvent(id="8c1f", room="lobby", seq=40, version=41, at=MOMENT),
    p.MessageEvent(room="lobby", version=41, message=HELLO),
    p.PresenceEvent(room="lobby", joined=[ANA], left=[], count=2),
    p.RenamedEvent(room="lobby", user=ION),
    p.ReactedEvent(room="lobby", seq=40, version=42, emoji="👍", on=True),
    p.TypingEvent(room="lobby", users=[ION]),
    p.SyncedEvent(
        id="4", room="lobby", epoch=LOBBY.epoch, version=41, reset=False, messages=[HELLO]
    ),
    p.HistoryEvent(id="5", room="lobby", messages=[HELLO], more=True, newer=False),
    p.MessagesEvent(id="11", room="lobby", messages=[HELLO]),
    p.RoomEvent(room=LOBBY, was="hall"),
    p.SiteEvent(site=SITE, limits=LIMITS),
    p.HeadsEvent(rooms={"lobby": 41}),
    p.RoomsEvent(id="13", rooms=[LISTED]),
    p.ReadEvent(room="lobby", seq=40),
    p.NoticeEvent(room="lobby", seq=40, why="reply", message=HELLO),
    p.ErrorEvent(
        id="1",
        code="name_taken",
        message="Somebody here has that name. How about “Ana 2”?",
        suggestion="Ana 2",
    ),
    p.PongEvent(id="6"),
)

LINES = (
    "* You joined lobby as Guest-50123",
    "Ion: Hello!",
    "* Ana connected",
    "! That was quick. Try again in 2 s.",
)


def example_of(model: type[BaseModel]) -> dict:
    """Return the example of a command or an event, as it is on the wire."""
    (example,) = (each for each in (*COMMANDS, *EVENTS) if type(each) is model)
    if isinstance(example, p.Command):
        return example.model_dump(mode="json", exclude_unset=True)
    return from_json(example.encode())
