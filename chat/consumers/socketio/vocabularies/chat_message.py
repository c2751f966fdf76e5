"""Pages that send and receive `chat message`, and say nothing before their first one."""

import asyncio
from functools import partial
from typing import Any

from chat import log
from chat.consumers.socketio.packets import event_packet
from chat.consumers.socketio.vocabularies.page import Page
from chat.models import Room
from chat.protocol import MAX_CHANGES, ErrorEvent, Event, JoinedEvent, Message
from chat.rules.limits import Use, rate_limited

# With these a page that repeats a message has it stored later, so they are not acknowledged.
FOR_NOW = {"unavailable", "rate_limited"}
MAX_ID = 64


class ChatMessage(Page):
    """Everybody is in the default room, unseen until they write; an offset is a message's seq.

    It is also what a client hears that has not shown yet which vocabulary it speaks.
    """

    KEY = "chat-message"

    async def listen(self, offset: int | None) -> None:
        """Follow the default room, from after a message where there is an offset.

        Without that room it hears nothing. Raises ChatError where its address reads too much.
        """
        self._check_rate()
        self.connection.stay_unknown()
        room = await self._default_room()
        if room is None:
            return
        if offset is not None:
            await self._show_since(room, offset)
        await self.connection.listen(room)

    def _check_rate(self) -> None:
        """Count what is read for its address, as in any command that reads: there is no person."""
        running, now = self.connection.server, asyncio.get_running_loop().time()
        wait = running.limiter.wait_at_address(
            self.connection.address, Use.READING, now, running.configuration
        )
        if wait:
            raise rate_limited(wait)

    async def _default_room(self) -> Room | None:
        slug = self.connection.server.configuration.default_room
        return await self.connection.read(log.find_room, slug, None)

    async def _show_since(self, room: Room, offset: int) -> None:
        """Show what was written after a message, the newest where that is much."""
        missing = min(room.last_seq - offset, MAX_CHANGES)
        self.position.begin(room.epoch, room.last_seq - max(missing, 0))
        if missing > 0:
            # Not the newest: others may have written since the room was read.
            place = log.Place(after=room.last_seq - missing)
            page = await self.connection.read(log.page, room.pk, place, missing)
            entries = (self.message_entry(_plain(message)) for message in page.messages)
            self.send(self._shown(entries))

    def stop_listening(self) -> None:
        """Follow nothing any more."""
        self.leave()

    async def say(self, acknowledge, text: Any = None, *others) -> None:
        """Write a message, under the page's own offset where it has one: a repeat is safe."""
        if self.room is None and (refusal := await self._appear()):
            self._settle(acknowledge, refusal)
            return
        offset = others[0] if others else None
        is_id = type(offset) in (int, str) and is_valid_id(str(offset))
        await self.write(text, partial(self._settle, acknowledge), str(offset) if is_id else None)

    HANDLERS = {"chat message": say}

    async def _appear(self) -> ErrorEvent | None:
        """Join the room that was followed unseen, where it was left."""
        resume = {}
        for follower in self.connection.rooms.values():
            resume = {"after": follower.version, "epoch": follower.epoch}
        refusal = await self.join(None, None, **resume)
        if refusal and (room := await self._default_room()):
            await self.connection.listen(room)
        return refusal

    def _settle(self, acknowledge, event: Event) -> None:
        is_for_now = isinstance(event, ErrorEvent) and event.code in FOR_NOW
        self.settle(None if is_for_now else acknowledge, event)

    # What it is sent

    def _on_joined(self, joined: JoinedEvent) -> None:
        self.room = joined.room.slug
        self.send(self.missed(joined))

    def missed(self, joined: JoinedEvent) -> list[str]:
        if self.position.has_begun:
            return super().missed(joined)
        self.begin(joined)
        return []

    @classmethod
    def message(cls, message: dict) -> str:
        return event_packet("chat message", message["body"], message["seq"])


def is_valid_id(text: str) -> bool:
    """Return whether a text can be the id of a command."""
    return 1 <= len(text) <= MAX_ID and text.isprintable()


def _plain(message) -> dict:
    return Message.of(message).model_dump(mode="json")
