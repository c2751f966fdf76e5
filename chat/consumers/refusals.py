"""Refusals of a handshake: an HTTP response in the place of a socket."""

from collections.abc import Callable
from http import HTTPStatus

from chat.protocol.contract import HANDSHAKE_RESPONSE


async def refuse_handshake(scope: dict, send: Callable, status: HTTPStatus, sentence: str) -> None:
    """Refuse a socket that is not accepted yet, and say why, for who looks at the response.

    A server without ASGI's extension responds with 403, whatever the reason.
    """
    if HANDSHAKE_RESPONSE not in scope.get("extensions", {}):
        await send({"type": "websocket.close"})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": f"{HANDSHAKE_RESPONSE}.start", "status": status.value, "headers": headers})
    await send({"type": f"{HANDSHAKE_RESPONSE}.body", "body": f"{sentence}\n".encode()})
