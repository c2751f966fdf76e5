"""The parts of one process, started and stopped together."""

import asyncio
import logging
from contextlib import suppress
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from django.conf import settings
from django.db import Error

from chat import log
from chat.cluster.hints import ConfigurationChanged
from chat.cluster.transport import HintTransport
from chat.live.batcher import Batcher
from chat.live.clock import Clock
from chat.live.committer import Committer
from chat.live.feed import Feed
from chat.live.passwords import RoomPasswords
from chat.live.persons import Persons
from chat.live.presence import Presence
from chat.live.registry import Registry
from chat.live.searches import RoomSearches
from chat.live.tasks import BackgroundTasks
from chat.live.threads import DatabaseThreads
from chat.live.typists import Typists
from chat.live.watching import Watching
from chat.models import Configuration, Person
from chat.protocol import Limits, Site, SiteEvent
from chat.rules.limits import Limiter
from chat.rules.notices import Notice

logger = logging.getLogger(__name__)

READING_THREADS = 4


class ChatServer:
    """One process; `layer` carries its hints.

    `configuration` is the site's, as it was read last. `stopping` is set when readers over HTTP
    are being ended, also those that are about to join.
    """

    def __init__(self, layer):
        self.configuration = Configuration()
        self.stopping = False
        self.database = DatabaseThreads("reader", READING_THREADS)
        self.limiter = Limiter(settings.CHAT_RATE_LIMITS)
        self.hints = HintTransport(layer)
        self.feed = Feed(self.hints, self.database)
        # For all who come to a room at once in one statement.
        self.own_reactions = Batcher(self.database, log.own_reactions)
        self.presence = Presence(self.hints, self.feed)
        self.typists = Typists(self.hints, self.feed, self.presence)
        self.registry = Registry(self.limiter)
        self.room_searches = RoomSearches()
        self.passwords = RoomPasswords(settings.CHAT_RATE_LIMITS)
        self.persons = Persons(self.hints, self.database, self.feed, self.presence, self.registry)
        self.committer = Committer(self.feed, self.persons)
        self.watching = Watching(self.hints, self.database, self.presence.counts)
        self.feed.on_access = self.watching.publish_access
        self._clock = Clock(self)
        self._background = BackgroundTasks()
        # The next poll tries again.
        self._unread = Notice(logger, "The configuration could not be read: %s")
        self.hints.handle(ConfigurationChanged, self._on_configuration_changed)

    async def start(self) -> None:
        """Read the configuration, begin to receive hints, start the clock."""
        with suppress(Error):
            self.configuration = await self.database.run(Configuration.load)
        await self.hints.start()
        self.presence.send_heartbeat()
        self._clock.start()

    async def stop(self) -> None:
        """Finish the commits under way, then let go of everything."""
        self._clock.stop()
        await self.committer.stop()
        self.presence.stop()
        self.typists.stop()
        await self.feed.stop()
        await self.own_reactions.stop()
        await self.watching.stop()
        await self.hints.stop()
        await self.persons.stop()
        self._background.cancel()
        await asyncio.to_thread(self.database.close)

    def _on_configuration_changed(self, hint: ConfigurationChanged, sender: str | None) -> None:
        self._background.run(self.poll_site(), self._unread.warn)

    async def poll_site(self) -> None:
        """Read the configuration and who is blocked; send the connections what is new."""
        # The hint of an author's new name may have been lost.
        self.feed.forget_newest_pages()
        configuration, blocked = await self.database.run(_configuration_and_blocked)
        self._configure(configuration)
        for person_id in blocked & self.registry.people():
            self.persons.remove(person_id)

    def _configure(self, configuration: Configuration) -> None:
        before, self.configuration = self.configuration, configuration
        old, new = site_event(before), site_event(configuration)
        if old != new:
            text = new.encode()
            for connection in tuple(self.registry.connections):
                connection.out.send_encoded(text)


def _configuration_and_blocked() -> tuple[Configuration, set[str]]:
    blocked = Person.objects.blocked().values_list("public_id", flat=True)
    return Configuration.load(), set(blocked)


def site_event(configuration: Configuration) -> SiteEvent:
    """Return what clients are sent of the configuration."""
    return SiteEvent(site=Site.of(configuration), limits=Limits.of(configuration))


_running: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Task] = WeakKeyDictionary()


async def current() -> ChatServer:
    """Return the server of this process (of this event loop), started with its first use."""
    loop = asyncio.get_running_loop()
    starting = _running.get(loop)
    if starting is None:
        starting = _running[loop] = asyncio.create_task(_start())
    return starting.result() if starting.done() else await asyncio.shield(starting)


async def _start() -> ChatServer:
    server = ChatServer(get_channel_layer())
    await server.start()
    return server


async def stop() -> None:
    """Stop the server of this event loop, if it ever started."""
    starting = _running.pop(asyncio.get_running_loop(), None)
    if starting is not None:
        server = await starting
        await server.stop()


def people_counts() -> dict[int, int]:
    """Return how many people are in each room that has any, by the room's id; from any thread."""
    counts: dict[int, int] = {}
    for starting in tuple(_running.values()):
        if starting.done() and not starting.exception():
            counts.update(starting.result().presence.counts())
    return counts
