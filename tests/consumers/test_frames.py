"""Invalid frames, on the servers that people run: they close their own socket and no other."""

import pytest
from websockets.exceptions import InvalidStatus

from chat.protocol import MAX_FRAME
from tests.support.wire import Wire

pytestmark = pytest.mark.multiprocess

# The code where the server cuts the connection, or closes without a reason.
NO_REASON = {1000, 1006}
FRAMES = {
    "binary": (b"\x00\x01", False, 1003),
    "no UTF-8": (b'{"type": "ping", "id": "\xff"}', True, 1007),
    "half a surrogate pair": (b'{"type": "ping", "id": "\xed\xa0\x80"}', True, 1007),
    "over 64 KiB": (b" " * (MAX_FRAME + 1), True, 1009),
    "over 1 MiB": (b" " * 2**20, True, 1009),
}


@pytest.mark.parametrize("program", ["serve", "runserver"])
def test_an_invalid_frame_closes_its_own_socket_only(serve, program):
    server = serve(program)
    with Wire(server.ws_url) as ana:
        ana.enter("Ana")
        for what, (frame, text, code) in FRAMES.items():
            with Wire(server.ws_url) as charlie:
                charlie.enter("Charlie", "elsewhere")
                charlie.socket.send(frame, text=text)
                assert charlie.closed() in {code, *NO_REASON}, what
        ana.send("undisturbed")
        ana.message("undisturbed")
    assert "ERROR chat" not in server.log


@pytest.mark.parametrize("program", ["serve", "runserver"])
def test_a_foreign_page_is_refused_before_the_socket_opens(serve, program):
    server = serve(program)
    with Wire(server.ws_url, origin=server.url) as ana:
        ana.enter("Ana")
    for origin in ("null", "https://charlie.example", server.url.replace("http", "https")):
        with pytest.raises(InvalidStatus, match="403"), Wire(server.ws_url, origin=origin):
            pass
