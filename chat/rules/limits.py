"""Token buckets: how much one connection, person or address may do."""

from collections import Counter, OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address

from chat.rules.errors import ChatError

MAX_BUCKETS = 50_000

# Seconds after which somebody with too many connections may try again.
PLACE_PAUSE = 10


@dataclass(frozen=True, slots=True)
class Rate:
    """`per_second` on average, `burst` at once."""

    per_second: float
    burst: float


# Attempts to sign in: to one account from one address, and to any account from one address,
# which a school or an office shares.
SIGN_IN = Rate(per_second=1 / 30, burst=10)
SIGN_IN_AT_ADDRESS = Rate(per_second=1 / 6, burst=50)

# Rooms that one address makes by joining them: enough for a class, too few to bury a site.
NEW_ROOMS = Rate(per_second=0.1, burst=30)


class Bucket:
    """A token bucket. It holds time rather than tokens: when it would be full again.

    The generic cell rate algorithm (ITU-T I.371): one float, no refilling.
    """

    __slots__ = ("full_at",)

    def __init__(self):
        self.full_at = 0.0

    def take(self, rate: Rate, now: float) -> float:
        """Take one token; give 0, or the seconds until there will be one."""
        full_at = max(self.full_at, now) + 1 / rate.per_second
        early = full_at - now - rate.burst / rate.per_second
        if early > 1e-9:
            return early
        self.full_at = full_at
        return 0.0


class Buckets:
    """A bucket for each key, forgetting the longest unused when there are too many."""

    def __init__(self):
        self._buckets: OrderedDict[Hashable, Bucket] = OrderedDict()

    def take(self, key: Hashable, rate: Rate, now: float) -> float:
        """Take one token of `key`; give 0, or the seconds until there will be one."""
        bucket = self._buckets.setdefault(key, Bucket())
        self._buckets.move_to_end(key)
        if len(self._buckets) > MAX_BUCKETS:
            self._buckets.popitem(last=False)
        return bucket.take(rate, now)


@lru_cache(10_000)
def network_of(address: str) -> str:
    """Give what an address is counted as: itself, but of IPv6 the first 64 bits.

    The rest are everybody's own to choose (RFC 4291, section 2.5.4), a new one for each request.
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if not isinstance(ip, IPv6Address):
        return address
    return str(ip.ipv4_mapped or IPv6Network((int(ip), 64), strict=False))


def rate_limited(seconds: float) -> ChatError:
    """The refusal of somebody who was too quick."""
    wait = max(1, round(seconds + 0.5))
    return ChatError(
        "rate_limited",
        f"Slow down a little: try again in {wait} s.",
        retry_after=round(max(seconds, 0.05), 2),
    )


def too_many(who: str) -> ChatError:
    """The refusal of one connection more than `who` ("You have", say) may have at once."""
    return ChatError(
        "rate_limited",
        f"{who} too many connections here: close one, or try again later.",
        retry_after=PLACE_PAUSE,
    )


class Limiter:
    """What all connections of a person, and all of an address, may do together.

    Counted in each process for itself. `enabled` False lets everything through.
    """

    def __init__(self, enabled: bool):
        self.enabled = enabled
        self._people = Buckets()
        self._addresses = Buckets()
        self._makers = Buckets()
        self._at_address: Counter[Hashable] = Counter()

    def come(self, address: str) -> None:
        """Count one connection more from an address."""
        self._at_address[network_of(address)] += 1

    def go(self, address: str) -> None:
        """Count one connection less from an address, and forget it with the last."""
        network = network_of(address)
        self._at_address[network] -= 1
        if not self._at_address[network]:
            del self._at_address[network]

    def crowded(self, address: str, of_person: int, sites) -> ChatError | None:
        """Say why an address, or somebody with so many others, may not have a connection more.

        `sites` is the site's Configuration. The connection itself is counted for its address.
        """
        if not self.enabled:
            return None
        if self._at_address[network_of(address)] > sites.address_sockets:
            return too_many("Your network has")
        return too_many("You have") if of_person >= sites.person_sockets else None

    def wait(self, person: Hashable | None, address: str, now: float, rates) -> float:
        """Give 0 when a person, known or not, may send a command now, else the seconds to wait.

        `rates` is the site's Configuration.
        """
        wait = self.wait_as_person(person, now, rates) if person else 0.0
        return wait or self.wait_at_address(address, now, rates)

    def wait_as_person(self, person: Hashable, now: float, rates) -> float:
        """Give 0 when a person may send a command now, else the seconds to wait."""
        rate = Rate(rates.person_rate, rates.person_burst)
        return self._people.take(person, rate, now) if self.enabled else 0.0

    def wait_at_address(self, address: str, now: float, rates) -> float:
        """Give 0 when somebody at an address may send a command now, else the seconds to wait."""
        rate = Rate(rates.address_rate, rates.address_burst)
        return self._addresses.take(network_of(address), rate, now) if self.enabled else 0.0

    def wait_for_room(self, address: str, now: float) -> float:
        """Give 0 when an address may make another room now, else the seconds to wait."""
        return self._makers.take(network_of(address), NEW_ROOMS, now) if self.enabled else 0.0


class SignIns:
    """Attempts to sign in, counted in each process for itself.

    Nobody can lock somebody else's account from another address.
    """

    def __init__(self):
        self._accounts = Buckets()
        self._addresses = Buckets()

    def wait(self, address: str, username: str, now: float) -> float:
        """Count an attempt; give 0 when it may be made now, else the seconds to wait."""
        network = network_of(address)
        account = (network, username.casefold())
        return self._addresses.take(network, SIGN_IN_AT_ADDRESS, now) or self._accounts.take(
            account, SIGN_IN, now
        )


sign_ins = SignIns()
