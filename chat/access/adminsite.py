"""The admin's site. It is not in chat.admin, whose modules need it when they are imported."""

from django.contrib.admin import AdminSite

from chat.access.signing_in import AdminSignInForm, mark_held_back


class ChatAdminSite(AdminSite):
    """Django's admin site, whose form to sign in limits attempts."""

    login_form = AdminSignInForm
    site_header = "Chatsite administration"
    site_title = "Chatsite"
    index_title = "What is here"

    def login(self, request, extra_context=None):
        """Sign in; 429 where an attempt is held back."""
        return mark_held_back(super().login(request, extra_context))
