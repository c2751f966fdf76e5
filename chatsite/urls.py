from django.contrib import admin
from django.urls import include, path

handler500 = "chat.pages.broken.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("chat.urls")),
]
