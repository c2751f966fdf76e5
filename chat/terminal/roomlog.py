"""What a client has of a room's log, by the protocol's rules of delivery."""


class RoomLog:
    """The version that was applied, and which messages were shown."""

    def __init__(self):
        self.version: int | None = None
        self.epoch: str | None = None
        self._shown: set[int] = set()

    def take(self, messages: list[dict], epoch: str, version: int) -> list[dict]:
        """Go on from `version`; give those messages that are new, in order."""
        if epoch != self.epoch:
            self._shown.clear()
        self.epoch, self.version = epoch, version
        return self._new(messages)

    def apply(self, event: dict) -> list[dict]:
        """Take a `message` event where it is the next; give its message where that is new."""
        if self.version is None or event["version"] != self.version + 1:
            return []
        self.version = event["version"]
        return self._new([event["message"]])

    def is_behind(self, version: int) -> bool:
        """Whether something up to a version of the room was missed."""
        return self.version is not None and version > self.version

    def _new(self, messages: list[dict]) -> list[dict]:
        """Give what was not shown yet; a change to what was shown is not shown again."""
        new = [m for m in messages if m["seq"] not in self._shown]
        self._shown.update(message["seq"] for message in new)
        return sorted((m for m in new if not m["deleted"]), key=lambda message: message["seq"])
