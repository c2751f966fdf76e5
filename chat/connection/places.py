"""The rooms that one client is in, and the addresses by which it may name them."""

from chat.live.follower import Follower
from chat.models import Room


class Places(dict[int, Follower]):
    """A client's followers, by the ids of their rooms."""

    # A dictionary for its attributes would be a part of what an idle connection takes.
    __slots__ = ("_moved",)

    def __init__(self):
        super().__init__()
        # Former slugs of its rooms, and what they are now.
        self._moved: dict[str, str] = {}

    def slug_now(self, slug: str) -> str:
        """Return a room's slug now, for one that it may have had before."""
        return self._moved.get(slug, slug)

    def find(self, slug: str) -> Follower | None:
        """Return the place in a room, None where there is none."""
        slug = self.slug_now(slug)
        for follower in self.values():
            if slug in (follower.stream.room.slug, follower.stream.room.public_id):
                return follower
        return None

    def note_address(self, slug: str, room: Room) -> None:
        """Accept the address by which a room was joined, where that is a former one."""
        now = self[room.pk].stream.room if room.pk in self else room
        if slug not in (now.slug, now.public_id):
            self._moved[slug] = now.slug

    def note_move(self, was: str, now: str) -> None:
        """Accept a room's new slug, and its old one too until the room is left."""
        self._moved = {old: now if new == was else new for old, new in self._moved.items()}
        self._moved[was] = now
        self._moved.pop(now, None)

    def remove(self, room_id: int) -> Follower | None:
        """Remove and return the place in a room, if there is one."""
        if follower := self.pop(room_id, None):
            # Its former slugs are free for other rooms.
            slug = follower.stream.room.slug
            self._moved = {old: now for old, now in self._moved.items() if now != slug}
        return follower
