"""The HTTP doors under /api/v1/.

Every request comes through `ApiDoor` (door.py), which says no for all of them in one form. What
a door does is in a file of its name; who asks is in callers.py.
"""

from ninja import NinjaAPI

from chat.api import document, events, guests, me, messages, rooms, websites
from chat.api.refusals import answer


class Api(NinjaAPI):
    """Ninja's API, with one answer to whatever goes wrong."""

    def set_default_exception_handlers(self) -> None:
        self.add_exception_handler(Exception, answer)


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
