"""The page that documents the HTTP API and tries it out: the Swagger UI that comes with
django-ninja, loaded from this site alone."""

from csp.decorators import csp_replace
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from chat.models import Configuration


# Swagger UI makes elements of texts.
@csp_replace({"require-trusted-types-for": None, "trusted-types": None})
@require_safe
def page(request):
    """Show the page, which loads the same document as every program."""
    swagger = {
        "url": reverse("api:openapi-document"),
        # Else Swagger UI would send this site's address to a service of its makers.
        "validatorUrl": None,
        "layout": "BaseLayout",
        "displayRequestDuration": True,
        "tryItOutEnabled": True,
        "defaultModelsExpandDepth": 0,
        # The colours of the usual one are hard to read on its ground.
        "syntaxHighlight": {"theme": "tomorrow-night"},
    }
    context = {"site": Configuration.load(), "swagger": swagger}
    return render(request, "chat/api.html", context)
