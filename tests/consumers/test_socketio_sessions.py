"""Sessions of Socket.IO: one packet at a time, bounded memory, and an end that stays one."""

import asyncio
import json
from unittest.mock import patch

from django.test import override_settings

from chat.consumers.socketio import sessions
from chat.consumers.socketio.packets import MAX_PACKET
from chat.live import server
from tests.support.people import block, configure
from tests.support.socketio import EIO, Client, Options, PollingWire, WebSocketWire, client, fetch
from tests.support.sockets import DEADLINE, SocketTestCase

ANA = {"name": "Ana", "room": "lobby"}
ION = {"name": "Ion", "room": "lobby"}
HISTORY = f"42{json.dumps(['history', {'room': 'lobby', 'before': 99}])}"


def session_of(ana: Client) -> sessions.Session:
    return sessions.find_session(ana.wire.sid)


async def fill(ana: Client) -> None:
    """Queue more for a client than it may leave unread: it does not poll."""
    for number in range(20):
        sent = {"room": "lobby", "id": f"m{number}", "body": "x" * 4000}
        await ana.request("send", sent)
    await ana.wire.stop_reading()
    await ana.send(HISTORY)
    assert session_of(ana).blocked


async def forgotten(ana: Client, *packets: str) -> None:
    """Wait until a session is forgotten, while the client sends such packets."""
    async with asyncio.timeout(DEADLINE):
        while session_of(ana):
            for packet in packets:
                await ana.wire.fetch("POST", packet)
            await asyncio.sleep(0.02)


class TurnTests(SocketTestCase):
    async def test_of_two_requests_with_packets_at_once_none_is_served(self):
        async with client(ANA, transport="polling") as charlie:
            await charlie.next("joined")
            join = '42["join",{"room":"club"}]'
            posts = [await charlie.wire.request("POST", join) for _ in range(2)]
            assert [(await post.response()).status for post in posts] == [200, 400]
            assert session_of(charlie) is None

    async def test_packets_over_two_transports_are_handled_one_after_another(self):
        async with client({"name": "First"}, transport="polling") as charlie:
            await charlie.next("welcome")
            async with client(ANA) as ana, client({"name": "Second"}) as second:
                await ana.next("joined")
                token = (await second.next("welcome"))["token"]
                receive = session_of(charlie).receive
                hello, join = ["hello", {"token": token}], ["join", {"room": "lobby"}]
                both = (receive(f"421{json.dumps(hello)}"), receive(f"422{json.dumps(join)}"))
                await asyncio.gather(*both)
                await charlie.wire.stop_reading()
                await charlie.send("1")
                (joined,) = await ana.request("join", {"room": "lobby"})
                # It joined as Second, so it is nobody else who stays behind.
                assert "First" not in [user["name"] for user in joined["members"]]

    async def test_of_several_connects_at_once_one_is_accepted(self):
        async with client(transport="polling") as ana:
            wire = PollingWire(Options())
            sid = json.loads((await wire.receive())[0][1:])["sid"]
            session = sessions.find_session(sid)
            await asyncio.gather(*(session.receive('40{"name":"Ion"}') for _ in range(3)))
            packets = await wire.receive()
            assert [packet[:2] for packet in packets].count("40") == 1
            assert await ana.request("ping")
            await wire.close()


class MemoryTests(SocketTestCase):
    async def test_for_a_client_that_never_polls_no_message_is_handled(self):
        async with client(ANA, transport="polling") as charlie:
            await charlie.next("joined")
            await fill(charlie)
            waiting = session_of(charlie).transport.size
            post = await charlie.wire.request("POST", HISTORY)
            assert await post.communicator.receive_nothing()
            assert session_of(charlie).transport.size == waiting
            await charlie.next("history")
            assert (await post.response()).status == 200
            await charlie.next("history")

    async def test_a_client_that_leaves_a_request_which_waits_is_gone(self):
        async with client(ANA, transport="polling") as charlie:
            await charlie.next("joined")
            await fill(charlie)
            post = await charlie.wire.request("POST", HISTORY)
            await post.communicator.receive_nothing()
            await post.leave()
            assert session_of(charlie) is None

    async def test_a_client_that_never_polls_may_still_leave(self):
        async with client(ANA, transport="polling") as charlie:
            await charlie.next("joined")
            await fill(charlie)
            await charlie.send("1")
            assert session_of(charlie) is None

    @patch.multiple(sessions, PING_AFTER=0.05, POLLS_WITHIN=0.2)
    async def test_pongs_alone_keep_no_client_that_reads_nothing(self):
        async with client(ANA, transport="polling") as charlie:
            await charlie.wire.stop_reading()
            await forgotten(charlie, "3")

    @patch.multiple(sessions, PING_AFTER=0.02, PONG_WITHIN=0.1)
    async def test_a_client_that_reads_pings_and_sends_pongs_stays(self):
        for transport in ("polling", "websocket"):
            async with client(ANA, transport=transport) as ana:
                await ana.next("welcome"), await ana.next("joined")
                await ana.hears_nothing(0.3)
                assert await ana.request("ping")


