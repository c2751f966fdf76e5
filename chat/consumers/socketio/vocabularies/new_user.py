"""Pages that send `new-user` and `send-chat-message`."""

from chat.consumers.socketio.packets import event_packet
from chat.consumers.socketio.vocabularies.page import Page
from chat.rules.sentences import in_a_sentence


class NewUser(Page):
    """A name, and a line for who comes and who goes; a page shows its own messages itself."""

    KEY = "new-user"
    HANDLERS = {"new-user": Page.enter_named, "send-chat-message": Page.say}
    ECHOES = False
    NAMES_LAST = True

    @classmethod
    def message(cls, message: dict) -> str:
        sent = {"name": message["author"]["name"], "message": message["body"]}
        return event_packet("chat-message", sent)

    @classmethod
    def arrived(cls, name: str) -> str:
        return event_packet("user-connected", in_a_sentence(name))

    @classmethod
    def left(cls, name: str) -> str:
        return event_packet("user-disconnected", in_a_sentence(name))
