"""Which websites may talk to this one: full origins, never host names alone."""

from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}


def parse_origin(text: str) -> tuple[str, str, int]:
    """Give (scheme, host, port) of an origin such as `https://example.org`.

    Raises ValueError for anything that is not scheme, host and perhaps a port.
    """
    parts = urlsplit(text.strip())
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ValueError("An origin starts with http:// or https:// and names a host.")
    if parts.path not in {"", "/"} or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("An origin has a scheme, a host and perhaps a port, and nothing behind.")
    return parts.scheme, parts.hostname, parts.port or DEFAULT_PORTS[parts.scheme]
