"""Members of rooms with a URL each, on servers without acknowledgements of their own."""

import json

from picows import WSFrame, WSListener, WSMsgType, WSTransport

from bench.load.member import OrderedBySender, open_socket
from bench.load.room import ParsedFrame


class TutorialMember(OrderedBySender):
    """A client like the page of the Channels tutorial: its own message acknowledges itself."""

    path = "/ws/chat/{room}/"

    @staticmethod
    def parse(payload: bytes) -> ParsedFrame:
        return ParsedFrame([origin(json.loads(payload)["message"].encode())])

    async def enter(self) -> None:
        """Do nothing: the URL names the room."""

    def write(self, number: int, body: str) -> None:
        self.send_text(json.dumps({"message": body}))

    def check(self, parsed: ParsedFrame) -> None:
        super().check(parsed)
        if parsed.messages[0][0] == self.number:
            self.was_acknowledged()


class NchanMember(OrderedBySender):
    """Receives bare texts; a sender publishes on a second socket, where nchan confirms each."""

    path = "/hear/{room}"

    @staticmethod
    def parse(payload: bytes) -> ParsedFrame:
        return ParsedFrame([origin(payload)])

    async def connect(self, port: int) -> None:
        await super().connect(port)
        if self.is_sender:
            self.publisher = Publisher(self)
            await open_socket(self.publisher, port, f"/publish/{self.room.name}")

    async def enter(self) -> None:
        """Do nothing: the URL names the room."""

    def write(self, number: int, body: str) -> None:
        self.publisher.transport.send(WSMsgType.TEXT, body.encode())

    def disconnect(self) -> None:
        super().disconnect()
        if self.is_sender:
            self.publisher.transport.disconnect(graceful=False)


class Publisher(WSListener):
    """The socket on which a member publishes."""

    def __init__(self, member: NchanMember):
        self.member = member

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type is WSMsgType.TEXT:
            self.member.was_acknowledged()


def origin(body: bytes) -> tuple[int, int]:
    """Return the sender and the number that a message's text begins with."""
    sender, number, _ = body.split(b" ", 2)
    return int(sender), int(number)
