"""Hints between processes, over the channel layer: fast, and never needed.

Nothing here raises, nothing waits for long, and a broken layer costs speed alone. One process has
one channel on the layer, however many connections it serves.
"""

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Callable
from typing import TypeVar

from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer, get_channel_layer

from chat.cluster.hints import SITE, Echo, Hint, decode, encode
from chat.rules.notices import Notice

logger = logging.getLogger(__name__)

TIMEOUT = 1.0
# Of one group; the oldest are dropped first, when the layer is stuck.
MAX_WAITING = 1000
ECHO_EVERY = 2.0
DEAF_AFTER = 6.0
SILENT_AFTER = 10.0

H = TypeVar("H", bound=Hint)
# Gets a hint and the incarnation of the process that sent it; None for synchronous code.
Handler = Callable[[H, str | None], None]


def send_now(hint: Hint) -> None:
    """Send a hint from synchronous code (a request, a command), after its commit."""
    async_to_sync(_send)(get_channel_layer(), hint.group, [encode(hint)])


async def _send(layer, group: str, hints: list[dict]) -> bool:
    """Send within TIMEOUT seconds or not at all; return whether they were sent."""
    try:
        async with asyncio.timeout(TIMEOUT):
            await layer.group_send(group, {"type": "chat.hints", "hints": hints})
    except Exception as error:
        logger.debug("A hint was not sent: %r", error)
        return False
    return True


