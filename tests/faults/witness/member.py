"""The state that any client keeps of a room, by the rules of delivery of docs/protocol.md."""

import asyncio
import random
import time
from collections.abc import Sequence

from tests.faults.witness.journal import Journal
from tests.faults.witness.rows import Shown, counts

RECEIPT_EVERY = 32
HISTORY_PAGE = 100
# The messages that somebody may change, and with what they react.
RECENT = 30
EMOJI = ["👍", "❤️", "🎉"]
TEMPORARY = {"unavailable", "rate_limited"}


class Member:
    """Somebody in one room: the messages they have and sent, and the people they see there.

    Subclasses implement `write`, which sends a command, and call `connected`, `disconnected` and,
    for each event, `take`.
    """

    def __init__(self, journal: Journal, name: str, room: str, window: int):
        self.journal, self.name, self.room, self.window = journal, name, room, window
        self.token: str | None = None
        self.epoch: str | None = None
        self.version = 0
        self.first = 1
        self.messages: dict[int, Shown] = {}
        # The commands, without what all have.
        self.unanswered: dict[str, dict] = {}
        self.present: dict[str, str] = {}
        self.pings: list[float] = []
        self.gaps = 0
        self.here = asyncio.Event()
        # Whether it waits for `retry_after`, and sends refused messages again.
        self.heeds = True
        self._said = 0
        self._under_way: set[str] = set()
        self._hold_until = 0.0
        self._told = 0
        self._syncing = False
        self._ping_at: float | None = None
        self._writing: set[asyncio.Task] = set()

    def write(self, command: dict) -> None:
        raise NotImplementedError

    # Sending

    def say(self, body: str = "", key: str | None = None, reply_to: int | None = None) -> str:
        """Send a message, now or as soon as possible; return its id."""
        self._said += 1
        key = key or f"{self.name}-{self._said}"
        body = body or f"line {self._said} of {self.name}"
        reply = {} if reply_to is None else {"reply_to": reply_to}
        self.unanswered[key] = {"type": "send", "body": body, **reply}
        self.pump()
        return key

    def recent(self, dice: random.Random) -> int | None:
        """Return the seq of one of the last messages, None where there is none."""
        recent = list(self.messages)[-RECENT:]
        return dice.choice(recent) if recent else None

    def change(self, dice: random.Random) -> None:
        """Edit or delete an own message, or react to somebody's; one of the last."""
        recent = [item for item in list(self.messages.items())[-RECENT:] if not item[1].deleted]
        if not recent:
            return
        seq, shown = dice.choice(recent)
        self._said += 1
        command = {"type": "react", "emoji": dice.choice(EMOJI), "on": dice.random() < 0.7}
        if shown.author == self.name and dice.random() < 0.7:
            command = {"type": "edit", "body": f"edit {self._said} of {self.name}"}
            command = dice.choice([command, command, {"type": "delete"}])
        self.unanswered[f"{self.name}-{self._said}"] = {**command, "seq": seq}
        self.pump()

    def pump(self) -> None:
        """Send the unacknowledged messages, in order, as far as the window allows."""
        if not self.here.is_set() or time.monotonic() < self._hold_until:
            return
        for key, command in self.unanswered.items():
            if len(self._under_way) >= self.window:
                return
            if key not in self._under_way:
                self._under_way.add(key)
                self._note_sent(key, **command)
                self.write({"id": key, "room": self.room, **command})

    def _note_sent(
        self,
        key: str,
        type: str,
        body: str = "",
        seq: int = 0,
        emoji: str = "",
        on: bool = True,
        reply_to: int = 0,
        mentions: Sequence[str] = (),
    ) -> None:
        if type == "send":
            self.journal.note(self.name, "send", id=key, text=body, seq=reply_to)
        else:
            what = {"edit": f"edit {body}", "react": f"react {emoji} {'on' if on else 'off'}"}
            self.journal.note(self.name, "change", id=key, seq=seq, text=what.get(type, type))

    def ping(self) -> None:
        """Send a ping and measure the time until its pong, one at a time."""
        if self.here.is_set() and self._ping_at is None:
            self._ping_at = time.monotonic()
            self.write({"type": "ping"})

    # Connecting and disconnecting

    def connected(self) -> None:
        """Send the identity, and resume."""
        hello = {"token": self.token} if self.token else {"name": self.name}
        self.write({"type": "hello", **hello})
        resume = {"after": self.version, "epoch": self.epoch} if self.epoch else {}
        self.write({"type": "join", "room": self.room, **resume})

    def disconnected(self) -> None:
        """Forget which commands await replies."""
        self.here.clear()
        self._under_way.clear()
        self._syncing, self._ping_at = False, None

    # Receiving

    def take(self, event: dict) -> None:
        """Handle an event; ignore an unknown one."""
        handler = getattr(self, f"_on_{event['type']}", None)
        if handler:
            handler(event)

    def _on_welcome(self, event: dict) -> None:
        self.token = event.get("token", self.token)

    def _on_joined(self, event: dict) -> None:
        self.present = {user["id"]: user["name"] for user in event["members"]}
        room = event["room"]
        self._refresh(event, room["epoch"], room["version"])
        self.journal.note(self.name, "back", version=self.version)
        self.here.set()
        self.pump()

    def _on_synced(self, event: dict) -> None:
        self._syncing = False
        self._refresh(event, event["epoch"], event["version"])

    def _refresh(self, event: dict, epoch: str, version: int) -> None:
        if event["reset"]:
            had = self.messages and min(self.messages)
            self.messages.clear()
            self.epoch, self.version = epoch, version
            seqs = [message["seq"] for message in event["messages"]]
            if not had:
                self.first = min(seqs, default=1)
            self._fetch_older(min(seqs, default=1))
        elif version < self.version:
            return
        self.version = version
        self._keep(event, event["messages"])
        self._receipt()

    def _fetch_older(self, before: int) -> None:
        if before > self.first:
            fields = {"room": self.room, "before": before, "limit": HISTORY_PAGE}
            self.write({"type": "history", **fields})

    def _on_history(self, event: dict) -> None:
        self._keep(event, event["messages"])
        if event["messages"]:
            self._fetch_older(event["messages"][0]["seq"])

    def _on_message(self, event: dict) -> None:
        if event["version"] == self.version + 1:
            self.version += 1
            self._keep(event, [event["message"]])
            if self.version - self._told >= RECEIPT_EVERY:
                self._receipt()
        elif event["version"] > self.version:
            self.gaps += 1
            self._sync()

    def _on_heads(self, event: dict) -> None:
        if event["rooms"].get(self.room, 0) > self.version:
            self._sync()

    def _sync(self) -> None:
        if not self._syncing:
            self._syncing = True
            fields = {"room": self.room, "after": self.version, "epoch": self.epoch}
            self.write({"type": "sync", **fields})

    def _keep(self, event: dict, messages: list[dict]) -> None:
        """Keep the messages of an event, in which those that they reply to are, too."""
        here = {message["seq"] for message in messages} | set(map(int, event.get("refs", {})))
        for message in messages:
            if not message["deleted"] and message.get("reply_to", message["seq"]) not in here:
                seen = {"seq": message["seq"], "version": message["version"]}
                self.journal.note(self.name, "alone", id=message["id"], **seen)
            if message["seq"] >= self.first:
                self._keep_one(message)

    def _keep_one(self, message: dict) -> None:
        seq, key = message["seq"], message["id"]
        if seq not in self.messages:
            self.journal.note(self.name, "hear", id=key, seq=seq, version=message["version"])
        reactions = counts(message.get("reactions"))
        self.messages[seq] = Shown(
            message["author"]["name"],
            key,
            message["body"],
            message.get("reply_to"),
            message["deleted"],
            reactions,
        )

    def _receipt(self) -> None:
        self._told = self.version
        self.write({"type": "received", "room": self.room, "version": self.version})

    def tick(self) -> None:
        """Confirm what was received and send refused messages again, as is due every second."""
        if self.here.is_set() and self.version != self._told:
            self._receipt()
        self.pump()

    def _on_ack(self, event: dict) -> None:
        numbers = {"seq": event["seq"], "version": event["version"]}
        again, command = event.get("duplicate", False), self.unanswered.get(event["id"], {})
        what = "ack" if command.get("type", "send") == "send" else "done"
        self.journal.note(
            self.name, what, id=event["id"], **numbers, text=event["at"], duplicate=again
        )
        self._under_way.discard(event["id"])
        self.unanswered.pop(event["id"], None)
        self.pump()

    def _on_error(self, event: dict) -> None:
        key, wait = event.get("id", ""), event.get("retry_after", 0)
        command = self.unanswered.get(key, {"type": "send"})
        is_final = self.is_final(event["code"], command)
        what = "declined" if is_final else "refusal"
        self.journal.note(self.name, what, id=key or "", text=event["code"])
        if key in self._under_way and (is_final or not self.heeds):
            self._under_way.discard(key)
            self.unanswered.pop(key)
        elif key in self._under_way:
            # A temporary refusal: send the same again, not before `retry_after`.
            self._under_way.discard(key)
            self._hold_until = time.monotonic() + wait
            asyncio.get_running_loop().call_later(wait + 0.01, self.pump)

    def is_final(self, code: str, command: dict) -> bool:
        """Return whether a command is not sent again: a change may come after the deletion of its
        message, and what is sent is stored in the end."""
        return code not in TEMPORARY and command["type"] != "send"

    def _on_pong(self, event: dict) -> None:
        if self._ping_at is not None:
            self.pings.append(time.monotonic() - self._ping_at)
            self._ping_at = None

    def _on_presence(self, event: dict) -> None:
        for user in event["joined"]:
            if self.present.get(user["id"]) != user["name"]:
                self.journal.note(self.name, "joined", id=user["name"])
            self.present[user["id"]] = user["name"]
        for user in event["left"]:
            if user["id"] in self.present:
                self.journal.note(self.name, "left", id=self.present.pop(user["id"]))
