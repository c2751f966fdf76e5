"""Find the person of a token: a guest who comes back, or a bot."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from chat.access import identity
from chat.models import Person
from chat.models.people import token_digest
from chat.rules.errors import ChatError

MEMBER_HAS = "EXISTS (SELECT 1 FROM chat_person m WHERE m.kind = 'member' AND m.{0} = p.{0})"
HOLDERS = (
    f"SELECT p.*, {MEMBER_HAS.format('name_key')} OR {MEMBER_HAS.format('skeleton')}"  # noqa: S608
    " AS member_may_have_name FROM chat_person p WHERE p.token_digest IN "
)


class Claim(NamedTuple):
    """A token, and the name that its holder wants to have; None for the one that they have.

    Without `check_name` a guest whose name a member has by now is let in too, to take another.
    """

    token: str
    name: str | None = None
    check_name: bool = True


def holder_of(claim: Claim) -> Person:
    """Return the person of a token. Raises the ChatError that `holders_of` returns."""
    (outcome,) = holders_of([claim])
    if isinstance(outcome, ChatError):
        raise outcome
    return outcome


def holders_of(claims: Sequence[Claim]) -> list[Person | ChatError]:
    """Return the person of each token, found in one statement: it runs at every reconnect.

    Or the ChatError that refuses it: `unauthorized` for a token that is not known, and
    `name_taken` for a guest whose name a member has by now and who does not ask for another.
    """
    digests = [token_digest(claim.token) for claim in claims]
    places = ", ".join(["%s"] * len(digests))
    people = Person.objects.raw(f"{HOLDERS}({places})", digests)
    by_digest = {person.token_digest: person for person in people}
    return [
        _holder(by_digest.get(digest), claim) for digest, claim in zip(digests, claims, strict=True)
    ]


def _holder(person: Person | None, claim: Claim) -> Person | ChatError:
    if person is None:
        return unknown_token()
    keeps_name = claim.check_name and claim.name in (None, person.name)
    if person.kind == Person.Kind.GUEST and keeps_name and person.member_may_have_name:
        # Two names with one skeleton need not look alike: the keys put i and l together.
        return identity.refusal_of_guest_name(person.name) or person
    return person


def unknown_token() -> ChatError:
    """Return the error for a token that is nobody's."""
    return ChatError("unauthorized", _("Your visit has ended. Join again to go on."))
