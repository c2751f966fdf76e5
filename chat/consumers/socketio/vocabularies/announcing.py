"""Pages whose server says who comes and goes, in messages under a name of its own."""

from typing import ClassVar

from chat.consumers.socketio.vocabularies.page import Page
from chat.rules.names import is_held
from chat.rules.sentences import in_a_sentence

PERSON = " (person)"


class Announcing(Page):
    """SERVER is the server's name in a `line`, which is a message in the words of the vocabulary.

    A person of that name, or of one that looks like it, could say in a message that somebody left.
    Through other vocabularies anybody may be called so, and be here: they are marked where they
    are shown.
    """

    SERVER: ClassVar[str]

    @classmethod
    def line(cls, text: str) -> str:
        """Return the packet of a message of the server's own."""
        raise NotImplementedError

    @classmethod
    def shown_name(cls, name: str) -> str:
        """Return a person's name so that nobody takes it for the server's."""
        return name + PERSON if is_held(name, cls.SERVER) else name

    def welcome(self) -> list[str]:
        site = self.connection.server.configuration.site_name
        name = self.shown_name(self.connection.user.name)
        return [self.line(f"Welcome to {site}, {in_a_sentence(name)}")]

    @classmethod
    def arrived(cls, name: str) -> str:
        return cls.line(f"{in_a_sentence(cls.shown_name(name))} has joined")

    @classmethod
    def left(cls, name: str) -> str:
        return cls.line(f"{in_a_sentence(cls.shown_name(name))} has left")
