"""The passwords of rooms: asked once, and then somebody belongs to the room."""

import asyncio
import hashlib
import hmac
import secrets
from contextlib import AbstractAsyncContextManager, nullcontext

from django.contrib.auth.hashers import check_password, make_password
from django.utils.translation import gettext as _

from chat.models import Room
from chat.rules.errors import ChatError, password_required
from chat.rules.limits import Buckets, Rate, network_of

# Wrong ones for one room from one address; a school or an office shares one.
WRONG = Rate(per_second=1 / 30, burst=5)
# A check takes 0.3 s of a core: more at once would take all of them.
AT_ONCE = 2
MAX_KNOWN = 1000
MAX_PASSWORD = 128


class RoomPasswords:
    """Checks what people type for the passwords of rooms, off the event loop."""

    def __init__(self, is_limited: bool):
        self._is_limited = is_limited
        self._wrong = Buckets()
        self._checking = asyncio.Semaphore(AT_ONCE)
        # The digest of the right one by the hash that is stored: of a class that comes at once, the
        # first is checked.
        self._known: dict[str, bytes] = {}
        self._key = secrets.token_bytes(32)

    async def check(self, room: Room, typed: str | None, address: str) -> None:
        """Raise `password_required` or `password_wrong` unless `typed` is a room's password."""
        if typed is None:
            raise password_required()
        key = room.pk, network_of(address)
        async with self._turn(room.password):
            # Counted before the check, for which others do not wait: of many at once each counts.
            now = asyncio.get_running_loop().time()
            if self._is_limited and (wait := self._wrong.take(key, WRONG, now)):
                raise password_wrong(wait)
            if not await self._is_right(room.password, typed):
                raise password_wrong(None)
            if self._is_limited:
                self._wrong.give_back(key, WRONG)

    def _turn(self, stored: str) -> AbstractAsyncContextManager:
        """Return what to hold during a check: nothing where that takes no time."""
        return nullcontext() if stored in self._known else self._checking

    async def hash_of(self, password: str) -> str:
        """Return what is stored of a new password."""
        async with self._checking:
            return await asyncio.to_thread(make_password, _visible(password))

    async def _is_right(self, stored: str, typed: str) -> bool:
        if len(typed) > MAX_PASSWORD:
            return False
        typed = _visible(typed)
        digest = hashlib.blake2b(typed.encode("utf-8", "surrogatepass"), key=self._key).digest()
        if known := self._known.get(stored):
            return hmac.compare_digest(known, digest)
        is_right = await asyncio.to_thread(check_password, typed, stored)
        if is_right:
            if len(self._known) >= MAX_KNOWN:
                self._known.clear()
            self._known[stored] = digest
        return is_right


def _visible(password: str) -> str:
    """Return a password without the spaces around it: keyboards on screens add one after a word,
    and nobody sees it."""
    return password.strip(" ") or password


def password_wrong(wait: float | None) -> ChatError:
    """Return the error for a wrong password; `wait` has the seconds until another may be tried."""
    if wait is None:
        return ChatError("password_wrong", _("That is not the room's password. Try again."))
    seconds = max(1, round(wait + 0.5))
    message = _("Too many wrong passwords. Try again in %(seconds)s s.") % {"seconds": seconds}
    return ChatError("password_wrong", message, retry_after=seconds)
