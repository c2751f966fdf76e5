"""The chat of the Channels tutorial on daphne: python serve.py PORT BACKEND REDIS_URL

BACKEND is the layer's class in channels_redis. Sessions are left out: nobody here has one.
"""

import json
import sys

import django
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from daphne.cli import CommandLineInterface
from django.conf import settings
from django.urls import re_path

port, backend, redis_url = sys.argv[1:]
# Without a longer timeout than redis-py's own, the core layer dies in the first quiet moment.
host = {"address": redis_url, "socket_timeout": 60}
settings.configure(
    SECRET_KEY="a-key-for-measuring",
    ALLOWED_HOSTS=["127.0.0.1"],
    CHANNEL_LAYERS={
        "default": {"BACKEND": f"channels_redis.{backend}", "CONFIG": {"hosts": [host]}},
    },
)
django.setup()


class ChatConsumer(AsyncWebsocketConsumer):
    """Every socket subscribes to its room's group; every message goes through the layer."""

    async def connect(self):
        self.group = f"chat_{self.scope['url_route']['kwargs']['room']}"
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code):
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data):
        message = json.loads(text_data)["message"]
        await self.channel_layer.group_send(
            self.group, {"type": "chat.message", "message": message}
        )

    async def chat_message(self, event):
        await self.send(text_data=json.dumps({"message": event["message"]}))


rooms = URLRouter([re_path(r"^ws/chat/(?P<room>[\w-]+)/$", ChatConsumer.as_asgi())])
application = ProtocolTypeRouter({"websocket": rooms})

if __name__ == "__main__":
    CommandLineInterface().run(
        ["-b", "127.0.0.1", "-p", port, "--verbosity=0", "__main__:application"]
    )
