"""A member that speaks Socket.IO 4 over Engine.IO 4, WebSocket only."""

import json

from bench.load.member import OrderedBySender
from bench.load.room import ParsedFrame

OPEN, PING, CONNECTED, EVENT, ACK = "0", "2", "40", "42", "43"


class SocketIOMember(OrderedBySender):
    """Connects with its name and room, joins, and sends with acknowledgements."""

    path = "/socket.io/?EIO=4&transport=websocket"

    @staticmethod
    def parse(payload: bytes) -> ParsedFrame:
        text = payload.decode()
        if not text.startswith(EVENT):
            return ParsedFrame([], rest=(text,))
        _, message = json.loads(text[2:])
        sender, number = message["id"].split("-")
        return ParsedFrame([(int(sender), int(number))])

    async def enter(self) -> None:
        await self.entered

    def write(self, number: int, body: str) -> None:
        self.send_text(f'{EVENT}{number}["message","{self.number}-{number}","{body}"]')

    def handle(self, parsed: ParsedFrame) -> None:
        (text,) = parsed.rest
        if text == PING:
            self.send_text("3")
        elif text.startswith(ACK):
            self._acknowledged(text)
        elif text.startswith(CONNECTED):
            self.send_text(f'{EVENT}0["join"]')
        elif text.startswith(OPEN):
            auth = {"room": self.room.name, "name": f"m{self.number}"}
            self.send_text(CONNECTED + json.dumps(auth))
        else:
            self.room.fault(f"member {self.number} received {text}")

    def _acknowledged(self, text: str) -> None:
        if self.entered.done():
            self.was_acknowledged()
        else:
            self.entered.set_result(None)
