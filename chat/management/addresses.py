"""The addresses that a server listens on, and what a browser calls them."""

import socket
from ipaddress import ip_address


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
