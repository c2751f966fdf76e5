"""The handshake: browsers are checked by their full origin, and other clients get no session."""

from http import HTTPStatus
from unittest import mock

import pytest
from django.test import override_settings
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect as connect_to

from chat.consumers.origin import OriginCheck
from tests.support.people import configure, sign_in
from tests.support.sockets import (
    DEADLINE,
    OWN_ORIGIN,
    SocketTestCase,
    accepts_handshake,
    connect,
)

FRIEND = "https://friend.example"


class OriginTests(SocketTestCase):
    async def test_the_sites_own_pages_are_accepted(self):
        assert await accepts_handshake(origin=OWN_ORIGIN)
        assert await accepts_handshake(origin="http://testserver:80")

    async def test_the_address_of_ones_own_socket_is_no_foreign_website(self):
        for own in ("ws://testserver", "ws://testserver:80", "WS://testserver/", "ws://TestServer"):
            with self.subTest(origin=own):
                assert await accepts_handshake(origin=own)
        assert await accepts_handshake(origin="wss://testserver", scheme="wss")
        for foreign in ("ws://charlie.example", "wss://testserver", "ws://testserver:81", "ws://"):
            with self.subTest(origin=foreign):
                assert not await accepts_handshake(origin=foreign)

    async def test_a_client_without_an_origin_is_accepted(self):
        assert await accepts_handshake(origin=None)

    async def test_foreign_opaque_and_broken_origins_are_refused(self):
        for origin in (
            "https://charlie.example",
            "null",
            "",
            "file://",
            "testserver",
            "http://testserver:port",
            "http://testserver@charlie.example",
            "http://charlie.example/testserver",
            "http://testserver.charlie.example",
            "chrome-extension://testserver",
        ):
            with self.subTest(origin=origin):
                assert not await accepts_handshake(origin=origin)

    async def test_a_foreign_page_that_tries_again_and_again_is_one_line_in_the_log(self):
        check = OriginCheck(None)
        headers = [(b"host", b"testserver"), (b"origin", b"https://charlie.example")]
        scope = {"type": "websocket", "scheme": "ws", "headers": headers}
        with self.assertLogs("chat.consumers.origin", "WARNING") as log:
            for _ in range(3):
                await check(scope, None, mock.AsyncMock())
        [record] = log.records
        assert "'https://charlie.example' was refused" in record.getMessage()

    async def test_another_scheme_of_the_same_host_is_foreign(self):
        assert not await accepts_handshake(origin="https://testserver")
        assert not await accepts_handshake(origin="http://testserver", scheme="wss")
        assert await accepts_handshake(origin="https://testserver", scheme="wss")

    async def test_another_port_of_the_same_host_is_foreign(self):
        assert not await accepts_handshake(origin="http://testserver:8001", host="testserver:8000")
        assert not await accepts_handshake(origin="http://testserver", host="testserver:8000")
        assert await accepts_handshake(origin="http://testserver:8000", host="testserver:8000")

    async def test_a_foreign_host_name_is_not_the_sites_own_origin(self):
        rebound = "rebound.charlie.example"
        assert not await accepts_handshake(origin=f"http://{rebound}", host=rebound)

    @override_settings(DEBUG=True, ALLOWED_HOSTS=[])
    async def test_a_foreign_name_is_not_localhosts_origin_either(self):
        rebound = "rebound.charlie.example:8000"
        assert not await accepts_handshake(origin=f"http://{rebound}", host=rebound)
        assert await accepts_handshake(origin="http://localhost:8000", host="localhost:8000")
        assert await accepts_handshake(origin="http://[::1]:8000", host="[::1]:8000")

    @override_settings(BASE_URL="https://chat.example")
    async def test_behind_a_proxy_the_base_url_is_the_sites_own_origin(self):
        assert await accepts_handshake(origin="https://chat.example", host="backend")
        assert not await accepts_handshake(origin="https://chat.example:444", host="backend")
        assert not await accepts_handshake(origin="https://backend", host="backend")
        assert await accepts_handshake(origin="wss://chat.example", host="backend")
        assert not await accepts_handshake(origin="ws://chat.example", host="backend")


