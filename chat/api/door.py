"""The one way to everything under /api/v1/."""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from inspect import isawaitable

from django.core.exceptions import RequestAborted
from django.http import HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware
from django.urls import resolve

from chat.api import cors
from chat.api.refusals import answer, not_allowed
from chat.api.requests import Request
from chat.live import server
from chat.live.server import ChatServer
from chat.protocol import MAX_FRAME
from chat.rules.errors import ChatError
from chat.rules.limits import rate_limited

PREFIX = "/api/v1/"


class ApiDoor:
    """An ASGI application for what is under PREFIX; all else is `pages`.

    Django's handler would start a thread for each request, for its signals, and keep it until
    the answer is out: a thread for each open stream. It also writes a body of any size to a file
    before anybody has looked at the request, and its middleware visits threads once more. What
    the API needs of all that is called from here. Whatever happens, the answer is JSON.
    """

    def __init__(self, pages: Callable[..., Awaitable[None]]):
        self._pages = pages
        self._security = SecurityMiddleware(pages)

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        if not scope["path"].removeprefix(scope.get("root_path", "")).startswith(PREFIX):
            await self._pages(scope, receive, send)
            return
        running, request = await server.current(), Request(scope, receive)
        try:
            response = await self._answer(request, running)
        except RequestAborted:
            return
        except Exception as error:
            response = answer(request, error)
        cors.add_headers(request, response, running.configuration)
        response["Cache-Control"] = "no-store"
        if not response.streaming and response.status_code != HTTPStatus.NO_CONTENT:
            response["Content-Length"] = len(response.content)
        await _send(self._security.process_response(request, response), request, send)

    async def _answer(self, request: Request, running: ChatServer) -> HttpResponse:
        self._refuse_insecure(request)
        if cors.is_preflight(request):
            return cors.preflight()
        self._admit(request, running)
        cors.refuse_foreign_writes(request, running.configuration)
        await request.take_body(MAX_FRAME)
        match = request.resolver_match = resolve(request.path_info)
        response = match.func(request, *match.args, **match.kwargs)
        if isawaitable(response):
            response = await response
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            return self._not_allowed(request, sorted(response["Allow"].split(", ")))
        return response

    def _refuse_insecure(self, request: HttpRequest) -> None:
        """Raise for a name that is not this site's, and for http where the site speaks https.

        A redirection would let every later request tell its token in the open once more.
        """
        request.get_host()
        if self._security.process_request(request):
            raise ChatError("bad_request", "Use https: others can read what is sent over http.")

    @staticmethod
    def _admit(request: HttpRequest, running: ChatServer) -> None:
        """Count a request for its address, before it costs anything; raise `rate_limited`."""
        address, now = request.META.get("REMOTE_ADDR", ""), asyncio.get_running_loop().time()
        if wait := running.limiter.wait_at_address(address, now, running.configuration):
            raise rate_limited(wait)

    @staticmethod
    def _not_allowed(request: HttpRequest, methods: list[str]) -> HttpResponse:
        response = answer(request, not_allowed(methods))
        response["Allow"] = ", ".join(methods)
        return response


async def _send(response: HttpResponse, request: Request, send: Callable) -> None:
    headers = [(name.encode("ascii"), text.encode("latin-1")) for name, text in response.items()]
    start = {"type": "http.response.start", "status": response.status_code, "headers": headers}
    if response.streaming:
        await response.serve(start, request, send)
        return
    await send(start)
    await send({"type": "http.response.body", "body": response.content})
