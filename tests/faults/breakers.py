"""Clients that send a request over a raw connection and abort it at any moment."""

import asyncio
import json
import random
import socket
from collections import Counter
from contextlib import suppress
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from tests.abuse.raw import TEXT, frame, request
from tests.faults.sites import Process
from tests.faults.witness.client import RESET
from tests.faults.witness.crowd import ROOM

LONGEST = 0.3  # seconds on one connection
FIRST = 5.0  # the same, until anything was received over a connection of this kind
WAYS = ("stream", "poll", "two_at_once", "page", "socket", "socketio", "terminal")


class Breaker:
    """One person who opens a connection of any kind and aborts it, over and over.

    `heard` counts the bytes received over each kind of connection: it shows that each kind was
    open when it was aborted.
    """

    def __init__(self, process: Process, name: str, dice: random.Random, heard: Counter):
        self.name = name
        self._address = (urlsplit(process.url).hostname, urlsplit(process.url).port)
        self._url = process.url
        self._dice, self._heard = dice, heard

    async def go_on(self, seconds: float) -> None:
        """Open and abort connections for so many seconds."""
        await asyncio.to_thread(self._become_a_guest)
        over = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < over:
            way = self._dice.choice(WAYS)
            with suppress(OSError):
                await self._break_off(way, getattr(self, f"_{way}")())

    def _become_a_guest(self) -> None:
        asked = Request(f"{self._url}/api/v1/guests", method="POST")
        asked.add_header("Content-Type", "application/json")
        with urlopen(asked, json.dumps({"name": self.name}).encode(), timeout=10) as answer:
            self._token = json.load(answer)["token"]
        with urlopen(self._request("?wait=0", "application/json"), timeout=10) as answer:
            self._place = json.load(answer)

    def _request(self, query: str, accept: str) -> Request:
        path = f"{self._url}/api/v1/rooms/{ROOM}/events{query}"
        return Request(path, headers={"Authorization": f"Bearer {self._token}", "Accept": accept})

    async def _break_off(self, way: str, asked: bytes) -> None:
        """Send a request, read for a moment, and end the connection by RST or by FIN."""
        reader, writer = await asyncio.open_connection(*self._address)
        try:
            writer.write(asked)
            longest = LONGEST if self._heard[way] else FIRST
            async with asyncio.timeout(self._dice.uniform(0, longest)):
                while data := await reader.read(65536):
                    self._heard[way] += len(data)
        except TimeoutError:
            pass
        finally:
            if self._dice.random() < 0.7:
                line = writer.get_extra_info("socket")
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            writer.transport.abort()

    # The requests

    def _stream(self) -> bytes:
        return self._get(f"/api/v1/rooms/{ROOM}/events", "text/event-stream")

    def _poll(self) -> bytes:
        version = self._place["version"] + self._dice.choice((0, 10**6))
        query = f"after={version}&epoch={self._place['epoch']}&wait=30"
        return self._get(f"/api/v1/rooms/{ROOM}/events?{query}", "application/json")

    def _two_at_once(self) -> bytes:
        """Return two requests, of which the second waits for the end of an endless one."""
        return self._stream() + self._page()

    def _page(self) -> bytes:
        return self._get(self._dice.choice(("/healthz", "/readyz", "/client.js")), "*/*")

    def _socket(self) -> bytes:
        hello, join = {"type": "hello", "token": self._token}, {"type": "join", "room": ROOM}
        said = [frame(TEXT, json.dumps(command).encode()) for command in (hello, join)]
        return request() + b"".join(said)

    def _socketio(self) -> bytes:
        auth = json.dumps({"token": self._token, "room": ROOM})
        opening = request("/socket.io/?EIO=4&transport=websocket")
        return opening + frame(TEXT, f"40{auth}".encode())

    def _terminal(self) -> bytes:
        return request(f"/ws/plain/{ROOM}?name={self.name}x{self._dice.randrange(10**6)}")

    def _get(self, path: str, accept: str) -> bytes:
        lines = [f"GET {path} HTTP/1.1", "Host: localhost", f"Accept: {accept}"]
        lines.append(f"Authorization: Bearer {self._token}")
        return "\r\n".join([*lines, "", ""]).encode()
