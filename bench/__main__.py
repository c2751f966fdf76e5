"""Measures servers side by side: every work, in rounds, one server after the other."""

import argparse
import asyncio
import signal
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import uvloop

from bench.load.cores import allow_many_files, take_load_core
from bench.peers import PEERS
from bench.results import Record
from bench.table import table
from bench.work.measuring import NORMAL, QUICK, Pace, Row
from tests.support import shared

WORKS = [
    *("fanout", "latency", "durable", "rooms", "connections", "http", "workers", "presence"),
    *("storm", "watching", "large", "joining", "unknown"),
]

MAX_SECONDS = 600


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("bench/run", description=__doc__)
    parser.add_argument("works", nargs="*", metavar="WORK", help=f"of {', '.join(WORKS)}; all")
    parser.add_argument("--case", default="", help="only cases with these words in their name")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="3")
    parser.add_argument("--quick", action="store_true", help="short, with a tenth of large crowds")
    parser.add_argument("--peers", default="", metavar="A,B", help=f"of {', '.join(PEERS)}")
    options = parser.parse_args()
    for unknown in set(options.works) - set(WORKS):
        parser.error(f"{unknown} is no work")
    for unknown in set(filter(None, options.peers.split(","))) - set(PEERS):
        parser.error(f"{unknown} is no peer")
    return options


def main() -> None:
    options = arguments()
    # Raises SystemExit, so that everything started is stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    allow_many_files()
    take_load_core()
    pace = QUICK if options.quick else NORMAL
    record = Record(vars(options))
    # All measurements start from one prepared site.
    shared.begin()
    try:
        for work in options.works or WORKS:
            measure_work(work, options, pace, record)
    finally:
        shared.end()
        path = record.write(Path(__file__).resolve().parent / "results")
        print(f"\n{record.about}\n\n{table(record.entries)}")
        print(f"\nThe raw numbers are in {path.relative_to(Path.cwd())}")


def measure_work(work: str, options: argparse.Namespace, pace: Pace, record: Record) -> None:
    module = import_module(f"bench.work.{work}")
    for name, case in module.CASES.items():
        if options.case not in name:
            continue
        wanted = options.peers.split(",") if options.peers else module.peers(case)
        wanted = [peer for peer in wanted if peer in PEERS]
        for number in range(1, options.rounds + 1):
            # Every other round goes backwards, so that no server is always first.
            for peer in wanted if number % 2 else wanted[::-1]:
                try:
                    rows = measure(module, peer, case, pace)
                except Exception as error:
                    record.failed(work, name, number, peer, error)
                else:
                    record.add(work, name, number, peer, rows)


def measure(module: ModuleType, peer: str, case, pace: Pace) -> list[Row]:
    """Start a server, take one measurement, stop it."""
    with PEERS[peer]() as target:
        return uvloop.run(asyncio.wait_for(module.measure(target, case, pace), MAX_SECONDS))


if __name__ == "__main__":
    main()
