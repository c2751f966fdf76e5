"""Who may not write any more is refused inside the transaction, before anything is announced."""

from unittest import mock

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.utils import timezone

from chat.models import Message, Person
from tests.fuzz.lapsing import ENDS
from tests.support.people import sign_in
from tests.support.servers import Server
from tests.support.sockets import OWN_ORIGIN, SocketTestCase, connect

User = get_user_model()
RACE = "from tests.fuzz import lapsing; lapsing.play()"


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def site(request, tmp_path) -> Server:
    """A site on a database of its own, without a server."""
    url = f"sqlite:///{tmp_path}/site.sqlite3"
    if request.param == "PostgreSQL":
        url = request.getfixturevalue("postgres_url")
    site = Server(tmp_path, DATABASE_URL=url)
    site.manage("migrate")
    return site


def test_who_waits_for_the_room_while_the_sign_in_ends_is_refused(site):
    assert site.manage("shell", "--no-imports", "-c", RACE).splitlines() == [
        "nothing: received, 1 stored",
        "the account is switched off: unauthorized, 0 stored",
        "the password is another: unauthorized, 0 stored",
        "the session is gone: unauthorized, 0 stored",
    ]


@mock.patch("chat.live.server.TICK", 3600)
class UnannouncedTests(SocketTestCase):
    """Changes that nobody is told of: what is sent before the next look is refused all the same."""

    async def refused_after(self, change) -> None:
        door = {"session": await sign_in("Mara"), "origin": OWN_ORIGIN}
        async with connect(**door) as mara, connect("Ana") as ana:
            await mara.join("lobby")
            await ana.join("lobby")
            await ana.everything()
            first = await mara.send("in time", id="1")
            await ana.hears("in time")
            await change()
            await mara.say("send", room="lobby", body="too late")
            error = await mara.refused("unauthorized")
            assert error["message"] == "You were signed out: sign in to go on."
            assert await mara.send("in time", id="1") == first | {"duplicate": True}
            await ana.says_nothing()
        assert [message.body async for message in Message.objects.all()] == ["in time"]

    async def test_a_member_whose_account_was_switched_off_writes_no_more(self):
        await self.refused_after(lambda: User.objects.aupdate(is_active=False))

    async def test_a_member_whose_account_is_gone_writes_no_more(self):
        # What is left of it when Django has deleted it.
        await self.refused_after(lambda: Person.objects.aupdate(user=None))

    async def test_a_member_who_signed_out_elsewhere_writes_no_more(self):
        await self.refused_after(sync_to_async(ENDS["the session is gone"]))

    async def test_a_member_whose_session_expired_writes_no_more(self):
        await self.refused_after(lambda: Session.objects.aupdate(expire_date=timezone.now()))

    async def test_a_member_whose_password_was_changed_elsewhere_writes_no_more(self):
        await self.refused_after(lambda: User.objects.aupdate(password="another"))
