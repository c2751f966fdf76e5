"""One SECRET_KEY for one database: with two, each server ends the sessions of the other."""

import logging

from django.conf import settings
from django.utils.crypto import salted_hmac

from chat.management.preconditions import Refused
from chat.models import SiteKey

logger = logging.getLogger("chat.setup")

REFUSAL = (
    "SECRET_KEY is another than this database was used with. Set that one, or put it into "
    "SECRET_KEY_FALLBACKS to go on with a new one. If it is lost, run "
    "`manage.py setup --replace-key`; then everybody has to sign in again."
)


def check_key(*, keep: bool) -> None:
    """Raise Refused where people's sessions in the database are signed with an unknown key.

    Where nothing or a fallback is known of, `keep` the present key from now on. The generated key
    of a trial is never kept: a site may get a key of its own after it.
    """
    known, present = SiteKey.load(), fingerprint(settings.SECRET_KEY)
    if known == present:
        return
    if not settings.SECRET_KEY_IS_SET:
        if known:
            logger.warning(
                "SECRET_KEY is not set, and this database was used with one. Whoever signed in "
                "with it is not signed in here."
            )
        return
    if known and known not in map(fingerprint, settings.SECRET_KEY_FALLBACKS):
        raise Refused(REFUSAL)
    if keep:
        SiteKey.keep(present)


def replace_key() -> None:
    """Keep the present key, whichever was known before."""
    if settings.SECRET_KEY_IS_SET:
        SiteKey.keep(fingerprint(settings.SECRET_KEY))


def fingerprint(key: str) -> str:
    """Return what tells a key from another, and cannot be turned into it."""
    return salted_hmac("chat.management.keys", "", secret=key, algorithm="sha256").hexdigest()
