"""Programs in Node that use the client library as a server sends it."""

import pytest

from tests.support.nginx import GATHERS, Nginx
from tests.support.relay import Relay


def test_two_programs_reconnect_after_the_server_was_killed(site, talker):
    ana = talker("Ana")
    ana.prints("* in, 1 here")
    ion = talker("Ion")
    ion.prints("* in, 2 here")
    ana.prints("* Ion came")
    ana.types("hello")
    ana.prints("* kept as 1")
    ion.prints("1 Ana: hello")
    ion.types("hello yourself")
    ana.prints("2 Ion: hello yourself")
    site.kill()
    ana.prints("* waiting")
    ana.types("sent while the server was away")
    site.start()
    ion.prints("3 Ana: sent while the server was away")
    ana.prints("* kept as 3")
    ion.types("one more")
    ana.prints("4 Ion: one more")
    for program in (ana, ion):
        printed = [line for line in program.printed.splitlines() if not line.startswith("*")]
        assert [line.split()[0] for line in printed] == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("site", "more", "transport"),
    [("serve", "", "events"), ("runserver", GATHERS, "poll")],
    ids=["events", "poll"],
    indirect=["site"],
)
def test_a_program_connects_through_a_proxy_without_upgrades(site, talker, needs, more, transport):
    with Nginx(needs("nginx"), site.url, more) as proxy:
        ion = talker("Ion")
        ion.prints("* in, 1 here")
        ana = talker("Ana", proxy.url)
        ana.prints(f"* open {transport}")
        ana.prints("* in, 2 here")
        ana.types("hello")
        ana.prints("* kept as 1")
        ion.prints("1 Ana: hello")
        ion.types("hello yourself")
        ana.prints("2 Ion: hello yourself")
        site.kill()
        ana.prints("* waiting")
        ana.types("sent while the server was away")
        site.start()
        ana.prints("* kept as 3")
        for program in (ana, ion):
            program.prints("3 Ana: sent while the server was away")
        ana.types("bye")
        # No timer or connection keeps the program from ending.
        assert ana.process.wait(10) == 0
        ion.prints("* Ana left")
        printed = [line for line in ana.printed.splitlines() if not line.startswith("*")]
        assert [line.split()[0] for line in printed] == ["1", "2", "3"]


def test_a_program_talks_while_connections_are_cut_every_2_s(site, talker):
    with Relay(site.url, lasts=2) as relay:
        ion = talker("Ion")
        ion.prints("* in, 1 here")
        ana = talker("Ana", relay.url)
        for transport in ("websocket", "events", "poll"):
            ana.prints(f"* open {transport}")
        for number in range(1, 6):
            ion.types(f"hello {number}")
            ana.prints(f"{2 * number - 1} Ion: hello {number}")
            ana.types(f"received {number}")
            ion.prints(f"{2 * number} Ana: received {number}")
        ana.prints("10 Ana: received 5")
        assert "* Ana left" not in ion.printed
        for program in (ana, ion):
            printed = [line for line in program.printed.splitlines() if not line.startswith("*")]
            assert [int(line.split()[0]) for line in printed] == list(range(1, 11))
