"""A request's body is read only where there is a route for it, and up to the route's limit."""

import json
from unittest import IsolatedAsyncioTestCase

import pytest
from django.core.exceptions import RequestAborted
from django.test import override_settings
from django.urls import path
from ninja import Router

from chat.api.bodies import body_limit
from chat.api.requests import READ_AT_MOST, Request
from chat.api.urls import Api
from chat.protocol import MAX_FRAME
from chat.protocol.contract import API_PREFIX
from chat.rules.errors import ChatError
from chatsite.asgi import application
from tests.api.support import Caller, make_room, new_guest
from tests.support.people import configure
from tests.support.sockets import SocketTestCase

LARGE = 200_000
LIMIT = 100
router = Router()


@router.post("/large")
@body_limit(LARGE)
async def large(request):
    return len(request.body)


@router.post("/plain")
async def plain(request):
    return len(request.body)


api = Api(urls_namespace="bodies")
api.add_router("", router)
urlpatterns = [path(API_PREFIX.removeprefix("/"), api.urls)]


class RoutingTests(SocketTestCase):
    async def status_without_body(self, method: str, address: str) -> int:
        """Make a request whose body must not be read; return the status of the response."""
        sent = []

        async def receive() -> dict:
            raise AssertionError("the body was read")

        async def send(message: dict) -> None:
            sent.append(message)

        await application(Caller().scope(method, address, "", {}), receive, send)
        body = json.loads(b"".join(message.get("body", b"") for message in sent))
        assert list(body) == ["error"]
        return sent[0]["status"]

    async def test_an_unknown_path_is_refused_without_reading_a_body(self):
        assert await self.status_without_body("POST", "nothing") == 404

    async def test_a_wrong_method_is_refused_without_reading_a_body(self):
        await make_room()
        for method, address in (("DELETE", "rooms"), ("POST", "openapi.json"), ("PUT", "guests")):
            with self.subTest(address):
                assert await self.status_without_body(method, address) == 405

    @override_settings(CHAT_RATE_LIMITS=True)
    async def test_the_rate_limit_of_an_address_precedes_the_route(self):
        await configure(address_rate=1, address_burst=1)
        assert await self.status_without_body("POST", "nothing") == 404
        assert await self.status_without_body("POST", "nothing") == 429

    async def test_a_body_too_large_is_refused_before_authentication(self):
        await make_room()
        ana = await new_guest("Ana")
        for caller in (ana, Caller(), Caller(token="wrong")):
            response = await caller.post("rooms/lobby/messages", b" " * (MAX_FRAME + 1))
            response.check_error(413, "too_long")


@override_settings(ROOT_URLCONF=__name__)
class LimitTests(SocketTestCase):
    async def test_a_route_without_a_limit_of_its_own_takes_64_kib(self):
        assert (await Caller().post("plain", b"x" * MAX_FRAME)).body == MAX_FRAME
        error = (await Caller().post("plain", b"x" * (MAX_FRAME + 1))).check_error(413, "too_long")
        assert "at most 64 KiB" in error["message"]

    async def test_a_route_may_declare_its_own_limit(self):
        assert (await Caller().post("large", b"x" * LARGE)).body == LARGE
        error = (await Caller().post("large", b"x" * (LARGE + 1))).check_error(413, "too_long")
        assert "at most 195 KiB" in error["message"]


class ReadingTests(IsolatedAsyncioTestCase):
    async def read(self, *messages: dict) -> bytes:
        """Read a body of at most LIMIT bytes that comes in these messages."""
        self.left = list(messages)

        async def receive() -> dict:
            return self.left.pop(0)

        scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
        request = Request(scope, receive)
        await request.read_body(LIMIT)
        return request.body

    def parts(self, *sizes: int) -> list[dict]:
        parts = [{"type": "http.request", "body": b"x" * n, "more_body": True} for n in sizes]
        return [*parts, {"type": "http.request"}]

    async def test_a_body_may_come_in_parts(self):
        assert await self.read(*self.parts(60, 40)) == b"x" * 100

    async def test_too_large_a_body_is_read_on_so_that_the_error_is_seen(self):
        with pytest.raises(ChatError):
            await self.read(*self.parts(60, 41, 500))
        assert self.left == []

    async def test_too_large_a_body_is_not_read_without_end(self):
        with pytest.raises(ChatError):
            await self.read(*self.parts(*[LIMIT] * 1000))
        assert len(self.left) > 1000 - READ_AT_MOST - 2

    async def test_a_client_that_disconnects_gets_no_response(self):
        with pytest.raises(RequestAborted):
            await self.read(*self.parts(50)[:1], {"type": "http.disconnect"})
