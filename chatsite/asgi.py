"""The ASGI application: pages by Django, the API by chat.api, sockets by chat.consumers."""

import gc
import os
from functools import partial

from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
django_application = get_asgi_application()

# Models can be imported only now.
from channels.routing import ProtocolTypeRouter  # noqa: E402

from chat.api.application import ApiApplication  # noqa: E402
from chat.api.readers import end_readers  # noqa: E402
from chat.consumers.routing import websocket_application  # noqa: E402
from chat.consumers.socketio.application import SocketIOApplication  # noqa: E402
from chat.consumers.socketio.sessions import end_polls  # noqa: E402
from chat.live import server  # noqa: E402
from chatsite.server.bodies import BodyLimit  # noqa: E402
from chatsite.server.https import HttpsWatch  # noqa: E402
from chatsite.server.turns import Turns  # noqa: E402

pages = Turns(BodyLimit(django_application, settings.DATA_UPLOAD_MAX_MEMORY_SIZE))
api_or_pages = HttpsWatch(ApiApplication(pages))


async def lifespan(scope, receive, send):
    """Start the chat server with the process, and finish its commits before the process ends.

    daphne does not support lifespan: see `http_application`.
    """
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            # What chatsite/server/serving.py's protocol calls when the process is told to stop.
            scope.get("state", {})["stopping"] = partial(end_requests, await server.current())
            tune_garbage_collection()
            await send({"type": "lifespan.startup.complete"})
        else:
            await server.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return


def end_requests(running):
    """End the requests that wait for what is new: the process is about to stop."""
    end_readers(running)
    end_polls()


def tune_garbage_collection():
    """Exclude what was loaded so far from garbage collection, and collect less often.

    Modules, settings and models live to the end; scanning them again took 17 ms each time, in
    which nobody received anything. A connection creates hardly any cycles. The second generation
    has what all connections created since its last collection: while 5,000 came, one took 160 ms.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 100, 20)


async def http_application(scope, receive, send):
    """Serve a request; on a server without lifespan, the first one starts the chat server."""
    await server.current()
    await api_or_pages(scope, receive, send)


application = SocketIOApplication(
    ProtocolTypeRouter(
        {
            "http": http_application,
            "websocket": websocket_application,
            "lifespan": lifespan,
        }
    )
)
