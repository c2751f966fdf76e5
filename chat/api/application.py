"""The ASGI application that serves the API: every check that needs no endpoint is here."""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from inspect import isawaitable

from django.core.exceptions import RequestAborted
from django.http import HttpRequest, HttpResponse
from django.middleware.security import SecurityMiddleware
from django.urls import resolve
from django.utils.translation import gettext as _

from chat.api import cors
from chat.api.callers import use_of
from chat.api.errors import error_response, method_not_allowed
from chat.api.requests import Request
from chat.live import server
from chat.live.server import ChatServer
from chat.protocol.contract import API_PREFIX
from chat.rules.errors import ChatError
from chat.rules.limits import rate_limited


class ApiApplication:
    """An ASGI application for what is under API_PREFIX; everything else goes to `pages`.

    Django's handler would start a thread for each request, for its signals, and keep it until
    the response is out: a thread for each open stream. It also writes a body of any size to a
    file before anything has checked the request, and its middleware visits threads once more.
    What the API needs of all that is called from here. Whatever happens, the response is JSON.
    """

    def __init__(self, pages: Callable[..., Awaitable[None]]):
        self._pages = pages
        self._security = SecurityMiddleware(pages)

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        if not scope["path"].removeprefix(scope.get("root_path", "")).startswith(API_PREFIX):
            await self._pages(scope, receive, send)
            return
        running, request = await server.current(), Request(scope, receive)
        try:
            response = await self._respond(request, running)
        except RequestAborted:
            return
        except Exception as error:
            response = error_response(request, error)
        cors.add_headers(request, response, running.configuration)
        response["Cache-Control"] = "no-store"
        if not response.streaming and response.content:
            response["Content-Length"] = len(response.content)
        await _send(self._security.process_response(request, response), request, send)

    async def _respond(self, request: Request, running: ChatServer) -> HttpResponse:
        """Check a request, find its endpoint and run it. The endpoint reads the body itself."""
        self._check_host_and_scheme(request)
        if cors.is_preflight(request):
            return cors.preflight()
        self._check_rate(request, running)
        cors.check_origin_of_write(request, running.configuration)
        match = request.resolver_match = resolve(request.path_info)
        response = match.func(request, *match.args, **match.kwargs)
        if isawaitable(response):
            response = await response
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            return self._not_allowed(request, sorted(response["Allow"].split(", ")))
        return response

    def _check_host_and_scheme(self, request: HttpRequest) -> None:
        """Raise for a host name that is not this site's, and for http where the site has https.

        A redirect would let every later request send its token unencrypted once more.
        """
        request.get_host()
        if self._security.process_request(request):
            raise ChatError("bad_request", _("Use https. Others can read what is sent over http."))

    @staticmethod
    def _check_rate(request: HttpRequest, running: ChatServer) -> None:
        """Count a request for its address, before it costs anything; raise `rate_limited`."""
        address, now = request.META.get("REMOTE_ADDR", ""), asyncio.get_running_loop().time()
        use, configuration = use_of(request), running.configuration
        if wait := running.limiter.wait_at_address(address, use, now, configuration):
            raise rate_limited(wait)

    @staticmethod
    def _not_allowed(request: HttpRequest, methods: list[str]) -> HttpResponse:
        response = error_response(request, method_not_allowed(methods))
        allowed = {*methods, "HEAD"} if "GET" in methods else methods
        response["Allow"] = ", ".join(sorted(allowed))
        return response


async def _send(response: HttpResponse, request: Request, send: Callable) -> None:
    headers = [(name.encode("ascii"), text.encode("latin-1")) for name, text in response.items()]
    start = {"type": "http.response.start", "status": response.status_code, "headers": headers}
    if response.streaming:
        await response.serve(start, request, send)
        return
    await send(start)
    body = b"" if request.is_head else response.content
    await send({"type": "http.response.body", "body": body})
