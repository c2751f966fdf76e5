"""The HTTP API: its endpoints, and the checks that every request passes.

A request comes to `ApiApplication` (application.py), an ASGI application of our own in Django's
place. Each file with a router has the endpoints of its name; callers.py finds out who asks.
"""

from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.operation import Operation

from chat.api import (
    events,
    guests,
    invitations,
    me,
    members,
    messages,
    people,
    reading,
    rooms,
    websites,
)
from chat.api.bodies import read_body
from chat.api.document import documents_of
from chat.api.errors import error_response
from chat.protocol.commands import MANY_FAULTS


class Api(NinjaAPI):
    """django-ninja's API, which reads bodies itself and has one form for every error."""

    def __init__(self, **options):
        super().__init__(openapi_url=None, docs_url=None, **options)
        self.add_decorator(read_body, mode="view")

    def set_default_exception_handlers(self) -> None:
        self.add_exception_handler(Exception, error_response)

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the name of an endpoint's function: generators name a client's functions by it."""
        return operation.view_func.__name__

    def validation_error_from_error_contexts(self, error_contexts) -> ValidationError:
        """Return what is wrong with a request; thousands of faults count as one, the first."""
        if sum(c.pydantic_validation_error.error_count() for c in error_contexts) > MANY_FAULTS:
            return ValidationError([{"type": "too_many", "loc": ("body",), "msg": ""}])
        return super().validation_error_from_error_contexts(error_contexts)


api = Api(
    title="Chatsite",
    version="1",
    description="docs/protocol.md says what the objects mean. Every error is of one form.",
    urls_namespace="api",
)
for part in (guests, me, people, rooms, members, invitations, reading, messages, events, websites):
    api.add_router("", part.router, tags=[part.__name__.rpartition(".")[2]])
api.add_router("", documents_of(api))
