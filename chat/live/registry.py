"""The connections of one process, by person."""

from collections import defaultdict
from typing import Protocol

from chat.models import Configuration, Person
from chat.protocol import Event, User
from chat.rules.errors import ChatError
from chat.rules.limits import Limiter


class EventOutput(Protocol):
    """The way to a client for the events that are its own."""

    @property
    def blocked(self) -> bool:
        """Whether a frame is still being written."""

    def send(self, event: Event) -> None:
        """Send an event."""

    def send_encoded(self, text: str) -> None:
        """Send an encoded event."""


class Client(Protocol):
    """What a process needs of a connection."""

    user: User
    ended: bool
    is_reader: bool
    address: str
    out: EventOutput

    @property
    def session_key(self) -> str | None:
        """The session that the person is known by, if it is one."""

    def tick(self, now: float) -> None:
        """Do what is due."""

    def rename(self, user: User) -> None:
        """Use another name from now on."""

    def update_person(self, person: Person) -> None:
        """Use a newer reading of the person."""

    def remove(self) -> None:
        """End: the person was blocked."""

    def sign_out(self) -> None:
        """End: the session is over."""

    def close(self, code: int, reason: ChatError | None = None) -> None:
        """End with a close code."""


class Registry:
    """The connections whose person is known; `connections` has them all."""

    def __init__(self, limiter: Limiter):
        self._limiter = limiter
        self.connections: set[Client] = set()
        self._by_person: dict[str, set[Client]] = defaultdict(set)

    def add(self, connection: Client) -> None:
        """Register a connection whose person is known."""
        self.connections.add(connection)
        self._by_person[connection.user.id].add(connection)

    def remove(self, connection: Client) -> None:
        """Forget a connection."""
        self.connections.discard(connection)
        if connections := self._by_person.get(connection.user.id):
            connections.discard(connection)
            if not connections:
                del self._by_person[connection.user.id]

    def of_person(self, person_id: str) -> tuple[Client, ...]:
        """Return the connections of a person."""
        return tuple(self._by_person.get(person_id, ()))

    def people(self) -> set[str]:
        """Return the ids of the people who are connected."""
        return set(self._by_person)

    def refusal_to_connect(
        self, connection: Client, person: Person | None, configuration: Configuration
    ) -> ChatError | None:
        """Return why a connection is one too many, for its address or for a known person."""
        others = set(self.of_person(person.public_id)) - {connection} if person else ()
        return self._limiter.refusal_to_connect(connection.address, len(others), configuration)
