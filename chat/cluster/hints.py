"""Hints between processes, over the channel layer: fast, and never needed.

A hint may be lost, doubled, late or out of order; whoever receives one checks it against what it
knows. So nothing here raises, nothing waits for long, and a broken layer costs speed alone. One
process has one channel on the layer, however many connections it serves.
"""

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Callable

from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer, get_channel_layer

logger = logging.getLogger(__name__)

SITE = "chat.site"
PATIENCE = 1.0
# Of one group; the oldest go first, when the layer is stuck.
MAX_WAITING = 1000
ECHO_EVERY = 2.0
DEAF_AFTER = 6.0
SILENT_AFTER = 10.0

Hint = dict
Handler = Callable[[Hint], None]


def room_group(room_id: int) -> str:
    """The group of the processes that follow a room."""
    return f"chat.room.{room_id}"


def announce(group: str, kind: str, **data) -> None:
    """Send a hint from synchronous code (a request, a command), after its commit."""
    async_to_sync(_send)(get_channel_layer(), group, [{"kind": kind, **data}])


async def _send(layer, group: str, hints: list[Hint]) -> bool:
    """Send within PATIENCE seconds or not at all; tell whether they went."""
    try:
        async with asyncio.timeout(PATIENCE):
            await layer.group_send(group, {"type": "chat.cluster.hints", "hints": hints})
    except Exception as error:
        logger.debug("A hint was not sent: %r", error)
        return False
    return True


class Hints:
    """One process's line to the others.

    `handle(kind, handler)` says who takes a kind of hint; a hint carries the incarnation of the
    process it is `of`, and a process does not take its own. `sick` tells that this process does
    not hear its own echoes, so probably nobody else's hints either.

    A process that has heard of no other tells nobody of its rooms: to Redis and back cost one
    sender alone 1,150 of 2,920 messages a second (`bench/run durable`). What was not told before
    two knew of each other they find by comparing with the database, every second in `company`.
    """

    def __init__(self, layer):
        self.layer = layer
        self.incarnation = secrets.token_hex(8)
        self.local = isinstance(layer, InMemoryChannelLayer)
        self.sick = False
        self._handlers: dict[str, Handler] = {}
        self._groups: set[str] = {SITE}
        self._unjoined: set[str] = set()
        self._waiting: dict[str, deque[Hint]] = {}
        self._others: dict[str, float] = {}
        self._work = asyncio.Event()
        self._channel: str | None = None
        self._heard = 0.0
        self._tasks: list[asyncio.Task] = []
        self._receiver: asyncio.Task | None = None

    @property
    def company(self) -> bool:
        """Whether other processes are heard."""
        return bool(self._others)

    def handle(self, kind: str, handler: Handler) -> None:
        """Let `handler` take the hints of a kind."""
        self._handlers[kind] = handler

    async def start(self) -> None:
        """Begin to listen and to send."""
        self._heard = self._now()
        self.sick = not await self._subscribe()
        self._tasks = [
            asyncio.create_task(self._send_waiting()),
            asyncio.create_task(self._watch()),
        ]

    async def stop(self) -> None:
        """Stop, and let go of the layer."""
        tasks = [task for task in (*self._tasks, self._receiver) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def publish(self, group: str, kind: str, **data) -> None:
        """Send a hint soon, after those published to its group before it."""
        if group != SITE and not self.company:
            return
        waiting = self._waiting.setdefault(group, deque(maxlen=MAX_WAITING))
        waiting.append({"kind": kind, "of": self.incarnation, **data})
        self._work.set()

    async def follow(self, group: str) -> None:
        """Hear what is sent to a group, from when this returns (if the layer is well)."""
        if group not in self._groups:
            self._groups.add(group)
            self._unjoined.add(group)
        if group in self._unjoined:
            await self._join(group)

    async def unfollow(self, group: str) -> None:
        """Hear a group no more."""
        self._groups.discard(group)
        self._unjoined.discard(group)
        if self._channel:
            await self._quietly(self.layer.group_discard(group, self._channel))
        if group in self._groups:
            # Followed again meanwhile: the layer may have done the leaving last.
            await self._join(group)

    async def _join(self, group: str) -> bool:
        """Join a group; one that could not be joined is tried again with the next echo."""
        if self._channel is None:
            return False
        joined = await self._quietly(self.layer.group_add(group, self._channel))
        if joined:
            self._unjoined.discard(group)
        return joined

    async def _join_rest(self) -> None:
        """Join what is not joined yet, up to the first failure; the echo's own group last.

        So an echo tells that all groups were joined.
        """
        for group in sorted(self._unjoined, key=lambda group: group == SITE):
            if group in self._groups and not await self._join(group):
                return

    async def _subscribe(self) -> bool:
        """Take a new channel into all groups; tell whether that went well."""
        if self._receiver:
            self._receiver.cancel()
        self._channel, self._unjoined = None, set(self._groups)
        if not await self._quietly(self._open()):
            return False
        await self._join_rest()
        return not self._unjoined

    async def _open(self) -> None:
        self._channel = await self.layer.new_channel("chat.process.")
        self._receiver = asyncio.create_task(self._receive(self._channel))

    async def _quietly(self, action) -> bool:
        try:
            async with asyncio.timeout(PATIENCE):
                await action
        except Exception as error:
            logger.debug("The channel layer did not answer: %r", error)
            return False
        return True

    async def _receive(self, channel: str) -> None:
        while True:
            message = await self.layer.receive(channel)
            for hint in message["hints"]:
                try:
                    self._take(hint)
                except Exception:
                    logger.exception("A hint could not be taken: %.200r", hint)

    def _take(self, hint: Hint) -> None:
        sender = hint.get("of")
        if sender == self.incarnation:
            self._hear_echo(hint)
            return
        if sender:
            self._others[sender] = self._now()
        if handler := self._handlers.get(hint["kind"]):
            handler(hint)

    def _forget_silent(self) -> None:
        """Tell nobody any more, when nobody is heard; whoever hears nothing cannot know."""
        if not self.sick:
            heard_since = self._now() - SILENT_AFTER
            self._others = {name: at for name, at in self._others.items() if at > heard_since}

    async def _send_waiting(self) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            while self._waiting:
                # What waits for one group travels together.
                group = next(iter(self._waiting))
                if not await _send(self.layer, group, list(self._waiting.pop(group))):
                    # Each group would be tried for PATIENCE, and more come meanwhile than go: a
                    # thousand rooms were a gigabyte. The others find what they miss by themselves.
                    self._waiting.clear()

    async def _watch(self) -> None:
        """Send oneself an echo now and then; when none comes back, subscribe afresh."""
        while True:
            self.publish(SITE, "echo", channel=self._channel)
            await asyncio.sleep(ECHO_EVERY)
            await self._join_rest()
            self._forget_silent()
            if self._now() - self._heard > DEAF_AFTER:
                if not self.sick:
                    logger.warning("The channel layer is silent: reading the database instead.")
                self.sick = True
                await self._quietly(self.layer.flush())
                await self._subscribe()

    def _hear_echo(self, hint: Hint) -> None:
        if hint.get("channel") != self._channel:
            return
        self._heard = self._now()
        if self.sick:
            logger.warning("The channel layer is back.")
        self.sick = False

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
