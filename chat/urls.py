"""Every HTTP address of the chat; those of its sockets are in chat/consumers/routing.py."""

from django.contrib.auth import views as auth
from django.urls import path

from chat.api import health
from chat.api.docs.page import page as api_page
from chat.api.urls import api
from chat.clientlibrary import views as library
from chat.pages import preview, views
from chat.pages.invitations import invitation
from chat.protocol.contract import API_PREFIX

urlpatterns = [
    # Pages
    path("", views.front, name="front"),
    path("rooms/<str:slug>/", views.room, name="room"),
    path("invitations/<str:code>/", invitation, name="invitation"),
    path("accounts/login/", views.SignInView.as_view(), name="login"),
    path("accounts/logout/", auth.LogoutView.as_view(), name="logout"),
    path("manifest.webmanifest", preview.manifest, name="manifest"),
    # The client library
    path("client.js", library.module, name="client-module"),
    path("client.classic.js", library.classic, name="client-classic"),
    # Socket.IO's client, beside its sockets (chat/consumers/socketio/)
    *(
        path(f"socket.io/{name}", library.socket_io, {"name": name}, name=name)
        for name in library.SOCKET_IO
    ),
    # The API and its documentation
    path(API_PREFIX.removeprefix("/"), api.urls),
    path("api/docs/", api_page, name="api-docs"),
    # Health, for load balancers
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
