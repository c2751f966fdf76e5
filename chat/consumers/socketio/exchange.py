"""One request and its response, with the headers by which pages of other websites may read it."""

import asyncio
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from django.conf import settings

from chat.consumers.chat import session_key
from chat.consumers.origin import header_of, is_allowed, is_own_origin
from chat.consumers.socketio.packets import encode
from chat.consumers.socketio.refusals import FOREIGN, TOO_LARGE, UNENCRYPTED, Refused
from chat.live import server
from chat.rules.limits import Use

PREFLIGHT_MAX_AGE = 600  # seconds
# What a browser says, over https, of a request that a page of another website makes, also as an
# image: those have no origin, and would take up the connections of the visitor's network.
OTHER_SITES = ("cross-site", "same-site")

TEXT = b"text/plain; charset=UTF-8"
JSON = b"application/json"


class ClientGone(Exception):
    """The client ended its request."""


class Exchange:
    """A request; `origin` is that of the page which sends it, once it is known to be allowed."""

    def __init__(self, scope: dict, receive: Callable, send: Callable):
        self.scope, self._receive, self._send = scope, receive, send
        self.method: str = scope["method"]
        self.query = parse_qs(scope["query_string"].decode(errors="replace"))
        self.origin: str | None = None

    # The request

    async def check(self) -> None:
        """Raise Refused for a page of a foreign website, and for http where the site has https.

        A browser sends no origin where a page reads from its own site: then cookies do not count,
        and do with the packets that follow.
        """
        origin = header_of(self.scope, b"origin")
        self.scope["own_origin"] = origin is not None and is_own_origin(origin, self.scope)
        if origin is not None and not self.scope["own_origin"] and not await is_allowed(origin):
            raise Refused(*FOREIGN)
        if origin is None and await self._is_of_another_site():
            raise Refused(*FOREIGN)
        self.origin = origin
        if settings.SECURE_SSL_REDIRECT and self.scope["scheme"] != "https":
            raise Refused(*UNENCRYPTED)

    async def _is_of_another_site(self) -> bool:
        """Return whether a request without an origin is another website's, as for an image.

        Over https browsers say so; over http it shows in the page that they come from, where that
        does not withhold it, and in what they want.
        """
        if header_of(self.scope, b"sec-fetch-site") in OTHER_SITES:
            return True
        if (header_of(self.scope, b"accept") or "").startswith("image/"):
            return True
        page = origin_of_address(header_of(self.scope, b"referer") or "")
        return bool(page) and not is_own_origin(page, self.scope) and not await is_allowed(page)

    @property
    def session_key(self) -> str | None:
        """The session of who is signed in, where the request is from our own page."""
        return session_key(self.scope) if self.scope["own_origin"] else None

    async def read_body(self, limit: int) -> str:
        """Return the body. Raises Refused for one of more bytes, and ClientGone."""
        body, more = b"", True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > limit:
                raise Refused(*TOO_LARGE)
        return body.decode(errors="replace")

    async def wait_for(self, event: Coroutine) -> None:
        """Wait for something. Raises ClientGone where the client goes first."""
        tasks = [asyncio.ensure_future(event), asyncio.ensure_future(self._gone())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if not tasks[0].done():
                raise ClientGone
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def seconds_to_wait(self) -> float:
        """Count the request for its address; return 0, or how long it should have waited."""
        running, address = await server.current(), (self.scope.get("client") or ("",))[0]
        now = asyncio.get_running_loop().time()
        return running.limiter.wait_at_address(address, Use.READING, now, running.configuration)

    # The response

    async def respond(self, body: str) -> None:
        """Send a response."""
        await self._respond(HTTPStatus.OK, TEXT, body, [])

    async def refuse(self, refused: Refused) -> None:
        """Send a refusal, in the form that Engine.IO's clients know."""
        headers = []
        if refused.retry_after:
            headers = [(b"retry-after", str(round(refused.retry_after + 0.5)).encode())]
        body = encode({"code": refused.code, "message": refused.sentence})
        await self._respond(refused.status, JSON, body, headers)

    async def _respond(
        self, status: HTTPStatus, kind: bytes, text: str, headers: list[tuple[bytes, bytes]]
    ) -> None:
        body = text.encode()
        headers += [
            (b"content-type", kind),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
            *self._cors_headers(),
        ]
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})

    def _cors_headers(self) -> list[tuple[bytes, bytes]]:
        """Return the headers for pages of other websites.

        With credentials: many pages of Socket.IO ask for them, and a proxy that keeps a client at
        one process may need its cookie. Those of this site do not count there.
        """
        if self.origin is None:
            return [(b"vary", b"Origin")]
        headers = [
            (b"vary", b"Origin"),
            (b"access-control-allow-origin", self.origin.encode("latin-1")),
            (b"access-control-allow-credentials", b"true"),
        ]
        if self.method == "OPTIONS":
            wanted = header_of(self.scope, b"access-control-request-headers") or "Content-Type"
            headers += [
                (b"access-control-allow-methods", b"GET, POST"),
                (b"access-control-allow-headers", wanted.encode("latin-1")),
                (b"access-control-max-age", str(PREFLIGHT_MAX_AGE).encode()),
            ]
        return headers


def origin_of_address(address: str) -> str | None:
    """Return the origin of a page's address, or None for what is no address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else None
