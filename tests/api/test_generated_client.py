"""A client that openapi-python-client makes of the OpenAPI document works, and mypy accepts it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.servers import Server

PROGRAM = """\
import sys

from chatsite_client import AuthenticatedClient, Client
from chatsite_client.api.guests import create_guest
from chatsite_client.api.messages import list_messages, post_message
from chatsite_client.api.rooms import list_rooms
from chatsite_client.models import Ack, Guest, NewGuest, NewMessage, Page, Refused, RoomList

site = sys.argv[1]
guest = create_guest.sync(client=Client(base_url=site), body=NewGuest(name="Ana"))
assert isinstance(guest, Guest), guest
client = AuthenticatedClient(base_url=site, token=guest.token)

ack = post_message.sync("lobby", client=client, body=NewMessage(id="1", body="Hello"))
assert isinstance(ack, Ack), ack
page = list_messages.sync("lobby", client=client, limit=10)
assert isinstance(page, Page), page
last = page.messages[-1]
assert (last.author.name, last.body, last.seq) == ("Ana", "Hello", ack.seq), last

rooms = list_rooms.sync(client=client)
assert isinstance(rooms, RoomList), rooms
assert "lobby" in [room.slug for room in rooms.rooms]
refused = post_message.sync("nowhere", client=client, body=NewMessage(id="2", body="Hello"))
assert isinstance(refused, Refused), refused
print(refused.error.code)
"""


def run(command: list[str], folder: Path) -> str:
    # The generator formats what it has written with ruff, which is beside it.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = os.environ | {"PATH": path, "PYTHONPATH": str(folder / "client")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def generated(serve, tmp_path) -> Server:
    """Return a site whose document has been made a client, in `tmp_path`/client."""
    server = serve()
    generator = str(Path(sys.executable).with_name("openapi-python-client"))
    address = f"{server.url}/api/v1/openapi.json"
    run(
        [generator, "generate", "--url", address, "--output-path", "client", "--fail-on-warning"],
        tmp_path,
    )
    return server


def test_a_generated_client_is_typed_posts_and_reads(generated, tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)
    run([sys.executable, "-m", "mypy", "--strict", "client", "program.py"], tmp_path)
    printed = run([sys.executable, "program.py", generated.url], tmp_path)
    assert printed == "not_found\n"
