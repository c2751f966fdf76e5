"""Pages that send `new-user-joined` and `send`."""

from chat.consumers.socketio.packets import event_packet
from chat.consumers.socketio.vocabularies.page import Page
from chat.rules.sentences import in_a_sentence


class NewUserJoined(Page):
    """A name, and a line for who comes and who goes; a page shows its own messages itself."""

    KEY = "new-user-joined"
    HANDLERS = {"new-user-joined": Page.enter_named, "send": Page.say}
    ECHOES = False
    NAMES_LAST = True

    @classmethod
    def has(cls, event: str, arguments: list) -> bool:
        """`send` is a command of the protocol, too, with an object."""
        is_text = bool(arguments) and isinstance(arguments[0], str)
        return is_text if event == "send" else super().has(event, arguments)

    @classmethod
    def message(cls, message: dict) -> str:
        return event_packet(
            "receive", {"name": message["author"]["name"], "message": message["body"]}
        )

    @classmethod
    def arrived(cls, name: str) -> str:
        return event_packet("user-joined", in_a_sentence(name))

    @classmethod
    def left(cls, name: str) -> str:
        return event_packet("left", in_a_sentence(name))
