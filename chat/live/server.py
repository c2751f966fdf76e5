"""What one process runs: a feed, a committer, presence, and a clock that looks after them."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from django.conf import settings
from django.db import Error

from chat.access import identity
from chat.cluster.hints import SITE, Hint, Hints
from chat.live.committer import Committer
from chat.live.feed import Feed
from chat.live.follower import Client
from chat.live.presence import BEAT_EVERY, Presence
from chat.live.threads import DatabaseThreads
from chat.live.typists import Typists
from chat.models import Configuration, Person
from chat.protocol import Limits, Site, SiteEvent, User
from chat.rules.errors import ChatError
from chat.rules.limits import Limiter

logger = logging.getLogger(__name__)

TICK = 1.0
# So many connections are looked after in a row: with thousands, others would wait to be heard.
IN_A_ROW = 100

# How often the database is asked what hints should have told: without a working layer to other
# processes, and with one.
LOOK_EVERY_ALONE = 1.0
LOOK_EVERY = 10.0

READERS = 4


class ChatServer:
    """One process's parts, started and stopped together; `layer` carries its hints."""

    def __init__(self, layer):
        self.configuration = Configuration()
        self.readers = DatabaseThreads("reader", READERS)
        self.hints = Hints(layer)
        self.feed = Feed(self.hints, self.readers)
        self.committer = Committer(self.feed)
        self.presence = Presence(self.hints, self.feed)
        self.typists = Typists(self.hints, self.feed)
        self.limiter = Limiter(settings.CHAT_RATE_LIMITS)
        # Whether readers are sent away, also those who were on their way in.
        self.stopping = False
        self.connections: set[Client] = set()
        self._by_person: dict[str, set[Client]] = defaultdict(set)
        # Of whom something was told lately, and when.
        self._lately: dict[str, float] = {}
        self._clocks: list[asyncio.Task] = []
        self._soon: set[asyncio.Task] = set()
        self._beat_at = self._looked_at = self._sessions_at = 0.0
        self.hints.handle("configuration", lambda hint: self._spawn(self.look()))
        self.hints.handle("person", self._on_person)
        self.hints.handle("account", self._on_person)

    async def start(self) -> None:
        """Read the configuration, begin to listen, start the clock."""
        with suppress(Error):
            self.configuration = await self.readers.run(Configuration.load)
        await self.hints.start()
        self.presence.beat()
        # Two clocks: whoever waits for the database must not keep presence waiting.
        self._clocks = [asyncio.create_task(run()) for run in (self._tick_on, self._look_on)]

    async def stop(self) -> None:
        """Finish the commits under way, then let go of everything."""
        for clock in self._clocks:
            clock.cancel()
        await self.committer.stop()
        self.presence.stop()
        self.typists.stop()
        await self.feed.stop()
        await self.hints.stop()
        for task in tuple(self._soon):
            task.cancel()
        await asyncio.to_thread(self.readers.close)

    def register(self, connection: Client) -> None:
        """Count a connection whose person is known."""
        self.connections.add(connection)
        self._by_person[connection.user.id].add(connection)
        if connection.user.id in self._lately:
            # Who they are was read before, and nobody could be told of it.
            self._spawn(self._look_at_person(connection.user.id))

    def crowded(self, connection: Client, person: Person | None) -> ChatError | None:
        """Say why a connection is one too many, for its address or for somebody known."""
        others = self._by_person.get(person.public_id, set()) - {connection} if person else ()
        address = connection.visitor.address
        return self.limiter.crowded(address, len(others), self.configuration)

    def unregister(self, connection: Client) -> None:
        """Forget a connection."""
        self.connections.discard(connection)
        if connections := self._by_person.get(connection.user.id):
            connections.discard(connection)
            if not connections:
                del self._by_person[connection.user.id]

    async def _tick_on(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            try:
                self._tick(asyncio.get_running_loop().time())
                await self._tick_connections()
            except Exception:
                logger.exception("A tick failed")

    async def _tick_connections(self) -> None:
        now = asyncio.get_running_loop().time()
        for number, connection in enumerate(tuple(self.connections), 1):
            if not connection.ended:
                try:
                    connection.tick(now)
                except Exception:
                    logger.exception("A connection could not be looked after")
            if number % IN_A_ROW == 0:
                await asyncio.sleep(0)

    def _tick(self, now: float) -> None:
        if now >= self._beat_at:
            self._beat_at = now + BEAT_EVERY
            self.presence.beat()
            self.presence.peers.forget_silent()
            self._lately = {i: at for i, at in self._lately.items() if at > now - LOOK_EVERY}
        for stream in self.feed.streams():
            stream.rest()
        for room_id in self.feed.unused(needed=self.presence.occupied()):
            self.presence.forget_room(room_id)
            self.typists.forget_room(room_id)
            self.feed.forget(room_id)

    async def _look_on(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            try:
                await self._look_when_due(asyncio.get_running_loop().time())
            except Error as error:
                logger.warning("The database did not answer: %s", error)
            except Exception:
                logger.exception("A look at the database failed")

    async def _look_when_due(self, now: float) -> None:
        """Ask the database for what hints should have told.

        For messages every time: a process that dies after its commit tells nobody. What could not
        be had is asked for again with the next tick: the default configuration lets more happen.
        """
        alone = self.hints.local or self.hints.sick
        due = now >= self._looked_at + (LOOK_EVERY_ALONE if alone else LOOK_EVERY)
        if due:
            await self.look()
            self._looked_at = now
        if due or self.hints.company:
            await self.feed.compare()
        if now >= self._sessions_at:
            await self.look_at_sessions()
            self._sessions_at = now + LOOK_EVERY

    async def look(self) -> None:
        """Read the configuration and who is blocked, and tell the connections what is new."""
        # Whoever took another name may not have been heard of.
        self.feed.forget_openings()
        configuration, blocked = await self.readers.run(_configuration_and_blocked)
        self._configure(configuration)
        for user_id in blocked & self._by_person.keys():
            self._remove(user_id)

    async def look_at_sessions(self, whose: Iterable[Client] | None = None) -> None:
        """End the connections (all, or some) of who signed out, or may not sign in any more."""
        whose = self.connections if whose is None else whose
        keys = {connection.session_key for connection in whose} - {None}
        gone = await self.readers.run(identity.signed_out, keys) if keys else set()
        for connection in tuple(self.connections):
            if connection.session_key in gone:
                connection.sign_out()

    def _configure(self, configuration: Configuration) -> None:
        before, self.configuration = self.configuration, configuration
        old, new = site_event(before), site_event(configuration)
        if old != new:
            text = new.encode()
            for connection in tuple(self.connections):
                connection.tell_encoded(text)

    def _on_person(self, hint: Hint) -> None:
        self.feed.forget_openings()
        self._lately[hint["person"]] = asyncio.get_running_loop().time()
        if hint["person"] in self._by_person:
            self._spawn(self._look_at_person(hint["person"]))

    async def _look_at_person(self, user_id: str) -> None:
        person = await self.readers.run(Person.objects.filter(public_id=user_id).first)
        if person is None or person.is_blocked:
            self._remove(user_id)
            return
        self._show_name(User.of(person))
        await self.look_at_sessions(self._by_person.get(user_id, ()))

    def rename(self, user: User) -> None:
        """Show somebody under a new name through all their connections, here and elsewhere."""
        self._show_name(user)
        self.feed.forget_openings()
        self.hints.publish(SITE, "person", person=user.id)

    def _show_name(self, user: User) -> None:
        self.presence.rename(user)
        for connection in tuple(self._by_person.get(user.id, ())):
            connection.renamed(user)

    def _remove(self, user_id: str) -> None:
        for connection in tuple(self._by_person.get(user_id, ())):
            connection.remove()

    def _spawn(self, work) -> None:
        task = asyncio.create_task(work)
        self._soon.add(task)
        task.add_done_callback(self._looked)

    def _looked(self, task: asyncio.Task) -> None:
        self._soon.discard(task)
        if not task.cancelled() and task.exception():
            # The next look tries again.
            logger.warning("A hint could not be looked after: %s", task.exception())


def _configuration_and_blocked() -> tuple[Configuration, set[str]]:
    blocked = Person.objects.blocked().values_list("public_id", flat=True)
    return Configuration.load(), set(blocked)


def site_event(configuration: Configuration) -> SiteEvent:
    """Give what clients are told of the configuration."""
    return SiteEvent(site=Site.of(configuration), limits=Limits.of(configuration))


_running: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Task] = WeakKeyDictionary()


async def current() -> ChatServer:
    """Give the server of this process (of this event loop), started with its first use."""
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
    """Give how many people are in each room that has any, by the room's id; from any thread."""
    counts: dict[int, int] = {}
    for starting in tuple(_running.values()):
        if starting.done() and not starting.exception():
            counts.update(starting.result().presence.counts())
    return counts
