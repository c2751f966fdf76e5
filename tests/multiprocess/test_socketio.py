"""Clients of Socket.IO on two processes: over WebSockets, and polling as docs/deployment.md
has it."""

import json
from itertools import count

import psutil
import pytest

from tests.support.nginx import GuidesNginx
from tests.support.relay import Relay
from tests.support.wire import Wire

MOST_CLIENTS = 30


def test_clients_of_two_processes_see_each_other_come_talk_and_go(two, room, node):
    ana = node(two[0].url, "websocket", "Ana", room)
    ana.prints("over websocket")
    ben = node(two[1].url, "websocket", "Ben", room)
    ana.prints("sees Ben")
    ben.types("hello")
    ana.prints("has hello")
    ana.types("hello, Ben")
    ben.prints("has hello|hello, Ben")
    ben.kill()
    ana.prints("misses Ben")


def test_a_client_resumes_on_the_other_process(two, room, node):
    with Relay(two[0].url) as relay, Wire(two[1].ws_url) as ion:
        ion.enter("Ion", room)
        ana = node(relay.url, "websocket", "Ana", room)
        ana.types("before")
        ana.prints("has before")
        relay.cut()
        ana.prints("disconnected")
        ana.types("of Ana")
        ion.send("of Ion")
        relay.mend(two[1].url)
        ana.prints("ack of Ana")
        ana.prints("has before|of Ion|of Ana")
        assert ana.printed.count("is Ana") == 2


def page(node, url: str, transports: str, address: str, name: str, room: str):
    entry = json.dumps(["join", {"name": name, "room": room}])
    return node(url, transports, address, entry, script="socketio_page")


def test_pages_of_two_processes_have_one_list_of_people(two, room, node):
    ana = page(node, two[0].url, "websocket", "127.0.0.1", "Ana", room)
    ana.prints('["updateUserList",["Ana"]]')
    ben = page(node, two[1].url, "websocket", "127.0.0.1", "Ben", room)
    for one in (ana, ben):
        one.prints('["updateUserList",["Ana","Ben"]]')
    ben.kill()
    ana.prints('"text":"Ben has left"')
    assert ana.printed.splitlines()[-1] == '["updateUserList",["Ana"]]'


@pytest.fixture
def proxy(two, needs):
    with GuidesNginx(needs("nginx"), [server.port for server in two]) as started:
        yield started


def test_polling_pages_talk_through_nginx_as_the_guide_has_it(two, room, node, proxy):
    def ports() -> set[int]:
        held = psutil.net_connections("tcp4")
        return {c.laddr.port for c in held if c.status == "ESTABLISHED" and c.laddr}

    pages = []
    for number in count(2):
        assert number < MOST_CLIENTS, "nginx keeps everybody at one process"
        pages.append(page(node, proxy.url, "polling", f"127.0.0.{number}", f"P{number}", room))
        pages[-1].prints("Welcome to")
        if len(pages) >= 3 and {server.port for server in two} <= ports():
            break
    for number, one in enumerate(pages):
        one.types(json.dumps(["createMessage", {"from": "me", "text": f"from {number}"}]))
    for one in pages:
        for number in range(len(pages)):
            one.prints(f'"text":"from {number}"')
        assert "disconnected" not in one.printed


def test_a_page_that_upgrades_does_so_through_nginx_as_the_guide_has_it(two, room, node, proxy):
    ana = page(node, proxy.url, "polling,websocket", "127.0.0.2", "Ana", room)
    ana.prints("over websocket")
    ana.types(json.dumps(["createMessage", {"from": "me", "text": "hello"}]))
    ana.prints('"text":"hello"')
    assert "disconnected" not in ana.printed
