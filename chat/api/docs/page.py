"""The page on which the HTTP doors are read about and tried out: Swagger UI, as django-ninja
brings it, from this site alone."""

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from chat.models import Configuration


@require_safe
def page(request):
    """Show the page; it reads the same document as every program."""
    swagger = {
        "url": reverse("api:openapi-document"),
        # Else Swagger UI would tell a service of its makers where this site is.
        "validatorUrl": None,
        "layout": "BaseLayout",
        "displayRequestDuration": True,
        "tryItOutEnabled": True,
        "defaultModelsExpandDepth": 0,
    }
    context = {"site": Configuration.load(), "swagger": swagger}
    return render(request, "chat/api.html", context)
