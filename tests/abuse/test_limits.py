"""The limits that a site has when nobody has set any, on a real server."""

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
    with ExitStack() as lines:
        ana = lines.enter_context(Wire(server.ws_url))
        token = ana.ask("hello", name="Ana")["token"]
        for _ in range(SOCKETS_OF_A_PERSON - 1):
            lines.enter_context(Wire(server.ws_url)).ask("hello", token=token)
        with Wire(server.ws_url) as one_more:
            one_more.say("hello", token=token)
            assert one_more.closed() == CloseCode.FLOODING
        others = [
            lines.enter_context(Raw(server.url))
            for _ in range(SOCKETS_OF_AN_ADDRESS - SOCKETS_OF_A_PERSON)
        ]
        for other in others:
            other.open()
        with Raw(server.url) as one_more:
            one_more.open()
            assert one_more.closed() == CloseCode.FLOODING
        others.pop().socket.close()
        ana.ask("ping")
        with Wire(server.ws_url) as welcome:
            welcome.ask("hello", name="Ion")


def test_a_socket_is_in_a_hundred_rooms(serve):
    server = serve()
    shell(server, f"Configuration(**{NO_RATES}).save()")
    shell(
        server, f"[Room(slug=f'r{{n}}', name='r').save() for n in range({ROOMS_OF_A_SOCKET + 1})]"
    )
    with Wire(server.ws_url) as ana:
        ana.ask("hello", name="Ana")
        for number in range(ROOMS_OF_A_SOCKET):
            ana.ask("join", room=f"r{number}")
        refusal = ana.answer(ana.say("join", room=f"r{ROOMS_OF_A_SOCKET}"))
        assert refusal["code"] == "bad_request"
        assert "leave one first" in refusal["message"]
        ana.ask("leave", room="r0")
        ana.ask("join", room=f"r{ROOMS_OF_A_SOCKET}")


def test_passwords_are_not_guessed_by_who_claims_another_address_each_time(serve):
    server = serve(TRUSTED_PROXIES="192.0.2.9")
    answers = [guess(server, f"198.51.100.{number}") for number in range(ATTEMPTS + 1)]
    assert not any("Too many attempts" in answer for answer in answers[:ATTEMPTS])
    assert "Too many attempts" in answers[ATTEMPTS]


def guess(server: Server, address: str) -> str:
    """Try a password, and give the page that comes of it."""
    with httpx.Client(base_url=server.url, headers={"X-Forwarded-For": address}) as browser:
        page = browser.get("/accounts/login/").text
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)
        fields = {"csrfmiddlewaretoken": token[1], "username": "mara", "password": "a guess"}
        answer = browser.post("/accounts/login/", data=fields)
    assert answer.status_code == 200
    return answer.text
