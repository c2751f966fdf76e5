"""The one way to everything under /api/v1/."""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from inspect import isawaitable

from asgiref.sync import markcoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware
from django.urls import resolve

from chat import server
from chat.api import cors
from chat.api.refusals import answer, not_allowed, too_big
from chat.errors import ChatError
from chat.limits import rate_limited
from chat.protocol import MAX_FRAME
from chat.server import ChatServer

PREFIX = "/api/v1/"


class ApiDoor:
    """Takes the requests under PREFIX out of the middleware that pages need.

    Django visits a thread of its own for nearly each middleware, before and after; they cost more
    than most answers here. What the API needs of them is called from here. Whatever happens, the
    answer is JSON.
    """

    sync_capable, async_capable = False, True

    def __init__(self, get_response: Callable[[HttpRequest], Awaitable[HttpResponse]]):
        self._get_response = get_response
        self._security = SecurityMiddleware(get_response)
        markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return await self._get_response(request)
        running = await server.current()
        try:
            response = await self._answer(request, running)
        except Exception as error:
            response = answer(request, error)
        cors.add_headers(request, response, running.configuration)
        response["Cache-Control"] = "no-store"
        if not response.streaming and response.status_code != HTTPStatus.NO_CONTENT:
            response["Content-Length"] = len(response.content)
        return self._security.process_response(request, response)

    async def _answer(self, request: HttpRequest, running: ChatServer) -> HttpResponse:
        self._refuse_insecure(request)
        if cors.is_preflight(request):
            return cors.preflight()
        self._admit(request, running)
        cors.refuse_foreign_writes(request, running.configuration)
        if len(request.body) > MAX_FRAME:
            raise too_big()
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
