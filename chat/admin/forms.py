"""What the admin's forms share: they change what was edited, and nothing else."""

from typing import Any

from django import forms


class Shown(forms.HiddenInput):
    """What a field has shown. Nobody sees it, so that it has no description."""

    def build_attrs(self, base_attrs, extra_attrs=None) -> dict:
        attrs = super().build_attrs(base_attrs, extra_attrs)
        attrs.pop("aria-describedby", None)
        return attrs


class EditingForm(forms.ModelForm):
    """A form that knows what it has shown.

    A field that was not edited keeps what is stored by now: somebody else may have changed it while
    the form was open, and it is no part of `changed_data`.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.hidden_widget = Shown
            # What is sent without what was shown, as by a script, is compared with what is stored.
            field.show_hidden_initial = (
                not self.is_bound or self.add_initial_prefix(name) in self.data
            )

    def clean(self) -> dict[str, Any]:
        """Put what is stored in the place of what was not edited."""
        fields = super().clean()
        if self.instance.pk:
            for name in fields.keys() - set(self.changed_data):
                fields[name] = self.get_initial_for_field(self.fields[name], name)
        return fields
