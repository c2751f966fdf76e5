"""bin/run in a fresh clone: the first start of a newcomer, and the second."""

import re
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.support.waiting import wait_until
from tests.tooling.scripts import Script, copy_of_the_tree, newcomers_environment, run

READY = "Quit the server with CONTROL-C"


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    return copy_of_the_tree(tmp_path_factory.mktemp("clone"))


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    return newcomers_environment(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def first_start(clone, environment) -> str:
    """Start once, sign in, stop; return what was printed."""
    with Script(clone, "run", environment) as script:
        script.wait_for(READY)
        assert f"Chatsite is at {script.url}/" in script.output
        assert httpx.get(f"{script.url}/").status_code == 200
        password = re.search(r"as admin with the password (\S+)", script.output)[1]
        assert may_enter_the_admin(script.url, password)
        assert not may_enter_the_admin(script.url, "a guess")
        return script.output


def may_enter_the_admin(url: str, password: str) -> bool:
    with httpx.Client(base_url=url, follow_redirects=True) as browser:
        token = browser.get("/admin/login/").cookies["csrftoken"]
        form = {"username": "admin", "password": password, "csrfmiddlewaretoken": token}
        browser.post("/admin/login/?next=/admin/", data=form)
        return "sessionid" in browser.cookies and browser.get("/admin/").url.path == "/admin/"


def test_the_first_start_installs_prepares_and_serves(first_start, clone):
    assert "Installing requirements.txt" in first_start
    assert re.search(rf"Database: SQLite [\d.]+, {clone}/var/chat\.sqlite3", first_start)
    assert "Layer: in memory" in first_start


def test_the_secret_key_is_readable_by_this_user_only(first_start, clone):
    assert (clone / "var/secret-key").stat().st_mode & 0o777 == 0o600


def test_the_second_start_is_fast_and_prints_no_password(first_start, clone, environment):
    with Script(clone, "run", environment) as script:
        script.wait_for(READY, seconds=60)
        assert "Installing" not in script.output
        assert "password" not in script.output
        assert httpx.get(f"{script.url}/api/v1/rooms").json()["rooms"][0]["slug"] == "lobby"


def test_a_saved_change_restarts_the_site(first_start, clone, environment):
    with Script(clone, "run", environment) as script:
        script.wait_for(READY, seconds=60)
        save_until_noticed(clone / "chat/pages/views.py", lambda: script.output.count(READY) > 1)
        wait_until(lambda: answers(script.url), "the answer of the restarted site", 60)


def save_until_noticed(file: Path, noticed: Callable[[], bool]) -> None:
    """Save a file again every few seconds: the reloader misses changes before its first scan."""
    for _ in range(10):
        file.write_text(file.read_text() + "\n")
        with suppress(AssertionError):
            wait_until(noticed, "a restart", 6)
            return
    raise AssertionError("The site does not restart when a file is saved.")


def answers(url: str) -> bool:
    with suppress(httpx.TransportError):
        return httpx.get(f"{url}/healthz").status_code == 200
    return False


BROKEN = """
urlpatterns.append(path("broken", lambda request: 1 / 0))
"""


def test_others_on_the_network_see_plain_error_pages(first_start, clone, environment):
    urls = clone / "chatsite/urls.py"
    urls.write_text(urls.read_text() + BROKEN)
    with (
        Script(clone, "run", environment, host="0.0.0.0") as script,
        httpx.Client(base_url=script.url) as browser,
    ):
        script.wait_for(READY, seconds=60)
        pages = [browser.get("/"), browser.get("/no/such/page"), browser.get("/broken")]
        foreign = browser.get("/", headers={"Host": "evil.example.org"})
        [style, *_] = re.findall(r'href="(/static/[^"]+\.css)"', pages[0].text)
        assert browser.get(style).status_code == 200
    assert [page.status_code for page in [*pages, foreign]] == [200, 404, 500, 400]
    shown = "".join(page.text for page in [*pages, foreign])
    assert not re.search("DEBUG|Traceback|urlpatterns|ZeroDivisionError", shown)


KEY = {"SECRET_KEY": "a-key-of-ones-own"}
FOR_OTHERS = {"ALLOWED_HOSTS": "chat.example.org"}


@pytest.mark.parametrize("variables", [KEY, KEY | FOR_OTHERS, {"DEBUG": "off"}])
def test_without_debug_every_page_is_served_too(first_start, clone, environment, variables):
    with Script(clone, "run", environment | variables) as script:
        script.wait_for(READY, seconds=60)
        with httpx.Client(base_url=script.url) as browser:
            paths = ["/", "/no/such/page", "/accounts/login/", "/readyz"]
            pages = [browser.get(path) for path in paths]
            [style, *_] = re.findall(r'href="(/static/[^"]+\.css)"', pages[0].text)
            assert browser.get(style).status_code == 200
            foreign = browser.get("/", headers={"Host": "evil.example.org"})
    assert [page.status_code for page in pages] == [200, 404, 200, 200]
    assert foreign.status_code == 400


def test_a_site_with_https_is_refused_in_one_sentence(first_start, clone, environment):
    refused = run(clone, environment | {"BASE_URL": "https://chat.example.org"}, "run")
    assert refused.returncode == 2
    assert refused.stderr.startswith("Refused: BASE_URL is https://chat.example.org, and this")
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["run", "serve"])
def test_a_command_may_be_a_link_to_it(first_start, clone, environment, tmp_path, name):
    (tmp_path / "links to it").mkdir()
    (tmp_path / "links to it" / "chat").symlink_to(clone / "bin" / name)
    (tmp_path / "again").symlink_to("links to it/chat")
    refused = subprocess.run(
        [tmp_path / "again", "not-an-address"],
        cwd="/",
        env=environment | KEY | FOR_OTHERS | {"SECRET_KEY": "0123456789abcdef" * 4},
        capture_output=True,
        text=True,
    )
    assert "not-an-address" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_taken_port_is_reported_in_one_sentence(first_start, clone, environment):
    with Script(clone, "run", environment) as script:
        script.wait_for(READY, seconds=60)
        refused = run(clone, environment, "run", f"127.0.0.1:{script.port}")
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"Refused: Cannot listen on 127.0.0.1 port {script.port}")
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize("argument", ["--help-me", "not-a-port"])
def test_a_bad_argument_is_reported_in_one_sentence(first_start, clone, environment, argument):
    refused = run(clone, environment, "run", argument)
    assert refused.returncode != 0
    assert refused.stderr.count("\n") == 1
