"""A plain client over a real socket, without any of the product's code."""

import json
import time
from contextlib import suppress
from itertools import count

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

DEADLINE = 10.0


class Wire:
    """A socket to a real server; keeps events until they are read."""

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
        """Send hello and join; return `joined`. Keeps `user` and `token`."""
        welcome = self.request("hello", name=name, **fields)
        self.user, self.token, self.room = welcome["user"], welcome.get("token"), room
        return self.request("join", room=room)

    def request(self, kind: str, **fields) -> dict:
        """Send a command and return its reply; fail when that is an error."""
        reply = self.reply_to(self.send_command(kind, **fields))
        assert reply["type"] != "error", reply
        return reply

    def send_command(self, kind: str, **fields) -> str:
        """Send a command with a new id, without waiting; return the id."""
        command = {"type": kind, "id": next(self._ids), **fields}
        self.socket.send(json.dumps(command))
        return command["id"]

    def send(self, body: str, **fields) -> dict:
        """Send a message to the room; return its ack."""
        return self.request("send", room=self.room, body=body, **fields)

    def reply_to(self, command_id: str) -> dict:
        return self.next(lambda event: event.get("id") == command_id)

    def message(self, body: str, seconds: float = DEADLINE) -> dict:
        """Return the message with this body, once it arrives."""
        event = self.next(
            lambda e: e["type"] == "message" and e["message"]["body"] == body, seconds
        )
        return event["message"]

    def next(self, wanted, seconds: float = DEADLINE) -> dict:
        """Return and remove the first event that is wanted; fail when it does not arrive."""
        deadline = time.monotonic() + seconds
        while True:
            for index, event in enumerate(self.unread):
                if wanted(event):
                    return self.unread.pop(index)
            try:
                frame = self.socket.recv(timeout=max(0, deadline - time.monotonic()))
            except TimeoutError:
                raise AssertionError(f"No such event arrived; unread: {self.unread}") from None
            self.unread += json.loads(frame)

    def closed(self, seconds: float = DEADLINE) -> int:
        """Return the close code, once the server closes."""
        with suppress(ConnectionClosed):
            while True:
                self.unread += json.loads(self.socket.recv(timeout=seconds))
        return self.socket.close_code
