"""manage.py chat between other programs: any bytes, any locale, and outputs that close."""

import asyncio
import os
import subprocess
import threading
from collections.abc import Iterator
from unittest import mock

import pytest

from chat.terminal.screens import PipeScreen
from tests.support.servers import ROOT, Server
from tests.support.typists import DEADLINE, command
from tests.support.waiting import wait_until
from tests.support.wire import Wire
from tests.terminal.test_command import stored

# Text, Latin-1, UTF-8, a NUL, UTF-16's mark, and a last line without an end.
ANY_BYTES = b"one\ncaf\xe9\n\xe8\xa6\x8b\nn\0l\n\xff\xfe\nlast"
AS_TEXT = ["one", "caf\ufffd", "\u898b", "n\ufffdl", "\ufffd\ufffd", "last"]
STRICT = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def run(server: Server, *options: str, **popen) -> subprocess.CompletedProcess:
    environment = server.environment | popen.pop("variables", {})
    return subprocess.run(
        command(server, "lobby", *options),
        cwd=ROOT,
        env=environment,
        timeout=DEADLINE,
        **{"capture_output": True, **popen},
    )


@pytest.mark.parametrize(
    "variables",
    [{"LANG": "C.UTF-8"}, {"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii:strict"}, STRICT],
    ids=lambda variables: " ".join(variables),
)
def test_bytes_that_are_no_text_are_replaced_in_every_locale(serve, variables):
    server = serve()
    done = run(server, input=ANY_BYTES, variables=variables)
    assert (done.returncode, done.stderr) == (0, b"")
    assert stored(server) == AS_TEXT


def test_what_the_output_cannot_have_is_shown_by_its_number(serve):
    server = serve()
    with Wire(server.ws_url) as ion:
        ion.enter("Ion")
        ion.send("caf\u00e9 \u898b")
        done = run(server, "--name", "Ana", input=b"bye", variables={"PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"Ion: caf\xe9 \u898b" in done.stdout


def test_a_name_that_is_no_text_is_replaced(serve):
    server = serve()
    done = run(server, "--name", b"caf\xe9", input=b"hello")
    assert (done.returncode, done.stderr) == (0, b"")
    assert "as caf\ufffd." in done.stdout.decode()


def test_a_closed_output_ends_it_quietly_and_at_once(serve):
    """As `| head -1` does: the pipe closes, and the next line cannot be written."""
    server = serve()
    process = subprocess.Popen(
        command(server, "lobby", "--name", "Ana"),
        cwd=ROOT,
        env=server.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process, Wire(server.ws_url) as ion:
        assert process.stdout.readline().startswith(b"* You joined Lobby as Ana.")
        process.stdout.close()
        ion.enter("Ion")
        assert process.wait(DEADLINE) == 0
        assert process.stderr.read() == b""
        # Nobody came back.
        ion.next(lambda event: event["type"] == "presence" and event["left"])
        assert not [event for event in ion.unread if event["type"] == "presence"]


def test_lines_that_a_closed_output_leaves_unsent_are_counted(serve):
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "wb") as closed:
        done = run(serve(), input=b"one\n", capture_output=False, stdout=closed, stderr=-1)
    assert done.returncode == 1
    assert done.stderr == b"CommandError: The output was closed. Lines not sent: 1.\n"


def test_an_output_without_space_is_a_reason_to_end(serve):
    with open("/dev/full", "wb") as full:
        done = run(serve(), input=b"one\n", capture_output=False, stdout=full, stderr=-1)
    assert done.returncode == 2
    assert done.stderr == b"Refused: The output cannot be written: No space left on device.\n"


def test_without_any_input_it_ends(serve):
    server = serve()
    shell = ["sh", "-c", 'exec "$@" <&-', "sh", *command(server, "lobby")]
    done = subprocess.run(shell, cwd=ROOT, env=server.environment, capture_output=True, timeout=20)
    assert (done.returncode, done.stderr) == (0, b"")


def test_it_ends_while_its_input_is_open(serve):
    """A thread that still reads must not abort the process."""
    server = serve()
    process = subprocess.Popen(
        command(server, "...", "--name", "Ana"),
        cwd=ROOT,
        env=server.environment,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        wait_until(lambda: process.poll() is not None, "the end", DEADLINE)
        assert process.returncode == 2
        assert process.stderr.read().startswith(b"Refused: ")


def test_input_that_comes_after_the_end_is_dropped_without_a_word():
    go_on, faults = threading.Event(), []

    def lines() -> Iterator[bytes]:
        yield b"one"
        assert go_on.wait(5)
        yield b"two"

    async def first() -> str:
        return await anext(PipeScreen().lines())

    with (
        mock.patch("chat.terminal.screens.read_lines", lines),
        mock.patch("threading.excepthook", faults.append),
    ):
        before = set(threading.enumerate())
        assert asyncio.run(first()) == "one"
        (reader,) = set(threading.enumerate()) - before
        go_on.set()
        reader.join(5)
    assert faults == []
