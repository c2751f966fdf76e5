"""A member that speaks Chatsite's protocol as a client of Socket.IO, WebSocket only."""

import json

from bench.load.chatsite import ChatsiteMember, origin
from bench.load.room import ParsedFrame
from bench.load.socketio import ACK, CONNECTED, EVENT, PING


class ChatsiteSocketIOMember(ChatsiteMember):
    """Each command is an event, with an acknowledgement where it has a reply."""

    path = "/socket.io/?EIO=4&transport=websocket"

    @staticmethod
    def parse(payload: bytes) -> ParsedFrame:
        text = payload.decode()
        if text.startswith(EVENT):
            _, event = json.loads(text[2:])
            if event["type"] == "message":
                version = event["version"]
                return ParsedFrame([origin(event["message"])], version, version)
            return ParsedFrame([], rest=(event,))
        if text.startswith(ACK):
            return ParsedFrame([], rest=tuple(json.loads(text[text.index("[") :])))
        return ParsedFrame([], rest=({"type": "ping" if text == PING else ""},))

    async def enter(self) -> None:
        """Send who it is and where, in one packet; resume if there was an earlier socket."""
        auth = {"token": self.token} if self.token else {"name": f"m{self.number}"}
        auth |= {"after": self.version, "epoch": self.epoch} if self.epoch else {}
        self.send_text(CONNECTED + json.dumps(auth | {"room": self.room.name}))
        await self.entered

    def send(self, command: dict) -> None:
        fields = {name: value for name, value in command.items() if name != "type"}
        self.send_text(EVENT + json.dumps([command["type"], fields]))

    def write(self, number: int, body: str) -> None:
        self.send_text(
            f'{EVENT}{number}["send",{{"id":"{self.number}-{number}","room":"{self.room.name}",'
            f'"body":"{body}"}}]'
        )

    def confirm(self, version: int) -> None:
        self.send_text(f'{EVENT}["received",{{"room":"{self.room.name}","version":{version}}}]')

    def handle(self, parsed: ParsedFrame) -> None:
        for event in parsed.rest:
            if event["type"] == "ping":
                self.send_text("3")
        super().handle(parsed)
