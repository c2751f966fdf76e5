"""Rooms that one may not know of: whether the time of a refusal tells them from no room at all."""

import asyncio
import json
import random
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from http.client import HTTPConnection
from statistics import median
from time import perf_counter

from bench.peers import Target
from bench.work.measuring import Pace, Row
from tests.support.wire import Wire

CASES = {"a private room and none": 1000}
# Between these two there is nothing but noise.
MISSING, ALSO_MISSING = "club~aaaaaaaaaaaa", "club~dddddddddddd"
# Two private rooms: somebody is in one of them. `outside` belongs to neither.
PREPARE = """
from chat.models import Membership, Person, Room
from chat.models.people import token_digest
for name in ("inside", "outside"):
    Person.objects.create(name=name, kind="bot", token_digest=token_digest(name))
for slug in ("club~bbbbbbbbbbbb", "club~cccccccccccc"):
    room = Room.objects.create(slug=slug, name="Club", kind="private")
    Membership.objects.create(room=room, person=Person.objects.get(name="inside"))
"""
QUIET, OCCUPIED = "club~bbbbbbbbbbbb", "club~cccccccccccc"
# Beyond the noise.
MOST = 0.05

COMMANDS = {
    "join": {"type": "join"},
    "join with a password": {"type": "join", "password": "a-guess"},
    "read": {"type": "read", "seq": 1},
    "history": {"type": "history", "before": 9},
    "get": {"type": "get", "seqs": [1]},
    "send": {"type": "send", "body": "hello"},
}
NOBODY = {}
OUTSIDE = {"Authorization": "Bearer outside", "Content-Type": "application/json"}
REQUESTS = {
    "GET page": ("GET", "/rooms/{}/", None, NOBODY),
    "GET messages, unknown person": ("GET", "/api/v1/rooms/{}/messages", None, NOBODY),
    "GET messages": ("GET", "/api/v1/rooms/{}/messages", None, OUTSIDE),
    "GET events": ("GET", "/api/v1/rooms/{}/events?wait=0", None, OUTSIDE),
    "GET members": ("GET", "/api/v1/rooms/{}/members", None, OUTSIDE),
    "POST message": ("POST", "/api/v1/rooms/{}/messages", {"id": "1", "body": "hello"}, OUTSIDE),
    "POST members": ("POST", "/api/v1/rooms/{}/members", {}, OUTSIDE),
    "PUT read": ("PUT", "/api/v1/rooms/{}/read", {"seq": 1}, OUTSIDE),
    "PATCH room": ("PATCH", "/api/v1/rooms/{}", {"topic": "x"}, OUTSIDE),
    "POST rooms": ("POST", "/api/v1/rooms", {"name": "{}"}, OUTSIDE),
}

# Makes a request about the room at an address, and returns the response.
Ask = Callable[[str], str]


def peers(times: int) -> list[str]:
    return ["chatsite", "chatsite-postgres"]


async def measure(target: Target, times: int, pace: Pace) -> list[Row]:
    """Return for each way to ask how many times as long a refusal takes, in the median, where
    there is a private room; of the two rooms the one that differs more."""
    target.manage("shell", "-c", PREPARE)
    return await asyncio.to_thread(_compare_all, target, pace.crowd(times))


def _compare_all(target: Target, times: int) -> list[Row]:
    with ExitStack() as stack:
        inside = stack.enter_context(Wire(f"ws://127.0.0.1:{target.port}"))
        inside.enter("inside", OCCUPIED, token="inside")
        outside = stack.enter_context(Wire(f"ws://127.0.0.1:{target.port}"))
        outside.request("hello", token="outside")
        line = HTTPConnection("127.0.0.1", target.port)
        stack.callback(line.close)
        ways = {name: partial(_command, outside, fields) for name, fields in COMMANDS.items()}
        ways |= {name: partial(_fetch, line, *parts) for name, parts in REQUESTS.items()}
        return [_compared(name, ask, times) for name, ask in ways.items()]


def _command(wire: Wire, fields: dict, slug: str) -> str:
    fields = {"id": "m"} | fields if fields["type"] == "send" else fields
    kind = fields["type"]
    rest = {name: value for name, value in fields.items() if name != "type"}
    reply = wire.reply_to(wire.send_command(kind, room=slug, **rest))
    return f"{reply['type']} {reply.get('code')}"


def _fetch(
    line: HTTPConnection, method: str, path: str, body: dict | None, headers: dict, slug: str
) -> str:
    content = None if body is None else json.dumps(body).replace("{}", slug)
    line.request(method, path.replace("{}", slug), content, headers)
    with line.getresponse() as response:
        response.read()
        return str(response.status)


def _compared(name: str, ask: Ask, times: int) -> Row:
    """Return how many times as long it takes, asked in turns, in an order left to chance."""
    taken: dict[str, list[float]] = {slug: [] for slug in (MISSING, ALSO_MISSING, QUIET, OCCUPIED)}
    outcomes = {slug: ask(slug) for slug in taken}
    faults = [] if len(set(outcomes.values())) == 1 else [f"answered {outcomes}"]
    for _ in range(times):
        for slug in random.sample(list(taken), len(taken)):
            started = perf_counter()
            ask(slug)
            taken[slug].append(perf_counter() - started)
    times_as_long = {slug: median(taken[slug]) / median(taken[MISSING]) for slug in taken}
    ratio = max((times_as_long[slug] for slug in (QUIET, OCCUPIED)), key=lambda r: abs(r - 1))
    noise = abs(times_as_long[ALSO_MISSING] - 1)
    if abs(ratio - 1) > MOST + noise:
        faults.append(f"{ratio:.3f} times {median(taken[MISSING]):.4f} s, the noise {noise:.3f}")
    return Row(name, ratio, "times", "less", None, faults)
