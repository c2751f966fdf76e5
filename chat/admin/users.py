from collections.abc import Iterator

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from chat.admin.people import TAKEN
from chat.models import Membership, Person, Room
from chat.rules.errors import ChatError
from chat.rules.names import MAX_NAME, clean_name, name_of_account

User = get_user_model()

HELP = format_lazy(
    _("Their name in the chat. Up to {limit} characters of any script, and spaces."), limit=MAX_NAME
)


class MemberUsername:
    """A form's username that is a name in the chat; an older one may stay as it is."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Not there for who may only view. Django's own help excludes what names may have.
        if "username" in self.fields:
            self.fields["username"].help_text = HELP

    def clean_username(self):
        username = self.cleaned_data["username"]
        if "username" not in self.changed_data:
            return username
        try:
            name = clean_name(username)
        except ChatError as error:
            raise ValidationError(error.message) from error
        others = Person.objects.exclude(user=self.instance) if self.instance.pk else Person.objects
        if others.names_taken([name]):
            raise ValidationError(TAKEN)
        return name


class NewUserForm(MemberUsername, AdminUserCreationForm):
    """The form of a new account."""


class UserForm(MemberUsername, UserChangeForm):
    """The form of an account."""


admin.site.unregister(User)


@admin.register(User)
class MemberAdmin(UserAdmin):
    """Django's accounts; each is a member of the chat."""

    shows_times = True
    add_form = NewUserForm
    form = UserForm
    delete_confirmation_template = "admin/chat/user/delete_confirmation.html"
    delete_selected_confirmation_template = "admin/chat/user/delete_selected_confirmation.html"
    actions = ["delete_selected"]

    def save_model(self, request, obj, form, change):
        """Save, and say where the person in the chat keeps a name that an admin chose."""
        super().save_model(request, obj, form, change)
        person = Person.objects.filter(user=obj).first()
        name = name_of_account(obj.get_username())
        if person and "username" in form.changed_data and person.name != name:
            messages.warning(
                request,
                gettext("In the chat they are called %(name)s. You can change that at People.")
                % {"name": person.name},
            )

    def render_delete_form(self, request, context):
        users = User.objects.filter(pk=context["object"].pk)
        return super().render_delete_form(request, context | {"consequences": consequences(users)})

    @admin.action(permissions=["delete"], description=delete_selected.short_description)
    def delete_selected(self, request, queryset):
        response = delete_selected(self, request, queryset)
        if response is not None:
            response.context_data["consequences"] = consequences(queryset)
        return response


def consequences(users: QuerySet) -> Iterator[str]:
    """Yield what it means for the chat that accounts are deleted, as sentences."""
    yield gettext("In the chat, what they wrote stays, under a name that ends with “(former)”.")
    owners = Membership.objects.filter(role=Membership.Role.OWNER, banned_at=None)
    theirs = owners.filter(person__user__in=users)
    others = owners.exclude(person__user=None).exclude(pk__in=theirs.values("pk"))
    left = Room.objects.filter(pk__in=theirs.values("room")).exclude(pk__in=others.values("room"))
    if count := left.count():
        words = ngettext(
            "%(count)d room has no other owner. Make somebody one first, or only those who moderate"
            " the site can change it then.",
            "%(count)d rooms have no other owner. Make somebody one first, or only those who"
            " moderate the site can change them then.",
            count,
        )
        yield words % {"count": count}