class HintTransport:
    """One process's channel to the others.

    `handle(kind, handler)` registers who handles a kind of hint. A hint carries the incarnation of
    its sender, and a process does not handle its own. The echo is a failure detector: `is_deaf`
    is set while a process does not receive its own, so probably nobody else's hints either.

    A process without peers publishes nothing of its rooms: to Redis and back cost a single sender
    1,150 of 2,920 messages a second (`bench/run durable`). What was not published before two
    processes knew of each other they find by comparing with the database, every second while
    there are peers or may be some.
    """

    def __init__(self, layer):
        self.layer = layer
        self.incarnation = secrets.token_hex(8)
        self.is_local = isinstance(layer, InMemoryChannelLayer)
        self.is_deaf = False
        self._handlers: dict[type[Hint], Handler] = {}
        self._groups: set[str] = {SITE}
        self._unjoined: set[str] = set()
        self._waiting: dict[str, deque[dict]] = {}
        self._peers: dict[str, float] = {}
        self._work = asyncio.Event()
        self._channel: str | None = None
        self._echoed_at = self._hears_since = 0.0
        self._tasks: list[asyncio.Task] = []
        self._receiver: asyncio.Task | None = None
        self._fault: object = "it does not reply"
        self._silence = Notice(
            logger, "The channel layer (Redis) is silent, %s: reading the database instead."
        )
        self._return = Notice(logger, "The channel layer (Redis) is back.")

    @property
    def has_peers(self) -> bool:
        """Whether other processes have been heard of lately."""
        return bool(self._peers)

    @property
    def may_have_peers(self) -> bool:
        """Whether there are peers, or may be some that could not be heard of yet.

        When the layer comes back, each process notices in its own time. One that has not noticed
        yet misses the echoes of the others, and publishes nothing of its rooms to them.
        """
        return self.has_peers or self._now() < self._hears_since + SILENT_AFTER

    def handle(self, kind: type[H], handler: Handler[H]) -> None:
        """Register the handler of a kind of hint."""
        self._handlers[kind] = handler

    async def start(self) -> None:
        """Begin to receive and to send."""
        self._echoed_at = self._hears_since = self._now()
        self.is_deaf = not await self._subscribe()
        if self.is_deaf:
            self._silence.warn(self._fault)
        self._tasks = [
            asyncio.create_task(self._send_waiting()),
            asyncio.create_task(self._detect_failure()),
        ]

    async def stop(self) -> None:
        """Stop, and let go of the layer."""
        tasks = {task for task in (*self._tasks, self._receiver) if task}
        # Until they have ended: redis-py waits by asyncio.wait_for, which in Python 3.11 drops a
        # cancellation where what it waits for is done in the same turn.
        while tasks:
            for task in tasks:
                task.cancel()
            _, tasks = await asyncio.wait(tasks, timeout=TIMEOUT)

    def publish(self, hint: Hint) -> None:
        """Send a hint soon, after those published to its group before it."""
        group = hint.group
        if group != SITE and not self.has_peers:
            return
        waiting = self._waiting.setdefault(group, deque(maxlen=MAX_WAITING))
        waiting.append(encode(hint, self.incarnation))
        self._work.set()

    async def follow(self, group: str) -> None:
        """Receive what is sent to a group, from when this returns (if the layer is well)."""
        if group not in self._groups:
            self._groups.add(group)
            self._unjoined.add(group)
        if group in self._unjoined:
            await self._join(group)

    async def unfollow(self, group: str) -> None:
        """Receive no more of a group."""
        self._groups.discard(group)
        self._unjoined.discard(group)
        if self._channel:
            await self._try(self.layer.group_discard(group, self._channel))
        if group in self._groups:
            # Followed again meanwhile: the layer may have done the leaving last.
            await self._join(group)

    async def _join(self, group: str) -> bool:
        """Join a group; one that could not be joined is tried again with the next echo."""
        if self._channel is None:
            return False
        joined = await self._try(self.layer.group_add(group, self._channel))
        if joined:
            self._unjoined.discard(group)
        return joined

    async def _join_rest(self) -> None:
        """Join what is not joined yet, up to the first failure; the echo's own group last.

        So an echo proves that all groups were joined.
        """
        for group in sorted(self._unjoined, key=lambda group: group == SITE):
            if group in self._groups and not await self._join(group):
                return

    async def _subscribe(self) -> bool:
        """Join all groups with a new channel; return whether that went well."""
        if self._receiver:
            self._receiver.cancel()
        self._channel, self._unjoined = None, set(self._groups)
        if not await self._try(self._open()):
            return False
        await self._join_rest()
        return not self._unjoined

    async def _open(self) -> None:
        self._channel = await self.layer.new_channel("chat.process.")
        self._receiver = asyncio.create_task(self._receive(self._channel))

    async def _try(self, action) -> bool:
        try:
            async with asyncio.timeout(TIMEOUT):
                await action
        except Exception as error:
            self._fault = str(error).rstrip(".") or repr(error)
            logger.debug("The channel layer did not reply: %r", error)
            return False
        return True

    async def _receive(self, channel: str) -> None:
        while True:
            message = await self.layer.receive(channel)
            for data in message["hints"]:
                try:
                    self.receive_hint(data)
                except Exception:
                    logger.exception("A hint could not be handled: %.200r", data)

    def receive_hint(self, data: dict) -> None:
        """Pass a hint to the handler of its kind."""
        hint, sender = decode(data), data.get("sender")
        if sender == self.incarnation:
            if isinstance(hint, Echo):
                self._on_echo(hint)
            return
        if sender:
            self._peers[sender] = self._now()
        if hint and (handler := self._handlers.get(type(hint))):
            handler(hint, sender)

    def _forget_silent_peers(self) -> None:
        """Publish no more when no peer is heard; a process that receives nothing cannot know."""
        if not self.is_deaf:
            heard_since = self._now() - SILENT_AFTER
            self._peers = {name: at for name, at in self._peers.items() if at > heard_since}

    async def _send_waiting(self) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            while self._waiting:
                # What waits for one group travels together.
                group = next(iter(self._waiting))
                if not await _send(self.layer, group, list(self._waiting.pop(group))):
                    # Each group would be tried for TIMEOUT, and more come meanwhile than go: a
                    # thousand rooms were a gigabyte. The peers find what they miss by themselves.
                    self._waiting.clear()

    async def _detect_failure(self) -> None:
        """Send oneself an echo now and then; when none comes back, subscribe afresh."""
        while True:
            self.publish(Echo(self._channel))
            await asyncio.sleep(ECHO_EVERY)
            await self._join_rest()
            self._forget_silent_peers()
            if self._now() - self._echoed_at > DEAF_AFTER:
                if not self.is_deaf:
                    self._silence.warn(self._fault)
                self.is_deaf = True
                await self._try(self.layer.flush())
                await self._subscribe()

    def _on_echo(self, hint: Echo) -> None:
        if hint.channel != self._channel:
            return
        self._echoed_at = self._now()
        if self.is_deaf:
            self._hears_since = self._now()
            self._return.warn()
        self.is_deaf = False

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
