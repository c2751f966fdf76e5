"""The admin's site. It is not in chat.admin, whose modules need it when they are imported."""

from csp.decorators import csp_replace
from django.contrib.admin import AdminSite
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.views import shortcut
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy as _

from chat.access.signing_in import AdminSignInForm, mark_held_back
from chat.models import Configuration

# The chat before the accounts, and in it what one comes for most often.
APPS = ["chat", "auth"]
MODELS = ["Message", "Room", "Membership", "Invitation", "Person", "Configuration"]


class ChatAdminSite(AdminSite):
    """Django's admin site under the chat's name, whose form to sign in limits attempts."""

    login_form = AdminSignInForm
    index_title = _("Manage this site")
    # Django's link to the site, whose words are ours (templates/admin/base_site.html).
    site_url = None

    def admin_view(self, view, cacheable=False):
        """Return a view of the admin, in which jQuery may make elements of texts."""
        with_jquery = csp_replace({"require-trusted-types-for": None, "trusted-types": None})
        return with_jquery(super().admin_view(view, cacheable))

    def get_urls(self):
        """Return the addresses of the admin; Django's redirect to an object's page asks for no
        permission, and so tells what private rooms are called."""
        view = self.admin_view(self.view_on_site, cacheable=True)
        address = "r/<int:content_type_id>/<path:object_id>/"
        return [path(address, view, name="view_on_site"), *super().get_urls()]

    def view_on_site(self, request, content_type_id, object_id):
        """Redirect to an object's page on the site those who may view it in the admin."""
        model = get_object_or_404(ContentType, pk=content_type_id).model_class()
        if model not in self._registry or not self._registry[model].has_view_permission(request):
            raise PermissionDenied
        return shortcut(request, content_type_id, object_id)

    def each_context(self, request):
        name = Configuration.load().site_name
        return super().each_context(request) | {"site_header": name, "site_title": name}

    def get_app_list(self, request, app_label=None):
        """Return what may be managed: the chat first, any other app after it by its name."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda model: place(model["object_name"], MODELS))
        return sorted(apps, key=lambda app: place(app["app_label"], APPS))

    def login(self, request, extra_context=None):
        """Sign in; 429 where an attempt is held back."""
        return mark_held_back(super().login(request, extra_context))


def place(name: str, order: list[str]) -> int:
    """Return the place of a name in an order; names that it does not have come last."""
    return order.index(name) if name in order else len(order)
