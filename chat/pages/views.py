"""The pages: the first one, a room, and signing in."""

from django.contrib.auth.views import LoginView
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from chat.access import identity
from chat.access.signing_in import SignInForm
from chat.live.roomlist import list_rooms
from chat.log import find_room
from chat.models import Configuration, Person
from chat.pages.forms import EnterForm
from chat.rules.errors import ChatError
from chat.rules.names import slug_of


@require_http_methods(["GET", "HEAD", "POST"])
def front(request):
    """Show the first page: the form for a name and a room, and the list of rooms."""
    site, person = Configuration.load(), identity.member_of(request.user)
    form = EnterForm(
        request.POST or None,
        is_member=request.user.is_authenticated,
        initial={"room": default_room_text(site, person)},
    )
    if request.method == "POST" and form.is_valid():
        return redirect("room", form.cleaned_data["room"])
    page = {"site": site, "form": form, "rooms": list_rooms(person)}
    return render(request, "chat/front.html", page)


def default_room_text(site: Configuration, person: Person | None) -> str:
    """Return what to type for the default room: its name if that leads to it, else its slug."""
    room = find_room(site.default_room, person)
    return room.name if room and slug_of(room.name) == room.slug else site.default_room


@require_safe
def room(request, slug: str):
    """Show a room's page, with the room's name if it exists; joining sends everything else."""
    if slug != proper_slug(slug):
        return redirect("room", proper_slug(slug), permanent=True)
    site = Configuration.load()
    known = find_room(slug, identity.member_of(request.user))
    name = known.name if known else slug
    page = {
        "room": {"slug": slug, "name": name},
        "signedIn": request.user.is_authenticated,
        "site": {"name": site.site_name, "welcome": site.welcome},
    }
    context = {"site": site, "known": known, "name": name, "page": page}
    return render(request, "chat/room.html", context)


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

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"site": Configuration.load()}
