"""Connections of every kind are aborted in a busy room: nobody notices, and nothing remains."""

import asyncio
from collections import Counter

import psutil
import pytest

from tests.faults.breakers import WAYS, Breaker
from tests.faults.sites import Process, Site, until
from tests.faults.witness import Crowd
from tests.faults.witness.crowd import percentile, split

BREAKERS, SECONDS, RATE = 20, 8, 200
# Delivered by the server's events, not found by the comparison with the database each second.
AT_ONCE = 0.5
# Leaving is announced 5 s after it, with the next tick.
GONE_WITHIN = 10


@pytest.mark.parametrize("program", ["serve", "runserver"])
def test_aborted_connections_disturb_nobody_and_are_cleaned_up(
    new_site, dice, rounds, program, figures
):
    asyncio.run(break_off(new_site(), program, dice, rounds(1), figures))


async def break_off(site: Site, program: str, dice, rounds: int, figures) -> None:
    [process] = await site.start(1, program=program)
    async with Crowd(site.addresses, dice) as crowd:
        crew = await crowd.come(6)
        began, heard = crowd.journal.fault("lines break off"), Counter()
        breakers = [
            Breaker(process, f"breaker{number}", split(dice), heard) for number in range(BREAKERS)
        ]
        await asyncio.gather(
            crowd.talk(RATE, SECONDS * rounds, changing=0.2),
            *(breaker.go_on(SECONDS * rounds) for breaker in breakers),
        )
        await crowd.judge(site.database_url)
        delays, gaps = crowd.delays(began), {client.name: client.gaps for client in crew}
        assert all(heard[way] for way in WAYS), heard
        names = {client.name for client in crew}
        gone = await until(
            lambda: all(set(client.present.values()) == names for client in crew),
            "the leaving of all who broke off",
            GONE_WITHIN,
        )
        await until(lambda: lines(process) == len(crew), "the end of every line", GONE_WITHIN)
        for what in ("gone", "close", "refusal"):
            assert not crowd.journal.of(what, began), crowd.journal.of(what, began)[:5]
        assert not any(gaps.values()), f"words that were left out: {gaps}"
        # The median: the witness and a busy machine are late at times too.
        median = percentile(delays, 0.5)
        assert median < AT_ONCE
        figures(
            f"lines broken off, {program}",
            f"told after {1000 * median:.0f} ms (median), all gone after {gone:.1f} s",
        )


def lines(process: Process) -> int:
    """Return how many open connections with clients a process has."""
    held = process.usage().net_connections("tcp")
    return sum(
        line.laddr.port == process.port and line.status != psutil.CONN_LISTEN for line in held
    )
