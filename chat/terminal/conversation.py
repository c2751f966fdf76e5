"""One person's conversation in one room, over any number of sockets one after the other."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

from chat.rules.sentences import in_a_sentence
from chat.rules.text import originals_in, quote_of
from chat.terminal.outbox import Outbox
from chat.terminal.roomlog import RoomLog, Shown

# Errors after which the same command may succeed a little later.
TEMPORARY = {"rate_limited", "unavailable"}
RECEIPT_EVERY = 32
COMMANDS = (
    "Type /reply TEXT to answer the last message of somebody else, /edit TEXT or /delete to "
    "change your own, /react EMOJI or /unreact EMOJI for the newest one here, and two slashes to "
    "begin a message with one."
)


class Screen(Protocol):
    """Shows the conversation, and yields what is typed."""

    # Whether a person sees what is shown, and can decide to wait or to leave.
    is_watched: bool

    def message(self, message: dict, mark: str = "", quote: str = "") -> None:
        """Show a message, with a mark behind its author's name, and below what it replies to."""

    def notice(self, text: str) -> None:
        """Show an event, such as who joined."""

    def refusal(self, text: str) -> None:
        """Show an error."""

    def status(self, text: str) -> None:
        """Show the state of the connection, in place of the previous one."""

    def lines(self) -> AsyncIterator[str]:
        """Yield the lines that are typed."""


class OutputClosed(Exception):
    """Nobody reads what is shown any more, as after `| head -1`."""


class Ended(Exception):
    """The conversation cannot go on; the sentence says why."""


