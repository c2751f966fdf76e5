"""The addresses of the WebSocket consumers; the chat's HTTP addresses are in chat/urls.py."""

from channels.routing import URLRouter
from django.urls import path, re_path

from chat.consumers.chat import ChatConsumer
from chat.consumers.origin import OriginCheck
from chat.consumers.plain import PlainConsumer


async def refuse_socket(scope, receive, send):
    """Refuse a socket at an address without a consumer."""
    await send({"type": "websocket.close"})


websocket_urlpatterns = [
    path("ws/", ChatConsumer.as_asgi()),
    path("ws/plain/<str:room>", PlainConsumer.as_asgi()),
    path("", PlainConsumer.as_asgi()),
    re_path("", refuse_socket),
]

websocket_application = OriginCheck(URLRouter(websocket_urlpatterns))
