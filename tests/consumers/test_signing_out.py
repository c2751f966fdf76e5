"""A session that ends closes its sockets."""

from unittest import mock

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import AsyncClient, override_settings

from chat.rules.errors import CloseCode
from tests.support.people import sign_in
from tests.support.sockets import OWN_ORIGIN, SocketTestCase, connect

User = get_user_model()


class SignalTests(SocketTestCase):
    """Ends that Django's signals announce; the clock that polls the sessions stands still here."""

    def setUp(self):
        no_ticks = mock.patch("chat.live.clock.TICK", 3600)
        no_ticks.start()
        self.addCleanup(no_ticks.stop)

    async def check_closed_by(self, change) -> None:
        session = await sign_in("Mara")
        async with connect(session=session, origin=OWN_ORIGIN) as mara, connect("Ana") as ana:
            await change(session)
            assert await mara.closed() == CloseCode.SIGNED_OUT
            await ana.request("ping")

    async def test_signing_out_in_another_tab_closes_the_socket(self):
        async def sign_out(session):
            await (await Session.objects.aget(pk=session)).adelete()

        await self.check_closed_by(sign_out)

    async def test_a_changed_password_closes_the_sockets_of_the_old_one(self):
        for fields in (None, ["password"]):
            with self.subTest(fields=fields):

                async def change_password(_, fields=fields):
                    mara = await User.objects.aget()
                    mara.set_password("another")
                    await mara.asave(update_fields=fields)

                await self.check_closed_by(change_password)
                await User.objects.all().adelete()

    async def test_deactivating_an_account_closes_its_sockets(self):
        async def deactivate(_):
            mara = await User.objects.aget()
            mara.is_active = False
            await mara.asave(update_fields=["is_active"])

        await self.check_closed_by(deactivate)

    async def test_deleting_an_account_closes_its_sockets(self):
        async def delete(_):
            await (await User.objects.aget()).adelete()

        await self.check_closed_by(delete)

    async def test_signing_in_elsewhere_closes_nothing(self):
        session = await sign_in("Mara")
        async with connect(session=session, origin=OWN_ORIGIN) as mara:
            await AsyncClient().aforce_login(await User.objects.aget())
            await mara.request("ping")
            await mara.receives_nothing()


class ChangedKeyTests(SocketTestCase):
    """The site's SECRET_KEY was changed, and the former one is a fallback."""

    def change_key(self) -> None:
        changed = override_settings(
            SECRET_KEY="new" * 20, SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]
        )
        changed.enable()
        self.addCleanup(changed.disable)

    async def is_signed_in(self, session: str) -> bool:
        """Open a page, in another tab; return whether it is for somebody who signed in."""
        browser = AsyncClient()
        browser.cookies[settings.SESSION_COOKIE_NAME] = session
        return "/accounts/logout/" in (await browser.get("/")).content.decode()

    async def test_nobody_is_signed_out_by_a_page_in_another_tab(self):
        session = await sign_in("Mara")
        self.change_key()
        async with connect(session=session, origin=OWN_ORIGIN) as mara:
            await mara.join("lobby")
            assert await self.is_signed_in(session)
            await mara.send("still here")
            await mara.receives_messages("still here")
        assert await Session.objects.filter(pk=session).aexists()

    async def test_a_session_goes_on_after_the_former_key_is_gone(self):
        session = await sign_in("Mara")
        self.change_key()
        assert await self.is_signed_in(session)
        with override_settings(SECRET_KEY_FALLBACKS=[]):
            async with connect(session=session, origin=OWN_ORIGIN) as mara:
                assert mara.user["kind"] == "member"

    async def test_a_session_that_was_not_used_ends_with_the_former_key(self):
        session = await sign_in("Mara")
        self.change_key()
        with override_settings(SECRET_KEY_FALLBACKS=[]):
            assert not await self.is_signed_in(session)


class PollTests(SocketTestCase):
    def setUp(self):
        frequent_polls = mock.patch.multiple(
            "chat.live.clock", TICK=0.05, POLL_EVERY=0.1, POLL_EVERY_ALONE=0.1
        )
        frequent_polls.start()
        self.addCleanup(frequent_polls.stop)

    async def check_closed_after(self, change) -> None:
        session = await sign_in("Mara")
        async with (
            connect(session=session, origin=OWN_ORIGIN) as mara,
            connect("Ana") as ana,
        ):
            await mara.join("lobby")
            await change()
            assert (await mara.receives_error("unauthorized"))["message"].startswith(
                "You were signed out"
            )
            assert await mara.closed() == CloseCode.SIGNED_OUT
            await ana.request("ping")

    async def test_signing_out_in_another_tab_closes_the_socket(self):
        await self.check_closed_after(Session.objects.all().adelete)

    async def test_deactivating_an_account_closes_its_sockets(self):
        await self.check_closed_after(lambda: User.objects.aupdate(is_active=False))

    async def test_a_changed_password_closes_the_sockets_of_the_old_one(self):
        async def change_password():
            mara = await User.objects.aget()
            mara.set_password("another")
            await mara.asave()

        await self.check_closed_after(change_password)
