"""Processes that are killed: in a burst, between a commit and its ack, and before its hint."""

import asyncio
import time
from collections.abc import Callable

from tests.faults.sites import Process, Site, until
from tests.faults.witness import Crowd

BACK_WITHIN = 3
GHOSTS_WITHIN = 15
SEEN_WITHIN = 2
WATCHERS = 3
STAY_UNTIL = 60  # people in the room: presence lists a hundred at most


def test_a_killed_process_loses_no_message_and_leaves_no_ghosts(
    new_site, new_redis, dice, rounds, figures
):
    site = new_site(REDIS_URL=new_redis().url)
    asyncio.run(kill_in_bursts(site, dice, rounds(3), figures))


async def kill_in_bursts(site: Site, dice, rounds: int, figures) -> None:
    """Kill one of two processes repeatedly; measure on the other how long the ghosts stay."""
    [lives] = await site.start(1)
    async with Crowd(site.addresses, dice) as crowd:
        await crowd.come(6, lambda: lives.ws_url)
        ghosts = []
        for _ in range(rounds):
            [victim] = await site.start(1)
            await crowd.come(4, home(victim, lives))
            burst = asyncio.create_task(crowd.talk(500, 2.5, crowd.staying(), changing=0.2))
            ghosts.append(await kill_in_a_burst(crowd, victim, lives, dice, figures))
            await burst
            for client in crowd.staying()[STAY_UNTIL:]:
                await client.leave()
        await asyncio.gather(*ghosts)
        await crowd.judge(site.database_url)
        ghostly = {client.name for client in crowd.clients if not client.staying}
        flapped = {note.id for note in crowd.journal.of("left")} - ghostly
        assert not flapped, f"shown as gone though they came back at once: {flapped}"


def home(process: Process, other: Process) -> Callable[[], str]:
    """Return a function that returns the URL of a process, or of another once it is dead."""
    return lambda: (process if process.alive else other).ws_url


async def kill_in_a_burst(
    crowd: Crowd, victim: Process, lives: Process, dice, figures
) -> asyncio.Task:
    """Kill a process with everybody on it, of whom two never reconnect.

    Returns the task that waits until nobody sees the two any more.
    """
    leaving = await crowd.come(2, home(victim, lives))
    names = {client.name for client in leaving}
    await until(
        lambda: all(names <= set(client.present.values()) for client in crowd.staying()),
        "the newcomers' being seen",
        5,
    )
    await asyncio.sleep(dice.uniform(0, 1))
    for client in leaving:
        client.staying = False
    killed = crowd.journal.fault(f"killed {victim.ws_url}")
    hit = {client: client.opened for client in crowd.staying() if client.at == victim.ws_url}
    acked = {note.seq for note in crowd.journal.of("ack")}
    await asyncio.to_thread(victim.kill)
    back = await until(
        lambda: all(
            client.opened > opened
            and client.here.is_set()
            and acked - set(range(client.first)) <= client.messages.keys()
            for client, opened in hit.items()
        ),
        "everybody's coming back, complete",
        BACK_WITHIN,
    )
    figures("killed in a burst", f"{len(hit)} back and complete after {back:.2f} s")
    return asyncio.create_task(ghosts_go(crowd, names, killed, figures))


async def ghosts_go(crowd: Crowd, names: set[str], killed: float, figures) -> None:
    await until(
        lambda: not any(names & set(client.present.values()) for client in crowd.staying()),
        "the ghosts' leaving",
        killed + GHOSTS_WITHIN - time.monotonic(),
    )
    figures("killed in a burst", f"ghosts gone after {time.monotonic() - killed:.1f} s")


def test_a_commit_survives_a_crash_before_its_ack_or_its_hint(
    new_site, new_redis, dice, rounds, figures
):
    site = new_site(REDIS_URL=new_redis().url)
    asyncio.run(die_at_points(site, dice, rounds(3), figures))


async def die_at_points(site: Site, dice, rounds: int, figures) -> None:
    [stays] = await site.start(1)
    async with Crowd(lambda: [stays.ws_url], dice) as crowd:
        await crowd.come(WATCHERS)
        for point in ("commit-ack", "commit-hint") * rounds:
            number = dice.randint(1, 4)
            [doomed] = await site.start(1, fail_point=f"{point}:{number}")
            await die_once(site, crowd, doomed, number, point, figures)
        await crowd.judge(site.database_url)


async def die_once(
    site: Site, crowd: Crowd, doomed: Process, number: int, point: str, figures
) -> None:
    """Kill a process at the commit of a message; send it again to the other once others have it."""
    watchers = crowd.clients[:WATCHERS]
    stays, may_come_back = site.processes[0], asyncio.Event()
    [sender] = await crowd.come(
        1, lambda: stays.ws_url if may_come_back.is_set() else doomed.ws_url, window=1
    )
    # Until it has received something of the other process, it publishes nothing of its rooms.
    await until(lambda: len(sender.present) > WATCHERS, "hearing of the other process", 5)
    ids = [sender.say() for _ in range(number)]
    await until(lambda: not doomed.alive, f"the death at {point}", 10)
    died = crowd.journal.fault(f"{doomed.ws_url} died at {point}")
    seen = await until(
        lambda: all(ids[-1] in heard(watcher) for watcher in watchers),
        "the others' seeing what was committed",
        died + SEEN_WITHIN - time.monotonic(),
    )
    figures(f"died between {point.replace('-', ' and ')}", f"seen by the others in {seen:.2f} s")
    may_come_back.set()
    await until(lambda: not sender.unanswered, "the answer to the same sent again", 5)
    acks = [note for note in crowd.journal.of("ack") if note.id == ids[-1]]
    if point == "commit-ack":
        assert [ack.duplicate for ack in acks] == [True], acks


def heard(client) -> set[str]:
    return {shown.id for shown in client.messages.values()}
