import asyncio
import os
import sys
from getpass import getpass
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from chat.management.addresses import is_loopback
from chat.management.preconditions import Refused
from chat.terminal.client import TerminalClient, Who
from chat.terminal.interface import Ended, OutputClosed
from chat.terminal.screens import PipeScreen, TerminalScreen
from chat.terminal.site import Site, SiteRefusal

LOCAL = "http://localhost:8000"
# In the environment: the token of a bot, or of a guest.
TOKEN = "CHAT_TOKEN"  # noqa: S105 - a name
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
        parser.add_argument("--name", help="What to be called as a guest; else the server chooses.")
        parser.add_argument(
            "--user", help="Sign in as the member with this user name; the password is asked for."
        )
        parser.add_argument(
            "--url",
            default=settings.BASE_URL or LOCAL,
            help="Where the site is; BASE_URL, or %(default)s, when not given.",
        )

    def handle(self, *args, room: str, name: str | None, user: str | None, url: str, **options):
        is_terminal = all(stream and stream.isatty() for stream in (sys.stdin, sys.stdout))
        screen = TerminalScreen() if is_terminal else PipeScreen()
        # Not an option: everybody on the machine sees those.
        who = Who(name and as_text(name), os.environ.get(TOKEN) or None)
        try:
            client = client_for(url, who, as_text(room), screen, user)
            refused = asyncio.run(talk(client, screen))
        except KeyboardInterrupt:
            return
        if refused and isinstance(screen, PipeScreen):
            raise CommandError(f"{refused} of the lines were refused. The reasons are above.")


def client_for(address: str, who: Who, room: str, screen, user: str | None) -> TerminalClient:
    """Return a client of a site, signed in as `user` where one is given. Raises Refused."""
    url = socket_url(address)
    # A proxy is for other machines: it would look for this one at its own address.
    proxies = not is_loopback(urlsplit(url).hostname)
    site = Site(address, proxies=proxies)
    if user:
        sign_in(site, user, who, screen)
    return TerminalClient(url, who, room, screen, site=site, proxies=proxies)


def sign_in(site: Site, user: str, who: Who, screen) -> None:
    """Sign in as a member, with the password that is typed. Raises Refused."""
    if who.token:
        raise Refused(f"{TOKEN} says who you are already. Leave out --user, or unset it.")
    if not screen.is_watched:
        raise Refused("A password is asked for in a terminal alone. Use a bot's token in a script.")
    try:
        site.sign_in(as_text(user), typed_password())
    except SiteRefusal as refusal:
        raise Refused(str(refusal)) from refusal


def typed_password() -> str:
    """Ask for a password; Control-D means what Control-C does."""
    try:
        return getpass("Password: ")
    except EOFError:
        raise KeyboardInterrupt from None


async def talk(client: TerminalClient, screen) -> int:
    """Chat until the input ends; return how many lines were refused."""
    try:
        with screen.open():
            await client.run()
    except Ended as ended:
        raise Refused(str(ended)) from ended
    except OutputClosed:
        if unsent := len(client.conversation.input.outbox):
            raise CommandError(f"The output was closed. Lines not sent: {unsent}.") from None
    return client.conversation.input.refused


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