class AllowListTests(SocketTestCase):
    async def test_only_the_exact_origin_on_the_list_is_accepted(self):
        await configure(allowed_origins=f"{FRIEND}\nhttp://other.example:8080")
        assert await accepts_handshake(origin=FRIEND)
        assert await accepts_handshake(origin="http://other.example:8080")
        for origin in (
            "http://friend.example",
            f"{FRIEND}:8443",
            "http://other.example",
            "https://evil.friend.example",
            "https://notafriend.example",
            "https://friend.example.charlie.example",
        ):
            with self.subTest(origin=origin):
                assert not await accepts_handshake(origin=origin)

    async def test_a_change_of_the_allow_list_applies_at_once(self):
        assert not await accepts_handshake(origin=FRIEND)
        async with connect("Ana") as ana:
            await configure(allowed_origins=FRIEND, site_name="Told when it is there")
            await ana.next("site")
            assert await accepts_handshake(origin=FRIEND)


class CookieTests(SocketTestCase):
    async def test_a_session_is_valid_on_the_sites_own_pages(self):
        session = await sign_in("Mara")
        async with connect(session=session, origin=OWN_ORIGIN) as mara:
            assert mara.user["name"] == "Mara"
            assert mara.user["kind"] == "member"
            assert mara.token is None

    async def test_a_session_does_not_count_without_an_origin(self):
        session = await sign_in("Mara")
        async with connect("Charlie", session=session) as charlie:
            assert (charlie.user["name"], charlie.user["kind"]) == ("Charlie", "guest")

    async def test_a_session_does_not_count_from_a_listed_origin(self):
        await configure(allowed_origins=FRIEND)
        session = await sign_in("Mara")
        async with connect("Charlie", session=session, origin=FRIEND) as charlie:
            assert (charlie.user["name"], charlie.user["kind"]) == ("Charlie", "guest")

    async def test_an_ended_session_does_not_count(self):
        async with connect(session="0123456789abcdef", origin=OWN_ORIGIN) as charlie:
            assert charlie.user["kind"] == "guest"

    async def test_an_unreadable_cookie_header_does_not_count(self):
        async with connect(session="a\\b;;=;\x7f", origin=OWN_ORIGIN) as charlie:
            assert charlie.user["kind"] == "guest"


class AddressTests(SocketTestCase):
    async def test_an_address_without_a_consumer_is_refused(self):
        for path in ("/nothing/", "/ws/more/", "/ws//", "/wss", "/ws/plain/", "/ws/plain/a/b"):
            with self.subTest(path=path):
                assert not await accepts_handshake(path=path)

    async def test_the_last_slash_of_an_address_is_optional(self):
        for path in ("/ws", "/ws/", "/ws/plain/lobby", "/ws/plain/lobby/"):
            with self.subTest(path=path):
                assert await accepts_handshake(path=path)


@pytest.mark.parametrize("program", ["serve", "runserver"])
def test_a_wrong_address_is_told_apart_from_a_foreign_origin(serve, program):
    server = serve(program)
    for path, origin, status in (
        ("/nothing/", None, HTTPStatus.NOT_FOUND),
        ("/ws/more/", server.url, HTTPStatus.NOT_FOUND),
        ("/ws/", "https://charlie.example", HTTPStatus.FORBIDDEN),
        # Who may not talk here is told nothing of what is here.
        ("/nothing/", "https://charlie.example", HTTPStatus.FORBIDDEN),
    ):
        with (
            pytest.raises(InvalidStatus) as refused,
            connect_to(f"{server.ws_url}{path}", origin=origin),
        ):
            pass
        assert refused.value.response.status_code == status
        if program == "serve":
            assert refused.value.response.body.decode().endswith(".\n")
    assert "Traceback" not in server.log
    with connect_to(f"{server.ws_url}/ws", origin=server.ws_url) as socket:
        socket.send('{"type": "hello"}')
        assert "welcome" in socket.recv(DEADLINE)


@pytest.mark.parametrize("program", ["serve", "runserver"])
def test_of_the_subprotocols_that_a_client_offers_chat_is_chosen(serve, program):
    server = serve(program)
    for path in ("/ws/", "/ws/plain/lobby", "/"):
        for offered, chosen in (
            (["chat"], "chat"),
            (["superchat", "chat"], "chat"),
            (["mqtt"], None),
            (None, None),
        ):
            with connect_to(f"{server.ws_url}{path}", subprotocols=offered) as socket:
                assert socket.subprotocol == chosen
