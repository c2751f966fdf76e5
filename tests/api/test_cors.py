"""Pages of other websites: those on the admin's list may use the API, with a token."""

from tests.api.support import ApiResponse, Caller, make_room, new_guest
from tests.support.people import configure
from tests.support.sockets import OWN_ORIGIN, SocketTestCase, connect

FRIEND = "https://friend.example"
STRANGERS = (
    "https://charlie.example",
    "http://friend.example",
    f"{FRIEND}:8443",
    "https://friend.example.charlie.example",
    "https://evil.friend.example",
    "https://notafriend.example",
    "null",
    "*",
)
PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization",
}


def allows(headers) -> dict[str, str]:
    """Return what a response allows a browser to do."""
    return {k: v for k, v in headers.items() if k.startswith("access-control-")}


async def preflight(origin: str, path: str = "rooms/lobby/messages"):
    """Send a preflight, as a browser does before a page's request."""
    return await Caller(origin=origin).request("OPTIONS", path, headers=PREFLIGHT)


class CorsTests(SocketTestCase):
    async def listed(self) -> None:
        await make_room()
        await configure(allowed_origins=f"http://other.example\n{FRIEND}")

    async def test_an_allowed_origin_reads_and_writes_with_a_token(self):
        await self.listed()
        ana = await new_guest("Ana", origin=FRIEND)
        for response in (await ana.send_message("hello"), await ana.history()):
            assert response.status in (200, 201)
            assert allows(response.headers) == {
                "access-control-allow-origin": FRIEND,
                "access-control-expose-headers": "Retry-After",
            }

    async def test_a_listed_website_can_read_errors_too(self):
        await self.listed()
        responses = [
            await Caller(origin=FRIEND).get("nothing"),
            await Caller(origin=FRIEND).send_message(""),
        ]
        responses.append(ApiResponse(await Caller(origin=FRIEND).request("DELETE", "rooms")))
        for response in responses:
            assert response.status >= 400
            assert response.headers["Access-Control-Allow-Origin"] == FRIEND

    async def test_a_preflight_response_says_what_is_allowed(self):
        await self.listed()
        response = await preflight(FRIEND)
        assert (response.status_code, response.content) == (204, b"")
        assert allows(response.headers) == {
            "access-control-allow-origin": FRIEND,
            "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE",
            "access-control-allow-headers": "Authorization, Content-Type, Last-Event-ID",
            "access-control-max-age": "600",
        }

    async def test_other_websites_may_do_nothing(self):
        await self.listed()
        for origin in STRANGERS:
            with self.subTest(origin=origin):
                assert not allows((await preflight(origin)).headers)
                assert not allows((await Caller(origin=origin).history()).headers)
                response = await Caller(origin=origin).post("guests", {"name": "Charlie"})
                response.check_error(403, "forbidden")
                assert not allows(response.headers)

    async def test_an_empty_list_allows_no_website(self):
        assert not allows((await preflight(FRIEND)).headers)

    async def test_the_sites_own_pages_and_programs_need_no_entry(self):
        for origin in (OWN_ORIGIN, f"{OWN_ORIGIN}:80", None):
            assert (await Caller(origin=origin).post("guests", {})).status == 201

    async def test_responses_vary_by_origin(self):
        await self.listed()
        for origin in (FRIEND, None, *STRANGERS):
            for headers in (
                (await Caller(origin=origin).history()).headers,
                (await Caller(origin=origin).get("nothing")).headers,
                (await preflight(origin or OWN_ORIGIN)).headers,
            ):
                assert "Origin" in headers["Vary"]

    async def test_credentials_are_never_allowed(self):
        await self.listed()
        for headers in ((await preflight(FRIEND)).headers, (await Caller().history()).headers):
            assert "Access-Control-Allow-Credentials" not in headers

    async def test_a_change_of_the_list_applies_at_once(self):
        await self.listed()
        async with connect("Ana") as ana:
            assert allows((await preflight(FRIEND)).headers)
            await configure(allowed_origins="", site_name="Told when it is there")
            await ana.next("site")
            assert not allows((await preflight(FRIEND)).headers)
