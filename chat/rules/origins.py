"""Origins of websites that may use this one: compared whole, never by host name alone."""

from collections.abc import Container
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

DEFAULT_PORTS = {"http": 80, "https": 443}
# What a socket's scheme is for pages.
PAGE_SCHEMES = {"ws": "http", "wss": "https"}

Origin = tuple[str, str, int]


def parse_origin(text: str) -> Origin:
    """Return (scheme, host, port) of an origin such as `https://example.org`.

    Raises ValueError for anything that is not scheme, host and perhaps a port.
    """
    parts = urlsplit(text.strip())
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ValueError("An origin starts with http:// or https:// and names a host.")
    if parts.path not in {"", "/"} or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("An origin has a scheme, a host and perhaps a port, and nothing after.")
    return parts.scheme, parts.hostname, parts.port or DEFAULT_PORTS[parts.scheme]


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
    return _parsed(_of_pages(origin)) in {_parsed(_of_pages(text)) for text in own} - {None}


def _of_pages(address: str) -> str:
    """Return an address with the scheme that pages have there."""
    scheme, separator, rest = address.partition("://")
    return PAGE_SCHEMES.get(scheme.strip().lower(), scheme) + separator + rest


def is_listed(origin: str, allowed: Container[Origin]) -> bool:
    """Return whether an origin is on the admin's list."""
    return _parsed(origin) in allowed


def _parsed(text: str) -> Origin | None:
    try:
        return parse_origin(text)
    except ValueError:
        return None
