"""Members of rooms that have an address of their own and give no acknowledgements."""

import json

from picows import WSFrame, WSListener, WSMsgType, WSTransport

from bench.load.member import OrderedBySender, open_socket
from bench.load.room import Heard


class TutorialMember(OrderedBySender):
    """Speaks as the page of the Channels tutorial does: hearing oneself is the acknowledgement."""

    path = "/ws/chat/{room}/"

    @staticmethod
    def understand(payload: bytes) -> Heard:
        return Heard([origin(json.loads(payload)["message"].encode())])

    async def enter(self) -> None:
        """There is nothing to do: the address is the room."""

    def write(self, number: int, body: str) -> None:
        self.send_text(json.dumps({"message": body}))

    def check(self, heard: Heard) -> None:
        super().check(heard)
        if heard.messages[0][0] == self.number:
            self.was_acknowledged()


class NchanMember(OrderedBySender):
    """Hears bare texts; a sender publishes them on a second socket, where nchan answers each."""

    path = "/hear/{room}"

    @staticmethod
    def understand(payload: bytes) -> Heard:
        return Heard([origin(payload)])

    async def connect(self, port: int) -> None:
        await super().connect(port)
        if self.is_sender:
            self.publisher = Publisher(self)
            await open_socket(self.publisher, port, f"/publish/{self.room.name}")

    async def enter(self) -> None:
        """There is nothing to do: the address is the room."""

    def write(self, number: int, body: str) -> None:
        self.publisher.transport.send(WSMsgType.TEXT, body.encode())

    def disconnect(self) -> None:
        super().disconnect()
        if self.is_sender:
            self.publisher.transport.disconnect(graceful=False)


class Publisher(WSListener):
    """The socket that a member publishes on."""

    def __init__(self, member: NchanMember):
        self.member = member

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type is WSMsgType.TEXT:
            self.member.was_acknowledged()


def origin(body: bytes) -> tuple[int, int]:
    """Give the sender and the number that a message's text begins with."""
    sender, number, _ = body.split(b" ", 2)
    return int(sender), int(number)
