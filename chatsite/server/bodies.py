"""A limit on the size of request bodies, applied before any of a body is kept."""

from collections.abc import Awaitable, Callable

from django.utils.translation import gettext as _

KIB = 1024


class BodyTooBig(Exception):
    """The body is larger than the limit."""


class BodyLimit:
    """ASGI middleware that refuses requests with a body over `limit` bytes.

    Django writes a body of any size to a file before it does anything else.
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
                raise BodyTooBig
            return message

        if _declared_length(scope) > self._limit:
            await self._refuse(send)
            return
        try:
            await self._application(scope, counted, send)
        except BodyTooBig:
            await self._refuse(send)

    async def _refuse(self, send: Callable) -> None:
        sentence = _("A request has at most %(size)s KiB. Send less.")
        text = f"{sentence % {'size': self._limit // KIB}}\n".encode()
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(text)).encode()),
            # The rest of the body is not read.
            (b"connection", b"close"),
        ]
        await send({"type": "http.response.start", "status": 413, "headers": headers})
        await send({"type": "http.response.body", "body": text})


def _declared_length(scope: dict) -> int:
    """Return the request's Content-Length; 0 where it has none that is a number."""
    lengths = [text for name, text in scope["headers"] if name == b"content-length"]
    return int(lengths[0]) if lengths and lengths[0].isdigit() else 0
