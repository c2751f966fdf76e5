"""Origins of websites that may use this one: compared whole, never by host name alone."""

import re
from collections.abc import Container
from ipaddress import ip_address

import idna
from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

DEFAULT_PORTS = {"http": 80, "https": 443}
# What a socket's scheme is for pages.
PAGE_SCHEMES = {"ws": "http", "wss": "https"}
# RFC 1035; browsers allow an underscore as well.
LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
MAX_HOST = 253
HOST_AND_PORT = re.compile(r"(?P<host>\[[^\]]*\]|[^:\[\]]*)(:(?P<port>[0-9]{1,9}))?")
MAX_SHOWN = 60  # characters that a sentence repeats
QUOTES = "\"'<>\u201c\u201d\u201e"
# Where a scheme is wrong, or is right behind a quote; `localhost:8000` has none.
BEFORE_HOST = re.compile(rf"^[{QUOTES}]*([a-z][a-z0-9+.-]*:(?![0-9])|[a-z]+(?=//))?[/\\]*", re.I)

Origin = tuple[str, str, int]


class InvalidOrigin(ValueError):
    """What is no origin: the error says what to write instead.

    In English, since settings are read before there are translations.
    """

    def __init__(self, message: str, **values: str):
        super().__init__(message % values)
        self._message, self._values = message, values

    @property
    def translated(self) -> str:
        """The same in the active language."""
        return gettext(self._message) % self._values


def parse_origin(text: str) -> Origin:
    """Return (scheme, host, port) of an origin such as `https://example.org`, as a browser has it:
    letters other than ASCII in the form `xn--…`.

    Raises InvalidOrigin, with what to write instead, for what no browser sends as its origin.
    """
    text = text.strip()
    if refusal := refusal_of_form(text):
        raise refusal
    match = HOST_AND_PORT.fullmatch(text.partition("://")[2].removesuffix("/"))
    if not match:
        raise InvalidOrigin(_("A port is a number from 1 to 65535, after the host and a colon."))
    scheme, port = text.partition("://")[0].lower(), int(match["port"] or 0)
    if match["port"] and not 0 < port < 65536:
        raise InvalidOrigin(_("A port is a number from 1 to 65535."))
    return scheme, browser_host(match["host"].lower()), port or DEFAULT_PORTS[scheme]


def refusal_of_form(text: str) -> InvalidOrigin | None:
    """Return why a text has not the form of an origin, and what to write; None where it has."""
    scheme, found, rest = text.partition("://")
    if text == "null":
        return InvalidOrigin(
            _("It is what files and sandboxed pages send. Serve the page from a website.")
        )
    if "," in text or ";" in text:
        return InvalidOrigin(_("Write each on a line of its own, without commas."))
    if "*" in text or rest.startswith("."):
        return InvalidOrigin(
            _("There are no patterns. Write each website in full, like https://club.example.org.")
        )
    if not found or scheme.lower() not in DEFAULT_PORTS:
        host = BEFORE_HOST.sub("", text).partition("/")[0].rstrip(QUOTES)
        return InvalidOrigin(
            _("Begin with https:// or http://, like https://%(host)s."),
            host=host[:MAX_SHOWN] or "club.example.org",
        )
    host = rest.removesuffix("/")
    if "@" in host:
        return InvalidOrigin(_("Leave out the name and password before the @."))
    if found := re.search(r"[/?#\\]", host):
        return InvalidOrigin(
            _("Leave out what comes after the host. Write %(origin)s."),
            origin=f"{scheme}://{host[: found.start()][:MAX_SHOWN]}",
        )
    return None


def browser_host(host: str) -> str:
    """Return a host as a browser writes it in an origin. Raises InvalidOrigin where it is none."""
    if host.startswith("["):
        return _checked_address(host[1:-1])
    if not host.isascii():
        host = _in_ascii(host)
    if host.endswith("."):
        raise InvalidOrigin(_("Leave out the dot after the host."))
    labels = host.split(".")
    if not all(LABEL.fullmatch(label) for label in labels) or len(host) > MAX_HOST:
        raise InvalidOrigin(_("A host has letters, numbers, hyphens and dots, like example.org."))
    return _checked_address(host) if re.fullmatch(r"\d+|0x[0-9a-f]*", labels[-1]) else host


def _checked_address(host: str) -> str:
    try:
        return str(ip_address(host))
    except ValueError as error:
        raise InvalidOrigin(
            _("That is no network address. Write one like 192.0.2.1 or [::1].")
        ) from error


def _in_ascii(host: str) -> str:
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError as error:
        raise InvalidOrigin(
            _("Some of its letters cannot be in a host. Write it as browsers send it, with xn--.")
        ) from error


def is_own(origin: str, scheme: str, host: str) -> bool:
    """Return whether an origin is this site's own: that of BASE_URL, or of the request's address.

    Some programs send their socket's address as their origin: `ws://HOST`.

    The request's address (its scheme and Host header) counts only where ALLOWED_HOSTS has it: a
    foreign name that was made to point here (DNS rebinding) is no name of this site.
    """
    known = settings.ALLOWED_HOSTS or [".localhost", "127.0.0.1", "[::1]"]
    own = [settings.BASE_URL] if settings.BASE_URL else []
    if validate_host(split_domain_port(host)[0], known):
        own.append(f"{scheme}://{host}")
    page = origin_or_none(_of_pages(origin))
    return page in {origin_or_none(_of_pages(text)) for text in own} - {None}


def _of_pages(address: str) -> str:
    """Return an address with the scheme that pages have there."""
    scheme, separator, rest = address.partition("://")
    return PAGE_SCHEMES.get(scheme.strip().lower(), scheme) + separator + rest


def is_listed(origin: str, allowed: Container[Origin]) -> bool:
    """Return whether an origin is on the admin's list."""
    return origin_or_none(origin) in allowed


def origin_or_none(text: str) -> Origin | None:
    """Return (scheme, host, port) of an origin, or None where a text is none."""
    try:
        return parse_origin(text)
    except ValueError:
        return None
