"""The addresses that a server listens on, who can connect to them, and their host names."""

import socket

import pytest

from chat.management.addresses import is_loopback, is_wildcard, outer_address, own_names
from chat.management.preconditions import check_port, listening_socket
from chatsite.server.fixes import unmapped


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_only_this_machine_reaches_a_loopback_address(host):
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "0", "::", "192.168.0.7", "10.0.0.1", "8.8.8.8", "fe80::1", "chat.example"]
)
def test_any_other_address_counts_as_reachable_by_strangers(host):
    """They would be shown Django's error pages with the settings."""
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("host", "wildcard"),
    [
        *[(host, True) for host in ("0.0.0.0", "0", "::", "::0")],
        *[(host, False) for host in ("127.0.0.1", "::1", "localhost")],
    ],
)
def test_a_wildcard_is_every_address_of_this_machine(host, wildcard):
    assert is_wildcard(host) is wildcard


def test_the_host_names_of_this_machine_are_its_address_and_name():
    name = socket.gethostname()
    names = own_names("192.168.0.7")
    assert {"192.168.0.7", outer_address(), name, f"{name}.local"} <= set(names)
    assert {"localhost", "127.0.0.1", "[::1]"} <= set(names)
    assert len(names) == 7
    assert "[fe80::1]" in own_names("fe80::1")


def test_a_port_that_was_in_use_a_moment_ago_is_free():
    """The system keeps a connection for a minute after its end; a restart does not wait for it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            accepted, _ = listener.accept()
            accepted.close()
            assert client.recv(1) == b""
    check_port("127.0.0.1", port)


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="the system cannot do that")
def test_every_address_of_ipv6_is_every_address():
    with listening_socket("::", 0) as listener:
        port = listener.getsockname()[1]
        for host in ("127.0.0.1", "::1"):
            socket.create_connection((host, port)).close()


@pytest.mark.parametrize(
    ("seen", "meant"),
    [
        (("::ffff:192.0.2.1", 80), ("192.0.2.1", 80)),
        (("192.0.2.1", 80), ("192.0.2.1", 80)),
        (("2001:db8::1", 80), ("2001:db8::1", 80)),
        (None, None),
    ],
)
def test_a_client_over_ipv4_has_its_own_address(seen, meant):
    assert unmapped(seen) == meant
