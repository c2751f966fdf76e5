"""A client over Socket.IO, in many rooms: each command an event, each event an event."""

import json
import re

from chat.consumers.socketio.client import Client
from chat.consumers.socketio.output import REFUSED, PacketOutput
from chat.consumers.socketio.packets import Packets
from tests.fuzz.tabs import Tab

PACKET = re.compile(r"4(\d)(\d*)(.*)", re.DOTALL)
CONNECT, EVENT, ACK = "023"


class SocketIOTab(Tab):
    """Every second command asks for an acknowledgement, which has the reply."""

    def __init__(self, person, server):
        super().__init__(person, server)
        self._client = Client(self._connection, self._connection.out)
        self._sent = 0

    def _output(self) -> PacketOutput:
        return PacketOutput(self)

    def write(self, packets: Packets) -> bool:
        for text in packets.texts:
            kind, _, data = PACKET.fullmatch(text).groups()
            if kind == EVENT:
                name, event = json.loads(data)
                self._take({"type": "error"} | event if name == REFUSED else event)
            elif kind == ACK:
                for reply in json.loads(data):
                    self._take(reply)
        return True

    async def _run(self, command: dict) -> None:
        if not self._client.is_connected:
            await self._client.receive(CONNECT)
        self._sent += 1
        number = self._sent if self._sent % 2 else ""
        event = [command.pop("type"), command]
        await self._client.receive(f"{EVENT}{number}{json.dumps(event)}")
