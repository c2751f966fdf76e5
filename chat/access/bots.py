"""Bots: people without an account, each known by a token."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from chat.access.identity import new_token
from chat.models import Person
from chat.models.people import token_digest
from chat.rules.errors import ChatError
from chat.rules.names import clean_name, name_key


def make_bot(name: str) -> str:
    """Make a bot; return its token.

    Raises ChatError: `name_invalid`, or `name_taken` where a member or a bot has the name.
    """
    name = clean_name(name)
    if Person.objects.names_taken([name]) or _bots(name).exists():
        message = _("Somebody has the name “%(name)s”. Choose another.") % {"name": name}
        raise ChatError("name_taken", message)
    token = new_token()
    Person.objects.create(name=name, kind=Person.Kind.BOT, token_digest=token_digest(token))
    return token


def replace_token(name: str) -> str:
    """Return a new token of a bot, in place of the one that it has.

    Raises ChatError `not_found`.
    """
    bot = _bots(name).first()
    if bot is None:
        raise ChatError("not_found", _("No bot is called “%(name)s”.") % {"name": name})
    token = new_token()
    bot.token_digest = token_digest(token)
    bot.save(update_fields=["token_digest"])
    return token


def _bots(name: str) -> QuerySet:
    return Person.objects.filter(kind=Person.Kind.BOT, name_key=name_key(name))
