"""uvicorn as this site runs it: python -m chatsite.server.serving HOST PORT WORKERS

`manage.py serve` becomes this process once everything is prepared.
"""

import sys

import uvicorn
from django.conf import settings


def serve(host: str, port: str, workers: str) -> None:
    """Serve until told to stop."""
    uvicorn.run(
        "chatsite.asgi:application",
        host=host,
        port=int(port),
        workers=int(workers),
        lifespan="on",
        loop="uvloop",
        http="chatsite.server.http:HttpProtocol",
        ws="chatsite.server.websocket:WebSocketProtocol",
        ws_per_message_deflate=False,
        ws_max_size=settings.MAX_FRAME_BYTES,
        # Detects dead clients. One that only reads slowly is left to the chat, which closes its
        # socket after 30 s with a reason: 4408.
        ws_ping_interval=20,
        ws_ping_timeout=40,
        # Ten seconds from SIGTERM to the end: eight for open requests and sockets, the rest for
        # the application's last commits.
        timeout_graceful_shutdown=8,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=settings.TRUSTED_PROXIES,
    )


if __name__ == "__main__":
    serve(*sys.argv[1:])
