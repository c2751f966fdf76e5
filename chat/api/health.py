"""Health checks for load balancers: is the process alive, and do the services it needs work."""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.asyncio import Redis

from chat.log.probing import read_a_row, write_a_row

logger = logging.getLogger(__name__)

TIMEOUT = 2  # seconds

# A successful write counts this long: anybody may ask, and each costs a flush to the disk.
WRITE_AGAIN_AFTER = 5  # seconds

# What all pages are made of, and a style of theirs.
TEMPLATES = ("404.html", "chat/front.html", "chat/room.html", "chat/sign_in.html")
STYLE = "chat/css/base.css"

# One thread: when the database hangs, later probes wait behind the first and give up in time.
database_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="chat-health")


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Respond 200: the process is alive."""
    return plain_text(200, "ok")


@never_cache
@require_safe
async def readyz(request: HttpRequest) -> HttpResponse:
    """Respond 200 when the database, the pages and, where set, Redis work; else 503 and what
    does not."""
    probes = {
        "The database does not answer.": probe_database(read_a_row),
        "The database takes no writes.": probe_database(write_probe.try_when_due),
        "The pages cannot be shown: start the site again.": asyncio.to_thread(load_pages),
    }
    if settings.REDIS_URL:
        probes["Redis does not answer."] = probe_redis()
    outcomes = await asyncio.gather(*map(succeeds_in_time, probes.values()))
    faults = [fault for fault, works in zip(probes, outcomes, strict=True) if not works]
    return plain_text(503, " ".join(faults)) if faults else plain_text(200, "ok")


def plain_text(status: int, text: str) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")


async def succeeds_in_time(probe) -> bool:
    """Return whether `probe` succeeds within TIMEOUT; only the log has the reason, if not."""
    try:
        async with asyncio.timeout(TIMEOUT):
            await probe
    except Exception as error:
        logger.warning("Not ready: %r", error)
        return False
    return True


async def probe_database(probe: Callable[[], None]) -> None:
    def try_it() -> None:
        try:
            probe()
        finally:
            connection.close()

    await asyncio.get_running_loop().run_in_executor(database_thread, try_it)


def load_pages() -> None:
    """Load the templates of all pages, and find the static files; raise where either is missing.

    Without them every page is an error 500, also that for errors.
    """
    templates = [get_template(name) for name in TEMPLATES]
    templates[0].render()
    stored_name = getattr(staticfiles_storage, "stored_name", None)
    if stored_name and not staticfiles_storage.exists(stored_name(STYLE)):
        raise FileNotFoundError(stored_name(STYLE))


class WriteProbe:
    """Whether the database takes writes; tried at most every WRITE_AGAIN_AFTER seconds."""

    def __init__(self):
        self._succeeded_at = float("-inf")

    def try_when_due(self) -> None:
        """Write, unless a write succeeded lately; raise what the database raises."""
        if time.monotonic() - self._succeeded_at > WRITE_AGAIN_AFTER:
            write_a_row()
            self._succeeded_at = time.monotonic()


write_probe = WriteProbe()


async def probe_redis() -> None:
    async with Redis.from_url(settings.REDIS_URL) as redis:
        await redis.ping()
