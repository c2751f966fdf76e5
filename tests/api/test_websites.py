"""A page of another website can ask whether it may talk to this one, and is told why not."""

from django.test import override_settings

from tests.api.support import Caller
from tests.support.people import configure
from tests.support.sockets import OWN_ORIGIN, SocketTestCase

FRIEND = "https://friend.example"
STRANGER = "https://charlie.example"


class WebsiteTests(SocketTestCase):
    async def ask(self, origin: str | None):
        """Ask as a page of this origin; the answer can be read there."""
        answer = await Caller(origin=origin).get("origin")
        assert answer.status == 200
        assert answer.headers["Access-Control-Allow-Origin"] in ("*", origin)
        assert "Origin" in answer.headers["Vary"]
        return answer

    async def test_who_is_not_listed_is_told_the_setting(self):
        answer = await self.ask(STRANGER)
        assert (answer["origin"], answer["allowed"]) == (STRANGER, False)
        assert "Configuration → Allowed origins" in answer["reason"]
        assert STRANGER in answer["reason"]

    async def test_a_page_without_an_origin_is_told_that_nobody_can_list_it(self):
        assert "such as a file" in (await self.ask("null"))["reason"]

    async def test_who_is_listed_may_and_so_may_the_site_itself_and_programs(self):
        await configure(allowed_origins=FRIEND)
        for origin in (FRIEND, OWN_ORIGIN, None):
            assert (await self.ask(origin)).body == {"origin": origin, "allowed": True}

    async def test_a_change_of_the_list_counts_at_once(self):
        assert not (await self.ask(FRIEND))["allowed"]
        await configure(allowed_origins=FRIEND)
        assert (await self.ask(FRIEND))["allowed"]

    async def test_an_endless_origin_is_not_repeated(self):
        answer = await self.ask("https://" + "a" * 4000)
        assert not answer["allowed"]
        assert len(answer["reason"]) < 300

    async def test_nothing_else_can_be_read_from_there(self):
        for path in ("rooms", "rooms/lobby/messages", "me", "openapi.json", "nothing"):
            answer = await Caller(origin=STRANGER).get(path)
            assert "Access-Control-Allow-Origin" not in answer.headers

    @override_settings(CHAT_RATE_LIMITS=True)
    async def test_asking_is_counted_like_everything_else(self):
        await configure(address_rate=1, address_burst=1)
        assert (await Caller(origin=STRANGER).get("origin")).status == 200
        (await Caller(origin=STRANGER).get("origin")).refused(429, "rate_limited")
