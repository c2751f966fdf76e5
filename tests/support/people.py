"""Signing in, and an admin's actions.

In all tests Ana and Ion are guests, Mara is a member, and Charlie must not have access."""

import asyncio

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import AsyncClient
from django.utils import timezone

from chat.cluster import announce
from chat.live import server
from chat.models import Configuration, Person, Room
from tests.support.waiting import GLANCE


async def sign_in(username: str) -> str:
    """Create an account and sign in; return the session's key, as in its cookie."""
    user = await get_user_model().objects.acreate_user(username, password="a password of no use")
    client = AsyncClient()
    await client.aforce_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


async def block(public_id: str) -> None:
    """Block a person and publish it, as the admin does."""
    person = await Person.objects.aget(public_id=public_id)
    person.blocked_at = timezone.now()
    await person.asave(update_fields=["blocked_at"])
    await sync_to_async(announce.person_changed)(person)


async def configure(**fields) -> None:
    """Change the configuration, as the admin does; wait until a running server has it."""
    configuration = await sync_to_async(Configuration.load)()
    for name, value in fields.items():
        setattr(configuration, name, value)
    await configuration.asave()
    await sync_to_async(announce.configuration_changed)()
    if not (starting := server._running.get(asyncio.get_running_loop())):
        return
    running = await starting
    async with asyncio.timeout(10):
        while any(getattr(running.configuration, name) != fields[name] for name in fields):
            await asyncio.sleep(GLANCE)


async def change_room(slug: str, /, **fields) -> None:
    """Change a room and publish it, as the admin does."""
    room = await Room.objects.aget(slug=slug)
    for name, value in fields.items():
        setattr(room, name, value)
    await room.asave(update_fields=list(fields))
    await sync_to_async(announce.room_changed)(room)
