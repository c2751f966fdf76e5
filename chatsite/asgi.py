"""The ASGI application: HTTP by Django, sockets by chat.routing."""

import gc
import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
django_application = get_asgi_application()

# Models can be imported only now.
from channels.routing import ProtocolTypeRouter  # noqa: E402

from chat import server  # noqa: E402
from chat.routing import websocket_application  # noqa: E402


async def lifespan(scope, receive, send):
    """Start with the process, and finish its commits before it ends (daphne does not ask)."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await server.current()
            settle()
            await send({"type": "lifespan.startup.complete"})
        else:
            await server.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return


def settle():
    """Leave what was loaded out of every collection of garbage from now on.

    Modules, settings and models live to the end; looking through them again stopped everybody
    for tens of milliseconds ("latency" in bench/, p99.9). Collections come less often too: a
    connection makes hardly any cycles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


async def http_application(scope, receive, send):
    """Serve a request; the first one starts the chat server where there is no lifespan."""
    await server.current()
    await django_application(scope, receive, send)


application = ProtocolTypeRouter(
    {
        "http": http_application,
        "websocket": websocket_application,
        "lifespan": lifespan,
    }
)
