"""The vocabularies of older pages: what their events are called, and what they mean here.

docs/protocol.md has them as a table. Each file is a row of it.
"""

from chat.consumers.socketio.vocabularies.chat_message import ChatMessage
from chat.consumers.socketio.vocabularies.create_message import CreateMessage
from chat.consumers.socketio.vocabularies.join_room import JoinRoom
from chat.consumers.socketio.vocabularies.new_user import NewUser
from chat.consumers.socketio.vocabularies.new_user_joined import NewUserJoined
from chat.consumers.socketio.vocabularies.page import Page

VOCABULARIES: tuple[type[Page], ...] = (
    NewUser,
    NewUserJoined,
    CreateMessage,
    ChatMessage,
    JoinRoom,
)

__all__ = ["VOCABULARIES", "ChatMessage", "vocabulary_of"]


def vocabulary_of(event: str, arguments: list) -> type[Page] | None:
    """Return the only vocabulary that has an event like this, or None."""
    return next((kind for kind in VOCABULARIES if kind.has(event, arguments)), None)
