"""A session that is over ends its sockets."""

from unittest import mock

from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session

from chat.errors import CloseCode
from tests.support.people import sign_in
from tests.support.sockets import OWN_ORIGIN, SocketTestCase, connect

User = get_user_model()


class SigningOutTests(SocketTestCase):
    def setUp(self):
        often = mock.patch.multiple("chat.server", TICK=0.05, LOOK_EVERY=0.1, LOOK_EVERY_ALONE=0.1)
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
