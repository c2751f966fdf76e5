"""Databases that are locked, restarted or full cause late acks or refusals, never a false ack."""

import asyncio
import os
import resource
import shutil
import sqlite3
import subprocess
from collections.abc import Awaitable, Callable
from contextlib import closing, contextmanager, suppress

import psycopg

from tests.faults.sites import Site, until
from tests.faults.witness import Crowd
from tests.faults.witness.crowd import split
from tests.support.services import PostgresService

# A server whose event loop waited for the database would reply after the 3 s of the shortest fault.
PONG = 2.0
WELL_WITHIN = 10


def test_a_lock_a_restart_or_a_failover_delays_acks_but_not_pongs(
    new_site, new_redis, needs, dice, rounds, side_by_side, figures
):
    def on(postgres: PostgresService) -> Site:
        site = new_site(REDIS_URL=new_redis().url, database_url=postgres.new_database())
        site.manage("setup")
        return site

    with (
        PostgresService(needs("PostgreSQL")) as postgres,
        PostgresService(needs("PostgreSQL")) as standby,
    ):
        locked = [new_site(REDIS_URL=new_redis().url) for _ in range(2)]
        restarted, read_only = on(postgres), on(standby)

        def story(site: Site, name: str, breaking: Callable[[], Awaitable[None]]):
            return interrupted(site, split(dice), rounds(1), name, breaking, figures)

        side_by_side(
            SQLite_locked_for_3_s=story(locked[0], "3 s", lambda: lock(locked[0], 3)),
            SQLite_locked_for_30_s=story(locked[1], "30 s", lambda: lock(locked[1], 30)),
            PostgreSQL_restarted=story(restarted, "restart", lambda: restart(postgres)),
            PostgreSQL_read_only=story(read_only, "read only", lambda: fail_over(read_only)),
        )


async def lock(site: Site, seconds: float) -> None:
    """Lock SQLite's database for writing, as a backup or a forgotten shell would."""
    path = site.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        await asyncio.sleep(seconds)
        other.execute("ROLLBACK")


async def restart(postgres: PostgresService) -> None:
    await asyncio.to_thread(postgres.kill)
    await asyncio.sleep(3)
    await asyncio.to_thread(postgres.start)


async def fail_over(site: Site) -> None:
    """Make PostgreSQL read only for a while, as a standby is until it is promoted."""
    async with await psycopg.AsyncConnection.connect(site.database_url, autocommit=True) as other:
        name = other.info.dbname
        for setting in ("on", "off"):
            await other.execute(
                f'ALTER DATABASE "{name}" SET default_transaction_read_only = {setting}'
            )
            await other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s AND pid <> pg_backend_pid()",
                [name],
            )
            if setting == "on":
                await asyncio.sleep(3)


def test_an_outage_is_a_line_of_each_kind_in_the_log(new_site, needs):
    with PostgresService(needs("PostgreSQL")) as postgres:
        site = new_site(database_url=postgres.new_database())
        site.manage("setup")
        process = site.process()
        before = len(process.log)
        postgres.kill()
        pages = ("/", "/rooms/lobby/", "/api/v1/rooms", "/readyz", "/readyz")
        statuses = {process.get(path)[0] for path in pages * 3}
        news = process.log[before:]
    assert statuses == {503}
    assert "Traceback" not in news
    for sentence in ("The database did not answer", "Not ready. The database does not answer"):
        assert news.count(sentence) == 1, news


