"""The page behind the link of an invitation; programs open it too, and that uses nothing up."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chat.access import identity, invitations, policies
from chat.access.invitations import Offer
from chat.models import Configuration, Person
from chat.pages.words import page_words
from chat.rules.errors import ChatError, blocked


@require_safe
def invitation(request: HttpRequest, code: str) -> HttpResponse:
    """Show who invites to what; the page's script comes by it (static/chat/page/invitation.js)."""
    response = _page(request, code)
    # The address is the key: nothing passes it on, and nothing keeps what it led to.
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    return response


def _page(request: HttpRequest, code: str) -> HttpResponse:
    """Return the page, or the way to the room of who belongs to it already.

    Where there is nothing to come by, its script tries whether this is a guest who came before: the
    server does not know whose page it is.
    """
    site, person = Configuration.load(), identity.member_of(request.user)
    address = request.META.get("REMOTE_ADDR", "")
    try:
        offer = invitations.limited(address, _offer, code, person)
    except ChatError as refusal:
        page = {"site": site, "reason": refusal.message, "title": _title(refusal)}
        response = render(request, "chat/invitation_ended.html", page, status=refusal.status)
        if refusal.retry_after:
            response["Retry-After"] = refusal.retry_after
    else:
        if person and not offer.new:
            return redirect("room", offer.rooms[0].slug)
        page = {
            "site": site,
            "code": code,
            "by": offer.invitation.created_by.name,
            "rooms": offer.rooms,
            "member_name": person.name if person else None,
            "account": request.user.pk,
            "needs_account": not policies.may_hold(person, offer.invitation.role),
            "words": page_words(),
        }
        response = render(request, "chat/invitation.html", page)
    return response


def _offer(code: str, person: Person | None) -> Offer:
    if person and person.is_blocked:
        raise blocked()
    return invitations.look_up(code, person)


def _title(refusal: ChatError) -> str:
    if refusal.status == HTTPStatus.NOT_FOUND:
        return _("This invitation cannot be used")
    return _("You cannot come in now")