class Conversation:
    """Handles the events of the current socket, and sends the commands that follow from them.

    `send` sends a command, or drops it where there is no connection. `refused` counts the
    messages that the server refused; `retry_after` is the wait it asked for, in seconds.
    """

    def __init__(
        self, room: str, name: str | None, screen: Screen, send: Callable[..., Awaitable[None]]
    ):
        self.outbox = Outbox()
        self.refused = 0
        self.retry_after = 0.0
        self.last_error: str | None = None
        self._room = room
        self._name = name
        self._screen = screen
        self._send = send
        self._log = RoomLog()
        self._user: dict | None = None
        self._token: str | None = None
        self._is_in_room = False
        self._people: dict[str, str] = {}
        self._count = 0
        self._receipt = 0
        # The seqs of the messages that were sent here, in order.
        self._sent: list[int] = []
        # That of the last message of somebody else.
        self._last_heard: int | None = None
        self._retry: asyncio.TimerHandle | None = None

    async def begin(self) -> None:
        """Send `hello` over a new socket."""
        self._is_in_room = False
        await self._send(type="hello", id="hello", name=self._name, token=self._token)

    def disconnected(self) -> None:
        """Show that the connection is lost, and stop retrying over it."""
        self._is_in_room = False
        if self._retry:
            self._retry.cancel()
        self._screen.status(f"No connection. Trying again.{self._unsent()}")

    async def type(self, line: str) -> None:
        """Queue a message, or what a person wants done to their last one, and send it in turn.

        A script has no such commands: it may write any text.
        """
        if not self._screen.is_watched or not line.startswith("/"):
            await self._queue(type="send", body=line)
        elif line.startswith("//"):
            await self._queue(type="send", body=line[1:])
        elif line.strip() == "/delete":
            await self._queue(type="delete")
        elif line.startswith("/edit ") and line.removeprefix("/edit ").strip():
            await self._queue(type="edit", body=line.removeprefix("/edit "))
        elif line.startswith("/reply ") and line.removeprefix("/reply ").strip():
            await self._reply(line.removeprefix("/reply "))
        elif line.startswith(("/react ", "/unreact ")) and line.split(" ", 1)[1].strip():
            await self._react(*line.split(" ", 1))
        else:
            self._screen.refusal(COMMANDS)

    async def _react(self, command: str, emoji: str) -> None:
        # Meant is the newest message now, whatever has come when the reaction is sent.
        if seq := self._log.newest:
            on = command == "/react"
            await self._queue(type="react", seq=seq, emoji=emoji.strip(), on=on)
        else:
            self._screen.refusal("There is no message here to react to.")

    async def _reply(self, text: str) -> None:
        if self._last_heard is None:
            self._screen.refusal("Nobody else has written here yet. Write a message first.")
        else:
            await self._queue(type="send", body=text, reply_to=self._last_heard)

    async def _queue(self, **command) -> None:
        if self.outbox.put(**command):
            await self._send_next()
        self._show_status()

    async def receive(self, event: dict) -> None:
        """Handle an event; ignore unknown ones. Raises Ended."""
        handle = getattr(self, f"_on_{event['type']}", None)
        if handle:
            await handle(event)

    async def _on_welcome(self, event: dict) -> None:
        self._user, self._token = event["user"], event.get("token")
        place = {"after": self._log.version, "epoch": self._log.epoch}
        await self._send(type="join", id="join", room=self._room, **place)

    async def _on_joined(self, event: dict) -> None:
        room, is_first = event["room"], self._log.epoch is None
        self._is_in_room, self.retry_after = True, 0.0
        self._room, self._people, self._count = (
            room["slug"],
            names(event["members"]),
            event["count"],
        )
        if is_first:
            own = self._user["id"]
            others = ", ".join(in_a_sentence(n) for i, n in self._people.items() if i != own)
            here = f"Here: {others}." if others else "Nobody else is here."
            where, who = in_a_sentence(room["name"]), in_a_sentence(self._user["name"])
            self._screen.notice(f"You joined {where} as {who}. {here}")
        elif event.get("id"):
            self._screen.notice("Connected again.")
        self._show(self._log.resume(event["messages"], room["epoch"], room["version"]), event)
        self._show_status()
        await self._send_next()

    async def _on_synced(self, event: dict) -> None:
        self._show(self._log.resume(event["messages"], event["epoch"], event["version"]), event)

    async def _on_message(self, event: dict) -> None:
        if self._log.is_behind(event["version"] - 1):
            await self._sync()
            return
        self._show(self._log.apply(event), event)
        if self._log.version >= self._receipt + RECEIPT_EVERY:
            self._receipt = self._log.version
            await self._send(type="received", room=self._room, version=self._receipt)

    async def _on_heads(self, event: dict) -> None:
        if self._log.is_behind(event["rooms"].get(self._room, 0)):
            await self._sync()

    async def _sync(self) -> None:
        place = {"after": self._log.version, "epoch": self._log.epoch}
        await self._send(type="sync", room=self._room, **place)

    async def _on_presence(self, event: dict) -> None:
        for user in event["joined"]:
            before = self._people.get(user["id"])
            if before is None:
                self._screen.notice(f"{in_a_sentence(user['name'])} joined.")
            elif before != user["name"]:
                self._screen.notice(
                    f"{in_a_sentence(before)} is {in_a_sentence(user['name'])} now."
                )
        for user in event["left"]:
            self._screen.notice(f"{in_a_sentence(user['name'])} left.")
            self._people.pop(user["id"], None)
        self._people |= names(event["joined"])
        self._count = event["count"]
        self._show_status()

    async def _on_room(self, event: dict) -> None:
        self._room = event["room"]["slug"]
        self._show_status()

    async def _on_left(self, event: dict) -> None:
        raise Ended(self.last_error or "You left the room.")

    async def _on_ack(self, event: dict) -> None:
        command = self.outbox.done(event["id"])
        if command and command["type"] == "send":
            self._sent.append(event["seq"])
        elif command and command["type"] == "delete":
            self._sent.remove(event["seq"])
        elif command and command["type"] == "react":
            did = "reacted" if command["on"] else "took back"
            self._screen.notice(f"You {did} {command['emoji']}.")
        self._show_status()
        await self._send_next()

    async def _on_error(self, event: dict) -> None:
        self.last_error, self.retry_after = event["message"], event.get("retry_after", 0.0)
        if event["code"] in TEMPORARY:
            self._retry_later(event.get("id"))
        elif event.get("id") in ("hello", "join"):
            raise Ended(event["message"])
        else:
            self._screen.refusal(event["message"])
            self.refused += self.outbox.done(event.get("id")) is not None
            await self._send_next()

    def _retry_later(self, command_id: str | None) -> None:
        """Repeat a command with a temporary error after `retry_after` seconds."""
        repeat = self.begin if command_id in ("hello", "join") else self._send_next
        loop = asyncio.get_running_loop()
        self._retry = loop.call_later(self.retry_after, lambda: loop.create_task(repeat()))

    async def _send_next(self) -> None:
        first = self.outbox.first()
        if not first or not self._is_in_room:
            return
        command_id, command = first
        if command["type"] in ("send", "react"):
            await self._send(id=command_id, room=self._room, **command)
        elif self._sent:
            await self._send(id=command_id, room=self._room, seq=self._sent[-1], **command)
        else:
            self._screen.refusal("There is no message of yours here to change.")
            self.outbox.done(command_id)
            await self._send_next()

    def _show(self, news: list[Shown], event: dict) -> None:
        """Show messages that came with an event, and with what they reply to."""
        originals = originals_in(event)
        for message, is_change in news:
            if message["deleted"]:
                self._screen.notice(
                    f"{in_a_sentence(message['author']['name'])} deleted a message."
                )
            elif is_change:
                self._screen.message(message, " (edited)")
            else:
                original = originals.get(message.get("reply_to"))
                self._screen.message(message, quote=quote_of(original) if original else "")
                self._note_heard(message)

    def _note_heard(self, message: dict) -> None:
        if message["author"]["id"] != self._user["id"]:
            self._last_heard = message["seq"]

    def _show_status(self) -> None:
        if self._is_in_room:
            people = "1 person" if self._count == 1 else f"{self._count} people"
            self._screen.status(f"{self._room}: {people} here.{self._unsent()}")

    def _unsent(self) -> str:
        return f" {len(self.outbox)} to send." if self.outbox else ""


def names(users: list[dict]) -> dict[str, str]:
    """Return the names of users by their ids."""
    return {user["id"]: user["name"] for user in users}
