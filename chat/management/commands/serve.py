import os
import re
from importlib import import_module

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections

from chat.management.preconditions import Refused, check_port, listening_socket

ADDRESS = re.compile(r"(?P<host>[^:]+|\[[0-9a-fA-F:]+\]):(?P<port>\d{1,5})")
SHORTEST_SECRET = 50
MAKE_ONE = 'python3 -c "import secrets; print(secrets.token_urlsafe(64))"'


class Command(BaseCommand):
    """Check the settings, prepare the database and the static files, and serve with uvicorn."""

    help = "Serve the site in production; bin/serve calls this."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("address", nargs="?", default="127.0.0.1:8000", metavar="HOST:PORT")
        parser.add_argument(
            "--workers",
            default=os.environ.get("WEB_CONCURRENCY") or "1",
            help="How many processes; WEB_CONCURRENCY, or 1, when not given. Clients of Socket.IO "
            "that poll need one.",
        )
        parser.add_argument(
            "--prepare",
            action="store_true",
            help="Only do what a start does before it serves, beside a server that runs.",
        )

    def handle(self, *args, address: str, workers: str, prepare: bool, **options):
        check_secret(secret_key())
        check_hosts(settings.ALLOWED_HOSTS)
        check_workers(workers)
        host, port = parse_address(address)
        os.environ["WEB_CONCURRENCY"] = workers
        server = import_module(settings.SERVER)
        if prepare:
            self.prepare(beside=True)
            # Compiles all that a start imports, and finds what cannot be imported.
            server.configuration(int(workers)).load()
            self.stdout.write("Prepared. The restart takes a second or two.")
        else:
            check_port(host, port)
            self.prepare(wait=True)
            with listening_socket(host, port) as listener:
                server.serve(listener, int(workers))

    def prepare(self, **how):
        call_command("setup", static=True, **how)
        # Over plain http the deployment checks would only recommend https.
        call_command("check", deploy=settings.HTTPS)
        self.stdout.flush()
        # The server opens its own, in its own threads and processes.
        connections.close_all()


def secret_key() -> str:
    """Return the secret key that the operator has set; empty where there is none."""
    return settings.SECRET_KEY if settings.SECRET_KEY_IS_SET else ""


def check_secret(key: str) -> None:
    """Raise Refused for a key that cannot sign people's sessions."""
    if not key:
        fault = "is not set"
    elif key.startswith("django-insecure-") or len(set(key)) < 5:
        fault = "can be guessed"
    elif len(key) < SHORTEST_SECRET:
        fault = f"has {len(key)} characters and needs {SHORTEST_SECRET}"
    else:
        return
    raise Refused(f"SECRET_KEY {fault}. Set it to what `{MAKE_ONE}` prints.")


def check_hosts(hosts: list[str]) -> None:
    """Raise Refused for hosts that let any site pose as this one, and for none."""
    if "*" in hosts:
        raise Refused(
            "ALLOWED_HOSTS is *, so any site could pose as this one. Set it to your host names."
        )
    if not hosts:
        raise Refused(
            "ALLOWED_HOSTS is not set. Set it, or BASE_URL, to the name people reach this host by."
        )


def parse_address(address: str) -> tuple[str, int]:
    """Return the host and port of `address`; raise Refused for an invalid one."""
    match = ADDRESS.fullmatch(address)
    if not match or int(match["port"]) > 65535:
        raise Refused(f"{address} is no address. Give HOST:PORT, like 127.0.0.1:8000.")
    return match["host"].strip("[]"), int(match["port"])


def check_workers(workers: str) -> None:
    """Raise Refused for anything but a number of processes from 1 to 99."""
    if not workers.isdecimal() or not 1 <= int(workers) <= 99:
        raise Refused(f"{workers} is no number of workers. Give 1 to 99.")
