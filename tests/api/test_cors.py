"""Pages of other websites: those on the admin's list may use the API, with a token."""

from tests.api.support import Answer, Caller, make_room, new_guest
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
ASKS = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}


def allows(headers) -> dict[str, str]:
    """Return what an answer lets a browser do."""
    return {k: v for k, v in headers.items() if k.startswith("access-control-")}


async def preflight(origin: str, path: str = "rooms/lobby/messages"):
    """Ask as a browser does before a page's request."""
    return await Caller(origin=origin).request("OPTIONS", path, headers=ASKS)


class CorsTests(SocketTestCase):
    async def listed(self) -> None:
        await make_room()
        await configure(allowed_origins=f"http://other.example\n{FRIEND}")

    async def test_a_website_on_the_list_reads_and_writes_with_a_token(self):
        await self.listed()
        ana = await new_guest("Ana", origin=FRIEND)
        for answer in (await ana.says("hello"), await ana.history()):
            assert answer.status in (200, 201)
            assert allows(answer.headers) == {
                "access-control-allow-origin": FRIEND,
                "access-control-expose-headers": "Retry-After",
            }

    async def test_a_refusal_can_be_read_there_too(self):
        await self.listed()
        answers = [await Caller(origin=FRIEND).get("nothing"), await Caller(origin=FRIEND).says("")]
        answers.append(Answer(await Caller(origin=FRIEND).request("DELETE", "rooms")))
        for answer in answers:
            assert answer.status >= 400
            assert answer.headers["Access-Control-Allow-Origin"] == FRIEND

    async def test_a_preflight_is_told_what_a_request_may_be(self):
        await self.listed()
        answer = await preflight(FRIEND)
        assert (answer.status_code, answer.content) == (204, b"")
        assert allows(answer.headers) == {
            "access-control-allow-origin": FRIEND,
            "access-control-allow-methods": "GET, POST",
            "access-control-allow-headers": "Authorization, Content-Type, Last-Event-ID",
            "access-control-max-age": "600",
        }

    async def test_other_websites_are_allowed_nothing(self):
        await self.listed()
        for origin in STRANGERS:
            with self.subTest(origin=origin):
                assert not allows((await preflight(origin)).headers)
                assert not allows((await Caller(origin=origin).history()).headers)
                answer = await Caller(origin=origin).post("guests", {"name": "Charlie"})
                answer.refused(403, "forbidden")
                assert not allows(answer.headers)

    async def test_a_list_of_nobody_lets_nobody_in(self):
        assert not allows((await preflight(FRIEND)).headers)

    async def test_the_sites_own_pages_and_programs_need_no_list(self):
        for origin in (OWN_ORIGIN, f"{OWN_ORIGIN}:80", None):
            assert (await Caller(origin=origin).post("guests", {})).status == 201

    async def test_caches_keep_the_answers_of_origins_apart(self):
        await self.listed()
        for origin in (FRIEND, None, *STRANGERS):
            for headers in (
                (await Caller(origin=origin).history()).headers,
                (await Caller(origin=origin).get("nothing")).headers,
                (await preflight(origin or OWN_ORIGIN)).headers,
            ):
                assert "Origin" in headers["Vary"]

    async def test_credentials_are_allowed_nobody(self):
        await self.listed()
        for headers in ((await preflight(FRIEND)).headers, (await Caller().history()).headers):
            assert "Access-Control-Allow-Credentials" not in headers

    async def test_a_change_of_the_list_counts_at_once(self):
        await self.listed()
        async with connect("Ana") as ana:
            assert allows((await preflight(FRIEND)).headers)
            await configure(allowed_origins="", site_name="Told when it is there")
            await ana.next("site")
            assert not allows((await preflight(FRIEND)).headers)
