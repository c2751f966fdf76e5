"""The pages that people open."""

from django.contrib.auth import views as auth
from django.urls import path

from chat import views

urlpatterns = [
    path("", views.front, name="front"),
    path("rooms/<str:slug>/", views.room, name="room"),
    path("accounts/login/", views.SignIn.as_view(), name="login"),
    path("accounts/logout/", auth.LogoutView.as_view(), name="logout"),
]
