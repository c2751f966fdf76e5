"""Find or make the person behind a session, a token or a name.

A member is known by their session, a guest or bot by a token; anybody else becomes a new guest.
Synchronous; touches nothing but the database.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import NamedTuple

from django.contrib import auth
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.access.sessions import may_be_key
from chat.models import Person
from chat.models.people import token_digest
from chat.rules.errors import ChatError
from chat.rules.names import clean_name, variant


class SignIn(NamedTuple):
    """What a member's right to write depends on: a session, and the password (its hash) that the
    account had when the session was found to be theirs."""

    session_key: str
    password: str


class Newcomer(NamedTuple):
    """A guest to be made: the name, None for one with a number, and a token that they have."""

    name: str | None
    token: str | None = None


class Guest(NamedTuple):
    """A guest, and the token by which they are known when they reconnect."""

    person: Person
    token: str


def signed_in_person(session_key: str) -> Person | None:
    """Return the person of a session, or None where it is nobody's.

    Raises ChatError as `person_of` does.
    """
    user = _user_of(session_key)
    return person_of(user) if user is not None else None


def _user_of(session_key: str | None):
    """Return the signed-in user of a session, checked as Django checks a request's, or None.

    The session is read from the database (chat/checks.py makes sure that it is there): signing
    out, and the check in the transaction that writes, go by the same row.
    """
    if not may_be_key(session_key):
        return None
    session = SessionStore(session_key)
    # Django would end a session with another password here. Our handlers of its signals publish
    # that, and a thread without the event loop must not publish over a layer in memory.
    session.flush = session.cycle_key = lambda: None
    user = auth.get_user(SimpleNamespace(session=session))
    return user if user.is_authenticated else None


def sign_in_of(person: Person, session_key: str | None) -> SignIn | None:
    """Return the sign-in of a member whom `signed_in_person` found.

    None for guests and bots: they have a token alone.
    """
    if session_key is None or person.user_id is None:
        return None
    return SignIn(session_key, person.user.password)


def ended_sessions(session_keys: Iterable[str]) -> set[str]:
    """Return those sessions that are nobody's any more: signed out, expired, their password
    changed, their account deleted or not active."""
    return {key for key in session_keys if _user_of(key) is None}


def sign_in_states(user_ids: Mapping[str, int]) -> dict[str, tuple]:
    """Return what it depends on whether sessions are somebody's, by their keys, in two statements.

    `user_ids` has the accounts by the sessions' keys. Of a session that is over there is nothing;
    one whose state is what it was when `ended_sessions` did not name it is somebody's still.
    """
    now, sessions = timezone.now(), Session.objects.in_bulk(user_ids)
    users = get_user_model().objects.in_bulk(set(user_ids.values()))
    return {
        key: (session.session_data, user.password, user.is_active)
        for key, session in sessions.items()
        if session.expire_date > now and (user := users.get(user_ids[key]))
    }


def names_of(people: Iterable[str]) -> dict[str, str]:
    """Return the names that people have now, by their public ids."""
    found = Person.objects.filter(public_id__in=people)
    return dict(found.values_list("public_id", "name"))


def person_of(user) -> Person:
    """Return the member that an account writes as, with its `user` set.

    Made now for an account that was stored without the signals of its model, as by `bulk_create`.
    """
    return member_of(user) or Person.objects.make_member(user)


def member_of(user) -> Person | None:
    """Return the person of an account; None for who has none."""
    if not user.is_authenticated:
        return None
    if person := Person.objects.filter(user=user).first():
        person.user = user
    return person


def create_guests(newcomers: Sequence[Newcomer]) -> list[Guest | ChatError]:
    """Make the guests, in one transaction.

    Returns, in the same order, each guest or the ChatError that refuses the name: `name_invalid`
    or `name_taken`.
    """
    with transaction.atomic():
        cleaned = [_clean(name) for name, _ in newcomers]
        taken = Person.objects.names_taken([name for name in cleaned if isinstance(name, str)])
        tokens = [token for _, token in newcomers]
        guests = [_prepare_guest(*guest, taken) for guest in zip(cleaned, tokens, strict=True)]
        Person.objects.bulk_create(g.person for g in guests if isinstance(g, Guest))
    return guests


def _clean(name: str | None) -> str | ChatError:
    try:
        return clean_name(name) if name is not None else _numbered_name()
    except ChatError as error:
        return error


def _prepare_guest(name: str | ChatError, token: str | None, taken: set[str]) -> Guest | ChatError:
    if isinstance(name, ChatError):
        return name
    if name in taken:
        return _taken_by_member(name)
    token = token or new_token()
    person = Person(name=name, token_digest=token_digest(token))
    person.set_keys()
    return Guest(person, token)


def new_token() -> str:
    """Return a token that nobody has."""
    return secrets.token_urlsafe(24)


def rename_guest(person: Person, name: str) -> None:
    """Save another name of a guest. Raises ChatError `name_invalid` or `name_taken`."""
    person.rename(clean_guest_name(name))


def clean_guest_name(name: str) -> str:
    """Return `name` cleaned, if a guest may have it.

    Raises ChatError `name_invalid`, or `name_taken`, with a suggestion, if a member has it or one
    that looks the same.
    """
    name = clean_name(name)
    if refusal := refusal_of_guest_name(name):
        raise refusal
    return name


def refusal_of_guest_name(name: str) -> ChatError | None:
    """Return why a guest cannot be called `name`, which a member may have; None if they can."""
    return _taken_by_member(name) if Person.objects.names_taken([name]) else None


def _taken_by_member(name: str) -> ChatError:
    """Return the error for a guest's name that a member has, with one that is free."""
    candidates = [variant(name, number) for number in range(2, 100)]
    taken = Person.objects.names_taken(candidates)
    return name_taken(next((n for n in candidates if n not in taken), None))


def name_taken(suggestion: str | None) -> ChatError:
    """Return the error for a name that somebody else has, with one that is free."""
    if suggestion is None:
        return ChatError("name_taken", _("Somebody here has that name. Choose another."))
    message = _("Somebody here has that name. How about “%(name)s”?") % {"name": suggestion}
    return ChatError("name_taken", message, suggestion=suggestion)


def stored_username(typed: str) -> str:
    """Return the username of the account that somebody means: as typed, else in another case.

    Case is no secret and nobody remembers it. Where two accounts differ in it alone, the exact
    one is meant.
    """
    users = get_user_model()._default_manager
    field = get_user_model().USERNAME_FIELD
    if len(typed) > get_user_model()._meta.get_field(field).max_length:
        # SQLite fails for a long one that it is to find in any case.
        return typed
    if users.filter(**{field: typed}).exists():
        return typed
    alike = users.filter(**{f"{field}__iexact": typed}).values_list(field, flat=True)[:2]
    return alike[0] if len(alike) == 1 else typed


def _numbered_name() -> str:
    return f"Guest-{secrets.randbelow(9000) + 1000}"
