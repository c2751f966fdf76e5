"""What uvicorn's protocol for HTTP does beside uvicorn's own."""

import socket

import pytest

from chatsite.http import UNCONFIRMED, notice_death


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="the system has no such thing")
def test_a_client_whose_machine_is_silent_counts_as_gone_after_a_while():
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection(listener.getsockname()),
    ):
        line, _ = listener.accept()
        with line:
            notice_death(line)
            patience = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    assert patience == UNCONFIRMED * 1000


def test_a_line_of_another_kind_is_left_as_it_is():
    one, other = socket.socketpair()
    with one, other:
        notice_death(one)
    notice_death(None)
