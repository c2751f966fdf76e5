import asyncio
import sys
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from chat.management.addresses import is_loopback
from chat.management.preconditions import Refused
from chat.terminal.client import TerminalClient
from chat.terminal.conversation import Ended, OutputClosed
from chat.terminal.screens import PipeScreen, TerminalScreen

LOCAL = "http://localhost:8000"
SCHEMES = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}


class Command(BaseCommand):
    """Chat in a room of a running site, this one or another."""

    help = (
        "Talk in a room, in this terminal. Type lines, leave with Ctrl-D. "
        "From a pipe, each line is a message."
    )
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("room", help="A room's name or address.")
        parser.add_argument("--name", help="What to be called; else the server chooses.")
        parser.add_argument(
            "--url",
            default=settings.BASE_URL or LOCAL,
            help="Where the site is; BASE_URL, or %(default)s, when not given.",
        )

    def handle(self, *args, room: str, name: str | None, url: str, **options):
        is_terminal = all(stream and stream.isatty() for stream in (sys.stdin, sys.stdout))
        screen = TerminalScreen() if is_terminal else PipeScreen()
        name = name and as_text(name)
        try:
            refused = asyncio.run(talk(url, as_text(room), name, screen))
        except KeyboardInterrupt:
            return
        if refused and isinstance(screen, PipeScreen):
            raise CommandError(f"{refused} of the lines were refused. The reasons are above.")


async def talk(site: str, room: str, name: str | None, screen) -> int:
    """Chat until the input ends; return how many lines were refused."""
    url = socket_url(site)
    # A proxy is for other machines: it would look for this one at its own address.
    proxies = not is_loopback(urlsplit(url).hostname)
    client = TerminalClient(url, room, name, screen, site=site, proxies=proxies)
    try:
        with screen.open():
            await client.run()
    except Ended as ended:
        raise Refused(str(ended)) from ended
    except OutputClosed:
        if unsent := len(client.conversation.outbox):
            raise CommandError(f"The output was closed. Lines not sent: {unsent}.") from None
    return client.conversation.refused


def as_text(argument: str) -> str:
    """Return an argument of the command line, with the bytes that are no text replaced."""
    return argument.encode(errors="surrogateescape").decode(errors="replace")


def socket_url(url: str) -> str:
    """Return the address of the site's socket; raise Refused for an invalid `url`."""
    try:
        parts = urlsplit(url)
        scheme, address = SCHEMES.get(parts.scheme), parts.netloc and parts.port != 0
        # What the resolver does: it refuses labels that are empty or too long.
        (parts.hostname or "").encode("idna")
    except ValueError:
        scheme = address = None
    if not scheme or not address or parts.path not in ("", "/"):
        raise Refused(f"{url} is no address of a site. Give one like https://chat.example.org.")
    return f"{scheme}://{parts.netloc}/ws/"
