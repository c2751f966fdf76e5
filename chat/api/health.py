"""What a load balancer asks: does the process answer, and does what it needs answer."""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.asyncio import Redis

from chat.models import Configuration

logger = logging.getLogger(__name__)

PATIENCE = 2  # seconds

# A write that went well counts so long: anybody may ask, and each costs a flush to the disk.
WRITE_AGAIN_AFTER = 5  # seconds

# One thread: when the database hangs, later probes wait behind the first and give up in time.
database_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="chat-health")


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200: the process is alive."""
    return answer(200, "ok")


@never_cache
@require_safe
async def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database and, where set, Redis do their work; else 503 and what not."""
    probes = {
        "The database does not answer.": ask_database(read_a_row),
        "The database takes no writes.": ask_database(writing.try_when_due),
    }
    if settings.REDIS_URL:
        probes["Redis does not answer."] = ask_redis()
    outcomes = await asyncio.gather(*map(in_time, probes.values()))
    faults = [fault for fault, well in zip(probes, outcomes, strict=True) if not well]
    return answer(503, " ".join(faults)) if faults else answer(200, "ok")


def answer(status: int, text: str) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")


async def in_time(probe) -> bool:
    """Tell whether `probe` ends well within PATIENCE; the log has the reason, the answer not."""
    try:
        async with asyncio.timeout(PATIENCE):
            await probe
    except Exception as error:
        logger.warning("Not ready: %r", error)
        return False
    return True


async def ask_database(probe: Callable[[], None]) -> None:
    await asyncio.get_running_loop().run_in_executor(database_thread, probe)


def read_a_row() -> None:
    """Read from a table of ours, so that a database without migrations counts as not ready."""
    try:
        Configuration.objects.exists()
    finally:
        connection.close()


def write_a_row() -> None:
    """Write and commit something of no use to anybody: a full disk still reads."""
    session = Session(session_key=get_random_string(32), expire_date=timezone.now())
    try:
        with transaction.atomic():
            session.save(force_insert=True)
            session.delete()
    finally:
        connection.close()


class Writing:
    """Whether the database takes writes, tried now and then."""

    def __init__(self):
        self._went_well_at = float("-inf")

    def try_when_due(self) -> None:
        """Write, unless that went well lately; raise what the database raises."""
        if time.monotonic() - self._went_well_at > WRITE_AGAIN_AFTER:
            write_a_row()
            self._went_well_at = time.monotonic()


writing = Writing()


async def ask_redis() -> None:
    async with Redis.from_url(settings.REDIS_URL) as redis:
        await redis.ping()
