"""The HTTP doors under /api/v1/.

Every request comes through `ApiDoor` (door.py), which says no for all of them in one form. What
a door does is in a file of its name; who asks is in callers.py.
"""

from ninja import NinjaAPI
from ninja.errors import ValidationError

from chat.api import document, events, guests, me, messages, rooms, websites
from chat.api.refusals import answer
from chat.protocol.commands import MANY_FAULTS


class Api(NinjaAPI):
    """Ninja's API, with one answer to whatever goes wrong."""

    def set_default_exception_handlers(self) -> None:
        self.add_exception_handler(Exception, answer)

    def validation_error_from_error_contexts(self, error_contexts) -> ValidationError:
        """Give what is wrong with a request; thousands of faults are not told apart."""
        if sum(c.pydantic_validation_error.error_count() for c in error_contexts) > MANY_FAULTS:
            return ValidationError([{"type": "too_many", "loc": ("body",), "msg": ""}])
        return super().validation_error_from_error_contexts(error_contexts)


api = Api(
    title="Chatsite",
    version="1",
    description="docs/protocol.md says what the objects mean. Every error is of one form.",
    urls_namespace="api",
    openapi_url=None,
    docs_url=None,
)
for part in (guests, me, rooms, messages, events, websites, document):
    api.add_router("", part.router, tags=[part.__name__.rpartition(".")[2]])

__all__ = ["api"]
