"""Clients of a server that was away for a while are back within seconds, and not all at once."""

import json
import time

from tests.support.recipes import Bench
from tests.support.waiting import wait_until

CLIENTS = 8
# By now a client that knows nothing of the server's return waits for up to 16 s.
OUTAGE = 12.0
BACK_WITHIN = 5.0

FOLLOW = f"""\
import {{ connect }} from "./client.mjs";
for (let number = 0; number < {CLIENTS}; number += 1) {{
  const chat = connect("http://localhost:8000", {{ name: `Ana ${{number}}`, room: "lobby" }});
  chat.on("joined", () => console.log(JSON.stringify([number, Date.now() / 1000])));
}}
"""


def test_everybody_is_back_within_seconds_of_the_servers_return(
    serve, needs, tmp_path, record_property
):
    server = serve()
    bench = Bench(server, needs("Node"), tmp_path)
    try:
        program = bench.run(FOLLOW)

        def joined() -> list[list]:
            return [json.loads(line) for line in program.printed.splitlines()]

        wait_until(lambda: len(joined()) == CLIENTS, "everybody's way in")
        server.kill()
        time.sleep(OUTAGE)
        server.start()
        returned = time.time()
        wait_until(lambda: len(joined()) == 2 * CLIENTS, "everybody's return", 60)
    finally:
        bench.clear()
    after = sorted(at - returned for _, at in joined()[CLIENTS:])
    record_property("figure", f"{CLIENTS} clients back from {after[0]:.1f} to {after[-1]:.1f} s")
    assert after[-1] < BACK_WITHIN
    assert after[-1] - after[0] > 0.2
