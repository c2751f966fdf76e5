"""What the admin's lists share: limits for large tables and for what one may look for, and actions
that are logged."""

import re
from collections.abc import Callable
from typing import NamedTuple

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import SuspiciousOperation
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

MAX_LISTED = 10_000
MAX_CHANGED = 1_000
# Of what is searched for; a database refuses very long conditions.
MAX_SEARCHED = 200
# One that every database can compare with a key.
NUMBER = re.compile("[0-9]{1,18}")


class Outcome(NamedTuple):
    """What an action did to an object, for its history, and to how many, with a `count`."""

    entry: str
    summary: str


class BoundedPaginator(Paginator):
    """Counts up to MAX_LISTED: counting a million rows takes longer than showing a page."""

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[:MAX_LISTED].count()


class ListAdmin(admin.ModelAdmin):
    """A list that stays fast on a table of a million rows."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    # Lookups that links to this list use, beside its filters.
    linked: tuple[str, ...] = ()
    search_help_text = format_lazy(
        _("The list ends after {count}. Search or filter to see others."), count=f"{MAX_LISTED:,}"
    )

    def lookup_allowed(self, lookup, value, request) -> bool:
        """Return whether the list can be filtered so: by its own filters and links alone.

        By any other lookup, whoever may see the list could find out what it does not show.
        """
        allowed = set(self.linked)
        for each in self.get_list_filter(request):
            if isinstance(each, str):
                allowed.add(f"{each}__exact")
            elif issubclass(each, admin.SimpleListFilter):
                allowed.add(each.parameter_name)
        return lookup in allowed

    def get_search_results(self, request, queryset, search_term):
        """Search for as much as a database can."""
        return super().get_search_results(request, queryset, search_term[:MAX_SEARCHED])

    def response_action(self, request, queryset):
        """Do what was chosen; refuse keys that none of the list's boxes has."""
        if not all(map(NUMBER.fullmatch, request.POST.getlist(ACTION_CHECKBOX_NAME))):
            raise SuspiciousOperation("A key that is no number")
        return super().response_action(request, queryset)

    def change_each(
        self, request, selected: QuerySet, change: Callable[[Model], None], outcome: Outcome
    ) -> None:
        """Call `change` with each object, log it in its history, and show the outcome.

        Each has its own transaction, so that no writer waits for a long selection. "All" may be
        more than one request can change: after MAX_CHANGED the rest is left for another one.
        """
        objects = list(selected[: MAX_CHANGED + 1])
        changed, rest = objects[:MAX_CHANGED], objects[MAX_CHANGED:]
        for item in changed:
            with transaction.atomic():
                change(item)
                self.log_change(request, item, str(outcome.entry))
        summary = outcome.summary % {"count": len(changed)}
        if rest:
            summary += " " + gettext("There are more. Do it again for the rest.")
        self.message_user(request, summary, messages.WARNING if rest else messages.SUCCESS)


class SetFilter(admin.SimpleListFilter):
    """By whether `field`, the time at which something happened to a row, is set."""

    field: str

    def lookups(self, request, model_admin):
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request, queryset):
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(**{f"{self.field}__isnull": self.value() == "no"})


def yes_or_no(is_so: bool, name: str, word: str) -> str:
    """Return a word that is seen among many rows, such as "Deleted"; "No" where it is not so."""
    return format_html('<span class="is-{}">{}</span>', name, word) if is_so else gettext("No")


def messages_link(number: int, **of: int) -> str:
    """Return a number of messages as a link to their list, filtered by `of`, such as `room=7`."""
    url = reverse("admin:chat_message_changelist", query=of)
    return format_html('<a href="{}">{}</a>', url, number)


def memberships_link(words: str | int, **of: int) -> str:
    """Return words as a link to the list of memberships, filtered by `of`, such as `room=7`."""
    query = {f"{name}__id__exact": key for name, key in of.items()}
    url = reverse("admin:chat_membership_changelist", query=query)
    return format_html('<a href="{}">{}</a>', url, words)
