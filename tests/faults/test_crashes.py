"""Processes that die: killed in a burst, between a commit and its ack, before its hint."""

import asyncio
import time

from tests.faults.sites import Process, Site, until
from tests.faults.witness import Crowd

BACK_WITHIN = 3
GHOSTS_WITHIN = 15
SEEN_WITHIN = 2


def test_a_killed_process_costs_nobody_a_message_and_leaves_no_ghosts(
    new_site, new_redis, dice, rounds
):
    site = new_site(REDIS_URL=new_redis().url)
    asyncio.run(kill_in_bursts(site, dice, rounds(5)))


async def kill_in_bursts(site: Site, dice, rounds: int) -> None:
    await site.start(2)
    async with Crowd(site.addresses, dice) as crowd:
        await crowd.come(12)
        ghosts = []
        for _ in range(rounds):
            ghosts.append(asyncio.create_task(kill_in_a_burst(site, crowd, dice)))
            await crowd.talk(500, 3, crowd.staying())
            await site.start(1)
        for ghost in ghosts:
            await ghost
        await crowd.judge(site.database_url)
        ghostly = {client.name for client in crowd.clients if not client.staying}
        flapped = {note.id for note in crowd.journal.of("left")} - ghostly
        assert not flapped, f"shown as gone though they came back at once: {flapped}"


async def kill_in_a_burst(site: Site, crowd: Crowd, dice) -> None:
    """Kill one of the two with everybody on it; two of them never come back."""
    victim = dice.choice([process for process in site.processes if process.alive])
    leaving = await crowd.come(2, lambda: victim.ws_url)
    await asyncio.sleep(dice.uniform(0.3, 1.5))
    for client in leaving:
        client.staying = False
    killed = crowd.journal.fault(f"killed {victim.ws_url}")
    acked = {note.seq for note in crowd.journal.of("ack")}
    await asyncio.to_thread(victim.kill)
    await until(
        lambda: all(c.here.is_set() and acked <= c.messages.keys() for c in crowd.staying()),
        "everybody's coming back, complete",
        BACK_WITHIN,
    )
    names = {client.name for client in leaving}
    await until(
        lambda: not any(names & set(client.present.values()) for client in crowd.staying()),
        "the ghosts' leaving",
        killed + GHOSTS_WITHIN - time.monotonic(),
    )


def test_what_dies_between_commit_and_ack_or_hint_is_answered_once_and_seen_soon(
    new_site, new_redis, dice, rounds
):
    site = new_site(REDIS_URL=new_redis().url)
    asyncio.run(die_at_points(site, dice, rounds(5)))


async def die_at_points(site: Site, dice, rounds: int) -> None:
    [stays] = await site.start(1)
    async with Crowd(lambda: [stays.ws_url], dice) as crowd:
        watchers = await crowd.come(3)
        for point in ("commit-ack", "commit-hint") * rounds:
            number = dice.randint(1, 4)
            [doomed] = await site.start(1, fail_point=f"{point}:{number}")
            await die_once(site, crowd, watchers, doomed, number, point)
        await crowd.judge(site.database_url)


async def die_once(site: Site, crowd: Crowd, watchers, doomed: Process, number: int, point: str):
    """Let a message be the last of its process; say it again elsewhere once others have seen it."""
    stays, may_come_back = site.processes[0], asyncio.Event()
    [sender] = await crowd.come(
        1, lambda: stays.ws_url if may_come_back.is_set() else doomed.ws_url, window=1
    )
    ids = [sender.say() for _ in range(number)]
    await until(lambda: not doomed.alive, f"the death at {point}", 10)
    died = crowd.journal.fault(f"{doomed.ws_url} died at {point}")
    await until(
        lambda: all(ids[-1] in heard(watcher) for watcher in watchers),
        "the others' seeing what was committed",
        died + SEEN_WITHIN - time.monotonic(),
    )
    may_come_back.set()
    await until(lambda: not sender.unanswered, "the answer to the same sent again", 5)
    acks = [note for note in crowd.journal.of("ack") if note.id == ids[-1]]
    if point == "commit-ack":
        assert [ack.duplicate for ack in acks] == [True], acks


def heard(client) -> set[str]:
    return {key for _, key, _ in client.messages.values()}
