"""A session that is over ends its sockets."""

from unittest import mock

from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import AsyncClient

from chat.rules.errors import CloseCode
from tests.support.people import sign_in
from tests.support.sockets import OWN_ORIGIN, SocketTestCase, connect

User = get_user_model()


class ToldAtOnceTests(SocketTestCase):
    """By Django's signals: the clock that looks at all sessions stands still here."""

    def setUp(self):
        still = mock.patch("chat.live.server.TICK", 3600)
        still.start()
        self.addCleanup(still.stop)

    async def ended_by(self, change) -> None:
        session = await sign_in("Mara")
        async with connect(session=session, origin=OWN_ORIGIN) as mara, connect("Ana") as ana:
            await change(session)
            assert await mara.closed() == CloseCode.SIGNED_OUT
            await ana.ask("ping")

    async def test_who_signs_out_in_another_tab_is_signed_out_here(self):
        async def sign_out(session):
            await (await Session.objects.aget(pk=session)).adelete()

        await self.ended_by(sign_out)

    async def test_a_changed_password_ends_the_sockets_of_the_old_one(self):
        for fields in (None, ["password"]):
            with self.subTest(fields=fields):

                async def change_password(_, fields=fields):
                    mara = await User.objects.aget()
                    mara.set_password("another")
                    await mara.asave(update_fields=fields)

                await self.ended_by(change_password)
                await User.objects.all().adelete()

    async def test_a_deactivated_account_speaks_no_more(self):
        async def deactivate(_):
            mara = await User.objects.aget()
            mara.is_active = False
            await mara.asave(update_fields=["is_active"])

        await self.ended_by(deactivate)

    async def test_a_deleted_account_speaks_no_more(self):
        async def delete(_):
            await (await User.objects.aget()).adelete()

        await self.ended_by(delete)

    async def test_signing_in_elsewhere_ends_nothing(self):
        session = await sign_in("Mara")
        async with connect(session=session, origin=OWN_ORIGIN) as mara:
            await AsyncClient().aforce_login(await User.objects.aget())
            await mara.ask("ping")
            await mara.says_nothing()


class SigningOutTests(SocketTestCase):
    def setUp(self):
        often = mock.patch.multiple(
            "chat.live.server", TICK=0.05, LOOK_EVERY=0.1, LOOK_EVERY_ALONE=0.1
        )
        often.start()
        self.addCleanup(often.stop)

    async def ended_after(self, change) -> None:
        session = await sign_in("Mara")
        async with (
            connect(session=session, origin=OWN_ORIGIN) as mara,
            connect("Ana") as ana,
        ):
            await mara.join("lobby")
            await change()
            assert (await mara.refused("unauthorized"))["message"].startswith("You were signed out")
            assert await mara.closed() == CloseCode.SIGNED_OUT
            await ana.ask("ping")

    async def test_who_signs_out_in_another_tab_is_signed_out_here(self):
        await self.ended_after(Session.objects.all().adelete)

    async def test_a_deactivated_account_speaks_no_more(self):
        await self.ended_after(lambda: User.objects.aupdate(is_active=False))

    async def test_a_changed_password_ends_the_sockets_of_the_old_one(self):
        async def change_password():
            mara = await User.objects.aget()
            mara.set_password("another")
            await mara.asave()

        await self.ended_after(change_password)
