"""The list of one's own rooms, as the server keeps it up to date."""

from chat.rules.sentences import in_a_sentence
from chat.rules.slugs import is_named
from chat.rules.text import excerpt_of

SAID = {"mention": "mentioned you", "reply": "replied to you", "direct": "wrote to you"}
NONE = (
    "You belong to no room yet. Members belong to each room that they were in, and guests to "
    "private rooms and those with a password."
)


class SeveralRooms(Exception):
    """Somebody belongs to several rooms with the name that they typed."""

    def __init__(self, addresses: list[str]):
        super().__init__(
            "You are in several rooms with that name, each at its own address. "
            f"Type one of these: {', '.join(addresses)}"
        )


class RoomList:
    """One's own rooms by their ids; nothing is known of them until the whole list has come."""

    def __init__(self):
        self._entries: dict[str, dict] | None = None
        self._own: str | None = None

    def begin(self, own: str) -> None:
        """Wait for the whole list, of the person with the id `own`."""
        self._entries, self._own = None, own

    @property
    def is_known(self) -> bool:
        """Whether the whole list has come."""
        return self._entries is not None

    def apply(self, event: dict) -> None:
        """Apply a `rooms` event: the whole list, in reply to `watch`, or what changed."""
        if "id" in event:
            self._entries = {}
        if self._entries is not None:
            self._entries |= {entry["room"]["id"]: entry for entry in event["rooms"]}
            for gone in event.get("gone", ()):
                self._entries.pop(gone, None)

    def name_of(self, slug: str, unlisted: str) -> str:
        """Return a room's name as it is in the list, or `unlisted`."""
        names = [self._name(entry) for entry in self._all if entry["room"]["slug"] == slug]
        return names[0] if names else unlisted

    def address_of(self, typed: str) -> str:
        """Return the address of the own room that somebody means by its name or address, else what
        they typed. A private room's address cannot be told from its name by the server.

        Raises SeveralRooms.
        """
        found = self._addresses(typed) or [typed]
        if len(found) > 1:
            raise SeveralRooms(found)
        return found[0]

    def _addresses(self, typed: str) -> list[str]:
        rooms = [entry["room"] | {"name": self._name(entry)} for entry in self._all]
        if any(typed in (room["slug"], room.get("id")) for room in rooms):
            return [typed]
        wanted = typed.casefold()
        same = [room["slug"] for room in rooms if room["name"].casefold() == wanted]
        return same or [room["slug"] for room in rooms if is_named(room["name"], typed)]

    def lines(self, current: str) -> list[str]:
        """Return what there is to show: a line for each room, by name, `current` marked."""
        shown = [entry for entry in self._all if not entry.get("hidden") or entry["unread"]]
        in_order = sorted(shown, key=lambda entry: self._name(entry).casefold())
        return [self._line(entry, current) for entry in in_order] or [NONE]

    def line_of_notice(self, event: dict) -> str:
        """Return what a `notice` says: who means this person, in which room, and how it begins."""
        who = in_a_sentence(event["message"]["author"]["name"])
        where = in_a_sentence(self.name_of(event["room"], event["room"]))
        place = "" if event["why"] == "direct" else f" in {where}"
        return f"{who} {SAID[event['why']]}{place}: {excerpt_of(event['message'])}"

    @property
    def _all(self) -> list[dict]:
        return list((self._entries or {}).values())

    def _line(self, entry: dict, current: str) -> str:
        slug, unread, mentions = entry["room"]["slug"], entry["unread"], entry["mentions"]
        counts = f"{unread} unread" if unread else "nothing unread"
        for_you = f", {mentions} for you" if mentions else ""
        here = " You are here." if slug == current else ""
        return f"{in_a_sentence(self._name(entry))} ({slug}): {counts}{for_you}.{here}"

    def _name(self, entry: dict) -> str:
        """Return the name of a room; a direct one is named after the others in it."""
        others = [user["name"] for user in entry.get("people") or () if user["id"] != self._own]
        return ", ".join(others) or entry["room"]["name"]
