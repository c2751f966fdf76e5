"""A minimal client of docs/protocol.md over Socket.IO, on a WebSocket, that logs all it does."""

import json
import re
from itertools import count

from tests.faults.witness.client import Client

# Of Engine.IO, and within its messages of Socket.IO.
OPEN, PING, PONG, MESSAGE = "0234"
CONNECT, EVENT, ACK, CONNECT_ERROR = "0234"
PACKET = re.compile(r"4(\d)(\d*)(.*)", re.DOTALL)


class SocketIOClient(Client):
    """Commands are events with an acknowledgement, and its argument is the reply."""

    PATH = "/socket.io/?EIO=4&transport=websocket"

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self._acks = count(1)

    def connected(self) -> None:
        """Wait for the server's first packet."""

    def _introduce(self) -> None:
        """Send the identity, and resume, in one packet."""
        auth = {"token": self.token} if self.token else {"name": self.name}
        auth |= {"after": self.version, "epoch": self.epoch} if self.epoch else {}
        self.write_frame(f"{MESSAGE}{CONNECT}{json.dumps(auth | {'room': self.room})}")

    def write(self, command: dict) -> None:
        fields = {name: value for name, value in command.items() if name != "type"}
        event = json.dumps([command["type"], fields])
        self.write_frame(f"{MESSAGE}{EVENT}{next(self._acks)}{event}")

    def take_frame(self, frame: str) -> None:
        if frame[0] == OPEN:
            self._introduce()
        elif frame[0] == PING:
            self.write_frame(PONG)
        elif frame[0] == MESSAGE:
            self._take_packet(*PACKET.fullmatch(frame).groups())

    def _take_packet(self, kind: str, number: str, data: str) -> None:
        if kind == EVENT:
            name, event = json.loads(data)
            self.take(event if name == event.get("type") else {"type": "error", **event})
        elif kind == ACK:
            for reply in json.loads(data):
                self.take(reply)
        elif kind == CONNECT_ERROR:
            self.take({"type": "error", **json.loads(data)["data"]})
            raise ConnectionError(data)
