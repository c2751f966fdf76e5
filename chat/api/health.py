"""Health checks for load balancers: is the process alive, and do the services it needs work."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
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
from chat.rules.notices import Notice

logger = logging.getLogger(__name__)

TIMEOUT = 2  # seconds

# A successful write counts this long: anybody may ask, and each costs a flush to the disk.
WRITE_AGAIN_AFTER = 5  # seconds

# What all pages are made of, and a style of theirs.
TEMPLATES = ("404.html", "chat/front.html", "chat/room.html", "chat/sign_in.html")
STYLE = "chat/css/pages/room.css"

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
    outcomes = await asyncio.gather(*map(error_in_time, probes.values()))
    errors = {fault: error for fault, error in zip(probes, outcomes, strict=True) if error}
    for fault, error in errors.items():
        log_fault(fault, error)
    faults = list(errors)
    return plain_text(503, " ".join(faults)) if faults else plain_text(200, "ok")


def plain_text(status: int, text: str) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")


async def error_in_time(probe: Awaitable[None]) -> Exception | None:
    """Return what `probe` raises within TIMEOUT; None where it succeeds."""
    try:
        async with asyncio.timeout(TIMEOUT):
            await probe
    except Exception as error:
        return error
    return None


def log_fault(fault: str, error: Exception) -> None:
    """Log what does not work, and why: only the log has the reason. Anybody may ask for ever."""
    if fault not in notices:
        notices[fault] = Notice(logger, f"Not ready. {fault} %r")
    notices[fault].warn(error)


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
# A kind of line for each fault, so that none hides another.
notices: dict[str, Notice] = {}


async def probe_redis() -> None:
    async with Redis.from_url(settings.REDIS_URL) as redis:
        await redis.ping()
