"""The pages: the first one, a room, and signing in."""

from contextlib import suppress
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import urlsplit

from django.contrib.auth.views import LoginView
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from chat.access import identity, policies
from chat.access.signing_in import SignInForm, mark_held_back
from chat.live.roomlist import list_rooms
from chat.log import find_older_to_enter, find_room, find_to_enter
from chat.models import Configuration, Person, Room
from chat.pages.forms import EnterForm
from chat.pages.preview import room_preview, site_preview
from chat.pages.roomrows import row_of
from chat.pages.words import page_words
from chat.rules.errors import ChatError, not_found
from chat.rules.names import name_key
from chat.rules.slugs import UNTYPED, is_untyped, slug_of


@require_http_methods(["GET", "HEAD", "POST"])
@gzip_page
def front(request):
    """Show the first page: the form for a name and a room, and the list of rooms."""
    return front_page(request)


def front_page(request, *, status=HTTPStatus.OK, stale=False):
    """Return the first page, or lead to the room that was typed; not from a form that is stale."""
    site, person = Configuration.load(), identity.member_of(request.user)
    reader = reader_of(person)
    form = EnterForm(
        request.POST or None,
        is_member=request.user.is_authenticated,
        may_create=policies.may_create(person, site),
        initial={"room": default_room_text(site, reader)},
    )
    is_sent = request.method == "POST" and not stale and form.is_valid()
    if is_sent and (slug := slug_to_enter(form, site, reader)):
        return redirect("room", slug)
    page = {
        "site": site,
        "welcome": site.welcome_for(is_member=request.user.is_authenticated),
        "member_name": person.name if person else request.user.get_username(),
        "preview": site_preview(request, site, is_indexed=True),
        "form": form,
        "rooms": [row_of(room) for room in list_rooms(reader)],
        "stale": stale,
        "words": page_words(),
    }
    response = render(request, "chat/front.html", page, status=status)
    return preload_styles(response, "chat/css/pages/front.css")


def slug_to_enter(form: EnterForm, site: Configuration, person: Person | None) -> str | None:
    """Return the slug of the room that was typed; None, with the reason at its field, where it is
    not there and may not be started."""
    slug = form.cleaned_data["room"]
    known = find_to_enter(slug, person) or find_older_to_enter(form.data["room"], person)
    if known is None and not policies.may_create(person, site):
        form.add_error("room", not_found().message)
        return None
    return known.slug if known else slug


def default_room_text(site: Configuration, person: Person | None) -> str:
    """Return what to type for the default room: its name if that leads to it, else its slug."""
    room = find_room(site.default_room, person)
    return room.name if room and slug_of(room.name) == room.slug else site.default_room


@require_safe
@gzip_page
def room(request, slug: str):
    """Show a room's page, with the room's name if it exists; joining sends everything else."""
    if slug != proper_slug(slug):
        return redirect(address_of(request, proper_slug(slug)), permanent=True)
    site, person = Configuration.load(), identity.member_of(request.user)
    found = room_to_enter(slug, person)
    known = found if found and find_room(slug, person) else None
    if known and known.slug != slug:
        # Its id, or a former address, which another room can have one day.
        return redirect(address_of(request, known.slug))
    name = name_for(person, known) if known else slug.partition(UNTYPED)[0] or slug
    ending = ending_of_visit(site, person, found, slug)
    is_new = found is None and not may_belong(person, slug)
    page = {
        "room": {
            "slug": slug,
            "id": known.public_id if known else None,
            "name": name,
            "isNew": is_new,
        },
        "signedIn": request.user.is_authenticated,
        "account": request.user.pk,
        "site": {"name": site.site_name, "welcome": site.welcome},
    }
    context = {
        "site": site,
        "preview": room_preview(request, site, known),
        "known": known,
        "is_new": is_new,
        "name": name,
        "ending": ending,
        "person": person,
        "page": page,
        "words": page_words(),
    }
    status = ending.status if ending else HTTPStatus.OK
    response = render(request, "chat/room.html", context, status=status)
    return preload_styles(response, "chat/css/pages/room.css")


