from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.admin.people import TAKEN
from chat.models import Person
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
