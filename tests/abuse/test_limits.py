"""The default limits of a site, on a real server."""

import re
from contextlib import ExitStack

import httpx
import pytest

from chat.rules.errors import CloseCode
from tests.abuse.raw import Raw
from tests.support.servers import Server
from tests.support.wire import Wire

pytestmark = pytest.mark.multiprocess

SOCKETS_OF_A_PERSON, SOCKETS_OF_AN_ADDRESS, ROOMS_OF_A_SOCKET = 10, 50, 100
ATTEMPTS = 10
NO_RATES = {
    f"{who}_{what}": 10_000 for who in ("socket", "person", "address") for what in ("rate", "burst")
}


def shell(server: Server, code: str) -> None:
    server.manage("shell", "--no-imports", "-c", f"from chat.models import *;{code}")


def test_a_person_has_ten_sockets_and_an_address_fifty(serve):
    server = serve()
    with ExitStack() as connections:
        ana = connections.enter_context(Wire(server.ws_url))
        token = ana.request("hello", name="Ana")["token"]
        for _ in range(SOCKETS_OF_A_PERSON - 1):
            connections.enter_context(Wire(server.ws_url)).request("hello", token=token)
        with Wire(server.ws_url) as one_more:
            one_more.send_command("hello", token=token)
            assert one_more.closed() == CloseCode.FLOODING
        others = [
            connections.enter_context(Raw(server.url))
            for _ in range(SOCKETS_OF_AN_ADDRESS - SOCKETS_OF_A_PERSON)
        ]
        for other in others:
            other.open()
        with Raw(server.url) as one_more:
            one_more.open()
            assert one_more.closed() == CloseCode.FLOODING
        others.pop().socket.close()
        ana.request("ping")
        with Wire(server.ws_url) as ion:
            ion.request("hello", name="Ion")


def test_a_socket_may_join_a_hundred_rooms(serve):
    site = serve()
    shell(site, f"Configuration(**{NO_RATES}).save()")
    shell(site, f"[Room(slug=f'r{{n}}', name='r').save() for n in range({ROOMS_OF_A_SOCKET + 1})]")
    # A server reads the configuration when it starts, and a change of it within seconds.
    server = serve(DATABASE_URL=site.database_url)
    with Wire(server.ws_url) as ana:
        ana.request("hello", name="Ana")
        for number in range(ROOMS_OF_A_SOCKET):
            ana.request("join", room=f"r{number}")
        refusal = ana.reply_to(ana.send_command("join", room=f"r{ROOMS_OF_A_SOCKET}"))
        assert refusal["code"] == "bad_request"
        assert "Leave one first" in refusal["message"]
        ana.request("leave", room="r0")
        ana.request("join", room=f"r{ROOMS_OF_A_SOCKET}")


def test_claimed_addresses_get_no_additional_password_attempts(serve):
    server = serve(TRUSTED_PROXIES="192.0.2.9")
    pages = [guess(server, f"198.51.100.{number}") for number in range(ATTEMPTS + 1)]
    assert [page.status_code for page in pages] == [200] * ATTEMPTS + [429]
    assert "Too many tries" in pages[ATTEMPTS].text
    assert int(pages[ATTEMPTS].headers["Retry-After"]) > 0


def guess(server: Server, address: str) -> httpx.Response:
    """Try a password and return the response."""
    with httpx.Client(base_url=server.url, headers={"X-Forwarded-For": address}) as browser:
        page = browser.get("/accounts/login/").text
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)
        fields = {"csrfmiddlewaretoken": token[1], "username": "mara", "password": "a guess"}
        return browser.post("/accounts/login/", data=fields)
