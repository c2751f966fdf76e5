"""Parsers for the environment variables; an unusable value raises ImproperlyConfigured.

The error is one sentence for the operator, printed by manage.py.
"""

import os
import re
import secrets
from io import StringIO
from ipaddress import ip_network
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured
from environ import Env

from chat.rules.files import sentence_about

ORIGIN = re.compile(r"https?://(?P<host>[^\s/?#@:\[\]]+|\[[0-9a-f:.]+\])(:(?P<port>\d{1,5}))?")
HOST = re.compile(r"\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\]|\*", re.ASCII)
DEFAULT_PORTS = {"http": "80", "https": "443"}
LINE = re.compile(r"(#.*)?|(export )?[A-Za-z_0-9]+=.*")
YES, NO = ("on", "true", "yes", "1"), ("off", "false", "no", "0")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def read_file(path: Path) -> None:
    """Add what a `.env` file sets to the environment, unless it is set there already.

    django-environ ignores a file that it cannot read, and logs lines that it does not understand,
    with the secrets in them.
    """
    try:
        lines = [line.strip() for line in path.read_text("utf-8-sig").splitlines()]
    except FileNotFoundError:
        return
    except OSError as error:
        raise ImproperlyConfigured(
            f"{path} cannot be read ({error.strerror}): give it to the user who runs this"
        ) from error
    except UnicodeDecodeError as error:
        raise ImproperlyConfigured(f"{path} is no text in UTF-8: write it anew") from error
    for number, line in enumerate(lines, 1):
        if not LINE.fullmatch(line):
            raise ImproperlyConfigured(
                f"Line {number} of {path} is no setting. Write NAME=VALUE, without spaces around ="
            )
    Env.read_env(StringIO("\n".join(lines)))


def path_from(text: str, root: Path) -> Path:
    """Return the path that a setting names: `~` is the home folder, other paths begin at `root`."""
    return root / Path(text).expanduser()


def kept_secret(path: Path) -> str:
    """Return the secret stored in `path`; create it, readable by this user only, if it is missing.

    Processes that start together agree on one key: only one of them can create the link, and it
    appears with its whole content.
    """
    try:
        if not path.exists():
            ensure_folder(path.parent)
            create_secret(path)
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(sentence_about(path, error, "DATA_DIR")) from error


def keys(text: str) -> list[str]:
    """Return the keys of SECRET_KEY_FALLBACKS, separated by commas."""
    return [key.strip() for key in text.split(",") if key.strip()]


def create_secret(path: Path) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(64))
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def ensure_folder(path: Path, setting: str = "DATA_DIR") -> None:
    """Create a folder where it is missing, for this user alone.

    Raises ImproperlyConfigured where that fails; `setting` is what names the folder.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(sentence_about(path, error, setting)) from error


def switch(name: str, value: str, default: bool) -> bool:
    """Return whether a variable says on; `default` where it says nothing.

    Raises ImproperlyConfigured for what is neither on nor off: a typing error must not switch a
    protection off, nor leave it off unnoticed.
    """
    word = value.strip().lower()
    if word and word not in (*YES, *NO):
        raise ImproperlyConfigured(f"{name} is {value}, which says neither. Set it to on or off")
    return word in YES if word else default


def origin(url: str) -> str:
    """Return BASE_URL as browsers write it in `Origin`; it may be empty.

    Raises ImproperlyConfigured for anything but a scheme, a host and perhaps a port.
    """
    url = url.strip().rstrip("/")
    if not url:
        return ""
    scheme, _, rest = url.partition("://")
    match = ORIGIN.fullmatch(f"{scheme.lower()}://{rest.lower()}")
    host = match and ascii_host(match["host"])
    if not host or host[0] in ".*" or not 0 < int(match["port"] or 1) < 65536:
        raise ImproperlyConfigured(
            f"BASE_URL is {hidden(url)}, which is no origin. Set it like https://chat.example.org"
        )
    port = match["port"] if match["port"] != DEFAULT_PORTS[scheme.lower()] else None
    return f"{scheme.lower()}://{host}{f':{int(port)}' if port else ''}"


def hidden(url: str) -> str:
    """Return a URL without what may be a password in it."""
    return re.sub(r"(?<=://).*@", "…@", url)


def hosts(text: str) -> list[str]:
    """Return the host names of ALLOWED_HOSTS, separated by commas, as browsers send them.

    Raises ImproperlyConfigured for what no browser sends as a host name.
    """
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    return [allowed_host(name) for name in names]


def allowed_host(name: str) -> str:
    try:
        bare = f"[{name}]" if ip_network(name).version == 6 and "/" not in name else name
    except ValueError:
        bare = name
    host = ascii_host(bare)
    if host is None or not HOST.fullmatch(host):
        raise ImproperlyConfigured(
            f"ALLOWED_HOSTS has {hidden(name)}, which is no host name. Set it like "
            "chat.example.org or .example.org for all hosts below, separated by commas, "
            "without https:// and without a port"
        )
    return host


def ascii_host(host: str) -> str | None:
    """Return a host name in the letters of the DNS; None for one that cannot be written so."""
    try:
        name = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return name if HOST.fullmatch(name) else None


def proxies(text: str) -> str:
    """Return TRUSTED_PROXIES, addresses and networks separated by commas, as uvicorn reads them.

    Raises ImproperlyConfigured for anything else: uvicorn would trust nobody instead.
    """
    if text.strip() == "*":
        return "*"
    names = [name.strip() for name in text.split(",") if name.strip()]
    return ",".join(map(trusted_network, names))


def trusted_network(name: str) -> str:
    try:
        # A host of a network stands for the network, as in 10.0.0.1/8.
        network = ip_network(name, strict=False)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"TRUSTED_PROXIES has {name}, which is no address. Set it like 127.0.0.1 or "
            "10.0.0.0/8, separated by commas"
        ) from error
    return str(network) if "/" in name else str(network.network_address)


def time_zone(name: str) -> str:
    """Return the name of a time zone; raise ImproperlyConfigured for an unknown one."""
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ImproperlyConfigured(
            f"TIME_ZONE is {name}, which is unknown. Set it like Europe/Madrid"
        ) from error


def log_level(name: str) -> str:
    """Return the name of a log level; raise ImproperlyConfigured for an unknown one."""
    if name.upper() not in LOG_LEVELS:
        raise ImproperlyConfigured(
            f"LOG_LEVEL is {name}, which is unknown. Set it to DEBUG, INFO, WARNING or ERROR"
        )
    return name.upper()
