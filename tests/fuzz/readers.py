"""A client in some rooms that follows the rules of delivery, and checks what it may receive."""

from dataclasses import dataclass, field

from chat.live.server import ChatServer
from tests.fuzz.model import Person, shown


@dataclass
class View:
    """A client's view of a room: all messages from the number `first` on, and all changes after
    the version `base`."""

    room: dict
    version: int
    messages: dict[int, dict] = field(default_factory=dict)
    first: float = float("inf")
    base: float = 0
    people: set[str] = field(default_factory=set)
    count: int = 0
    old_slugs: set[str] = field(default_factory=set)


class Reader:
    """A client of one process, of any transport.

    `can_sync`: over a socket a skipped version requires a `sync`; elsewhere nothing is missing,
    and the message changed twice.
    """

    can_sync = True

    def __init__(self, person: Person, server: ChatServer):
        self.person, self.server = person, server
        self.views: dict[str, View] = {}
        self.replies: dict[str, dict] = {}
        self.errors: list[dict] = []
        self.kept: dict[str, View] = {}
        # The addresses of rooms to join, by the ids of the commands.
        self.joining: dict[str, str] = {}
        self.max_body = 0
        self._behind: set[str] = set()

    def address(self, slug: str) -> str:
        """Return a room's present address, for one that it had while this client was in it."""
        return next((now for now, view in self.views.items() if slug in view.old_slugs), slug)

    def _receive(self, event: dict) -> None:
        if "id" in event:
            self.replies[event["id"]] = event
        if handler := getattr(self, f"_on_{event['type']}", None):
            handler(event)

    def _on_error(self, event):
        assert event["message"].count(". ") <= 1
        self.errors.append(event)

    def _on_joined(self, event):
        room = event["room"]
        requested = self.joining.pop(event.get("id"), room["slug"])
        if requested != room["slug"] and requested in self.views:
            self._move(requested, room["slug"])
        if "id" not in event and self.can_sync and room["slug"] not in self.views:
            # The room moved, and `room` is still to arrive: then the epoch decides whether to sync.
            return
        kept = self.kept.pop(room["slug"], None) or View(room, 0)
        view = self.views.setdefault(room["slug"], kept)
        self._read_room(view, event)
        self._merge(view, event, room["version"])

    def _read_room(self, view: View, event: dict) -> None:
        view.room = event["room"]
        view.people = {user["id"] for user in event["members"]}
        view.count = event["count"]
        assert self.person.id in view.people

    def _on_synced(self, event):
        view = self.views[event["room"]]
        assert view.room["epoch"] == event["epoch"] or event["reset"]
        view.room["epoch"] = event["epoch"]
        self._merge(view, event, event["version"])

    def _merge(self, view: View, event: dict, version: int) -> None:
        messages = {message["seq"]: shown(message) for message in event["messages"]}
        if event["reset"]:
            view.messages, view.first, view.base = {}, min(messages, default=1), version
        elif version < view.version:
            return
        view.version = version
        view.messages |= messages

    def _on_message(self, event):
        assert event["room"] in self.views, f"an event of a room that it is not in: {event}"
        view = self.views[event["room"]]
        assert event["version"] == event["message"]["version"]
        self._check_refs(event)
        if self.can_sync and event["version"] > view.version + 1:
            self._behind.add(event["room"])
        elif event["version"] > view.version:
            view.version = event["version"]
            view.messages[event["message"]["seq"]] = shown(event["message"])

    @staticmethod
    def _check_refs(event):
        """A message that replies comes with what it replies to, and no other does."""
        message = event["message"]
        replies = "reply_to" in message and not message["deleted"]
        assert list(event.get("refs", {})) == ([str(message["reply_to"])] if replies else [])

    def _on_presence(self, event):
        view = self.views[event["room"]]
        view.people |= {user["id"] for user in event["joined"]}
        view.people -= {user["id"] for user in event["left"]}
        view.count = event["count"]

    def _on_typing(self, event):
        assert event["room"] in self.views
        assert self.person.id not in {user["id"] for user in event["users"]}

    def _on_room(self, event):
        slug = event["room"]["slug"]
        if event.get("was") in self.views:
            self._move(event["was"], slug)
        # A client that resumed meanwhile knows of the move from `joined`.
        view = self.views[slug]
        if view.room["epoch"] != event["room"]["epoch"]:
            self._behind.add(slug)
        view.room = event["room"] | {"epoch": view.room["epoch"]}

    def _move(self, was: str, slug: str) -> None:
        view = self.views.pop(was)
        view.old_slugs = (view.old_slugs | {was}) - {slug}
        self.views[slug] = view
        if was in self._behind:
            self._behind = (self._behind - {was}) | {slug}

    def _on_welcome(self, event):
        self.max_body = event["limits"]["body"]

    def _on_site(self, event):
        self.max_body = event["limits"]["body"]

    def _on_left(self, event):
        self.views.pop(event["room"], None)
