"""Pages that send `join` with a name and a room, `createMessage` and `createLocationMessage`."""

import re
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from chat.consumers.socketio.packets import event_packet
from chat.consumers.socketio.vocabularies.announcing import Announcing
from chat.consumers.socketio.vocabularies.translation import RoomNow
from chat.protocol import ErrorEvent
from chat.rules.errors import ChatError

MAP = "https://www.openstreetmap.org/?mlat={0}&mlon={1}#map=16/{0}/{1}"
DEGREES = r"-?[0-9]{1,3}(?:\.[0-9]{1,6})?"
# Pages put it into a link as it is, so it has numbers and nothing else that a person can choose.
PLACE_ON_MAP = re.compile(re.escape(MAP).replace(r"\{0\}", DEGREES).replace(r"\{1\}", DEGREES))


class CreateMessage(Announcing):
    """A name and a room, which people can type again: refusals go to the acknowledgement.

    `join` is a command of the protocol, too, but there it is never the first event.
    """

    KEY = "create-message"
    SERVER = "Admin"

    async def enter(self, acknowledge, who: Any = None, *others) -> None:
        """Join a room under exactly this name, or say why not."""
        name, room = (who.get("name"), who.get("room")) if isinstance(who, dict) else (None, None)
        if not is_text(name) or not is_text(room):
            refusal = ErrorEvent.of(
                ChatError("bad_request", _("A name and a room are needed. Type both."))
            )
        else:
            refusal = await self.join(name, room)
        self.settle(acknowledge, refusal)

    async def say(self, acknowledge, message: Any = None, *others) -> None:
        """Write a message; who it is `from` is known."""
        text = message.get("text") if isinstance(message, dict) else message
        await super().say(acknowledge, text)

    async def show_place(self, acknowledge, place: Any = None, *others) -> None:
        """Write a message that is a link to a map."""
        place = place if isinstance(place, dict) else {}
        latitude, longitude = place.get("latitude"), place.get("longitude")
        if is_between(latitude, 90) and is_between(longitude, 180):
            await super().say(acknowledge, MAP.format(degrees(latitude), degrees(longitude)))
        else:
            refusal = ChatError("bad_request", _("This is no place on a map. Share it again."))
            self.settle(acknowledge, ErrorEvent.of(refusal))

    HANDLERS = {"join": enter, "createMessage": say, "createLocationMessage": show_place}

    @classmethod
    def message(cls, message: dict) -> str:
        created = milliseconds(datetime.fromisoformat(message["at"]))
        author, text = cls.shown_name(message["author"]["name"]), message["body"]
        sent = {"from": author, "createdAt": created}
        if PLACE_ON_MAP.fullmatch(text):
            return event_packet("newLocationMessage", sent | {"urls": text})
        return event_packet("newMessage", sent | {"text": text})

    @classmethod
    def line(cls, text: str) -> str:
        sent = {"from": cls.SERVER, "text": text, "createdAt": milliseconds(timezone.now())}
        return event_packet("newMessage", sent)

    @classmethod
    def people(cls, room: RoomNow) -> list[str]:
        return [
            event_packet("updateUserList", [cls.shown_name(user.name) for user in room.people()])
        ]


def is_text(value: Any) -> bool:
    """Return whether a value is a text with something in it."""
    return isinstance(value, str) and bool(value.strip())


def is_between(value: Any, most: float) -> bool:
    """Return whether a value is a number from `-most` to `most`."""
    return type(value) in (int, float) and -most <= value <= most


def degrees(value: float) -> str:
    """Return a coordinate to 0.1 m, never with an exponent, which a link cannot have."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)
