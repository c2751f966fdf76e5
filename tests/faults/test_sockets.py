"""Sockets: the same message sent ten times, and a rolling deploy."""

import asyncio
import signal

from tests.faults.sites import Site, stop, until
from tests.faults.witness import Client, Crowd
from tests.faults.witness.crowd import ROOM, split

REPEATED = 300
AT_ONCE = 10
BACK_WITHIN = 3


def test_a_send_repeated_at_two_processes_is_stored_once(
    new_site, new_redis, postgres_url, dice, rounds, side_by_side, figures
):
    """Run on both databases: each detects a repeat in its own way."""
    sites = {
        "SQLite": new_site(REDIS_URL=new_redis().url),
        "PostgreSQL": new_site(REDIS_URL=new_redis().url, database_url=postgres_url),
    }
    side_by_side(
        **{
            name: send_ten_times(site, split(dice), rounds(REPEATED))
            for name, site in sites.items()
        }
    )


async def send_ten_times(site: Site, dice, messages: int) -> None:
    await site.start(2)
    async with Crowd(site.addresses, dice) as crowd:
        [first] = await crowd.come(1)
        tabs = [first, *(tab_of(first, crowd) for _ in range(AT_ONCE - 1))]
        for tab in tabs[1:]:
            tab.start()
        for tab in tabs:
            await tab.here.wait()
        [watcher] = await crowd.come(1)
        for number in range(messages):
            for tab in dice.sample(tabs, len(tabs)):
                tab.say(f"the same {number}", f"id-{number}")
            if number % 10 == 9:
                await until(lambda: not any(t.unanswered for t in tabs), "all answers", 10)
        await crowd.judge(site.database_url, orderly=[])
        assert len(watcher.messages) == messages
        acks = crowd.journal.of("ack")
        assert len(acks) == messages * AT_ONCE
        assert sum(not ack.duplicate for ack in acks) == messages


def tab_of(person: Client, crowd: Crowd) -> Client:
    """Return another client of the same person, connected to either process."""
    dice = split(crowd.dice)
    tab = Client(
        crowd.journal, person.name, ROOM, lambda: dice.choice(crowd.addresses()), dice=dice
    )
    tab.token = person.token
    crowd.clients.append(tab)
    return tab


def test_a_rolling_deploy_under_load_loses_no_message(new_site, new_redis, dice, figures):
    site = new_site(REDIS_URL=new_redis().url)
    asyncio.run(deploy(site, dice, figures))


async def deploy(site: Site, dice, figures) -> None:
    """Start a successor of each process, then end it, in turn, while everybody sends messages."""
    await site.start(2)
    async with Crowd(site.addresses, dice) as crowd:
        await crowd.come(12)
        load = asyncio.create_task(crowd.talk(300, 8))
        for process in tuple(site.processes):
            await site.start(1)
            hit = [client for client in crowd.clients if client.at == process.ws_url]
            closed = {client: len(client.close_codes) for client in hit}
            began = crowd.journal.fault(f"SIGTERM to {process.ws_url}")
            status = await asyncio.to_thread(stop, process, signal.SIGTERM)
            ended = crowd.journal.fault("it has ended")
            # uvicorn shuts down properly, and then raises the signal again.
            assert status in (0, -signal.SIGTERM)
            await until(
                lambda hit=hit, closed=closed: all(len(c.close_codes) > closed[c] for c in hit),
                "the close codes",
                10,
            )
            assert {client.close_codes[closed[client]] for client in hit} == {1012}
            back = await until(
                lambda hit=hit: all(client.here.is_set() for client in hit), "coming back", 10
            )
            figures(
                "SIGTERM under load",
                f"{len(hit)} sockets told 1012, "
                f"ended in {ended - began:.2f} s, all back after {back:.2f} s more",
            )
        await load
        await crowd.judge(site.database_url)
        gone = crowd.journal.of("left")
        assert not gone, f"shown as gone though they came back at once: {gone[:5]}"
