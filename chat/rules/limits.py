"""Rate limits: how much one connection, person or address may do. Token buckets hold them."""

import logging
import math
from collections import Counter, OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from heapq import heappush, heappushpop
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Protocol

from django.utils.translation import gettext as _

from chat.rules.errors import ChatError
from chat.rules.notices import Notice

# Seconds of silence until a ping, and then until its pong. docs/reliability.md promises that
# somebody whose program stopped is gone within 40 s: five of them count as a short absence
# (chat/live/presence.py).
PING_AFTER, PONG_WITHIN = 15, 13

logger = logging.getLogger(__name__)

MAX_BUCKETS = 50_000

# Seconds after which somebody with too many connections may try again.
RETRY_CONNECTION_AFTER = 10


class LimitSettings(Protocol):
    """What an admin sets of the limits: fields of the site's Configuration."""

    person_rate: float
    person_burst: int
    address_rate: float
    address_burst: int
    person_sockets: int
    address_sockets: int


class Use(Enum):
    """What a command or request is for: a flood of one kind does not stop the other."""

    READING = "reading"
    WRITING = "writing"
    REACTING = "reacting"


@dataclass(frozen=True, slots=True)
class Rate:
    """`per_second` on average, `burst` at once."""

    per_second: float
    burst: float


# Refusals that a client may run into without having waited: more are flooding. Commands that were
# under way when the first refusal was sent are among them.
REFUSALS = Rate(per_second=1, burst=30)

# Seconds that a client may come back too early: timers are not exact.
EARLY = 0.1

# Rooms that one address creates by joining them: enough for a class, too few to flood a site.
NEW_ROOMS = Rate(per_second=0.1, burst=30)


class Bucket:
    """A token bucket that stores a time instead of tokens: when it would be full again.

    This is the generic cell rate algorithm (GCRA, ITU-T I.371): one float, no refilling.
    """

    __slots__ = ("full_at",)

    def __init__(self):
        self.full_at = 0.0

    def take(self, rate: Rate, now: float) -> float:
        """Consume one token; return 0, or the seconds until there is one."""
        full_at = max(self.full_at, now) + 1 / rate.per_second
        early = full_at - now - rate.burst / rate.per_second
        if early > 1e-9:
            return early
        self.full_at = full_at
        return 0.0

    def give_back(self, rate: Rate) -> None:
        """Return a token that was consumed."""
        self.full_at -= 1 / rate.per_second

    def wait(self, rate: Rate, now: float) -> float:
        """Return the seconds until there is a token, without consuming it."""
        early = max(self.full_at, now) + (1 - rate.burst) / rate.per_second - now
        return early if early > 1e-9 else 0.0


class Buckets:
    """A bucket for each key; the least recently used is forgotten when there are too many."""

    def __init__(self):
        self._buckets: OrderedDict[Hashable, Bucket] = OrderedDict()

    def take(self, key: Hashable, rate: Rate, now: float) -> float:
        """Consume one token of `key`; return 0, or the seconds until there is one."""
        bucket = self._buckets.setdefault(key, Bucket())
        self._buckets.move_to_end(key)
        if len(self._buckets) > MAX_BUCKETS:
            self._buckets.popitem(last=False)
        return bucket.take(rate, now)

    def wait(self, key: Hashable, rate: Rate, now: float) -> float:
        """Return the seconds until `key` has a token, without consuming it."""
        bucket = self._buckets.get(key)
        return bucket.wait(rate, now) if bucket else 0.0

    def give_back(self, key: Hashable, rate: Rate) -> None:
        """Return a token that `key` consumed."""
        if bucket := self._buckets.get(key):
            bucket.give_back(rate)


class Refusals:
    """The refusals of one connection: tells a client that waits from one that floods on.

    Each refusal says when to come back, and one of a command that comes then is no offence. So
    whoever waits each time is never flooding, also where others of the same address use up its
    rate, and where several commands wait side by side.
    """

    def __init__(self):
        self._bucket = Bucket()
        self._due: list[float] = []

    def is_flooding(self, retry_after: float, now: float) -> bool:
        """Note a refusal that asks to wait; return whether it is one too many."""
        due = now + retry_after - EARLY
        if self._due and self._due[0] <= now:
            heappushpop(self._due, due)
            return False
        if len(self._due) < REFUSALS.burst:
            heappush(self._due, due)
        return self._bucket.take(REFUSALS, now) > 0


