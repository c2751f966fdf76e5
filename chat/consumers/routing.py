"""The addresses of the WebSocket consumers; the chat's HTTP addresses are in chat/urls.py."""

from http import HTTPStatus

from channels.routing import URLRouter
from django.urls import re_path
from django.utils.translation import gettext as _

from chat.consumers.chat import ChatConsumer
from chat.consumers.origin import OriginCheck
from chat.consumers.plain import PlainConsumer
from chat.consumers.refusals import refuse_handshake


async def not_found(scope, receive, send):
    """Refuse a socket at an address without a consumer."""
    sentence = _("There is no socket at this address. It is /ws/, or /ws/plain/ROOM for lines.")
    await refuse_handshake(scope, send, HTTPStatus.NOT_FOUND, sentence)


# With and without the last slash: no WebSocket client follows a redirect.
websocket_urlpatterns = [
    re_path(r"^ws/?\Z", ChatConsumer.as_asgi()),
    re_path(r"^ws/plain/(?P<room>[^/]+)/?\Z", PlainConsumer.as_asgi()),
    re_path(r"^\Z", PlainConsumer.as_asgi()),
    re_path("", not_found),
]

websocket_application = OriginCheck(URLRouter(websocket_urlpatterns))
