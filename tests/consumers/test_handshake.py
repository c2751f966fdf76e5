"""The handshake: browsers are checked by their full origin, and other clients get no session."""

from django.test import override_settings

from tests.support.people import configure, sign_in
from tests.support.sockets import OWN_ORIGIN, SocketTestCase, accepts_handshake, connect

FRIEND = "https://friend.example"


class OriginTests(SocketTestCase):
    async def test_the_sites_own_pages_are_accepted(self):
        assert await accepts_handshake(origin=OWN_ORIGIN)
        assert await accepts_handshake(origin="http://testserver:80")

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
        for path in ("/nothing/", "/ws/more/", "/ws"):
            with self.subTest(path=path):
                assert not await accepts_handshake(path=path)
