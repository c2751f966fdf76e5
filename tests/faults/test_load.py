"""Slow readers and floods do not delay other clients."""

import asyncio
import threading
import time
from contextlib import asynccontextmanager

from tests.faults.sites import Process, Site, until
from tests.faults.witness import Client, Crowd
from tests.faults.witness.crowd import percentile, split

READERS, SLOW = 100, 10
BURST_RATE, BURST_SECONDS, BODY = 60, 6, "x" * 1000
SMALL_BUFFER = 32 * 1024
MOST_BYTES_EACH = 1_000_000
# The flow-control window: events that a client may have not yet confirmed as received. When so
# many were sent to others, a reader that stopped makes no more progress; then come the protocol's
# 30 s, a tick, the 5 s after which presence shows somebody as gone, and a margin.
WINDOW = 256
LET_GO_WITHIN = 30 + 1 + 5 + 10
# A server that waited for a slow reader would delay all messages until that reader is closed. On a
# machine with other work a p99 shows nothing: it was 0.05 to 3.5 s before anybody stopped reading.
HEARD_WITHIN = 15
NOISE = 1.0

FLOOD_RATE = 1000
FLOOD_NOISE = 0.25


def test_slow_readers_cost_little_and_delay_nobody(new_site, dice, rounds, side_by_side, figures):
    """Run on both servers; the bursts of one would disturb the other, so they take turns."""
    turn = threading.Lock()
    side_by_side(
        **{
            program: slow_readers(new_site(), program, split(dice), turn, rounds(1), figures)
            for program in ("serve", "runserver")
        }
    )


async def slow_readers(site: Site, program: str, dice, turn, rounds: int, figures) -> None:
    [process] = await site.start(1, program=program)
    async with Crowd(site.addresses, dice) as crowd:
        async with my(turn):
            quick = await crowd.come(READERS - SLOW)
            slow = await crowd.come(SLOW, buffer=SMALL_BUFFER)
            talkers = quick[:10]
            await burst(crowd, talkers)
        for _ in range(rounds):
            async with my(turn):
                before, _ = await burst(crowd, talkers)
                codes, stopped = await stop_reading(
                    crowd, process, program, slow, talkers, before, figures
                )
            full = crowd.journal.of("hear", stopped, who=talkers[0].name)[WINDOW].at
            await leave(crowd, slow, stopped, full + LET_GO_WITHIN)
            await read_again(crowd, program, slow, codes)
        await crowd.judge(site.database_url)


async def burst(crowd: Crowd, talkers: list[Client]) -> tuple[float, float]:
    """Send messages for a while, until all who read have received them.

    Returns the median of the delays to them, and how late the witness itself was, in seconds.
    """
    began = crowd.journal.fault("a burst")
    await crowd.talk(BURST_RATE, BURST_SECONDS, talkers, BODY)
    reading = [client for client in crowd.clients if client.reading.is_set()]
    await until(
        lambda: (
            not any(client.unanswered for client in talkers)
            and len({client.version for client in reading}) == 1
        ),
        "everybody's hearing what was said",
        HEARD_WITHIN,
    )
    slow = {client.name for client in crowd.clients} - {client.name for client in reading}
    return percentile(crowd.delays(began, without=slow), 0.5), crowd.tired(began)


@asynccontextmanager
async def my(turn: threading.Lock):
    """Lock `turn`, shared with the event loop of another thread, until the end of `with`."""
    await asyncio.to_thread(turn.acquire)
    try:
        yield
    finally:
        turn.release()


async def stop_reading(crowd, process: Process, program: str, slow, talkers, before, figures):
    """Stop the slow ones from reading, during a burst.

    Returns how often each was closed before, and when they stopped.
    """
    memory = process.usage().memory_info().rss
    codes = {client: len(client.close_codes) for client in slow}
    stopped = crowd.journal.fault(f"{SLOW} stop reading")
    for client in slow:
        client.reading.clear()
    during, tired = await burst(crowd, talkers)
    each = (process.usage().memory_info().rss - memory) / SLOW
    # The memory for the others is included: it only makes the test stricter.
    assert each <= MOST_BYTES_EACH, f"{each / 1e6:.2f} MB for each slow reader"
    told = f"{before:.3f} s before, {during:.3f} s during; the witness {tired:.3f} s late"
    assert during <= before + NOISE + tired, told
    figures(
        f"{SLOW} of {READERS} stop reading, {program}",
        f"median of the others {1000 * before:.0f} ms before, {1000 * during:.0f} ms during; "
        f"{each / 1000:.0f} KB for each slow one",
    )
    return codes, stopped


async def leave(crowd: Crowd, slow: list[Client], stopped: float, deadline: float) -> None:
    """Wait until a client that reads has seen all slow readers leave: their server closed them."""

    def left() -> set[str]:
        return {note.id for note in crowd.journal.of("left", stopped)}

    names = {client.name for client in slow}
    await until(lambda: names <= left(), "the slow readers' leave", deadline - time.monotonic())


async def read_again(crowd: Crowd, program: str, slow: list[Client], codes) -> None:
    """Check that each slow reader was closed, and with which code; then reconnect."""
    crowd.journal.fault("they read again")
    for client in slow:
        client.reading.set()
    await until(
        lambda: all(len(client.close_codes) > codes[client] for client in slow), "a close", 10
    )
    ended = {client.close_codes[codes[client]] for client in slow}
    # The chat closes with a reason, unless a ping was not answered before that. Daphne cuts the
    # connection a second after the close frame, which a client that does not read never sees.
    assert ended <= ({1006} if program == "runserver" else {1006, 4408})


def test_a_flood_by_one_client_is_ended_and_disturbs_nobody(new_site, dice, figures):
    asyncio.run(flood(new_site(CHAT_RATE_LIMITS="on"), dice, figures))


async def flood(site: Site, dice, figures) -> None:
    await site.start(1)
    async with Crowd(site.addresses, dice) as crowd:
        others = await crowd.come(10)
        began = crowd.journal.fault("quiet talk")
        await crowd.talk(10, 3, others)
        before = percentile(crowd.delays(began), 0.99)
        [flooder] = await crowd.come(1, window=10**6)
        flooded = crowd.journal.fault("the flood")
        talk = asyncio.create_task(crowd.talk(10, 3, others))
        flooder.heeds = False
        await crowd.talk(FLOOD_RATE, 2, [flooder])
        flooder.staying = False
        await until(lambda: flooder.close_codes, "an end of the flood", 5)
        await talk
        during = percentile(crowd.delays(flooded, without={flooder.name}, senders=others), 0.99)
        flooder.unanswered.clear()
        await crowd.judge(site.database_url, orderly=others)
        assert flooder.close_codes[0] == 4429
        assert not [note for note in crowd.journal.of("close") if note.who != flooder.name]
        assert not [note for note in crowd.journal.of("refusal") if note.who != flooder.name]
        assert during <= before + FLOOD_NOISE + crowd.tired(flooded)
        figures(
            "flood of 1,000/s by one",
            f"p99 of the others {1000 * before:.0f} ms before, {1000 * during:.0f} ms during; 4429",
        )
