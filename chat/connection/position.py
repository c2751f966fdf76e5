"""How far a client has read that cannot apply changes: each message is shown to it once."""


class Position:
    """The messages of a room that were shown, by their seq."""

    __slots__ = ("_epoch", "_missing", "has_begun", "seq")

    def __init__(self):
        self.seq = 0
        self.has_begun = False
        self._epoch: str | None = None
        # Seqs below `seq` whose messages were not received yet.
        self._missing: set[int] = set()

    def begin(self, epoch: str, seq: int) -> None:
        """Begin after a message of a log."""
        self._epoch, self.seq, self.has_begun = epoch, seq, True
        self._missing.clear()

    def resynchronise(self, epoch: str, seq: int, oldest: int | None) -> bool:
        """Continue where the server started again from a log that ends with `seq`.

        `oldest` is the first of its messages where it begins with its newest page. Returns False
        for a log that ends before what was read, as one from a backup does: its end is the
        position then.
        """
        if epoch != self._epoch and seq < self.seq:
            self.begin(epoch, seq)
            return False
        self._epoch = epoch
        if oldest is not None:
            self._missing = {seq for seq in self._missing if seq >= oldest}
            self.seq = max(self.seq, oldest - 1)
        return True

    def is_new(self, seq: int) -> bool:
        """Whether a message is received for the first time; remember it."""
        if seq > self.seq:
            # A changed message comes after those that were written before the change.
            self._missing.update(range(self.seq + 1, seq))
            self.seq = seq
            return True
        if seq in self._missing:
            self._missing.remove(seq)
            return True
        return False

    def pass_run(self, first: int, last: int) -> bool:
        """Whether the messages from `first` to `last` are just the next; remember them."""
        if first != self.seq + 1:
            return False
        self.seq = last
        return True
