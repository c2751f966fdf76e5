"""What goes wrong at an HTTP door, in the protocol's words."""

import logging
import math
from http import HTTPStatus

from django import db
from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFieldsSent
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import BaseModel, Field

from chat.protocol.commands import explain_field
from chat.protocol.events import Code, optional
from chat.rules.errors import ChatError, unavailable

logger = logging.getLogger(__name__)

JSON = "application/json; charset=utf-8"

# What Django finds wrong with a request.
DJANGOS = {
    DisallowedHost: "This site does not go by that name: its operator names it in ALLOWED_HOSTS.",
    TooManyFieldsSent: "This address has too many fields: leave most out.",
    UnreadablePostError: "The request broke off: send it again.",
}


class Refusal(ChatError):
    """A refusal with a status that no code has for itself."""

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


def refused(*statuses: int) -> dict[int, type[Refused]]:
    """Give what a door declares besides its answers: the statuses of its own refusals."""
    everywhere = (400, 413, 429, 503)
    return dict.fromkeys(sorted({*everywhere, *statuses}), Refused)


def answer(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Give the answer to a request that something went wrong with."""
    refusal = refusal_of(exception)
    error = Error(
        code=refusal.code,
        message=refusal.message,
        retry_after=refusal.retry_after,
        suggestion=refusal.suggestion,
    )
    body = Refused(error=error).model_dump_json()
    response = HttpResponse(body, content_type=JSON, status=refusal.status)
    if refusal.retry_after:
        response["Retry-After"] = math.ceil(refusal.retry_after)
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    return response


def refusal_of(exception: Exception) -> ChatError:
    """Give what a client is told of an exception; of a fault of ours the log has the rest."""
    match exception:
        case ChatError():
            return exception
        case ValidationError(errors=[first, *_]):
            return ChatError("bad_request", _explain(first))
        case AuthenticationError():
            return ChatError("unauthorized", "Who are you? Send a token, or sign in.")
        case HttpError():
            return ChatError("bad_request", "This is not JSON: send one object.")
        case Http404():
            return ChatError("not_found", "There is nothing here: /api/v1/openapi.json has a list.")
        case RequestDataTooBig():
            return too_big()
        case DisallowedHost() | TooManyFieldsSent() | UnreadablePostError():
            return ChatError("bad_request", DJANGOS[type(exception)])
        case db.Error():
            logger.warning("The database did not answer: %s", exception)
        case _:
            logger.error("A request could not be answered", exc_info=exception)
    return unavailable()


def too_big() -> ChatError:
    return Refusal(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "too_long",
        "A request has at most 64 KiB: send it in parts.",
    )


def not_allowed(methods: list[str]) -> ChatError:
    """The answer to a method that an address does not have."""
    message = f"This address takes {' and '.join(methods)} only."
    return Refusal(HTTPStatus.METHOD_NOT_ALLOWED, "bad_request", message)


def not_acceptable(types: list[str]) -> ChatError:
    """The answer to who accepts no form that an address has."""
    message = f"The answer comes as {' or '.join(types)} only: accept one of them."
    return Refusal(HTTPStatus.NOT_ACCEPTABLE, "bad_request", message)


def _explain(error: dict) -> str:
    """Say in one sentence what is wrong with a request, without repeating what was in it."""
    source, *path = error["loc"]
    # The first part of a body's path is what a door calls the body.
    where = ".".join(str(part) for part in (path[1:] if source == "body" else path))
    if not where:
        return "The body is not right: send one JSON object."
    return explain_field(error["type"], where, error["msg"], of="request")
