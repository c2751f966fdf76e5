"""Which of several content types a client prefers (RFC 9110, section 12.5.1)."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from django.http.request import MediaType

ANYTHING = "*/*"


class MediaRange(NamedTuple):
    """A part of an `Accept` header: what it matches, and how much the client wants that."""

    main_type: str
    sub_type: str
    quality: float

    def matches(self, media_type: str) -> bool:
        main_type, _, sub_type = media_type.partition("/")
        if self.main_type == "*":
            return True  # also "*" alone, which old programs send
        return self.main_type == main_type and self.sub_type in ("*", sub_type)

    @property
    def precedence(self) -> tuple[bool, bool, float]:
        """The more specific range counts, whatever its quality."""
        return self.main_type != "*", self.sub_type != "*", self.quality


def preferred_type(accept: str, media_types: Sequence[str]) -> str | None:
    """Return the type that a client prefers, the first of equals; None where it accepts none.

    Django's `get_preferred_type` takes `application/json; charset=utf-8` for another type than
    `application/json`, and `q=0` for no word about a type. Other parameters than `q` say nothing
    here: each type has one form.
    """
    ranges = list(_ranges(accept.strip() or ANYTHING))
    best = max(media_types, key=lambda each: _quality(ranges, each))
    return best if _quality(ranges, best) > 0 else None


def _ranges(accept: str) -> Iterator[MediaRange]:
    for text in accept.split(","):
        # It refuses one that is far too long.
        with suppress(ValueError):
            found = MediaType(text)
            quality = found.quality if found.quality >= 0 else 1.0  # not for "nan"
            yield MediaRange(found.main_type, found.sub_type, quality)


def _quality(ranges: list[MediaRange], media_type: str) -> float:
    matching = [each for each in ranges if each.matches(media_type)]
    return max(matching, key=lambda each: each.precedence).quality if matching else 0.0
