"""When a process stops, its streams end, and readers reconnect before they count as gone."""

import re

from chat.api.readers import end_readers
from chat.live import server
from chat.live.presence import LEAVE_AFTER
from tests.api.support import make_room, new_guest
from tests.support.sockets import DEADLINE, SocketTestCase
from tests.support.streams import EVENT_STREAM, disconnect, request_events, stream


class ReconnectTests(SocketTestCase):
    async def test_a_browser_reconnects_before_it_counts_as_gone(self):
        await make_room()
        connection = await request_events(
            await new_guest("Ana"), "lobby", "", {"Accept": EVENT_STREAM}
        )
        await connection.receive_output(DEADLINE)
        begun = (await connection.receive_output(DEADLINE))["body"]
        await disconnect(connection)
        wait = re.fullmatch(rb"retry: (\d+)\n", begun)
        assert 0 < int(wait[1]) < LEAVE_AFTER * 1000

    async def test_a_stopping_process_ends_its_streams(self):
        await make_room()
        async with stream(await new_guest("Ana")) as reader:
            await reader.next("joined")
            end_readers(await server.current())
            await reader.end()
            assert not [block for block in reader.unread if block.event == "error"]

    async def test_a_stopping_process_ends_a_stream_that_just_joins(self):
        await make_room()
        ana = await new_guest("Ana")
        end_readers(await server.current())
        async with stream(ana) as reader:
            await reader.next("joined")
            await reader.end()
            assert not [block for block in reader.unread if block.event == "error"]
