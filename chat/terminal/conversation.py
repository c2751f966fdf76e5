"""One person's conversation, in one room at a time, over sockets one after the other."""

import asyncio
from collections.abc import Callable, Coroutine

from chat.rules.sentences import in_a_sentence
from chat.rules.text import originals_in, quote_of
from chat.terminal.input import Input, OpenDirect, Send
from chat.terminal.interface import Ended, Screen
from chat.terminal.roomlist import RoomList, SeveralRooms
from chat.terminal.roomlog import Shown
from chat.terminal.site import unknown_site
from chat.terminal.visit import Visit

# Errors after which the same command may succeed a little later.
TEMPORARY = {"rate_limited", "unavailable"}
# Errors without a command: this client may not stay in its room.
NO_LONGER_THERE = {"not_found", "password_required"}
ABOUT_PASSWORD = {"password_required", "password_wrong"}
RECEIPT_EVERY = 32
# In seconds, after a message was shown: several are read with one command.
READ_AFTER = 1.0


class Conversation:
    """Handles the events of the current socket, and sends the commands that follow from them.

    `send` sends a command, or drops it where there is no connection; `token` says who this is, if
    it is known. `retry_after` is the wait that the server asked for, in seconds.
    """

    def __init__(
        self,
        room: str,
        name: str | None,
        screen: Screen,
        send: Send,
        *,
        token: str | None = None,
        open_direct: OpenDirect = unknown_site,
    ):
        self.token = token
        self.retry_after = 0.0
        self.last_error: str | None = None
        self._name = name
        self._screen = screen
        self._send = send
        self._visit = Visit(room)
        self._rooms = RoomList()
        self.input = Input(screen, self._visit, self._rooms, send, open_direct)
        self._user: dict | None = None
        self._retry: asyncio.TimerHandle | None = None
        self._reading: asyncio.TimerHandle | None = None

    async def begin(self) -> None:
        """Send `hello` over a new socket."""
        self._visit.is_joined = False
        await self._send(type="hello", id="hello", name=self._name, token=self.token)

    def disconnected(self) -> None:
        """Show that the connection is lost, and stop retrying over it."""
        self._visit.is_joined = False
        if self._retry:
            self._retry.cancel()
        self._forget_reading()
        self.input.ask_password(None)
        self._screen.status(f"No connection. Trying again.{self._unsent()}")

    async def type(self, line: str) -> None:
        """Do what a line says."""
        await self.input.type(line)
        self._show_status()

    async def receive(self, event: dict) -> None:
        """Handle an event; ignore unknown ones. Raises Ended."""
        handle = getattr(self, f"_on_{event['type']}", None)
        if handle:
            await handle(event)

    # Who and where

    async def _on_welcome(self, event: dict) -> None:
        if self._user and self._user["id"] != event["user"]["id"]:
            raise Ended("You are signed out. Sign in and start again.")
        # Who is a guest since now is in no room yet.
        is_known = self.token is not None or event["user"]["kind"] != "guest"
        self._user, self.token = event["user"], event.get("token", self.token)
        self._rooms.begin(self._user["id"])
        if is_known and self._visit.log.epoch is None:
            # A private room's name would make a public room of that name.
            await self._send(type="watch", id="watch")
        else:
            await self._join()

    async def _join(self) -> None:
        log = self._visit.log
        place = {"after": log.version, "epoch": log.epoch}
        await self._send(type="join", id="join", room=self._visit.room, **place)

    async def _on_joined(self, event: dict) -> None:
        visit, room = self._visit, event["room"]
        if self.input.take_join(event):
            await self._move(room["slug"])
        elif "id" not in event and not self._is_here(room["slug"]):
            return
        is_first = visit.log.epoch is None
        self.retry_after = 0.0
        visit.apply_joined(event)
        if is_first:
            where = in_a_sentence(self._rooms.name_of(room["slug"], room["name"]))
            who, others = in_a_sentence(self._user["name"]), visit.others(self._user["id"])
            self._screen.notice(f"You joined {where} as {who}. {others}")
        elif event.get("id") == "join":
            self._screen.notice("Connected again.")
        self._resume(event, room["epoch"], room["version"])
        self._show_status()
        if self._screen.is_watched and not self._rooms.is_known:
            await self._send(type="watch", id="watch")
        await self.input.send_next()

    async def _move(self, slug: str) -> None:
        """Leave the room for the one that was joined by a typed command."""
        before = self._visit.room
        if slug == before:
            self._screen.notice("You are in this room.")
            return
        if self._reading:
            self._forget_reading()
            await self._send_read()
        self._visit.begin(slug)
        await self._send(type="leave", id="leave", room=before)

    async def _on_room(self, event: dict) -> None:
        room = event["room"]
        if self._is_here(event.get("was", room["slug"])):
            self._visit.apply_room(room)
            self._show_status()

    async def _on_left(self, event: dict) -> None:
        if self._is_here(event["room"]):
            # An error came before where it was not this person's wish.
            why = self.last_error if event.get("reason") else None
            raise Ended(why or "You left the room.")

    async def _on_presence(self, event: dict) -> None:
        if self._is_here(event["room"]):
            for sentence in self._visit.apply_presence(event):
                self._screen.notice(sentence)
            self._show_status()

    def _is_here(self, slug: str) -> bool:
        return slug == self._visit.room

    # Other rooms

    async def _on_rooms(self, event: dict) -> None:
        self._rooms.apply(event)
        if event.get("id") == "rooms":
            for line in self._rooms.lines(self._visit.room):
                self._screen.notice(line)
        elif event.get("id") and self._visit.log.epoch is None:
            try:
                self._visit.room = self._rooms.address_of(self._visit.room)
            except SeveralRooms as several:
                raise Ended(str(several)) from None
            await self._join()
        elif event.get("id"):
            await self.input.send_next()

    async def _on_notice(self, event: dict) -> None:
        """Show that a message elsewhere means this person; one here is seen anyway."""
        if self._screen.is_watched and not self._is_here(event["room"]):
            self._screen.notice(self._rooms.line_of_notice(event))

    # What was written

    async def _on_message(self, event: dict) -> None:
        visit = self._visit
        if not self._is_here(event["room"]):
            return
        if visit.log.is_behind(event["version"] - 1):
            await self._sync()
            return
        self._show(visit.log.apply(event), event)
        if visit.log.version >= visit.receipt + RECEIPT_EVERY:
            visit.receipt = visit.log.version
            await self._send(type="received", room=visit.room, version=visit.receipt)

    async def _on_synced(self, event: dict) -> None:
        if self._is_here(event["room"]):
            self._resume(event, event["epoch"], event["version"])

    async def _on_heads(self, event: dict) -> None:
        if self._visit.log.is_behind(event["rooms"].get(self._visit.room, 0)):
            await self._sync()

    async def _sync(self) -> None:
        log = self._visit.log
        await self._send(type="sync", room=self._visit.room, after=log.version, epoch=log.epoch)

    def _resume(self, event: dict, epoch: str, version: int) -> None:
        """Show what a page or what was missed has of news."""
        messages, is_page = event["messages"], event.get("reset", False)
        self._show(self._visit.log.resume(messages, epoch, version, reset=is_page), event)

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
                self._note_shown(message)

    def _note_shown(self, message: dict) -> None:
        if message["author"]["id"] != self._user["id"]:
            self._visit.last_heard = message["seq"]
        # Nobody reads what goes into a pipe, and of a guest in an open room no mark is kept.
        is_kept = self._visit.is_own or self._user["kind"] != "guest"
        if self._screen.is_watched and is_kept and not self._reading:
            self._reading = call_later(READ_AFTER, self._send_read)

    async def _send_read(self) -> None:
        self._reading = None
        if seq := self._visit.log.newest:
            await self._send(type="read", room=self._visit.room, seq=seq)

    def _forget_reading(self) -> None:
        if self._reading:
            self._reading.cancel()
            self._reading = None

    # What was typed

    async def _on_ack(self, event: dict) -> None:
        await self.input.acknowledge(event)
        self._show_status()

    async def _on_error(self, event: dict) -> None:
        self.last_error, self.retry_after = event["message"], event.get("retry_after", 0.0)
        command_id = event.get("id")
        if command_id is None and event["code"] in NO_LONGER_THERE:
            # `left` comes next, and ends this with what the error says.
            return
        if event["code"] in TEMPORARY and command_id != "rooms":
            self._retry_later(command_id)
        elif event["code"] in ABOUT_PASSWORD and self._screen.is_watched:
            self._screen.refusal(f"{event['message']} Type it, or nothing to stay out.")
            self.input.ask_password(command_id)
        elif command_id == "hello" and event["code"] == "unauthorized" and self._user is None:
            raise Ended("The token is not one of this site. Check CHAT_TOKEN.")
        elif command_id in ("hello", "join"):
            raise Ended(event["message"])
        else:
            self._screen.refusal(event["message"])
            await self.input.refuse(command_id)

    def _retry_later(self, command_id: str | None) -> None:
        """Repeat a command with a temporary error after `retry_after` seconds."""
        is_entering = command_id in ("hello", "join") or not self._visit.is_joined
        repeat = self.begin if is_entering else self.input.send_next
        self._retry = call_later(self.retry_after, repeat)

    def _show_status(self) -> None:
        if self._visit.is_joined:
            self._screen.status(f"{self._visit.status}{self._unsent()}")

    def _unsent(self) -> str:
        unsent = len(self.input.outbox)
        return f" {unsent} to send." if unsent else ""


def call_later(seconds: float, function: Callable[[], Coroutine]) -> asyncio.TimerHandle:
    """Run a coroutine function after some time."""
    loop = asyncio.get_running_loop()
    return loop.call_later(seconds, lambda: loop.create_task(function()))
