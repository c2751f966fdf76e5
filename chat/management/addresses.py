"""The addresses that a server listens on, and the host names that browsers use for them."""

import socket
from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Return whether only this machine can connect to `host`."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_wildcard(host: str) -> bool:
    """Return whether `host` means every address of this machine."""
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return host == "0"


def outer_address() -> str:
    """Return this machine's address on the network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Sends nothing: connecting a datagram socket only selects the local address.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return probe.getsockname()[0]


def own_names(host: str) -> list[str]:
    """Return the host names that browsers may use while this machine listens on `host`."""
    name = socket.gethostname()
    nearby = [bracketed(host), outer_address(), name, f"{name}.local"]
    return [*nearby, "localhost", "127.0.0.1", "[::1]"]


def bracketed(host: str) -> str:
    """Return `host` as in a URL: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host
