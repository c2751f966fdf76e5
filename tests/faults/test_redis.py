"""Redis is optional: if it is killed, frozen, cut off, emptied or missing, the chat continues."""

import asyncio
from collections.abc import Awaitable, Callable

from redis import Redis

from tests.faults.sites import Site, until
from tests.faults.witness import Crowd
from tests.faults.witness.crowd import percentile, split
from tests.support.services import RedisService

Break = Callable[[RedisService], Awaitable[None]]

MEANWHILE = 2.0
FAST_AGAIN_WITHIN = 5.0
# Delivered by hints. Half of the receivers are on the other process; if that received no hints for
# only a third of the time, and waited for the comparison of each second, the p95 would be 0.7 s.
FAST = 0.5
# An ack that waited for Redis would take the 1 s timeout of each call to it, and so would all acks
# meanwhile; a single one may have waited for the disk.
ACK = 1.0
WATCHED = 3.0
SEEN_WITHIN = 10
RATE = 20


def test_redis_may_fail_in_any_way_without_loss_or_disconnection(
    new_site, new_redis, dice, rounds, side_by_side, figures
):
    def story(breaking: Break) -> Awaitable[None]:
        redis = new_redis()
        site = new_site(REDIS_URL=redis.url)
        return broken(site, redis, breaking, split(dice), rounds(1), figures)

    late = new_redis(start=False)
    side_by_side(
        killed_and_started_empty=story(kill_for_a_while),
        frozen_for_ten_seconds=story(freeze),
        its_listeners_cut_off=story(cut_listeners_off),
        emptied=story(empty),
        not_there_at_the_start=comes_late(new_site(REDIS_URL=late.url), late, split(dice)),
    )


async def kill_for_a_while(redis: RedisService) -> None:
    redis.kill()
    await asyncio.sleep(8)
    await asyncio.to_thread(redis.start)


async def freeze(redis: RedisService) -> None:
    redis.pause()
    await asyncio.sleep(10)
    redis.resume()


async def cut_listeners_off(redis: RedisService) -> None:
    with Redis(port=redis.port) as client:
        client.client_kill_filter(_type="pubsub")


async def empty(redis: RedisService) -> None:
    with Redis(port=redis.port) as client:
        client.flushall()


async def broken(
    site: Site, redis: RedisService, breaking: Break, dice, rounds: int, figures
) -> None:
    await site.start(2)
    async with Crowd(site.addresses, dice) as crowd:
        load = await talkers_and_listeners(site, crowd)
        # Joins are published by Redis as well: they must not be mistaken for effects of its loss.
        await until(
            lambda: all(len(client.present) == len(crowd.clients) for client in crowd.clients),
            "everybody's being seen on both processes",
            SEEN_WITHIN,
        )
        for _ in range(rounds):
            await asyncio.sleep(dice.uniform(1, 3))
            began = crowd.journal.fault(f"{breaking.__name__} begins")
            await breaking(redis)
            back = crowd.journal.fault("Redis is well")
            await asyncio.sleep(FAST_AGAIN_WITHIN + WATCHED)
            stays_whole(crowd, began)
            meanwhile, after = in_time(crowd, began, back)
            figures(
                f"Redis, {breaking.__name__}",
                f"delivered within {meanwhile:.2f} s meanwhile, {after:.3f} s (p95) after it",
            )
        load.cancel()
        await crowd.judge(site.database_url)


async def talkers_and_listeners(site: Site, crowd: Crowd) -> asyncio.Task:
    """Send from the clients of one process only: a client that sends discovers what it missed."""
    talking, listening = (process.ws_url for process in site.processes)
    talkers = await crowd.come(3, lambda: talking)
    await crowd.come(3, lambda: listening)
    return asyncio.create_task(crowd.talk(RATE, 3600, talkers, changing=0.2))


def stays_whole(crowd: Crowd, since: float, but_for: str = "") -> None:
    """Check that no socket was closed and that nobody is shown as joining or leaving."""
    for what in {"gone", "close", "joined", "left", "refusal"} - {but_for}:
        assert not crowd.journal.of(what, since), crowd.journal.of(what, since)[:5]


def in_time(crowd: Crowd, began: float, back: float) -> tuple[float, float]:
    """Check that acks continue, and that delivery is slower only meanwhile.

    Returns the longest delay meanwhile and the p95 afterwards, in seconds. The lateness of the
    witness itself is allowed for, and that of the servers: no ack waits for Redis, so these
    show it.
    """
    recovered = back + FAST_AGAIN_WITHIN
    tired, tired_after = crowd.tired(began), crowd.tired(recovered)
    acked = percentile(crowd.answers(recovered), 0.95)
    assert percentile(crowd.answers(began, max(back, began + ACK)), 0.9) < ACK + tired + acked
    slowest = crowd.answers(began)[-1]
    assert slowest < MEANWHILE + tired + acked
    meanwhile, after = crowd.delays(began, recovered), crowd.delays(recovered)
    late = f"the witness {tired:.2f} s late, the slowest ack after {slowest:.2f} s"
    assert meanwhile[-1] <= MEANWHILE + tired + slowest, (
        f"{meanwhile[-1]:.2f} s to be delivered meanwhile; {late}"
    )
    p95 = percentile(after, 0.95)
    assert p95 <= FAST + tired_after + acked, (
        f"{p95:.2f} s after that; the witness {tired_after:.2f} s late, acks after {acked:.2f} s"
    )
    assert after[-1] <= MEANWHILE + tired_after + slowest
    return meanwhile[-1], p95


async def comes_late(site: Site, redis: RedisService, dice) -> None:
    await site.start(2)
    async with Crowd(site.addresses, dice) as crowd:
        began = crowd.journal.fault("there is no Redis")
        load = await talkers_and_listeners(site, crowd)
        await asyncio.sleep(6)
        await asyncio.to_thread(redis.start)
        back = crowd.journal.fault("Redis is there")
        await asyncio.sleep(FAST_AGAIN_WITHIN + WATCHED)
        in_time(crowd, began, back)
        # The clients of the other process are announced, once.
        stays_whole(crowd, began, but_for="joined")
        load.cancel()
        await crowd.judge(site.database_url)
