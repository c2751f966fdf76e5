"""Errors of the API, in the protocol's words: from an exception to the response."""

import logging
import math
from http import HTTPStatus

from django import db
from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFieldsSent
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import BaseModel, Field

from chat.api.responses import reply
from chat.live.threads import SILENCE
from chat.protocol import MAX_FRAME
from chat.protocol.commands import explain_field
from chat.protocol.contract import API_PREFIX
from chat.protocol.events import Code, optional
from chat.rules.errors import ChatError, unavailable

logger = logging.getLogger(__name__)

# Django's own exceptions for a faulty request, and what to say to the client.
DJANGO_ERRORS = {
    DisallowedHost: gettext_lazy(
        "This site does not go by that name. Its operator can add it to ALLOWED_HOSTS."
    ),
    TooManyFieldsSent: gettext_lazy("This address has too many fields. Leave most out."),
    UnreadablePostError: gettext_lazy("The request broke off. Send it again."),
}
# Of a body's field or a query's parameter.
UNKNOWN_FIELD = gettext_lazy("This request has no field %(field)s. Leave it out.")


class RefusalWithStatus(ChatError):
    """A refusal with a status that no code of the protocol has."""

    def __init__(self, status: HTTPStatus, code: str, message: str):
        super().__init__(code, message)
        self.status = status


class Error(BaseModel):
    code: Code
    message: str = Field(description="One sentence for a person.")
    retry_after: float | None = optional(description="Seconds.")
    suggestion: str | None = optional(description="A free name, with name_taken.")


class Refused(BaseModel):
    """Why a request was refused: a code for a program, and one sentence for a person."""

    error: Error


def error_responses(*statuses: int) -> dict[int, type[Refused]]:
    """Return the error responses that an endpoint declares: its own, and those of all endpoints."""
    everywhere = (400, 413, 429, 503)
    return dict.fromkeys(sorted({*everywhere, *statuses}), Refused)


def error_response(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the response to a request that raised an exception."""
    refusal = refusal_for(exception)
    error = Error(
        code=refusal.code,
        message=refusal.message,
        retry_after=refusal.retry_after,
        suggestion=refusal.suggestion,
    )
    response = reply(Refused(error=error), status=refusal.status)
    if refusal.retry_after:
        response["Retry-After"] = math.ceil(refusal.retry_after)
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    return response


def refusal_for(exception: Exception) -> ChatError:
    """Return what a client is sent for an exception; details of a server error go to the log."""
    match exception:
        case ChatError():
            return exception
        case ValidationError(errors=[first, *_]):
            return ChatError("bad_request", _explain(first))
        case AuthenticationError():
            return ChatError("unauthorized", _("Who are you? Send a token, or sign in."))
        case HttpError():
            return ChatError("bad_request", _("This is not JSON. Send one object."))
        case Http404():
            message = _("There is nothing here. %(document)s has a list.")
            return ChatError("not_found", message % {"document": f"{API_PREFIX}openapi.json"})
        case RequestDataTooBig():
            return body_too_large(MAX_FRAME)
        case DisallowedHost() | TooManyFieldsSent() | UnreadablePostError():
            return ChatError("bad_request", str(DJANGO_ERRORS[type(exception)]))
        case db.Error():
            SILENCE.warn(exception)
        case _:
            logger.error("A request could not be answered", exc_info=exception)
    return unavailable()


def body_too_large(limit: int) -> ChatError:
    """Return the error for a body over `limit` bytes."""
    return RefusalWithStatus(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "too_long",
        _("A request has at most %(size)s KiB. Send it in parts.") % {"size": limit // 1024},
    )


def method_not_allowed(methods: list[str]) -> ChatError:
    """Return the error for a method that an address does not have."""
    message = _("This address takes %(methods)s only.") % {"methods": ", ".join(methods)}
    return RefusalWithStatus(HTTPStatus.METHOD_NOT_ALLOWED, "bad_request", message)


def not_acceptable(types: list[str]) -> ChatError:
    """Return the error for a client that accepts no content type that an endpoint has."""
    message = _("The answer comes as %(types)s only. Accept one of them.") % {
        "types": ", ".join(types)
    }
    return RefusalWithStatus(HTTPStatus.NOT_ACCEPTABLE, "bad_request", message)


def _explain(error: dict) -> str:
    """Return in one sentence what is wrong with a request, without repeating what it sent."""
    source, *path = error["loc"]
    # The first part of a body's path is the name of the endpoint's parameter.
    where = ".".join(str(part) for part in (path[1:] if source == "body" else path))
    if not where:
        return _("The body is not right. Send one JSON object.")
    return explain_field(error["type"], where, error["msg"], UNKNOWN_FIELD)
