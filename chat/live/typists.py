"""Who is typing: told at once, forgotten within seconds."""

import asyncio

from chat.cluster.hints import Hint, Hints, room_group
from chat.live.feed import Feed
from chat.protocol import Frame, TypingEvent, User

FORGET_AFTER = 5.0
REPEAT_AFTER = 1.0
GATHER = 0.5
MAX_SHOWN = 10


class Typists:
    """The people typing in each room, from every process."""

    def __init__(self, hints: Hints, feed: Feed):
        self._hints = hints
        self._feed = feed
        self._until: dict[int, dict[str, tuple[User, float]]] = {}
        self._quiet: dict[int, asyncio.TimerHandle] = {}
        self._untold: set[int] = set()
        self._loop = asyncio.get_running_loop()
        hints.handle("typing", self._on_typing)

    def typed(self, room_id: int, user: User) -> None:
        """Note that `user` types, and tell the room, here and in the other processes.

        Who says so many times a second is heard once: keys are pressed more often than read.
        """
        _, until = self._until.get(room_id, {}).get(user.id, (user, 0.0))
        if until < self._loop.time() + FORGET_AFTER - REPEAT_AFTER:
            self._hints.publish(room_group(room_id), "typing", room=room_id, user=user.model_dump())
            self._note(room_id, user)

    def stopped(self, room_id: int, user_id: str) -> None:
        """Forget somebody who has sent what they typed."""
        self._until.get(room_id, {}).pop(user_id, None)

    def forget_room(self, room_id: int) -> None:
        """Keep nothing of a room that this process no longer follows."""
        self._until.pop(room_id, None)

    def _on_typing(self, hint: Hint) -> None:
        if self._feed.stream(hint["room"]):
            self._note(hint["room"], User(**hint["user"]))

    def _note(self, room_id: int, user: User) -> None:
        self._until.setdefault(room_id, {})[user.id] = (user, self._loop.time() + FORGET_AFTER)
        self._untold.add(room_id)
        if room_id not in self._quiet:
            self._tell(room_id)

    def _tell(self, room_id: int) -> None:
        """Tell what is new, then be quiet for a moment."""
        self._quiet.pop(room_id, None)
        if room_id not in self._untold:
            self._typing(room_id)
            return
        self._untold.discard(room_id)
        self._quiet[room_id] = self._loop.call_later(GATHER, self._tell, room_id)
        stream = self._feed.stream(room_id)
        # One more than are shown: each of these is told of the others.
        users = self._typing(room_id)[: MAX_SHOWN + 1]
        if stream and users:
            stream.tell(
                _frame(stream.room.slug, users),
                {user.id: _frame(stream.room.slug, users, without=user) for user in users},
            )

    def _typing(self, room_id: int) -> list[User]:
        """Give who types now, and forget the others."""
        now = self._loop.time()
        typing = {i: entry for i, entry in self._until.get(room_id, {}).items() if entry[1] > now}
        if typing:
            self._until[room_id] = typing
        else:
            self._until.pop(room_id, None)
        return [user for user, _ in typing.values()]

    def stop(self) -> None:
        """Cancel what is due later."""
        for timer in self._quiet.values():
            timer.cancel()


def _frame(slug: str, users: list[User], without: User | None = None) -> Frame | None:
    """Give the frame that names who types, for somebody who is not told of themselves."""
    others = [user for user in users if user != without][:MAX_SHOWN]
    return Frame([TypingEvent(room=slug, users=others).encode()]) if others else None
