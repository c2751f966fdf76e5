"""GET /api/v1/origin: a page of another website asks whether it may use this one."""

from django.test import override_settings

from tests.api.support import Caller
from tests.support.people import configure
from tests.support.sockets import OWN_ORIGIN, SocketTestCase

FRIEND = "https://friend.example"
STRANGER = "https://charlie.example"


class WebsiteTests(SocketTestCase):
    async def ask(self, origin: str | None):
        """Ask as a page of this origin, which must be able to read the response."""
        response = await Caller(origin=origin).get("origin")
        assert response.status == 200
        assert response.headers["Access-Control-Allow-Origin"] in ("*", origin)
        assert "Origin" in response.headers["Vary"]
        return response

    async def test_an_unlisted_website_gets_the_name_of_the_setting(self):
        response = await self.ask(STRANGER)
        assert (response["origin"], response["allowed"]) == (STRANGER, False)
        assert "Configuration → Allowed origins" in response["reason"]
        assert STRANGER in response["reason"]

    async def test_a_page_without_an_origin_learns_what_to_do(self):
        assert "such as a file" in (await self.ask("null"))["reason"]

    async def test_listed_websites_own_pages_and_programs_are_allowed(self):
        await configure(allowed_origins=FRIEND)
        for origin in (FRIEND, OWN_ORIGIN, None):
            assert (await self.ask(origin)).body == {"origin": origin, "allowed": True}

    async def test_a_change_of_the_list_applies_at_once(self):
        assert not (await self.ask(FRIEND))["allowed"]
        await configure(allowed_origins=FRIEND)
        assert (await self.ask(FRIEND))["allowed"]

    async def test_a_long_origin_is_not_repeated(self):
        response = await self.ask("https://" + "a" * 4000)
        assert not response["allowed"]
        assert len(response["reason"]) < 300

    async def test_an_unlisted_website_can_read_nothing_else(self):
        for path in ("rooms", "rooms/lobby/messages", "me", "openapi.json", "nothing"):
            response = await Caller(origin=STRANGER).get(path)
            assert "Access-Control-Allow-Origin" not in response.headers

    @override_settings(CHAT_RATE_LIMITS=True)
    async def test_the_question_counts_for_the_rate_of_the_address(self):
        await configure(address_rate=1, address_burst=1)
        assert (await Caller(origin=STRANGER).get("origin")).status == 200
        (await Caller(origin=STRANGER).get("origin")).check_error(429, "rate_limited")
