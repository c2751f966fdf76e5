"""Who is typing: sent at once, forgotten within seconds."""

import asyncio
from collections.abc import Sequence

from chat.cluster.hints import TypingNoted
from chat.cluster.transport import HintTransport
from chat.live.feed import Feed
from chat.live.presence import Presence
from chat.protocol import Frame, TypingEvent, User

FORGET_AFTER = 5.0
REPEAT_AFTER = 1.0
GATHER = 0.5
MAX_SHOWN = 10


class Typists:
    """The people typing in each room, from every process."""

    def __init__(self, hints: HintTransport, feed: Feed, presence: Presence):
        self._hints = hints
        self._feed = feed
        self._presence = presence
        self._until: dict[int, dict[str, tuple[User, float]]] = {}
        self._pauses: dict[int, asyncio.TimerHandle] = {}
        self._unsent: set[int] = set()
        self._loop = asyncio.get_running_loop()
        hints.handle(TypingNoted, self._on_typing_noted)
        feed.on_changes_elsewhere.append(self._note_messages)

    def started_typing(self, room_id: int, user: User) -> None:
        """Note that `user` types, and send that to the room, here and in the other processes.

        Of several notes within REPEAT_AFTER the first counts: keys are pressed more often than
        read.
        """
        _, until = self._until.get(room_id, {}).get(user.id, (user, 0.0))
        if until < self._loop.time() + FORGET_AFTER - REPEAT_AFTER:
            self._hints.publish(TypingNoted(room_id, user.model_dump()))
            self._note(room_id, user)

    def stopped_typing(self, room_id: int, user_id: str) -> None:
        """Forget somebody who has sent what they typed."""
        self._until.get(room_id, {}).pop(user_id, None)

    def _note_messages(self, room_id: int, texts: Sequence[str]) -> None:
        """Forget whose messages another process has sent, by their encoded events."""
        for user_id in tuple(self._until.get(room_id, ())):
            # Nobody can write this in a text: there its quotation marks are escaped.
            author = f'"author":{{"id":"{user_id}"'
            if any(author in text for text in texts):
                self.stopped_typing(room_id, user_id)

    def forget_room(self, room_id: int) -> None:
        """Keep nothing of a room that this process no longer follows."""
        self._until.pop(room_id, None)

    def _on_typing_noted(self, hint: TypingNoted, sender: str) -> None:
        if self._feed.stream(hint.room):
            self._note(hint.room, User(**hint.user))

    def _note(self, room_id: int, user: User) -> None:
        self._until.setdefault(room_id, {})[user.id] = (user, self._loop.time() + FORGET_AFTER)
        self._unsent.add(room_id)
        if room_id not in self._pauses:
            self._send(room_id)

    def _send(self, room_id: int) -> None:
        """Send what is new, then pause for a moment."""
        self._pauses.pop(room_id, None)
        if room_id not in self._unsent:
            self._typing(room_id)
            return
        self._unsent.discard(room_id)
        self._pauses[room_id] = self._loop.call_later(GATHER, self._send, room_id)
        stream = self._feed.stream(room_id)
        # One more than are shown: each of these is sent the others.
        here = self._presence.people(room_id)
        users = [user for user in self._typing(room_id) if user.id in here][: MAX_SHOWN + 1]
        if stream and users:
            stream.broadcast(
                _frame(stream.room.slug, users),
                {user.id: _frame(stream.room.slug, users, without=user) for user in users},
            )

    def _typing(self, room_id: int) -> list[User]:
        """Return who types now, and forget the others."""
        now = self._loop.time()
        typing = {i: entry for i, entry in self._until.get(room_id, {}).items() if entry[1] > now}
        if typing:
            self._until[room_id] = typing
        else:
            self._until.pop(room_id, None)
        return [user for user, _ in typing.values()]

    def stop(self) -> None:
        """Cancel what is due later."""
        for timer in self._pauses.values():
            timer.cancel()


def _frame(slug: str, users: list[User], without: User | None = None) -> Frame | None:
    """Return the frame that names who types, for somebody who is not sent their own name."""
    others = [user for user in users if user != without][:MAX_SHOWN]
    return Frame([TypingEvent(room=slug, users=others).encode()]) if others else None
