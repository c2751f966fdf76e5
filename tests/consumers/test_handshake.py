"""Who is let in before a word is said: browsers by their full origin, everybody else as nobody."""

from django.test import override_settings

from tests.support.people import configure, sign_in
from tests.support.sockets import OWN_ORIGIN, SocketTestCase, connect, lets_in

FRIEND = "https://friend.example"


class OriginTests(SocketTestCase):
    async def test_the_sites_own_pages_are_let_in(self):
        assert await lets_in(origin=OWN_ORIGIN)
        assert await lets_in(origin="http://testserver:80")

    async def test_a_client_without_an_origin_is_let_in(self):
        assert await lets_in(origin=None)

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
                assert not await lets_in(origin=origin)

    async def test_another_scheme_of_the_same_host_is_foreign(self):
        assert not await lets_in(origin="https://testserver")
        assert not await lets_in(origin="http://testserver", scheme="wss")
        assert await lets_in(origin="https://testserver", scheme="wss")

    async def test_another_port_of_the_same_host_is_foreign(self):
        assert not await lets_in(origin="http://testserver:8001", host="testserver:8000")
        assert not await lets_in(origin="http://testserver", host="testserver:8000")
        assert await lets_in(origin="http://testserver:8000", host="testserver:8000")

    async def test_a_foreign_name_that_points_here_is_no_name_of_this_site(self):
        rebound = "rebound.charlie.example"
        assert not await lets_in(origin=f"http://{rebound}", host=rebound)

    @override_settings(DEBUG=True, ALLOWED_HOSTS=[])
    async def test_a_foreign_name_that_points_to_a_laptop_is_no_name_of_it(self):
        rebound = "rebound.charlie.example:8000"
        assert not await lets_in(origin=f"http://{rebound}", host=rebound)
        assert await lets_in(origin="http://localhost:8000", host="localhost:8000")
        assert await lets_in(origin="http://[::1]:8000", host="[::1]:8000")

    @override_settings(BASE_URL="https://chat.example")
    async def test_behind_a_proxy_the_base_url_is_the_sites_own_origin(self):
        assert await lets_in(origin="https://chat.example", host="backend")
        assert not await lets_in(origin="https://chat.example:444", host="backend")
        assert not await lets_in(origin="https://backend", host="backend")


class AllowListTests(SocketTestCase):
    async def test_an_origin_on_the_allow_list_is_let_in_and_its_relatives_are_not(self):
        await configure(allowed_origins=f"{FRIEND}\nhttp://other.example:8080")
        assert await lets_in(origin=FRIEND)
        assert await lets_in(origin="http://other.example:8080")
        for origin in (
            "http://friend.example",
            f"{FRIEND}:8443",
            "http://other.example",
            "https://evil.friend.example",
            "https://notafriend.example",
            "https://friend.example.charlie.example",
        ):
            with self.subTest(origin=origin):
                assert not await lets_in(origin=origin)

    async def test_a_change_of_the_allow_list_counts_at_once(self):
        assert not await lets_in(origin=FRIEND)
        async with connect("Ana") as ana:
            await configure(allowed_origins=FRIEND, site_name="Told when it is there")
            await ana.next("site")
            assert await lets_in(origin=FRIEND)


class CookieTests(SocketTestCase):
    async def test_a_session_counts_on_the_sites_own_pages(self):
        session = await sign_in("Mara")
        async with connect(session=session, origin=OWN_ORIGIN) as mara:
            assert mara.user["name"] == "Mara"
            assert mara.user["kind"] == "member"
            assert mara.token is None

    async def test_a_session_counts_for_nothing_without_an_origin(self):
        session = await sign_in("Mara")
        async with connect("Charlie", session=session) as charlie:
            assert (charlie.user["name"], charlie.user["kind"]) == ("Charlie", "guest")

    async def test_a_session_counts_for_nothing_from_an_allowed_foreign_origin(self):
        await configure(allowed_origins=FRIEND)
        session = await sign_in("Mara")
        async with connect("Charlie", session=session, origin=FRIEND) as charlie:
            assert (charlie.user["name"], charlie.user["kind"]) == ("Charlie", "guest")

    async def test_a_session_that_ended_counts_for_nothing(self):
        async with connect(session="0123456789abcdef", origin=OWN_ORIGIN) as charlie:
            assert charlie.user["kind"] == "guest"

    async def test_a_cookie_header_that_cannot_be_read_counts_for_nothing(self):
        async with connect(session="a\\b;;=;\x7f", origin=OWN_ORIGIN) as charlie:
            assert charlie.user["kind"] == "guest"


class AddressTests(SocketTestCase):
    async def test_an_address_that_is_no_door_is_refused(self):
        for path in ("/nothing/", "/ws/more/", "/ws"):
            with self.subTest(path=path):
                assert not await lets_in(path=path)
