"""The pages that people open."""

from django.contrib.auth import views as auth
from django.urls import path

from chat.clientlibrary import doors as library
from chat.pages import views

urlpatterns = [
    path("", views.front, name="front"),
    path("client.js", library.module, name="client-module"),
    path("client.classic.js", library.classic, name="client-classic"),
    path("rooms/<str:slug>/", views.room, name="room"),
    path("accounts/login/", views.SignIn.as_view(), name="login"),
    path("accounts/logout/", auth.LogoutView.as_view(), name="logout"),
]
