"""Which versions of SQLite may lose a commit."""

import pytest

from chat.rules.sqlite import has_wal_reset_bug


@pytest.mark.parametrize("version", ["3.7.0", "3.40.1", "3.44.5", "3.46.1", "3.50.6", "3.51.2"])
def test_a_version_with_the_fault_is_known(version):
    assert has_wal_reset_bug(numbers(version))


@pytest.mark.parametrize("version", ["3.6.23", "3.44.6", "3.50.7", "3.51.3", "3.53.0", "4.0.0"])
def test_a_fixed_version_is_known(version):
    assert not has_wal_reset_bug(numbers(version))


def numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
