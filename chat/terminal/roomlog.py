"""A client's position in a room's log, by the protocol's rules of delivery."""


class RoomLog:
    """The version that was applied last, and the seqs of the messages that were shown."""

    def __init__(self):
        self.version: int | None = None
        self.epoch: str | None = None
        self._shown: set[int] = set()

    def resume(self, messages: list[dict], epoch: str, version: int) -> list[dict]:
        """Continue at `version`; return the messages that are new, in order."""
        if epoch != self.epoch:
            self._shown.clear()
        self.epoch, self.version = epoch, version
        return self._new(messages)

    def apply(self, event: dict) -> list[dict]:
        """Apply a `message` event if it is the next; return its message if that is new."""
        if self.version is None or event["version"] != self.version + 1:
            return []
        self.version = event["version"]
        return self._new([event["message"]])

    def is_behind(self, version: int) -> bool:
        """Return whether a change up to `version` was missed."""
        return self.version is not None and version > self.version

    def _new(self, messages: list[dict]) -> list[dict]:
        """Return the messages not shown yet; changes to shown ones are not shown again."""
        new = [m for m in messages if m["seq"] not in self._shown]
        self._shown.update(message["seq"] for message in new)
        return sorted((m for m in new if not m["deleted"]), key=lambda message: message["seq"])
