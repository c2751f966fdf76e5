"""Usernames: the names of members, so any name is allowed in any script."""

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator

from chat.rules.errors import ChatError
from chat.rules.names import check_characters


def validate_characters(value: str) -> None:
    """Raise ValidationError for a username with what no name can have in it."""
    try:
        check_characters(value)
    except ChatError as error:
        raise ValidationError(error.message) from error


def allow_names() -> None:
    """Allow usernames the characters of names.

    Django's own validator knows letters without their marks: no name in Hindi, Tamil or Thai, and
    no space. Longer ones than names stay valid, so that older accounts can be edited.
    """
    field = get_user_model()._meta.get_field(get_user_model().USERNAME_FIELD)
    field.validators = [MaxLengthValidator(field.max_length), validate_characters]
