"""What a load balancer asks: does the process answer, and does what it needs answer."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.asyncio import Redis

from chat.models import Configuration

logger = logging.getLogger(__name__)

PATIENCE = 2  # seconds

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
    """Answer 200 when the database and, where set, Redis answer; else 503 and which does not."""
    names, probes = ["The database"], [ask_database()]
    if settings.REDIS_URL:
        names.append("Redis")
        probes.append(ask_redis())
    outcomes = await asyncio.gather(*map(in_time, probes))
    silent = [name for name, answers in zip(names, outcomes, strict=True) if not answers]
    if silent:
        return answer(503, " ".join(f"{name} does not answer." for name in silent))
    return answer(200, "ok")


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


async def ask_database() -> None:
    await asyncio.get_running_loop().run_in_executor(database_thread, read_a_row)


def read_a_row() -> None:
    """Read from a table of ours, so that a database without migrations counts as not ready."""
    try:
        Configuration.objects.exists()
    finally:
        connection.close()


async def ask_redis() -> None:
    async with Redis.from_url(settings.REDIS_URL) as redis:
        await redis.ping()
