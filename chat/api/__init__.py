"""The HTTP doors under /api/v1/."""

from ninja import NinjaAPI

from chat.api.rooms import router

api = NinjaAPI(title="Chatsite", version="1", urls_namespace="api", docs_url=None)
api.add_router("", router)

__all__ = ["api"]
