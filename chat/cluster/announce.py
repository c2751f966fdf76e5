"""Tell every process, from synchronous code, what an admin or a command has changed.

Each function waits for the commit of the transaction it is called in, and forgets its message
where the change is rolled back.
"""

from functools import partial

from django.db import transaction

from chat import protocol
from chat.cluster.hints import SITE, announce, room_group
from chat.models import Message, Person, Room


def message_changed(message: Message) -> None:
    """Show a message, deleted or restored, as it is now to everybody in its room."""
    event = protocol.MessageEvent.of(message.room.slug, message)
    _after_commit(
        room_group(message.room_id),
        "changes",
        room=message.room_id,
        slug=message.room.slug,
        epoch=message.room.epoch,
        first=message.version,
        texts=[event.encode()],
    )


def room_changed(room: Room) -> None:
    """Tell a room's followers its name, topic, address and whether it is closed; or that it
    is gone."""
    _after_commit(room_group(room.pk), "room", room=room.pk)


def configuration_changed() -> None:
    """Let every process read the configuration again and tell its clients."""
    _after_commit(SITE, "configuration")


def person_changed(person: Person) -> None:
    """Let every process look at a person again: their name, and whether they are blocked."""
    _after_commit(SITE, "person", person=person.public_id)


def account_changed(user_id: int | str) -> None:
    """Let every process look whether somebody's sessions still are theirs."""
    person = Person.objects.filter(user_id=user_id).first()
    if person:
        _after_commit(SITE, "account", person=person.public_id)


def _after_commit(group: str, kind: str, **data) -> None:
    transaction.on_commit(partial(announce, group, kind, **data))