class AbsenceTests(SocketTestCase):
    async def test_a_client_that_goes_between_two_polls_is_gone(self):
        async with client(ANA, transport="polling") as ana:
            await ana.next("joined")
            with patch.multiple(sessions, POLLS_WITHIN=0.1):
                await ana.request("ping")
                await forgotten(ana)

    async def test_a_client_that_goes_during_the_upgrade_is_gone(self):
        for packets in ((), ("2probe",)):
            async with client(ANA, transport="polling") as ana:
                await ana.next("joined")
                socket = WebSocketWire(Options(), f"{EIO}websocket&sid={ana.wire.sid}")
                assert await socket.open()
                with patch.multiple(sessions, POLLS_WITHIN=0.1):
                    for packet in packets:
                        await socket.send(packet)
                    await ana.request("ping")
                    await asyncio.sleep(0.2)
                    assert session_of(ana)
                    await socket.close()
                    await forgotten(ana)

    async def test_a_session_that_has_ended_is_gone_also_where_an_upgrade_was_tried(self):
        async with client(ANA, transport="polling") as ana:
            welcome = await ana.next("welcome")
            await ana.next("joined")
            socket = WebSocketWire(Options(), f"{EIO}websocket&sid={ana.wire.sid}")
            assert await socket.open()
            await socket.send("2probe")
            await socket.receive()
            await block(welcome["user"]["id"])
            await ana.ends(for_good=True)
            assert session_of(ana) is None
            await socket.close()

    @patch.multiple(sessions, POLLS_WITHIN=2.0)
    # `heads`, which would end the last poll, come in 25 s.
    @patch("chat.connection.connection.random.random", lambda: 1.0)
    async def test_a_client_that_polls_on_stays(self):
        async with client(ANA, transport="polling") as ana, client(ION) as ion:
            await ana.next("joined")
            for number in range(4):
                await asyncio.sleep(0.6)
                await ion.request("send", {"room": "lobby", "id": f"m{number}", "body": "hello"})
                await ana.next("message")
            poll = await ana.wire.request("GET")
            await poll.communicator.receive_nothing(2.4)
            assert session_of(ana)
            await poll.leave()
            assert session_of(ana) is None

    @patch.multiple(sessions, POLLS_WITHIN=0.05)
    async def test_a_client_that_has_said_nothing_yet_may_take_its_time(self):
        wire = PollingWire(Options())
        opened = json.loads((await wire.receive())[0][1:])
        await asyncio.sleep(0.2)
        await wire.send("40")
        await forgotten(Client(wire))
        assert sessions.find_session(opened["sid"]) is None

    async def test_a_client_on_a_slow_network_may_read_what_it_was_sent(self):
        async with client(ANA, transport="polling") as ana:
            await ana.request("send", {"room": "lobby", "id": "m1", "body": "x" * 4000})
            with patch.multiple(sessions, POLLS_WITHIN=0.05, SLOWEST=10_000):
                await ana.request("history", {"room": "lobby", "before": 9})
                await asyncio.sleep(0.2)
                assert session_of(ana)
                await forgotten(ana)


class ClosedTests(SocketTestCase):
    @patch.multiple(sessions, PING_AFTER=0.01, LAST_READ_WITHIN=0.1)
    async def test_nothing_that_a_client_sends_prolongs_a_closed_session(self):
        for closing in ("9", "41"):
            async with client(transport="polling") as charlie:
                while "2" not in await charlie.wire.receive():
                    pass  # A pong would count, if the session were open.
                await charlie.send(closing)
                await forgotten(charlie, "3", "9", "41", '40{"name":"Charlie"}', "4x")

    @override_settings(CHAT_RATE_LIMITS=True)
    async def test_a_closed_session_counts_for_its_address_until_it_is_read(self):
        await configure(address_sockets=1)
        async with client(transport="polling") as charlie:
            await charlie.send("9")
            for _ in range(2):
                assert (await fetch("GET", f"{EIO}polling")).status == 429
            await charlie.ends(for_good=True)
            assert not (await server.current()).limiter._connections
        async with client(ANA):
            pass
        assert not (await server.current()).limiter._connections


class SizeTests(SocketTestCase):
    async def test_packets_have_the_same_limit_in_bytes_over_each_transport(self):
        around = len('42["x",""]')
        for transport in ("polling", "websocket"):
            for character in ("x", "€"):
                size = len(character.encode())
                most = (MAX_PACKET - around) // size
                with self.subTest(transport, character=character):
                    async with client(ANA, transport=transport) as charlie:
                        await charlie.send(f'42["x","{character * most}"]')
                        assert await charlie.request("ping")
                        await charlie.send(f'42["x","{character * (most + 1)}"]')
                        await charlie.ends(for_good=True)
