"""The settings as processes read them: each test starts one with its own environment."""

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import forked
from tests.support.servers import ROOT, START_SECONDS, clean_environment
from tests.support.services import free_port

pytestmark = pytest.mark.processes

SECRET = "0123456789abcdef" * 4
PRODUCTION = {"DEBUG": "off", "SECRET_KEY": SECRET, "BASE_URL": "https://chat.example.org"}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return run("manage.py", *arguments, **environment)


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    # A command that serves where it should refuse would never end.
    return forked.run([sys.executable, *arguments], clean_environment(**environment), START_SECONDS)


def setting(expression: str, **environment: str) -> str:
    code = f"from django.conf import settings; print({expression})"
    return run("-c", code, **environment).stdout.strip()


def variables_read() -> set[str]:
    sources = [*ROOT.glob("chatsite/*.py"), *ROOT.glob("chat/**/*.py")]
    reads = r'os\.environ\.get\(\s*"(\w+)"'
    return {name for source in sources for name in re.findall(reads, source.read_text())}


def variables_in(path: Path, pattern: str) -> set[str]:
    return set(re.findall(pattern, path.read_text(), re.MULTILINE))


def test_the_readme_documents_every_variable():
    documented = variables_in(ROOT / "README.md", r"^\| `([A-Z_]+)` \|")
    assert documented == variables_read()


def test_the_example_has_every_variable():
    offered = variables_in(ROOT / ".env.example", r"^#([A-Z_]+)=")
    assert offered == variables_read()


def test_the_deployment_check_is_clean():
    checked = manage("check", "--deploy", "--fail-level=INFO", ALLOWED_HOSTS="", **PRODUCTION)
    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout


def test_debug_is_off_where_a_secret_key_is_set():
    assert setting("settings.DEBUG") == "False"
    assert setting("settings.DEBUG", SECRET_KEY="") == "True"
    assert setting("settings.DEBUG", DEBUG="on") == "True"


def test_the_host_of_base_url_is_allowed_and_trusted_for_forms():
    own = "settings.ALLOWED_HOSTS + settings.CSRF_TRUSTED_ORIGINS"
    assert setting(own, ALLOWED_HOSTS="", **PRODUCTION) == (
        "['chat.example.org', 'https://chat.example.org']"
    )


def test_a_secret_key_may_start_with_a_dollar_sign():
    assert setting("settings.SECRET_KEY", SECRET_KEY="$HOME" + SECRET) == "$HOME" + SECRET


@pytest.mark.parametrize(("value", "limited"), [("off", "False"), ("0", "False"), ("", "True")])
def test_only_a_clear_no_disables_the_rate_limits(value, limited):
    assert setting("settings.CHAT_RATE_LIMITS", CHAT_RATE_LIMITS=value) == limited


def test_only_named_proxies_beyond_this_machine_are_trusted():
    trusted = "settings.TRUSTED_PROXIES"
    assert setting(trusted) == "127.0.0.1,::1"
    assert setting(trusted, TRUSTED_PROXIES=" 192.0.2.9, 10.1.2.3/8") == "192.0.2.9,10.0.0.0/8"


STARTS = [["serve"], ["runserver", "--setup"]]


@pytest.mark.parametrize("command", [*STARTS, ["migrate"]])
@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"DATABASE_URL": "mysql://ana@db.example.org/chat"}, "DATABASE_URL must be like"),
        ({"DATABASE_URL": "chat.sqlite3"}, "DATABASE_URL must be like"),
        ({"DATABASE_URL": "postgres://ana@db.example.org:port/chat"}, "DATABASE_URL must be like"),
        ({"DATABASE_URL": "postgres://ana:1/s3cret@db/chat"}, "DATABASE_URL must be like"),
        ({"BASE_URL": "chat.example.org"}, "BASE_URL is chat.example.org, which is no origin. Set"),
        ({"REDIS_URL": "127.0.0.1:6379"}, "REDIS_URL must be like redis://127.0.0.1:6379/0"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL is loud, which is unknown. Set"),
        ({"DEBUG": "offf"}, "DEBUG is offf, which says neither. Set it to on or off"),
        ({"CHAT_RATE_LIMITS": "of"}, "CHAT_RATE_LIMITS is of, which says neither. Set it to on"),
        ({"TRUSTED_PROXIES": "10.0.0.0/8x"}, "TRUSTED_PROXIES has 10.0.0.0/8x, which is no"),
        ({"ALLOWED_HOSTS": "https://a.example"}, "ALLOWED_HOSTS has https://a.example, which is"),
        ({"DATA_DIR": "/dev/null/var", "DATABASE_URL": ""}, "/dev/null/var cannot be written in"),
        ({"TIME_ZONE": "Mars/Olympus"}, "TIME_ZONE is Mars/Olympus, which is unknown. Set"),
    ],
)
def test_every_command_refuses_bad_settings_in_plain_words(command, environment, sentence):
    refused = manage(*command, **PRODUCTION | environment)
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"Refused: {sentence}")
    assert refused.stderr.count("\n") == 1


