import os
import socket
from ipaddress import ip_address

from daphne.management.commands.runserver import Command as DaphneRunserver
from django.conf import settings
from django.core.management.base import CommandError
from django.utils.autoreload import DJANGO_AUTORELOAD_ENV


class Command(DaphneRunserver):
    """Daphne's runserver, which also says where the site is and lets the local network in."""

    def run(self, **options):
        """Start, after making sure that the address can be had."""
        if DJANGO_AUTORELOAD_ENV not in os.environ:
            self.refuse_a_taken_port()
        super().run(**options)

    def refuse_a_taken_port(self):
        """Raise CommandError where the address cannot be listened on."""
        family = socket.AF_INET6 if self.use_ipv6 else socket.AF_INET
        try:
            with socket.socket(family) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((self.addr, int(self.port)))
        except (OSError, OverflowError) as error:
            raise CommandError(
                f"Cannot listen on {self.addr} port {self.port}: {error.args[-1].rstrip('.')}. "
                "Choose another address."
            ) from error

    def inner_run(self, *args, **options):
        if settings.DEBUG and not settings.ALLOWED_HOSTS and not is_loopback(self.addr):
            settings.ALLOWED_HOSTS = own_names(self.addr)
        host = outer_address() if is_wildcard(self.addr) else bracketed(self.addr)
        self.stdout.write(f"\nChatsite is at http://{host}:{self.port}/\n\n")
        super().inner_run(*args, **options)


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches `host`."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_wildcard(host: str) -> bool:
    """Tell whether `host` stands for every address of this machine."""
    return host in ("0", "0.0.0.0", "::")  # noqa: S104 - compared, not listened on


def outer_address() -> str:
    """Return the address that others on the network reach this machine at."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Sends nothing: connecting a datagram socket only chooses the way out.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return probe.getsockname()[0]


def own_names(host: str) -> list[str]:
    """Return what a browser nearby may call this machine when it listens on `host`."""
    name = socket.gethostname()
    nearby = [bracketed(host), outer_address(), name, f"{name}.local"]
    return [*nearby, "localhost", "127.0.0.1", "[::1]"]


def bracketed(host: str) -> str:
    """Return `host` as a URL has it: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host
