"""How soon the reader of a stream that ended comes back: before anybody is told that they left."""

import re

from chat.presence import LEAVE_AFTER
from tests.api.support import make_room, new_guest
from tests.support.sockets import DEADLINE, SocketTestCase
from tests.support.streams import EVENT_STREAM, asked, gone


class RetryTests(SocketTestCase):
    async def test_a_stream_begins_with_a_time_after_which_a_browser_is_still_present(self):
        await make_room()
        line = await asked(await new_guest("Ana"), "lobby", "", {"Accept": EVENT_STREAM})
        await line.receive_output(DEADLINE)
        begun = (await line.receive_output(DEADLINE))["body"]
        await gone(line)
        wait = re.fullmatch(rb"retry: (\d+)\n\n", begun)
        assert 0 < int(wait[1]) < LEAVE_AFTER * 1000
