"""The WebSocket doors and their addresses."""

from channels.routing import URLRouter
from django.urls import path, re_path

from chat.consumers.chat import ChatConsumer
from chat.consumers.origin import OriginCheck
from chat.consumers.plain import PlainConsumer


async def nothing_here(scope, receive, send):
    """Refuse a socket at an address that is no door."""
    await send({"type": "websocket.close"})


websocket_urlpatterns = [
    path("ws/", ChatConsumer.as_asgi()),
    path("ws/plain/<str:room>", PlainConsumer.as_asgi()),
    path("", PlainConsumer.as_asgi()),
    re_path("", nothing_here),
]

websocket_application = OriginCheck(URLRouter(websocket_urlpatterns))
