"""What the fuzz found, each as a case of its own."""

from tests.api.support import new_guest
from tests.support.people import configure
from tests.support.sockets import SocketTestCase, connect


class RepeatTests(SocketTestCase):
    async def test_a_message_from_before_the_limit_was_lowered_is_acknowledged_when_repeated(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            first = await ana.send("x" * 20, id="1")
            await configure(max_body=10)
            await ana.next("site")
            again = await ana.send("x" * 20, id="1")
            assert again == first | {"duplicate": True}
            await ana.say("send", room="lobby", id="2", body="x" * 20)
            await ana.refused("too_long")

    async def test_so_it_is_over_http(self):
        async with connect("Ion") as ion:
            await ion.join("lobby")
            ana = await new_guest("Ana")
            first = await ana.says("x" * 20, id="1")
            await configure(max_body=10)
            await ion.next("site")
            again = await ana.says("x" * 20, id="1")
            assert (again.status, again["seq"]) == (200, first["seq"])
            (await ana.says("x" * 20, id="2")).refused(422, "too_long")