@lru_cache(10_000)
def network_of(address: str) -> str:
    """Return what an address is counted as: itself, but of IPv6 the first 64 bits.

    The rest each client chooses for itself (RFC 4291, section 2.5.4): a new one for each request.
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if not isinstance(ip, IPv6Address):
        return address
    return str(ip.ipv4_mapped or IPv6Network((int(ip), 64), strict=False))


def rate_limited(seconds: float) -> ChatError:
    """Return the error for a command or request that came too soon.

    In whole seconds, as HTTP's `Retry-After` has them: sentence and number are the same. Where
    a rate allows several a second, those of the whole wait may come after it.
    """
    wait = max(1, math.ceil(seconds))
    return ChatError(
        "rate_limited",
        _("That was quick. Try again in %(seconds)s s.") % {"seconds": wait},
        retry_after=wait,
    )


def too_many_connections(message: str) -> ChatError:
    """Return the error for one connection more than somebody may have at once."""
    return ChatError("rate_limited", message, retry_after=RETRY_CONNECTION_AFTER)


class Limiter:
    """Limits what all connections of a person, and all of an address, do together.

    Each use has a measure of its own, of the same rate. Counted in each process for itself. With
    `enabled` False nothing is limited.
    """

    def __init__(self, enabled: bool):
        self.enabled = enabled
        self._people = Buckets()
        self._addresses = Buckets()
        self._room_creators = Buckets()
        self._connections: Counter[Hashable] = Counter()
        self._full = Notice(
            logger,
            "A connection from %s was refused: it has %d, and the admin's configuration allows %d "
            "for an address. If it is your proxy's, set X-Forwarded-For and TRUSTED_PROXIES.",
        )
        self._busy = Notice(
            logger,
            "A command from %s was refused: those of one address came too fast for what the "
            "admin's configuration allows.",
        )

    def add_connection(self, address: str) -> None:
        """Count one more connection from an address."""
        self._connections[network_of(address)] += 1

    def remove_connection(self, address: str) -> None:
        """Count one connection less from an address, and forget the address after the last."""
        network = network_of(address)
        self._connections[network] -= 1
        if not self._connections[network]:
            del self._connections[network]

    def refusal_to_connect(
        self, address: str, others: int, configuration: LimitSettings
    ) -> ChatError | None:
        """Return why there are too many connections for one more, or None.

        The new connection is counted for its address already; `others` is how many its person
        has besides it.
        """
        if not self.enabled:
            return None
        count, most = self._connections[network_of(address)], configuration.address_sockets
        if count > most:
            self._full.warn(address, count - 1, most)
            return too_many_connections(
                _("Your network has too many tabs open here. Close one and reload.")
            )
        if others >= configuration.person_sockets:
            return too_many_connections(
                _("You have too many tabs open here. Close one and reload.")
            )
        return None

    def wait(
        self,
        person: Hashable | None,
        address: str,
        use: Use,
        now: float,
        configuration: LimitSettings,
    ) -> float:
        """Return 0 when a person, None if unknown, may send a command now, else seconds to wait."""
        wait = self.wait_as_person(person, use, now, configuration) if person else 0.0
        return wait or self.wait_at_address(address, use, now, configuration)

    def wait_as_person(
        self, person: Hashable, use: Use, now: float, configuration: LimitSettings
    ) -> float:
        """Return 0 when a person may send a command now, else the seconds to wait."""
        rate = Rate(configuration.person_rate, configuration.person_burst)
        return self._people.take((person, use), rate, now) if self.enabled else 0.0

    def wait_at_address(
        self, address: str, use: Use, now: float, configuration: LimitSettings
    ) -> float:
        """Return 0 when an address may send a command now, else the seconds to wait."""
        rate = Rate(configuration.address_rate, configuration.address_burst)
        if not self.enabled:
            return 0.0
        wait = self._addresses.take((network_of(address), use), rate, now)
        if wait:
            self._busy.warn(address)
        return wait

    def wait_for_room(self, address: str, now: float) -> float:
        """Return 0 when an address may create another room now, else the seconds to wait."""
        return (
            self._room_creators.take(network_of(address), NEW_ROOMS, now) if self.enabled else 0.0
        )
