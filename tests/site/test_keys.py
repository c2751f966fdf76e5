"""One SECRET_KEY for one database; another follows it on purpose only."""

import subprocess
import sys

import pytest
from django.core.management import call_command

from chat.management.keys import check_key
from chat.management.preconditions import Refused
from chat.models import SiteKey
from tests.support.servers import ROOT, clean_environment

ONE, OTHER, THIRD = (f"{letter}0123456789" * 5 for letter in "abc")


@pytest.fixture
def use(settings, db):
    """A function that starts a site with a key, as far as the key is concerned."""

    def start(key: str, *former: str, is_set: bool = True, keep: bool = True) -> None:
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = key, list(former)
        settings.SECRET_KEY_IS_SET = is_set
        check_key(keep=keep)

    return start


def test_a_second_key_is_refused_and_the_first_goes_on(use):
    use(ONE)
    with pytest.raises(Refused, match=r"SECRET_KEY .* SECRET_KEY_FALLBACKS"):
        use(OTHER)
    use(ONE)


def test_a_key_follows_its_fallback_which_is_refused_from_then_on(use):
    use(ONE)
    use(OTHER, THIRD, ONE)
    with pytest.raises(Refused):
        use(ONE)
    use(OTHER)


def test_a_fallback_that_was_never_the_key_opens_nothing(use):
    use(ONE)
    with pytest.raises(Refused):
        use(OTHER, THIRD)


def test_what_is_prepared_beside_a_running_server_leaves_its_key(use):
    use(ONE)
    use(OTHER, ONE, keep=False)
    use(ONE)


def test_a_trial_gets_a_key_of_its_own(use):
    use("generated", is_set=False)
    use(ONE)


def test_a_trial_with_a_sites_database_is_told_who_is_signed_out(use, caplog):
    use(ONE)
    use("generated", is_set=False)
    assert "SECRET_KEY is not set" in caplog.text
    use(ONE)


def test_a_lost_key_can_be_replaced(use, settings):
    use(ONE)
    settings.SECRET_KEY = OTHER
    call_command("setup", replace_key=True)
    use(OTHER)


def test_the_fingerprint_does_not_show_the_key(use):
    use(ONE)
    assert SiteKey.load()
    assert ONE not in SiteKey.load()


@pytest.mark.processes
def test_a_second_server_with_another_key_is_refused_in_a_sentence(tmp_path, postgres_url):
    def setup(key: str, folder: str, former: str = "") -> subprocess.CompletedProcess:
        variables = {"DATABASE_URL": postgres_url, "DATA_DIR": str(tmp_path / folder)}
        keys = {"SECRET_KEY": key, "SECRET_KEY_FALLBACKS": former}
        return subprocess.run(
            [sys.executable, "manage.py", "setup"],
            cwd=ROOT,
            env=clean_environment(DEBUG="off", **variables, **keys),
            capture_output=True,
            text=True,
        )

    first = clean_environment()["SECRET_KEY"]
    refused = setup(OTHER, "second")
    assert refused.returncode == 2
    assert refused.stderr.startswith("Refused: SECRET_KEY is another than this database was used")
    assert refused.stderr.count("\n") == 1
    assert OTHER not in refused.stderr
    assert setup(first, "first").returncode == 0
    assert setup(OTHER, "second", former=f"{THIRD}, {first}").returncode == 0
