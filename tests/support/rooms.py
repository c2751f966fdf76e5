"""Rooms in which something was said before anybody came."""

from asgiref.sync import sync_to_async

from chat.log import Draft, append
from chat.models import Person, Room


async def fill(slug: str, count: int, start: int = 1) -> list[str]:
    """Let somebody who is gone now have said `count` things in a room; return them."""
    room, _ = await Room.objects.aget_or_create(slug=slug, defaults={"name": slug})
    author, _ = await Person.objects.aget_or_create(name="Past")
    bodies = [f"m{number}" for number in range(start, start + count)]
    drafts = [Draft(room.pk, author.pk, body, body) for body in bodies]
    await sync_to_async(append)(drafts)
    return bodies


def bodies(event: dict) -> list[str]:
    """What the messages of an answer say."""
    return [message["body"] for message in event["messages"]]
