"""What one process does at intervals: ticks, and polls of the database.

Three loops: waiting for the database must not delay presence, nor what is read of everybody who is
connected what is new in rooms.
"""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Protocol

from django.db import Error

from chat.cluster.transport import HintTransport
from chat.live.feed import Feed
from chat.live.persons import Persons
from chat.live.presence import HEARTBEAT_EVERY, Presence
from chat.live.registry import Registry
from chat.live.threads import SILENCE
from chat.live.typists import Typists
from chat.live.watching import Watching
from chat.rules import notices

logger = logging.getLogger(__name__)

TICK = 1.0
# So many connections are ticked in a row: with thousands, others would wait for their frames.
IN_A_ROW = 100

# How often the database is polled for what hints should have said: without a working layer to
# other processes, and with one.
POLL_EVERY_ALONE = 1.0
POLL_EVERY = 10.0


class Process(Protocol):
    """The parts of a process that the clock looks after."""

    hints: HintTransport
    feed: Feed
    presence: Presence
    typists: Typists
    registry: Registry
    persons: Persons
    watching: Watching

    async def poll_site(self) -> None:
        """Read the configuration and who is blocked."""


class Clock:
    """Ticks and polls for one process, from `start` to `stop`."""

    def __init__(self, process: Process):
        self._process = process
        self._tasks: list[asyncio.Task] = []
        self._heartbeat_at = self._polled_at = self._lists_at = 0.0

    def start(self) -> None:
        """Start all loops."""
        loops = (self._tick_forever(), self._poll_forever(), self._poll_people_forever())
        self._tasks = [asyncio.create_task(loop) for loop in loops]

    def stop(self) -> None:
        """Cancel all loops."""
        for task in self._tasks:
            task.cancel()

    # Ticks

    async def _tick_forever(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            try:
                self._tick(asyncio.get_running_loop().time())
                await self._tick_connections()
            except Exception:
                logger.exception("A tick failed")

    def _tick(self, now: float) -> None:
        process = self._process
        if now >= self._heartbeat_at:
            self._heartbeat_at = now + HEARTBEAT_EVERY
            process.presence.send_heartbeat()
            process.presence.peers.forget_silent()
            process.persons.forget_old_changes()
        notices.report_all()
        for stream in process.feed.streams():
            stream.trim_when_idle()
        for room_id in process.feed.unused(needed=process.presence.occupied()):
            process.presence.forget_room(room_id)
            process.typists.forget_room(room_id)
            process.feed.forget(room_id)

    async def _tick_connections(self) -> None:
        now = asyncio.get_running_loop().time()
        for number, connection in enumerate(tuple(self._process.registry.connections), 1):
            if not connection.ended:
                try:
                    connection.tick(now)
                except Exception:
                    logger.exception("The tick of a connection failed")
            if number % IN_A_ROW == 0:
                await asyncio.sleep(0)

    # Polls

    async def _poll_forever(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            await _logging(self._poll(asyncio.get_running_loop().time()))

    async def _poll_people_forever(self) -> None:
        while True:
            await asyncio.sleep(POLL_EVERY)
            await _logging(self._poll_people())

    async def _poll_people(self) -> None:
        """Read who is signed out, and who has another name."""
        persons = self._process.persons
        await persons.compare_sessions()
        await persons.compare_names()

    async def _poll(self, now: float) -> None:
        """Read what hints should have said.

        Messages every time: a process that dies after its commit publishes nothing. What could
        not be read is read with the next tick: the default configuration allows more.
        """
        process = self._process
        alone = process.hints.is_local or process.hints.is_deaf
        due = now >= self._polled_at + (POLL_EVERY_ALONE if alone else POLL_EVERY)
        if due:
            await process.poll_site()
            self._polled_at = now
        watched = tuple(process.watching.room_ids)
        if due or process.hints.may_have_peers or watched:
            heads = await process.feed.compare(also=watched)
            await process.watching.apply_heads(heads, watched)
        if now >= self._lists_at:
            await process.watching.compare()
            self._lists_at = now + POLL_EVERY


async def _logging(poll: Coroutine) -> None:
    """Await a poll; the next one tries again where it fails."""
    try:
        await poll
    except Error as error:
        SILENCE.warn(error)
    except Exception:
        logger.exception("A poll of the database failed")
