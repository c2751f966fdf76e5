"""An update as docs/deployment.md describes it, while people are connected and send messages."""

import asyncio
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from tests.faults.sites import until
from tests.faults.witness import Crowd
from tests.support.servers import ROOT, clean_environment
from tests.tooling.scripts import Script, run

STARTED = "Application startup complete"
# The outage is 1.5 s where nothing else runs (docs/deployment.md); this only tells a restart from
# a start that has to install, migrate and collect first.
OUTAGE_WITHIN = 10
RATE = 40


def test_an_update_beside_people_loses_no_message(tmp_path, dice, figures):
    environment = clean_environment(
        HOME=str(tmp_path), DATA_DIR=str(tmp_path / "var"), DATABASE_URL="", CHAT_RATE_LIMITS="off"
    )
    with Script(ROOT, "serve", environment) as script:
        script.wait_for(STARTED)
        asyncio.run(update(script, tmp_path / "var", dice, figures))


async def update(script: Script, data_dir: Path, dice, figures: Callable) -> None:
    address = f"127.0.0.1:{script.port}"
    async with Crowd(lambda: [f"ws://{address}"], dice) as crowd:
        people = await crowd.come(8)
        load = asyncio.create_task(crowd.talk(RATE, 60, changing=0.2))
        prepared = await asyncio.to_thread(
            run, ROOT, script.environment, "serve", "--prepare", address
        )
        assert prepared.returncode == 0, prepared.stderr
        assert "Prepared. The restart takes" in prepared.stdout
        noticed = crowd.journal.of("close") + crowd.journal.of("refusal")
        assert not noticed, f"the preparation is noticed: {noticed[:5]}"
        began = crowd.journal.fault("the restart")
        await asyncio.to_thread(script.restart)
        await until(lambda: is_answered(crowd, people), "an ack for everybody", OUTAGE_WITHIN)
        load.cancel()
        await crowd.judge(f"sqlite:///{data_dir}/chat.sqlite3")
        assert {tuple(person.close_codes) for person in people} == {(1012,)}
        acks = crowd.journal.of("ack", since=began - 1)
        outage = max(later.at - ack.at for ack, later in pairwise(acks))
        assert outage < OUTAGE_WITHIN
        figures("update beside 8 people", f"no ack for {outage:.2f} s, nothing lost")


def is_answered(crowd: Crowd, people: list) -> bool:
    """Return whether everybody has been closed once, is back, and got an ack since."""
    back = {note.who: note.at for note in crowd.journal.of("back")}
    acked = {note.who: note.at for note in crowd.journal.of("ack")}
    return all(
        person.close_codes
        and person.here.is_set()
        and acked.get(person.name, 0) > back[person.name]
        for person in people
    )
