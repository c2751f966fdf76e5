"""A limit on what a request may bring, before any of it is kept."""

from collections.abc import Awaitable, Callable

KIB = 1024


class TooBig(Exception):
    """More came than the limit allows."""


class BodyLimit:
    """Refuses requests with a body over `limit` bytes.

    Django writes a body of any size to a file before it looks at anything else.
    """

    def __init__(self, application: Callable[..., Awaitable[None]], limit: int):
        self._application = application
        self._limit = limit

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        size = 0

        async def counted() -> dict:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > self._limit:
                raise TooBig
            return message

        if _told_length(scope) > self._limit:
            await self._refuse(send)
            return
        try:
            await self._application(scope, counted, send)
        except TooBig:
            await self._refuse(send)

    async def _refuse(self, send: Callable) -> None:
        text = f"A request has at most {self._limit // KIB} KiB: send less.\n".encode()
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(text)).encode()),
            # What still comes is not listened to.
            (b"connection", b"close"),
        ]
        await send({"type": "http.response.start", "status": 413, "headers": headers})
        await send({"type": "http.response.body", "body": text})


def _told_length(scope: dict) -> int:
    """Give the length that a request says its body has; 0 where it says none that is a number."""
    lengths = [text for name, text in scope["headers"] if name == b"content-length"]
    return int(lengths[0]) if lengths and lengths[0].isdigit() else 0