async def interrupted(
    site: Site, dice, rounds: int, name: str, breaking: Callable[[], Awaitable[None]], figures
) -> None:
    await site.start(2)
    async with Crowd(site.addresses, dice) as crowd:
        await crowd.come(8, window=1)
        crowd.ping_on()
        for _ in range(rounds):
            load = asyncio.create_task(crowd.talk(40, 3600, changing=0.1))
            await asyncio.sleep(1)
            began = crowd.journal.fault(f"{name} begins")
            await breaking()
            well = crowd.journal.fault(f"{name} is over")
            await asyncio.sleep(1)
            load.cancel()
            await until(
                lambda: not any(client.unanswered for client in crowd.clients),
                "acks for all that waited",
                WELL_WITHIN,
            )
            await crowd.judge(site.database_url)
            codes = {note.text for note in crowd.journal.of("refusal", began)}
            assert codes <= {"unavailable"}, codes
            assert not crowd.journal.of("close", began), "sockets were closed"
            slowest = max(max(client.pings) for client in crowd.clients)
            assert slowest < PONG, f"a ping was answered after {slowest:.2f} s"
            latest = crowd.answers(began, well)[-1]
            figures(
                f"database, {name}",
                f"last ack after {latest:.1f} s, {len(crowd.journal.of('refusal', began))} "
                f"retryable refusals, pings answered within {slowest:.3f} s",
            )


def test_a_full_disk_causes_no_false_ack_and_is_recovered_from(
    tmp_path, new_site, new_redis, dice, figures
):
    """Fill a small file system where mounting is allowed, else limit the size of the files."""
    with small_disk(tmp_path / "disk") as disk:
        site = new_site(REDIS_URL=new_redis().url, database_url=f"sqlite:///{disk}/site.sqlite3")
        asyncio.run(fill_up(site, disk, dice, figures))


@contextmanager
def small_disk(folder):
    """Yield a folder, on a tmpfs of 8 MB where mounting is allowed."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    mounted = shutil.which("mount") and subprocess.run(mount, capture_output=True).returncode == 0
    try:
        yield folder
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


class FullDisk:
    """A disk to which nothing can be written: the small one is full, or files are limited."""

    def __init__(self, site: Site, disk):
        self.site, self.disk = site, disk
        self.filler = disk / "filler" if os.path.ismount(disk) else None

    def begin(self) -> None:
        if self.filler:
            with self.filler.open("wb", buffering=0) as file, suppress(OSError):
                while True:
                    file.write(bytes(4096))
            assert shutil.disk_usage(self.disk).free == 0
        else:
            self._limit(4096)

    def end(self) -> None:
        if self.filler:
            self.filler.unlink()
        else:
            self._limit(resource.RLIM_INFINITY)

    def _limit(self, size: int) -> None:
        for process in self.site.processes:
            process.usage().rlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


async def fill_up(site: Site, disk, dice, figures) -> None:
    await site.start(2)
    full = FullDisk(site, disk)

    def ready(status: int) -> bool:
        return all(process.get("/readyz")[0] == status for process in site.processes)

    async with Crowd(site.addresses, dice) as crowd:
        await crowd.come(8, window=1)
        crowd.ping_on()
        load = asyncio.create_task(crowd.talk(40, 3600, body="x" * 500))
        await asyncio.sleep(1)
        assert await asyncio.to_thread(ready, 200)
        full.begin()
        began = crowd.journal.fault("the disk is full")
        refused = await until(lambda: crowd.journal.of("refusal", began), "a refusal", 10)
        noticed = await until_in_thread(lambda: ready(503), "a 503 of /readyz", 10)
        await asyncio.sleep(2)
        full.end()
        mended = crowd.journal.fault("the disk has room again")
        again = await until_in_thread(lambda: ready(200), "a 200 of /readyz", WELL_WITHIN)
        await asyncio.sleep(1)
        load.cancel()
        await crowd.judge(site.database_url)
        assert {note.text for note in crowd.journal.of("refusal")} == {"unavailable"}
        assert not crowd.journal.of("close")
        assert crowd.journal.of("ack", mended)
        slowest = max(max(client.pings) for client in crowd.clients)
        assert slowest < PONG
        figures(
            f"disk full ({'tmpfs' if full.filler else 'limit on the files'})",
            f"refused after {refused:.2f} s, /readyz 503 after {noticed:.1f} s, "
            f"200 again {again:.1f} s after there was room",
        )


async def until_in_thread(condition: Callable[[], bool], what: str, seconds: float) -> float:
    """Wait as `until` does, for a condition that itself waits for a response."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    while not await asyncio.to_thread(condition):
        assert loop.time() - started < seconds, f"In {seconds:g} s {what} did not happen."
        await asyncio.sleep(0.1)
    return loop.time() - started
