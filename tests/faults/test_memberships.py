"""Who was taken out of a room reads and writes nothing there, whatever dies or is lost."""

import asyncio
import random

from tests.faults.sites import Site
from tests.faults.witness.club import Club
from tests.faults.witness.crowd import split

PEOPLE = 5
CHANGES, CHANGE_EVERY = 12, 0.2
# With hints, and where one may have been lost or there are none; docs/reliability.md says 30 s,
# which a test cannot wait for.
WITHIN, WITHOUT_HINT = 1, 5
# Lists of rooms are compared with the database every 10 s.
QUIET_WITHIN = 15


def test_nobody_reads_or_writes_who_was_taken_out_whatever_dies(
    new_site, new_redis, dice, rounds, side_by_side, figures
):
    sites = {
        "with_Redis": (new_site(REDIS_URL=new_redis().url), WITHIN),
        "without_Redis": (new_site(), WITHOUT_HINT),
    }
    side_by_side(
        **{
            name: taken_out(site, split(dice), within, rounds(1), name.replace("_", " "), figures)
            for name, (site, within) in sites.items()
        }
    )


async def taken_out(
    site: Site, dice: random.Random, within: float, rounds: int, name: str, figures
) -> None:
    await site.start(2)
    club = Club(site, dice, within, WITHOUT_HINT)
    try:
        await club.begin(PEOPLE)
        for _ in range(rounds):
            changes = asyncio.create_task(club.change_often(CHANGES, CHANGE_EVERY))
            await asyncio.sleep(dice.uniform(1, 3))
            await club.kill()
            await changes
        # Whoever is out by now has to hear no more of what is written.
        await asyncio.sleep(within + 1)
        await club.be_quiet()
        await club.judge(QUIET_WITHIN)
    finally:
        await club.end()
    figures(
        f"taken out of a room, {name}",
        f"{len(club.barred)} changes; the last message that reached them was sent "
        f"{club.last_told():.2f} s later",
    )
