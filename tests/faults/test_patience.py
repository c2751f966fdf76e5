"""Tests that take long, run side by side: random cuts, clock changes, load that comes and goes."""

import asyncio
import re
import signal

from tests.faults.sites import Process, Site, until
from tests.faults.witness import Crowd
from tests.faults.witness.crowd import percentile, split

CUTS = ("RST", "FIN", "silence")
SECONDS_OF_CUTS = 20
MOVES = (signal.SIGUSR1, signal.SIGUSR2, signal.SIGUSR2, signal.SIGUSR1)
TIMES = 5
RETURNS_TO = 1.05
SOCKETS = 50


def test_cuts_and_clock_changes_lose_nothing_and_load_leaks_nothing(
    new_site, new_redis, dice, rounds, side_by_side, figures
):
    def site() -> Site:
        return new_site(REDIS_URL=new_redis().url)

    side_by_side(
        sockets_cut_in_any_way_at_any_time=cut_at_random(
            site(), split(dice), rounds(SECONDS_OF_CUTS), figures
        ),
        a_clock_set_back_and_forward_an_hour=jump(site(), split(dice)),
        load_and_quiet=come_and_go(site(), split(dice), rounds(TIMES), figures),
    )


async def cut_at_random(site: Site, dice, seconds: float, figures) -> None:
    await site.start(2)
    async with Crowd(site.addresses, dice) as crowd:
        await crowd.come(12)
        load = asyncio.create_task(crowd.talk(200, seconds))
        cuts = 0
        while not load.done():
            await asyncio.sleep(dice.expovariate(5))
            client = dice.choice(crowd.clients)
            if client.here.is_set():
                client.cut(dice.choice(CUTS))
                cuts += 1
        await crowd.judge(site.database_url)
        gone = crowd.journal.of("left")
        assert not gone, f"shown as gone though they came back at once: {gone[:5]}"
        figures("sockets cut at random", f"{cuts} cuts in {seconds} s, all resumed and complete")


async def jump(site: Site, dice) -> None:
    """Set the clock of one of two processes an hour slow, right, an hour fast, and right again."""
    await site.start(1)
    [wrong] = await site.start(1, fail_point="clock")
    async with Crowd(site.addresses, dice) as crowd:
        await crowd.come(8)
        began = crowd.journal.fault("all clocks are right")
        load = asyncio.create_task(crowd.talk(40, 3 * len(MOVES) + 3))
        for move in MOVES:
            await asyncio.sleep(3)
            crowd.journal.fault(f"{move.name}: an hour")
            wrong.process.send_signal(move)
        await load
        await crowd.judge(site.database_url)
        for what in ("gone", "left", "refusal"):
            assert not crowd.journal.of(what, began), crowd.journal.of(what, began)[:5]
        # The median, since the tests beside this one keep the same processors busy. A message
        # without a hint would wait for the comparison that is made each second.
        assert percentile(crowd.delays(began), 0.5) < 0.3
        moments = {note.text[:13] for note in crowd.journal.of("ack", began)}
        assert len(moments) > 1, "no clock was wrong"


async def come_and_go(site: Site, dice, times: int, figures) -> None:
    processes = await site.start(2)
    used = []
    for _ in range(times):
        async with Crowd(site.addresses, dice) as crowd:
            await crowd.come(60)
            await crowd.talk(200, 2)
            await crowd.settle(site.database_url)
        # A departure is announced after 5 s; streams without followers end with the next tick.
        await asyncio.sleep(6.5)
        used.append([usage(process) for process in processes])
    # The first rounds load what remains: code, caches, the threads' connections.
    for number in range(len(processes)):
        settled, last = used[2][number], used[-1][number]
        for what, value in last.items():
            assert value <= settled[what] * RETURNS_TO, f"{what}: {[u[number] for u in used]}"
    figures(f"load and quiet, {times} times", f"{used[2][0]} after three, {used[-1][0]} at the end")


def test_a_closed_socket_is_freed_without_the_garbage_collector(new_site, dice):
    """Check that nothing waits for a full collection: so rare that memory grew with each crowd."""
    asyncio.run(leave_no_garbage(new_site(), dice))


async def leave_no_garbage(site: Site, dice) -> None:
    [process] = await site.start(1, fail_point="garbage")
    for crowds in range(2):
        if crowds:
            # The first crowd loaded what remains.
            process.process.send_signal(signal.SIGUSR1)
        async with Crowd(site.addresses, dice) as crowd:
            await crowd.come(SOCKETS)
            await crowd.talk(100, 1)
            await crowd.settle(site.database_url)
            files = process.usage().num_fds()
        await until(lambda n=files: process.usage().num_fds() <= n - SOCKETS, "all leaving", 10)
        # A departure is announced after 5 s; then the state kept for a reconnection is dropped.
        await asyncio.sleep(6.5)
    process.process.send_signal(signal.SIGUSR2)
    await until(lambda: "garbage: " in process.log, "a collection", 10)
    assert int(re.search(r"garbage: (\d+)", process.log)[1]) < SOCKETS


def usage(process: Process) -> dict[str, int]:
    inspected = process.usage()
    return {
        "bytes": inspected.memory_info().rss,
        "files": inspected.num_fds(),
        "threads": inspected.num_threads(),
    }
