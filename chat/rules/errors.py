"""Errors of the protocol: a code for clients, and a sentence for people."""

from http import HTTPStatus
from typing import ClassVar

from django.utils.translation import gettext as _


class ChatError(Exception):
    """A refusal: an error code of the protocol, and a sentence that says what to do.

    `retry_after` is in seconds; `suggestion` is a free name when a name is taken.
    """

    STATUS: ClassVar[dict[str, HTTPStatus]] = {
        "bad_request": HTTPStatus.BAD_REQUEST,
        "unauthorized": HTTPStatus.UNAUTHORIZED,
        "not_found": HTTPStatus.NOT_FOUND,
        "forbidden": HTTPStatus.FORBIDDEN,
        "password_required": HTTPStatus.FORBIDDEN,
        "password_wrong": HTTPStatus.FORBIDDEN,
        "name_taken": HTTPStatus.CONFLICT,
        "name_invalid": HTTPStatus.UNPROCESSABLE_ENTITY,
        "too_long": HTTPStatus.UNPROCESSABLE_ENTITY,
        "conflict": HTTPStatus.CONFLICT,
        "rate_limited": HTTPStatus.TOO_MANY_REQUESTS,
        "room_full": HTTPStatus.SERVICE_UNAVAILABLE,
        "unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    }

    def __init__(
        self,
        code: str,
        message: str,
        *,
        retry_after: float | None = None,
        suggestion: str | None = None,
    ):
        super().__init__(message)
        self.status = self.STATUS[code]
        self.code = code
        self.message = message
        self.retry_after = retry_after
        self.suggestion = suggestion


class CloseCode:
    """The codes that the server closes sockets with; docs/protocol.md says what clients do then."""

    UNSUPPORTED_DATA = 1003
    TOO_BIG = 1009
    INTERNAL_ERROR = 1011
    MALFORMED = 4400
    SIGNED_OUT = 4401
    REMOVED = 4403
    STALLED = 4408
    FLOODING = 4429


def not_found() -> ChatError:
    """Return the error for a room that is missing or may not be seen: nobody can tell which."""
    return ChatError(
        "not_found", _("This room does not exist. Check the link, or choose another room.")
    )


def password_required() -> ChatError:
    """Return the error for a room that lets in who knows its password."""
    return ChatError(
        "password_required", _("This room asks for a password. Ask whoever sent you here.")
    )


def no_longer_in_room(reason: str) -> ChatError:
    """Return the error for who was in a room and may not stay, by the `reason` of `left`."""
    if reason == "password":
        return password_required()
    sentences = {
        "deleted": _("This room was deleted. Choose another room."),
        "removed": _("You were removed from this room. A moderator there can tell you why."),
        "banned": _("You were banned from this room. A moderator there can tell you why."),
        "private": _("This room is private now. Ask its people to invite you."),
    }
    return ChatError("not_found", sentences[reason])


def foreign_website() -> ChatError:
    """Return the error for a page of a website that is not on the admin's list."""
    return ChatError(
        "forbidden",
        _("This website may not use this chat. An admin can add it to the allowed origins."),
    )


def no_such_message() -> ChatError:
    """Return the error for a message that is not in its room's log."""
    return ChatError("not_found", _("There is no such message in this room. Load the room again."))


def no_such_person() -> ChatError:
    """Return the error for somebody who does not exist, or whom the asker may not know."""
    return ChatError("not_found", _("There is nobody like that here. Look for them by their name."))


def blocked() -> ChatError:
    """Return the error for a person whom an admin has blocked."""
    return ChatError("forbidden", _("You can no longer take part here. An admin can tell you why."))


def signed_out() -> ChatError:
    """Return the error for an ended session, or a deleted or disabled account."""
    return ChatError("unauthorized", _("You were signed out. Sign in to go on."))


def unavailable() -> ChatError:
    """Return the error for a write that failed for now, or whose outcome is unknown.

    Sending the same command again is safe.
    """
    return ChatError("unavailable", _("The server is busy. Try again in a moment."), retry_after=1)
