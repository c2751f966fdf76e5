"""The HTTP API on real servers: on either database, over several processes, with raw bytes."""

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


def test_a_post_to_one_process_is_known_to_the_others(serve, database, redis_url):
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
        received = ion.message("hello 🙂")
        again = there.post("rooms/lobby/messages", json=post, **ana)
        page = there.get("rooms/lobby/messages", **ana).raise_for_status().json()
    assert (ack.status_code, again.status_code) == (201, 200)
    assert again.json() == ack.json() | {"duplicate": True}
    assert page == {"messages": [received], "more": False, "newer": False}


def test_replies_and_mentions_are_read_through_another_process(serve, database, redis_url):
    one, two = (serve(**database, REDIS_URL=redis_url) for _ in range(2))
    with (
        Wire(two.ws_url) as ion,
        httpx.Client(base_url=f"{one.url}/api/v1/") as here,
        httpx.Client(base_url=f"{two.url}/api/v1/") as there,
    ):
        ion.enter("Ion")
        token = here.post("guests", json={"name": "Ana"}).raise_for_status().json()["token"]
        ana = {"headers": {"Authorization": f"Bearer {token}"}}
        for number in range(1, 10):
            post = {"id": str(number), "body": f"m{number}"}
            there.post("rooms/lobby/messages", json=post, **ana).raise_for_status()
        reply = {"id": "r", "body": "yes, @Ion @here", "reply_to": 2, "format": "plain"}
        there.post("rooms/lobby/messages", json=reply, **ana).raise_for_status()
        received = ion.message("yes, @Ion @here")
        query = "rooms/lobby/messages?{}".format
        around = here.get(query("around=10&limit=4"), **ana).raise_for_status().json()
        after = here.get(query("after=8&limit=1"), **ana).raise_for_status().json()
        found = here.get(query("seqs=10,2,11"), **ana).raise_for_status().json()
    assert (received["reply_to"], received["format"]) == (2, "plain")
    assert [person["name"] for person in received["mentions"]] == ["Ion"]
    assert received["mentions_all"] == "here"
    assert around["messages"][-1] == received
    assert [message["seq"] for message in around["messages"]] == [7, 8, 9, 10]
    assert around["refs"]["2"]["body"] == "m2"
    assert [message["seq"] for message in after["messages"]] == [9]
    assert (after["more"], after["newer"]) == (True, True)
    assert [message["seq"] for message in found["messages"]] == [2, 10]


def test_a_session_that_is_no_text_is_nobodys(serve, database):
    server = serve(**database)
    cookie = {"Cookie": r'sessionid="\000aaaaaaaaaaaaaaaa"'}
    for path, status in (("/", 200), ("/api/v1/me", 200), ("/admin/", 302)):
        assert httpx.get(f"{server.url}{path}", headers=cookie).status_code == status
    with Wire(server.ws_url, origin=server.url, additional_headers=cookie) as ana:
        ana.enter("Ana")


@pytest.mark.parametrize("program", ["serve", "runserver"])
def test_invalid_bytes_cause_no_page_and_no_traceback(serve, program):
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
        response = raw_response(server, head)
        assert response.startswith((b"HTTP/1.1 4", b"HTTP/1.1 200 OK")), response
        assert b"<" not in response, response
    assert "Traceback" not in server.log


def raw_response(server, head: bytes) -> bytes:
    """Return all that a server responses to a request, byte for byte."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as line:
        line.sendall(head + b"\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        return b"".join(iter(lambda: line.recv(65536), b""))
