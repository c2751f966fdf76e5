"""Refused handshakes for daphne: with the status that the application chose, not always 403."""

from http import HTTPStatus

from autobahn.websocket.types import ConnectionDeny
from daphne.server import Server

from chat.protocol.contract import HANDSHAKE_RESPONSE


class HandshakeServer(Server):
    """Serves ASGI's extension for it, except the body: Autobahn sends none."""

    def create_application(self, protocol, scope):
        if scope["type"] == "websocket":
            scope["extensions"] = {HANDSHAKE_RESPONSE: {}}
        return super().create_application(protocol, scope)

    async def handle_reply(self, protocol, message):
        if message["type"] == f"{HANDSHAKE_RESPONSE}.start":
            refusal = ConnectionDeny(message["status"], HTTPStatus(message["status"]).phrase)
            # Of daphne's own refusal everything counts but the status: nothing is waiting for it.
            waiting, protocol.handshake_deferred = protocol.handshake_deferred, _Refused()
            protocol.serverReject()
            waiting.errback(refusal)
        elif message["type"] != f"{HANDSHAKE_RESPONSE}.body":
            await super().handle_reply(protocol, message)


class _Refused:
    """Stands in for what waits for daphne's refusal."""

    def errback(self, refusal: ConnectionDeny) -> None:
        """Drop a refusal: another was sent."""
