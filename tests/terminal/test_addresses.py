"""manage.py chat and an address where no chat is: the reason at once, in one sentence."""

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
import trustme
from websockets.asyncio.server import serve as serve_sockets

from chat.terminal.site import Site, SiteRefusal
from tests.support.servers import Server
from tests.support.services import free_port
from tests.support.typists import Typist, piped

# What answers an HTTP request, or speaks before there is one.
BANNER = b"SSH-2.0-OpenSSH_9.2\r\n"
PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello"
MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
BUSY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"
ELSEWHERE = (
    b"HTTP/1.1 301 Moved Permanently\r\n"
    b"Location: https://chat.example.org/ws/\r\nContent-Length: 0\r\n\r\n"
)
NO_CHAT = "What answers at {} is no chat. Is the address right?"


@contextmanager
def running(start: Callable) -> Iterator[None]:
    """Run a server, by the coroutine that `start` returns, in a thread of its own."""
    loop, ready = asyncio.new_event_loop(), threading.Event()

    async def run() -> None:
        server = await start()
        ready.set()
        stop.append(asyncio.current_task())
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        server.close()

    stop: list[asyncio.Task] = []
    thread = threading.Thread(target=loop.run_until_complete, args=[run()])
    thread.start()
    assert ready.wait(10)
    yield
    loop.call_soon_threadsafe(stop[0].cancel)
    thread.join(10)
    loop.close()


def says(response: bytes) -> Callable:
    """Return a server that says the same to everybody, and closes."""

    async def answer(reader, writer) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            if response.startswith(b"HTTP"):
                await reader.readuntil(b"\r\n\r\n")
            writer.write(response)
            await writer.drain()
        writer.close()

    return lambda port: asyncio.start_server(answer, "127.0.0.1", port)


def echoes(**options) -> Callable:
    async def echo(socket) -> None:
        async for message in socket:
            await socket.send(message)

    async def start(port: int):
        return await serve_sockets(echo, "127.0.0.1", port, **options)

    return start


def nowhere(tmp_path, url: str) -> Server:
    """Return a server that is not started, at a URL."""
    server = Server(tmp_path)
    server.url = url
    return server


def self_signed() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.mark.parametrize(
    ("what", "scheme", "reason"),
    [
        (says(BANNER), "http", NO_CHAT),
        (says(b""), "http", NO_CHAT),
        (says(PAGE), "http", NO_CHAT),
        (says(MISSING), "http", NO_CHAT),
        (says(BUSY), "http", "{} cannot answer now (502)."),
        (says(ELSEWHERE), "http", "{} sends one on to https://chat.example.org/ws/. Use that."),
        (says(BANNER), "https", "{} does not speak https. Is it an address with http://?"),
        (echoes(), "http", NO_CHAT),
        (echoes(ssl=self_signed()), "http", NO_CHAT),
        (echoes(ssl=self_signed()), "https", "The certificate of {} is not trusted: "),
    ],
)
def test_a_pipe_ends_with_a_status_where_no_chat_answers(tmp_path, what, scheme, reason):
    port = free_port()
    url = f"{scheme}://127.0.0.1:{port}"
    with running(lambda: what(port)):
        done = piped(nowhere(tmp_path, url), "hello\n", "lobby")
    assert done.returncode == 2
    assert done.stderr.startswith(f"Refused: {reason.format(url)}")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("what", "scheme", "reason"),
    [
        (says(BANNER), "http", NO_CHAT),
        (says(PAGE), "http", NO_CHAT),
        (says(MISSING), "http", NO_CHAT),
        (says(BUSY), "http", "{} cannot answer now (502)."),
        (says(BANNER), "https", "{} does not speak https. Is it an address with http://?"),
        (echoes(ssl=self_signed()), "https", "The certificate of {} is not trusted: "),
    ],
)
def test_signing_in_says_why_it_fails_where_no_chat_answers(what, scheme, reason):
    port = free_port()
    url = f"{scheme}://127.0.0.1:{port}"
    with running(lambda: what(port)), pytest.raises(SiteRefusal) as refused:
        Site(url, proxies=False).sign_in("mara", "secret")
    assert str(refused.value).startswith(reason.format(url))


def test_signing_in_says_so_where_nobody_answers():
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(SiteRefusal, match=f"Nobody answers at {url}. Is the site running?"):
        Site(url, proxies=False).sign_in("mara", "secret")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_pipe_ends_with_a_status_where_nobody_answers(tmp_path, host):
    url = f"http://{host}:{free_port()}"
    done = piped(nowhere(tmp_path, url), "hello\n", "lobby")
    assert done.returncode == 2
    assert done.stderr == f"Refused: Nobody answers at {url}. Is the site running?\n"


def test_a_pipe_ends_with_a_status_where_the_host_is_not_known(tmp_path):
    url = "http://no-such-host.invalid"
    done = piped(nowhere(tmp_path, url), "hello\n", "lobby")
    assert done.returncode == 2
    assert done.stderr == f"Refused: The host of {url} is not known. Is the address right?\n"


def test_a_person_is_told_why_and_the_terminal_tries_again(tmp_path):
    """Nobody has to type again what they typed while a site starts."""
    server = Server(tmp_path)
    with Typist(server, "lobby", "--name", "Ana") as ana:
        ana.sees(f"Trying again. Nobody answers at {server.url}")
        server.start()
        try:
            ana.sees("* You joined Lobby as Ana.")
        finally:
            server.kill()


def test_no_proxy_is_asked_for_this_machine(serve):
    server = serve()
    for name in ("http_proxy", "HTTPS_PROXY", "all_proxy"):
        server.environment[name] = f"http://127.0.0.1:{free_port()}"
    done = piped(server, "hello\n", "lobby")
    assert (done.returncode, done.stderr) == (0, "")
