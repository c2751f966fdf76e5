"""What templates may do with people's text.

settings.py names this file among the builtins, so that no template has to load it.
"""

from django import template
from django.utils.encoding import uri_to_iri

from chat.rules.text import isolated_name

register = template.Library()
# An address with its letters, as people read and type it.
register.filter("readable", uri_to_iri)


@register.filter
def isolated(name: str) -> str:
    """Return a name for words that are no HTML, such as a title: it does not turn them."""
    return isolated_name(str(name))
