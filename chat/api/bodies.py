"""When and how far a request's body is read: after its route is known, up to the route's limit."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TypeVar

from django.http import HttpResponse

from chat.api.requests import Request
from chat.protocol import MAX_FRAME

View = TypeVar("View", bound=Callable)


def body_limit(size: int) -> Callable[[View], View]:
    """Limit the body of a view's request to `size` bytes; a decorator below the router's.

    Without it the limit is that of a frame over a socket, 64 KiB.
    """

    def declare(view: View) -> View:
        view.body_limit = size
        return view

    return declare


def read_body(run: Callable[..., Awaitable[HttpResponse]]):
    """Read the body before an operation of django-ninja runs; a decorator of its `run` method.

    So a request whose address or method does not exist costs no body.
    """
    limit = getattr(run.__self__.view_func, "body_limit", MAX_FRAME)

    @wraps(run)
    async def reading_body(request: Request, **path) -> HttpResponse:
        await request.read_body(limit)
        return await run(request, **path)

    return reading_body
