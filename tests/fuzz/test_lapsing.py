"""Members who may no longer write are refused in the transaction, before anything is announced."""

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


def test_a_write_that_waits_while_the_sign_in_ends_is_refused(site):
    assert site.manage("shell", "--no-imports", "-c", RACE).splitlines() == [
        "nothing: received, 1 stored",
        "the account is switched off: unauthorized, 0 stored",
        "the password is another: unauthorized, 0 stored",
        "the session is gone: unauthorized, 0 stored",
    ]


@mock.patch("chat.live.clock.TICK", 3600)
class UnannouncedTests(SocketTestCase):
    """Changes without an announcement: messages before the next poll are refused nevertheless."""

    async def check_refused_after(self, change) -> None:
        identity = {"session": await sign_in("Mara"), "origin": OWN_ORIGIN}
        async with connect(**identity) as mara, connect("Ana") as ana:
            await mara.join("lobby")
            await ana.join("lobby")
            await ana.all_events()
            first = await mara.send("in time", id="1")
            await ana.receives_messages("in time")
            await change()
            await mara.send_command("send", room="lobby", body="too late")
            error = await mara.receives_error("unauthorized")
            assert error["message"] == "You were signed out. Sign in to go on."
            assert await mara.send("in time", id="1") == first | {"duplicate": True}
            await ana.receives_nothing()
        assert [message.body async for message in Message.objects.all()] == ["in time"]

    async def test_a_member_whose_account_was_deactivated_cannot_write(self):
        await self.check_refused_after(lambda: User.objects.aupdate(is_active=False))

    async def test_a_member_whose_account_was_deleted_cannot_write(self):
        # The state that Django's deletion of the account leaves.
        await self.check_refused_after(lambda: Person.objects.aupdate(user=None))

    async def test_a_member_who_signed_out_elsewhere_cannot_write(self):
        await self.check_refused_after(sync_to_async(ENDS["the session is gone"]))

    async def test_a_member_whose_session_expired_cannot_write(self):
        await self.check_refused_after(lambda: Session.objects.aupdate(expire_date=timezone.now()))

    async def test_a_member_whose_password_was_changed_cannot_write(self):
        await self.check_refused_after(lambda: User.objects.aupdate(password="another"))
