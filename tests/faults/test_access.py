"""Access that was withdrawn ends on every process: at once with Redis, within 30 s without."""

import re
import time
from contextlib import contextmanager

import httpx
import pytest

from tests.faults.sites import Process, Site
from tests.support.wire import Wire

NAME, PASSWORD = "mara", "a-password-of-no-use"
COOKIE = "sessionid"


@pytest.mark.parametrize(("redis", "within"), [(True, 1), (False, 30)])
def test_signing_out_closes_the_sockets_on_every_process(
    new_site, new_redis, redis, within, figures
):
    site = new_site(REDIS_URL=new_redis().url if redis else "")
    make_account(site)
    processes = [site.process() for _ in range(2)]
    with signed_in(processes[0]) as browser:
        session = browser.cookies[COOKIE]
        with member(processes[0], session) as here, member(processes[1], session) as there:
            post(browser, "/accounts/logout/", "/")
            began = time.monotonic()
            # Waiting for one after the other may hide that the second was late, but cannot make
            # it early.
            assert (there.closed(within), here.closed(within)) == (4401, 4401)
            took = time.monotonic() - began
    assert took <= within
    figures(f"signed out, {'with' if redis else 'without'} Redis", f"both sockets {took:.2f} s")


def make_account(site: Site) -> None:
    code = (
        "from django.contrib.auth.models import User;"
        f"User.objects.create_user({NAME!r}, password={PASSWORD!r})"
    )
    site.manage("shell", "--no-imports", "-c", code)


@contextmanager
def signed_in(process: Process):
    with httpx.Client(base_url=process.url, follow_redirects=True) as browser:
        fields = {"username": NAME, "password": PASSWORD}
        post(browser, "/accounts/login/", "/accounts/login/", **fields)
        assert COOKIE in browser.cookies
        yield browser


def post(browser: httpx.Client, path: str, page: str, **fields: str) -> None:
    """Submit a page's form, with the CSRF token in it."""
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', browser.get(page).text)
    answer = browser.post(path, data={"csrfmiddlewaretoken": token[1], **fields})
    assert answer.is_success, answer.text


@contextmanager
def member(process: Process, session: str):
    """Open a socket as the page does, and join."""
    headers = {"Cookie": f"{COOKIE}={session}"}
    with Wire(process.ws_url, origin=process.url, additional_headers=headers) as wire:
        wire.enter("ignored")
        assert wire.user["kind"] == "member"
        yield wire


@pytest.mark.parametrize(("trusted", "apart"), [("127.0.0.1", True), ("192.0.2.9", False)])
def test_only_a_trusted_proxy_sets_a_clients_address(new_site, trusted, apart):
    """Allow one socket for each address: who is accepted shows which addresses were believed."""
    site = new_site(TRUSTED_PROXIES=trusted, CHAT_RATE_LIMITS="on")
    code = "from chat.models import Configuration; Configuration(address_sockets=1).save()"
    site.manage("shell", "--no-imports", "-c", code)
    process = site.process()
    with forwarded(process, "198.51.100.1") as ana, forwarded(process, "198.51.100.2") as ion:
        ana.enter("Ana")
        if apart:
            ion.enter("Ion")
            # Two connections with the same forwarded address count as one address.
            with forwarded(process, "198.51.100.2") as third:
                assert third.closed() == 4429
        else:
            assert ion.closed() == 4429


def forwarded(process: Process, address: str) -> Wire:
    return Wire(process.ws_url, additional_headers={"X-Forwarded-For": address})
