"""SQLite as the site uses it: the fixed library, private files, earlier databases."""

import os
import sqlite3
import stat
from contextlib import closing
from importlib.util import find_spec

import pytest
from django.db import OperationalError, connection

from chat.rules.sqlite import has_wal_reset_bug
from chatsite.services import sqlite
from chatsite.sqlite3.base import DatabaseWrapper
from chatsite.sqlite3.cut_paths import cut_path
from tests.support.servers import ROOT


@pytest.mark.skipif(not find_spec("pysqlite3"), reason="no wheel of pysqlite3 for this system")
def test_the_fixed_library_is_used_in_place_of_the_systems():
    assert sqlite3.__name__ == "pysqlite3"
    assert sqlite3.dbapi2 is connection.Database or connection.vendor != "sqlite"
    assert not has_wal_reset_bug(sqlite3.sqlite_version_info)


@pytest.fixture
def connect(settings, django_db_blocker):
    """A function that opens the database in a folder as the site does; all are closed."""
    opened = []

    def open_in(data_dir) -> DatabaseWrapper:
        settings.DATA_DIR = data_dir
        defaults = {"TIME_ZONE": None, "CONN_HEALTH_CHECKS": False, "AUTOCOMMIT": True}
        config = defaults | {"CONN_MAX_AGE": 0} | sqlite(data_dir / "chat.sqlite3", data_dir)
        opened.append(DatabaseWrapper(config))
        opened[-1].ensure_connection()
        return opened[-1]

    with django_db_blocker.unblock():
        yield open_in
    for database in opened:
        database.close()


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_nobody_else_can_read_the_database_whatever_the_umask(connect, tmp_path, umask):
    before = os.umask(umask)
    try:
        with connect(tmp_path).cursor() as cursor:
            cursor.execute("CREATE TABLE t (x)")
    finally:
        os.umask(before)
    files = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    names = ["chat.sqlite3", "chat.sqlite3-shm", "chat.sqlite3-wal"]
    assert files == dict.fromkeys(names, 0o600)


def test_a_transaction_that_cannot_begin_is_an_error_of_djangos(connect, tmp_path):
    """It writes from its first statement on: one after the other, none loses its turn halfway."""
    first, second = connect(tmp_path), connect(tmp_path)
    second.connection.execute("PRAGMA busy_timeout = 0")
    first.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    with pytest.raises(OperationalError, match="locked"):
        second.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    first.rollback()


def test_a_database_beside_its_folder_is_taken_over(connect, tmp_path):
    """An earlier version took `C# projects/var/chat.sqlite3` for the file `C`."""
    data_dir = tmp_path / "C# projects" / "var"
    data_dir.mkdir(parents=True)
    fill(tmp_path / "C")
    (data_dir / "setup.lock").touch()
    with connect(data_dir).cursor() as cursor:
        assert cursor.execute("SELECT x FROM t").fetchall() == [("kept",)]
    assert stat.S_IMODE((data_dir / "chat.sqlite3").stat().st_mode) == 0o600
    assert (tmp_path / "C").exists()


def test_a_new_site_takes_no_other_sites_database(connect, tmp_path):
    data_dir = tmp_path / "C# projects" / "var"
    data_dir.mkdir(parents=True)
    fill(tmp_path / "C")
    with connect(data_dir).cursor() as cursor:
        assert cursor.execute("SELECT name FROM sqlite_master").fetchall() == []


def test_a_database_in_its_place_is_left_alone(connect, tmp_path):
    data_dir = tmp_path / "C# projects" / "var"
    data_dir.mkdir(parents=True)
    fill(tmp_path / "C", "another's")
    fill(data_dir / "chat.sqlite3")
    (data_dir / "setup.lock").touch()
    with connect(data_dir).cursor() as cursor:
        assert cursor.execute("SELECT x FROM t").fetchall() == [("kept",)]


def test_most_paths_were_never_cut():
    path = ROOT / "var" / "chat.sqlite3"
    assert cut_path(path) == path


def fill(path, text: str = "kept") -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE t (x)")
        database.execute("INSERT INTO t VALUES (?)", [text])
