"""The HTTP doors of real servers: on either database, through any process, on a raw line."""

import socket
from urllib.parse import urlsplit

import httpx
import pytest

from tests.support.wire import Wire


@pytest.fixture(params=["PostgreSQL", "SQLite"])
def database(request, tmp_path) -> dict[str, str]:
    if request.param == "SQLite":
        return {"DATABASE_URL": f"sqlite:///{tmp_path}/shared.sqlite3"}
    return {"DATABASE_URL": request.getfixturevalue("postgres_url")}


def test_what_is_posted_to_one_process_is_told_and_read_and_repeated_at_another(
    serve, database, redis_url
):
    one, two = (serve(**database, REDIS_URL=redis_url) for _ in range(2))
    with (
        Wire(two.ws_url) as ion,
        httpx.Client(base_url=f"{one.url}/api/v1/") as here,
        httpx.Client(base_url=f"{two.url}/api/v1/") as there,
    ):
        ion.enter("Ion")
        token = here.post("guests", json={"name": "Ana"}).raise_for_status().json()["token"]
        ana = {"headers": {"Authorization": f"Bearer {token}"}}
        post = {"id": "one", "body": "hello 🙂"}
        ack = here.post("rooms/lobby/messages", json=post, **ana)
        heard = ion.message("hello 🙂")
        again = there.post("rooms/lobby/messages", json=post, **ana)
        page = there.get("rooms/lobby/messages", **ana).raise_for_status().json()
    assert (ack.status_code, again.status_code) == (201, 200)
    assert again.json() == ack.json() | {"duplicate": True}
    assert page == {"messages": [heard], "more": False}


@pytest.mark.parametrize("program", ["serve", "runserver"])
def test_bytes_that_are_no_text_get_no_page_and_no_traceback(serve, program):
    server = serve(program)
    for head in (
        b"GET /api/v1/rooms?before=\xff HTTP/1.1",
        b"GET /api/v1/rooms/\xff/messages HTTP/1.1",
        b"GET /api/v1/rooms/%ff/messages?before=%ff HTTP/1.1",
        b"GET /api/v1/rooms HTTP/1.1\r\nAuthorization: Bearer \xff",
        b"GET /api/v1/rooms HTTP/1.1\r\nCookie: sessionid=\xff",
        b"GET /api/v1/rooms HTTP/1.1\r\nOrigin: \xff",
        b"POST /api/v1/guests HTTP/1.1\r\nContent-Length: x",
    ):
        answer = said(server, head)
        assert answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 200 OK")), answer
        assert b"<" not in answer, answer
    assert "Traceback" not in server.log


def said(server, head: bytes) -> bytes:
    """Return all that a server answers to a request, byte for byte."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as line:
        line.sendall(head + b"\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        return b"".join(iter(lambda: line.recv(65536), b""))
