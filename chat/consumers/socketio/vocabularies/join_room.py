"""Pages that send `joinRoom` and `chatMessage`."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from chat.consumers.socketio.packets import event_packet
from chat.consumers.socketio.vocabularies.announcing import Announcing
from chat.consumers.socketio.vocabularies.translation import RoomNow


class JoinRoom(Announcing):
    """A name and a room; who comes and goes is a message of the server's own."""

    KEY = "join-room"
    SERVER = "ChatBot"

    async def enter(self, acknowledge, who: Any = None, *others) -> None:
        """Join a room under a name, or one like it."""
        name, room = (
            (who.get("username"), who.get("room")) if isinstance(who, dict) else (None,) * 2
        )
        await super().enter(acknowledge, name, room)

    HANDLERS = {"joinRoom": enter, "chatMessage": Announcing.say}

    @classmethod
    def message(cls, message: dict) -> str:
        at = datetime.fromisoformat(message["at"])
        return cls._message(cls.shown_name(message["author"]["name"]), message["body"], at)

    @classmethod
    def _message(cls, username: str, text: str, at: datetime) -> str:
        clock = timezone.localtime(at).strftime("%I:%M %p").lstrip("0").lower()
        return event_packet("message", {"username": username, "text": text, "time": clock})

    @classmethod
    def line(cls, text: str) -> str:
        return cls._message(cls.SERVER, text, timezone.now())

    @classmethod
    def people(cls, room: RoomNow) -> list[str]:
        users = [{"id": user.id, "username": cls.shown_name(user.name)} for user in room.people()]
        return [event_packet("roomUsers", {"room": room.name, "users": users})]