def name_for(person: Person | None, room: Room) -> str:
    """Return what a room is called for somebody: a direct one after the others in it."""
    if room.kind != Room.Kind.DIRECT:
        return room.name
    others = room.memberships.exclude(person=person).order_by("pk")
    return ", ".join(others.values_list("person__name", flat=True)) or room.name


def address_of(request, slug: str) -> str:
    """Return the address of a room's page, with the message that a request links to."""
    query = request.META.get("QUERY_STRING", "")
    path = reverse("room", args=[slug])
    return f"{path}?{query}" if query else path


def preload_styles(response: HttpResponse, sheet: str) -> HttpResponse:
    """Name a page's style sheet in its headers: nothing is painted before that has come.

    A browser asks for it when the headers come, before the page and its scripts: 0.1 s earlier on
    a slow line (300 ms, 60 KB/s).
    """
    response["Link"] = f"<{static(sheet)}>; rel=preload; as=style"
    return response


def may_belong(person: Person | None, slug: str) -> bool:
    """Whether somebody may belong to a room that the page cannot know of: a guest's token, which
    says who they are, comes with the join."""
    return person is None and is_untyped(slug)


class Ending(NamedTuple):
    """What stands in the place of a room for somebody who gets no further than its page."""

    status: HTTPStatus
    title: str
    words: str


def ending_of_visit(
    site: Configuration, person: Person | None, room: Room | None, slug: str
) -> Ending | None:
    """Return why a visit ends before it began; None for who may try to join.

    The page's scripts say the same where it turns out later (static/chat/page/logic/gate.js).
    """
    if person and person.is_blocked:
        title = _("You can no longer take part here")
        return Ending(HTTPStatus.FORBIDDEN, title, _("An admin can tell you why."))
    may_start = policies.may_create(person, site) and not is_untyped(slug)
    if room is None and not may_belong(person, slug) and not may_start:
        title = _("This room does not exist")
        words = _("Check the link, or choose another room.")
        return Ending(HTTPStatus.NOT_FOUND, title, words)
    return None


def reader_of(person: Person | None) -> Person | None:
    """Return whose rooms a page shows: to somebody who is blocked it shows what everybody sees."""
    return None if person and person.is_blocked else person


def room_to_enter(slug: str, person: Person | None) -> Room | None:
    """Return the room at an address for its page, if one may read it or come in by its password;
    none for somebody who is blocked."""
    return None if person and person.is_blocked else find_to_enter(slug, person)


def proper_slug(text: str) -> str:
    """Return the slug that `text` stands for. Raises Http404 when it stands for none."""
    try:
        return slug_of(text)
    except ChatError as error:
        raise Http404 from error


class SignInView(LoginView):
    """Sign in with an account of this site."""

    template_name = "chat/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def dispatch(self, request, *args, **kwargs):
        """Refuse a form that was sent for somebody else than who is signed in by now."""
        is_member = request.user.is_authenticated
        if request.method == "POST" and is_member and not signs_in_again(request):
            return sign_in_page(request)
        return super().dispatch(request, *args, **kwargs)

    def form_invalid(self, form):
        """Show the form again, at what has to be typed again; 429 where it was held back."""
        form.focus_refused()
        return mark_held_back(super().form_invalid(form))

    def get_context_data(self, **kwargs):
        page = {"site": Configuration.load(), "guests_page": guests_page(self.get_redirect_url())}
        return super().get_context_data(**kwargs) | page


def guests_page(address: str) -> str:
    """Return where one goes on without signing in: to the room or the invitation that one came
    from, if any."""
    with suppress(Resolver404, ValueError):
        if resolve(urlsplit(address).path).view_name in {"room", "invitation"}:
            return address
    return reverse("front")


def signs_in_again(request) -> bool:
    """Return whether a form to sign in is that of somebody who is signed in already."""
    typed = request.POST.get("username", "")
    return request.user.is_authenticated and name_key(typed) == name_key(
        request.user.get_username()
    )


def sign_in_page(request, *, status=HTTPStatus.OK, stale=False):
    """Return the page to sign in with the username that was typed, without signing in."""
    view = SignInView()
    view.setup(request)
    form = SignInForm(request, initial={"username": request.POST.get("username", "")})
    form.focus_refused()
    page = view.get_context_data(form=form, stale=stale)
    return render(request, view.template_name, page, status=status)
