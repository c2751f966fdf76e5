"""Rooms with messages from before anybody joined, and the texts of messages."""

from asgiref.sync import sync_to_async

from chat.log import Draft, commit_writes
from chat.models import Person, Room


async def fill(slug: str, count: int, start: int = 1) -> list[str]:
    """Store `count` messages of an absent author in a room; return their texts."""
    room, _ = await Room.objects.aget_or_create(slug=slug, defaults={"name": slug})
    author, _ = await Person.objects.aget_or_create(name="Past")
    bodies = [f"m{number}" for number in range(start, start + count)]
    drafts = [Draft(room.pk, author.pk, body, body) for body in bodies]
    await sync_to_async(commit_writes)(drafts)
    return bodies


def bodies(event: dict) -> list[str]:
    """Return the texts of an event's messages."""
    return [message["body"] for message in event["messages"]]


def seqs(event: dict) -> list[int]:
    """Return the seqs of an event's messages."""
    return [message["seq"] for message in event["messages"]]
