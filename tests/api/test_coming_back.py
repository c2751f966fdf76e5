"""A stream that ends with its process, and how soon its reader comes back: before anybody is told
that they left."""

import re

from chat.api.readers import send_away
from chat.live import server
from chat.live.presence import LEAVE_AFTER
from tests.api.support import make_room, new_guest
from tests.support.sockets import DEADLINE, SocketTestCase
from tests.support.streams import EVENT_STREAM, asked, gone, stream


class RetryTests(SocketTestCase):
    async def test_a_stream_begins_with_a_time_after_which_a_browser_is_still_present(self):
        await make_room()
        line = await asked(await new_guest("Ana"), "lobby", "", {"Accept": EVENT_STREAM})
        await line.receive_output(DEADLINE)
        begun = (await line.receive_output(DEADLINE))["body"]
        await gone(line)
        wait = re.fullmatch(rb"retry: (\d+)\n\n", begun)
        assert 0 < int(wait[1]) < LEAVE_AFTER * 1000

    async def test_a_process_that_stops_lets_the_readers_of_streams_go_at_once(self):
        await make_room()
        async with stream(await new_guest("Ana")) as reader:
            await reader.next("joined")
            send_away(await server.current())
            await reader.end()
            assert not [block for block in reader.unread if block.event == "error"]

    async def test_a_process_that_stops_lets_a_reader_go_who_was_on_their_way_in(self):
        await make_room()
        ana = await new_guest("Ana")
        send_away(await server.current())
        async with stream(ana) as reader:
            await reader.next("joined")
            await reader.end()
            assert not [block for block in reader.unread if block.event == "error"]