def test_an_unreachable_database_is_reported_in_plain_words():
    url = f"postgres://chatsite:secret@127.0.0.1:{free_port()}/chatsite"
    refused = manage("runserver", "--setup", f"127.0.0.1:{free_port()}", DATABASE_URL=url)
    assert refused.returncode == 2
    assert refused.stderr.startswith("Refused: The database does not answer (")
    assert "set DATABASE_URL" in refused.stderr
    assert "secret" not in refused.stderr
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize("command", STARTS)
def test_a_taken_port_is_reported_before_anything_is_prepared(command, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        refused = manage(*command, f"127.0.0.1:{port}", DATA_DIR=str(tmp_path), DATABASE_URL="")
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"Refused: Cannot listen on 127.0.0.1 port {port}: ")
    assert refused.stderr.count("\n") == 1
    assert not (tmp_path / "chat.sqlite3").exists()


def test_a_port_that_is_taken_during_the_start_ends_the_development_server(tmp_path):
    """Of two starts at once, both find the port free."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        data = {"DATA_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/chat.db"}
        assert manage("setup", **data).returncode == 0
        # As the reloader's second process, which does not look at the port before.
        refused = manage("runserver", f"127.0.0.1:{port}", RUN_MAIN="true", **data)
    assert refused.returncode == 2
    assert f"Refused: Cannot listen on 127.0.0.1 port {port}: " in refused.stderr
    assert "Traceback" not in refused.stderr


def test_setups_that_start_at_once_run_one_after_the_other(tmp_path):
    environment = clean_environment(DEBUG="off", DATA_DIR=str(tmp_path), DATABASE_URL="")
    command = [sys.executable, "manage.py", "setup", "--static"]
    starts = [subprocess.Popen(command, cwd=ROOT, env=environment) for _ in range(3)]
    assert [start.wait(60) for start in starts] == [0, 0, 0]


def test_sites_on_one_redis_do_not_receive_each_others_messages():
    layer = "settings.CHANNEL_LAYERS['default']['CONFIG']['prefix']"
    redis = {"REDIS_URL": "redis://127.0.0.1/0"}
    one, again = (setting(layer, SECRET_KEY=SECRET, **redis) for _ in range(2))
    other = setting(layer, SECRET_KEY=SECRET + "!", **redis)
    assert one.startswith("chatsite-")
    assert one == again != other
    assert SECRET not in one


def test_times_are_shown_in_the_zone_that_is_set():
    assert setting("settings.TIME_ZONE") == "UTC"
    assert setting("settings.TIME_ZONE", TIME_ZONE="Europe/Madrid") == "Europe/Madrid"


def test_sqlite_commits_are_durable_and_lock_at_once(tmp_path):
    url = f"sqlite:///{tmp_path}/new/chat.db"
    code = (
        "from django.db import connection as c; "
        "print([c.cursor().execute(f'PRAGMA {p}').fetchone()[0] "
        "for p in ('journal_mode', 'synchronous')], c.transaction_mode)"
    )
    printed = manage("shell", "--no-imports", "-c", code, DATABASE_URL=url).stdout
    assert printed.strip() == "['wal', 2] IMMEDIATE"


def test_postgresql_commits_are_durable_and_waits_are_limited(postgres_url):
    code = (
        "from django.db import connection as c; "
        "print([c.cursor().execute(f'SHOW {p}').fetchone()[0] "
        "for p in ('synchronous_commit', 'lock_timeout', 'statement_timeout')])"
    )
    printed = manage("shell", "--no-imports", "-c", code, DATABASE_URL=postgres_url).stdout
    assert printed.strip() == "['on', '5s', '30s']"


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set. Set it to"),
        ({"SECRET_KEY": "short and simple"}, "SECRET_KEY has 16 characters and needs 50. Set it"),
        ({"SECRET_KEY": "a" * 60}, "SECRET_KEY can be guessed. Set it to"),
        ({"SECRET_KEY": "django-insecure-" + SECRET}, "SECRET_KEY can be guessed. Set it to"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS is *, so any site could pose as this one. Set it"),
        ({"ALLOWED_HOSTS": "chat.example.org,*"}, "ALLOWED_HOSTS is *"),
        ({"ALLOWED_HOSTS": "", "BASE_URL": ""}, "ALLOWED_HOSTS is not set. Set it, or BASE_URL"),
    ],
)
def test_production_refuses_settings_in_plain_words(environment, sentence):
    refused = manage("serve", **PRODUCTION | environment)
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"Refused: {sentence}")
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["8000"], "8000 is no address"),
        (["127.0.0.1:80000"], "127.0.0.1:80000 is no address"),
        (["127.0.0.1:8000", "--workers=0"], "0 is no number of workers"),
        (["127.0.0.1:8000", "--workers=many"], "many is no number of workers"),
    ],
)
def test_production_refuses_invalid_arguments(arguments, sentence):
    refused = manage("serve", *arguments, **PRODUCTION)
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"Refused: {sentence}")
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("base_url", "host"),
    [
        ("https://chat.example.org:8443", "chat.example.org:8443"),
        ("https://[2001:db8::1]:8443", "[2001:db8::1]:8443"),
        ("https://chat.example.org", "None"),
        ("", "None"),
    ],
)
def test_http_is_redirected_to_the_port_of_base_url(base_url, host):
    assert setting("settings.SECURE_SSL_HOST", SECRET_KEY=SECRET, BASE_URL=base_url) == host
