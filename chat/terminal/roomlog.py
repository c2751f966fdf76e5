"""A client's position in a room's log, by the protocol's rules of delivery."""

from typing import NamedTuple


class Shown(NamedTuple):
    """A message to be shown: a new one, or one that was edited or deleted since it was shown."""

    message: dict
    is_change: bool = False


class RoomLog:
    """The version that was applied last, and the messages that were shown, as they were then."""

    def __init__(self):
        self.version: int | None = None
        self.epoch: str | None = None
        # By seq: when it was edited last, and whether it is deleted.
        self._shown: dict[int, tuple[str | None, bool]] = {}
        # Before this seq are messages that were never shown: none of them is new.
        self._oldest = 0

    def resume(
        self, messages: list[dict], epoch: str, version: int, *, reset: bool = False
    ) -> list[Shown]:
        """Continue at `version`; return what there is to show, in order.

        With `reset`, and at the beginning, the messages are the newest of the room.
        """
        if epoch != self.epoch:
            self._shown.clear()
        if reset or epoch != self.epoch:
            self._oldest = min((message["seq"] for message in messages), default=0)
        self.epoch, self.version = epoch, version
        return self._news(messages)

    def apply(self, event: dict) -> list[Shown]:
        """Apply a `message` event if it is the next; return what there is to show."""
        if self.version is None or event["version"] != self.version + 1:
            return []
        self.version = event["version"]
        return self._news([event["message"]])

    def is_behind(self, version: int) -> bool:
        """Return whether a change up to `version` was missed."""
        return self.version is not None and version > self.version

    @property
    def newest(self) -> int | None:
        """The seq of the newest message that was shown and is not deleted."""
        return max(
            (s for s, (_, is_deleted) in self._shown.items() if not is_deleted), default=None
        )

    def _news(self, messages: list[dict]) -> list[Shown]:
        in_order = sorted(messages, key=lambda message: message["seq"])
        return [news for message in in_order if (news := self._news_of(message))]

    def _news_of(self, message: dict) -> Shown | None:
        """Return what there is to show of a message: it, its change, or nothing."""
        seq, now = message["seq"], (message["edited_at"], message["deleted"])
        before = self._shown.get(seq)
        if before is None and seq < self._oldest:
            return None
        self._shown[seq] = now
        if before is None:
            return None if message["deleted"] else Shown(message)
        was_edited = now[0] != before[0] and not message["deleted"]
        was_deleted = message["deleted"] and not before[1]
        return Shown(message, is_change=True) if was_edited or was_deleted else None
