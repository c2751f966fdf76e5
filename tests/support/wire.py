"""A bare client over a real socket: nothing of the product's code."""

import json
import time
from contextlib import suppress
from itertools import count

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

DEADLINE = 10.0


class Wire:
    """One socket of a real server; keeps what it is told until it is asked for."""

    def __init__(self, ws_url: str, **options):
        self._opening = connect(f"{ws_url}/ws/", max_size=None, **options)
        self.unread: list[dict] = []
        self._ids = (f"w{number}-{time.time_ns()}" for number in count(1))

    def __enter__(self):
        self.socket = self._opening.__enter__()
        return self

    def __exit__(self, *exception):
        self._opening.__exit__(*exception)

    def enter(self, name: str, room: str = "lobby", **fields) -> dict:
        """Say hello and join; return what was joined. Keeps `user` and `token`."""
        welcome = self.ask("hello", name=name, **fields)
        self.user, self.token, self.room = welcome["user"], welcome.get("token"), room
        return self.ask("join", room=room)

    def ask(self, kind: str, **fields) -> dict:
        """Say a command and return its direct answer; fail when that is a refusal."""
        answer = self.answer(self.say(kind, **fields))
        assert answer["type"] != "error", answer
        return answer

    def say(self, kind: str, **fields) -> str:
        """Say a command with an id, without waiting; return the id."""
        command = {"type": kind, "id": next(self._ids), **fields}
        self.socket.send(json.dumps(command))
        return command["id"]

    def send(self, body: str, **fields) -> dict:
        """Send a message to the room; return its ack."""
        return self.ask("send", room=self.room, body=body, **fields)

    def answer(self, command_id: str) -> dict:
        return self.next(lambda event: event.get("id") == command_id)

    def message(self, body: str, seconds: float = DEADLINE) -> dict:
        """Return the message with this body, once it comes."""
        event = self.next(
            lambda e: e["type"] == "message" and e["message"]["body"] == body, seconds
        )
        return event["message"]

    def next(self, wanted, seconds: float = DEADLINE) -> dict:
        """Return (and take) the first event that is wanted; fail when it does not come."""
        deadline = time.monotonic() + seconds
        while True:
            for index, event in enumerate(self.unread):
                if wanted(event):
                    return self.unread.pop(index)
            try:
                frame = self.socket.recv(timeout=max(0, deadline - time.monotonic()))
            except TimeoutError:
                raise AssertionError(f"Nothing of the kind came; unread: {self.unread}") from None
            self.unread += json.loads(frame)

    def closed(self, seconds: float = DEADLINE) -> int:
        """Return the code that the server closes with, once it does."""
        with suppress(ConnectionClosed):
            while True:
                self.unread += json.loads(self.socket.recv(timeout=seconds))
        return self.socket.close_code
