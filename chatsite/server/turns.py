"""How many pages an address has made at once; its other requests wait for their turn."""

from asyncio import Semaphore
from collections.abc import Awaitable, Callable
from weakref import WeakValueDictionary

from chat.rules.limits import network_of

# Far more than a browser asks for at once.
AT_ONCE = 20


class Turns:
    """Lets AT_ONCE requests of each address into the application.

    Django takes a thread, and a connection to the database, for each request there is: for 1,000
    that one client made at once it had 750 threads, and everybody else waited 9 s.
    """

    def __init__(self, application: Callable[..., Awaitable[None]]):
        self._application = application
        self._places: WeakValueDictionary[str, Semaphore] = WeakValueDictionary()

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        address, _ = scope.get("client") or ("", 0)
        # Held here, and forgotten with the last request of its address.
        places = self._places.setdefault(network_of(address), Semaphore(AT_ONCE))
        async with places:
            await self._application(scope, receive, send)
