"""What a person types: commands that are queued, sent in turn, and sent again."""

from collections.abc import Awaitable, Callable

from chat.terminal.interface import Ended, Screen
from chat.terminal.outbox import Outbox
from chat.terminal.roomlist import RoomList, SeveralRooms
from chat.terminal.site import SiteRefusal
from chat.terminal.typed import HELP, read_line
from chat.terminal.visit import Visit

Send = Callable[..., Awaitable[None]]
# Returns the address of the room with somebody alone, by their name.
OpenDirect = Callable[[str], Awaitable[str]]


class Input:
    """Sends what is typed, one command at a time; `refused` counts what the server refused."""

    def __init__(
        self, screen: Screen, visit: Visit, rooms: RoomList, send: Send, open_direct: OpenDirect
    ):
        self.outbox = Outbox()
        self.refused = 0
        self._screen = screen
        self._visit = visit
        self._rooms = rooms
        self._send = send
        self._open_direct = open_direct
        # The id of the join that waits for a password.
        self._asking: str | None = None

    async def type(self, line: str) -> None:
        """Queue a message, or what a person wants done, and send it in turn.

        A script has no such commands: it may write any text.
        """
        if self._asking:
            await self._give_password(line)
        elif not self._screen.is_watched:
            await self._do_send(line)
        else:
            command, text = read_line(line)
            await getattr(self, f"_do_{command}")(text)

    async def _do_send(self, text: str) -> None:
        await self._queue(type="send", body=text)

    async def _do_edit(self, text: str) -> None:
        await self._queue(type="edit", body=text)

    async def _do_delete(self, text: str) -> None:
        await self._queue(type="delete")

    async def _do_react(self, emoji: str, *, on: bool = True) -> None:
        # Meant is the newest message now, whatever has come when the reaction is sent.
        if seq := self._visit.log.newest:
            await self._queue_about(type="react", seq=seq, emoji=emoji.strip(), on=on)
        else:
            self._screen.refusal("There is no message here to react to.")

    async def _do_unreact(self, emoji: str) -> None:
        await self._do_react(emoji, on=False)

    async def _do_reply(self, text: str) -> None:
        if self._visit.last_heard is None:
            self._screen.refusal("Nobody else has written here yet. Write a message first.")
        else:
            await self._queue_about(type="send", body=text, reply_to=self._visit.last_heard)

    async def _do_rooms(self, text: str) -> None:
        if self._visit.is_joined:
            await self._send(type="watch", id="rooms")
        else:
            self._screen.refusal("There is no connection now. Try again when there is.")

    async def _do_join(self, text: str) -> None:
        await self._queue(type="join", room=text.strip())

    async def _do_direct(self, text: str) -> None:
        try:
            address = await self._open_direct(text.strip())
        except SiteRefusal as refusal:
            self._screen.refusal(str(refusal))
        else:
            await self._queue(type="join", room=address)

    async def _do_help(self, text: str) -> None:
        self._screen.refusal(HELP)

    async def _queue(self, **command) -> None:
        if self.outbox.put(command):
            await self.send_next()

    async def _queue_about(self, **command) -> None:
        """Queue what is about a message of the room that is shown now."""
        if self.outbox.put(command, epoch=self._visit.log.epoch):
            await self.send_next()

    async def send_next(self, **password: str) -> None:
        """Send what is first in the queue, where it can be sent now."""
        first = self.outbox.first()
        if not first or not self._visit.is_joined or self._asking:
            return
        command_id, command, epoch = first
        if epoch not in (None, self._visit.log.epoch):
            await self._drop(command_id, "That was about a message of another room.")
        elif command["type"] == "join":
            await self._send_join(command_id, command["room"], **password)
        elif command["type"] in ("send", "react"):
            await self._send(id=command_id, room=self._visit.room, **command)
        elif self._visit.sent:
            seq = self._visit.sent[-1]
            await self._send(id=command_id, room=self._visit.room, seq=seq, **command)
        else:
            await self._drop(command_id, "There is no message of yours here to change.")

    async def _drop(self, command_id: str, why: str) -> None:
        """Drop a command that cannot be sent, say why, and send the next."""
        self._screen.refusal(why)
        self.outbox.done(command_id)
        await self.send_next()

    async def _send_join(self, command_id: str, typed: str, **password: str) -> None:
        # Until the list has come, a private room's name would make a public room of that name.
        if not self._rooms.is_known:
            await self._send(type="watch", id="watch")
            return
        try:
            room = self._rooms.address_of(typed)
        except SeveralRooms as several:
            await self._drop(command_id, str(several))
        else:
            await self._send(type="join", id=command_id, room=room, **password)

    async def acknowledge(self, event: dict) -> None:
        """Handle that a command was done, and send the next."""
        command, sent = self.outbox.done(event["id"]), self._visit.sent
        if command and command["type"] == "send":
            sent.append(event["seq"])
        elif command and command["type"] == "delete":
            sent.remove(event["seq"])
        elif command and command["type"] == "react":
            did = "reacted" if command["on"] else "took back"
            self._screen.notice(f"You {did} {command['emoji']}.")
        await self.send_next()

    async def refuse(self, command_id: str | None) -> None:
        """Drop a command that was refused, and send the next."""
        self.refused += self.outbox.done(command_id) is not None
        await self.send_next()

    def take_join(self, event: dict) -> bool:
        """Return whether a `joined` is the reply to what was typed; that is done then."""
        return self.outbox.done(event.get("id")) is not None

    # Passwords of rooms

    @property
    def asks_password(self) -> bool:
        """Whether the next line is a room's password, or nothing for staying out."""
        return self._asking is not None

    def ask_password(self, command_id: str | None) -> None:
        """Read the next line as the password of the room that a command joins; None: read none."""
        self._asking = command_id
        self._screen.ask_password(command_id is not None)

    async def _give_password(self, line: str) -> None:
        command_id = self._asking
        self.ask_password(None)
        if command_id == "join" and not line:
            raise Ended("You did not join the room.")
        if command_id == "join":
            await self._send(type="join", id="join", room=self._visit.room, password=line)
        elif line:
            await self.send_next(password=line)
        else:
            self.outbox.done(command_id)
            await self.send_next()

    async def end(self) -> None:
        """Wait until what was typed is sent; a password comes no more. Raises Ended."""
        if self._asking:
            await self._give_password("")
        await self.outbox.wait_until_empty()
