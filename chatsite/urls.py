from django.contrib import admin
from django.urls import include, path

from chat.api import api, health
from chat.api.docs.page import page as api_page

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/docs/", api_page, name="api-docs"),
    path("api/v1/", api.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("chat.urls")),
]
