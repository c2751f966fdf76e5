"""A limit on the requests that one address has in progress; the others wait for their turn."""

from asyncio import Semaphore
from collections.abc import Awaitable, Callable
from weakref import WeakValueDictionary

from chat.rules.limits import network_of

# Far more than a browser has in progress.
AT_ONCE = 20


class Turns:
    """ASGI middleware that passes on AT_ONCE requests of each address at a time.

    Django takes a thread and a database connection for each request in progress: for 1,000 that
    one client sent at once it had 750 threads, and everybody else waited 9 s.
    """

    def __init__(self, application: Callable[..., Awaitable[None]]):
        self._application = application
        self._places: WeakValueDictionary[str, Semaphore] = WeakValueDictionary()

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        address, _ = scope.get("client") or ("", 0)
        # Referenced by the requests that use it, so removed with the last one of its address.
        places = self._places.setdefault(network_of(address), Semaphore(AT_ONCE))
        async with places:
            await self._application(scope, receive, send)
