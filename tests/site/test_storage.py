"""Before a start: the data folder and the database are writable, private and of this version."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from unittest import mock

import pytest

from chat.management import storage
from tests.support.servers import DATABASE, ROOT, clean_environment, prepared
from tests.support.services import free_port

pytestmark = pytest.mark.processes

# Without these root may write as little as anybody else.
STARTS = ["serve", "runserver", "runserver --setup"]
AS_ANYBODY = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


@pytest.fixture
def data_dir(tmp_path) -> Path:
    """Return a folder with a database that is set up."""
    folder = tmp_path / "var"
    folder.mkdir(mode=0o700)
    shutil.copy(prepared() / DATABASE, folder / "chat.sqlite3")
    return folder


def setup(folder: Path, *wrapper: str, umask: int = 0o022) -> subprocess.CompletedProcess:
    return run(folder, *wrapper, sys.executable, "manage.py", "setup", umask=umask)


def start(folder: Path, command: str = "serve") -> subprocess.CompletedProcess:
    """Start a server that has to refuse, as a user who may not write everything."""
    return manage(folder, *command.split(), f"127.0.0.1:{free_port()}")


def manage(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess:
    wrapper = AS_ANYBODY if os.geteuid() == 0 else []
    return run(folder, *wrapper, sys.executable, "manage.py", *words, **variables)


def run(
    folder: Path, *command: str, umask: int = 0o022, **variables: str
) -> subprocess.CompletedProcess:
    environment = {"DEBUG": "off", "DATABASE_URL": "", "DATA_DIR": str(folder)}
    return subprocess.run(
        command,
        cwd=ROOT,
        env=clean_environment(**environment) | variables,
        capture_output=True,
        text=True,
        timeout=60,
        umask=umask,
    )


def assert_refused(refused: subprocess.CompletedProcess, *words: str) -> None:
    assert refused.returncode == 2, refused.stderr
    assert refused.stderr.startswith("Refused: ")
    assert refused.stderr.count("\n") == 1
    assert not [word for word in words if word not in refused.stderr], refused.stderr


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_a_new_site_is_its_owners_alone_whatever_the_umask(tmp_path, umask):
    assert setup(tmp_path / "var", umask=umask).returncode == 0
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700
    assert modes(tmp_path / "var")["chat.sqlite3"] == 0o600


def test_files_that_others_could_read_are_mended(data_dir):
    for name in ("chat.sqlite3.old", "backup.sqlite3"):
        (data_dir / name).touch()
    for path in (data_dir, *data_dir.iterdir()):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert setup(data_dir).returncode == 0
    assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700
    found = modes(data_dir)
    assert {found[name] for name in found if "sqlite3" in name} == {0o600}


def test_other_databases_in_the_folder_of_this_one_stay_as_they_are(data_dir, tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir()
    names = ("other.sqlite3", "chat.db", "chat.db.bak")
    shutil.move(data_dir / "chat.sqlite3", shared / "chat.db")
    for name in names:
        (shared / name).touch()
        (shared / name).chmod(0o644)
    done = manage(data_dir, "setup", DATABASE_URL=f"sqlite:///{shared}/chat.db")
    assert done.returncode == 0, done.stderr
    assert [modes(shared)[name] for name in names] == [0o644, 0o600, 0o600]


def test_a_folder_of_the_system_stays_open_to_others(tmp_path):
    """As root, a start with DATA_DIR=/etc or /var/lib must not close them to everybody."""
    folder = tmp_path / "lib"
    (folder / "apt").mkdir(parents=True)
    folder.chmod(0o755)
    assert setup(folder).returncode == 0
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755
    assert modes(folder)["chat.sqlite3"] == 0o600


def test_a_folder_in_the_place_of_the_database_is_refused_and_left_as_it_is(data_dir, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o755)
    refused = manage(data_dir, "setup", DATABASE_URL=f"sqlite:///{folder}")
    assert_refused(refused, f"{folder} cannot be used", "DATABASE_URL")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755


@pytest.mark.parametrize("command", STARTS)
def test_a_data_folder_without_the_right_to_write_is_refused(data_dir, command):
    data_dir.chmod(0o500)
    try:
        assert_refused(start(data_dir, command), str(data_dir), "Permission denied", "belongs to")
    finally:
        data_dir.chmod(0o700)


@pytest.mark.parametrize("name", ["chat.sqlite3", "chat.sqlite3-wal", "setup.lock"])
def test_a_file_without_the_right_to_write_is_refused(data_dir, name):
    (data_dir / name).touch()
    (data_dir / name).chmod(0o400)
    assert_refused(start(data_dir), f"{data_dir}/{name} cannot be written", "chmod u+rwX")


def test_a_folder_that_cannot_be_entered_is_refused(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o000)
    assert_refused(start(closed / "var"), f"{closed}/var", "Permission denied", "chmod u+rwX")


def test_a_database_elsewhere_is_refused_with_the_name_of_its_setting(data_dir, tmp_path):
    (tmp_path / "db").mkdir(mode=0o500)
    url = f"sqlite:///{tmp_path}/db/chat.sqlite3"
    refused = manage(data_dir, "serve", f"127.0.0.1:{free_port()}", DATABASE_URL=url)
    assert_refused(refused, f"{tmp_path}/db cannot be written in", "chmod u+rwX")


def test_another_users_backup_stops_nothing(data_dir):
    (data_dir / "chat.sqlite3.yesterday").touch(0o400)
    assert manage(data_dir, "setup").returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
def test_another_users_folder_is_refused_with_the_owners_name(data_dir):
    os.chown(data_dir, 65534, 65534)
    assert_refused(start(data_dir), str(data_dir), "belongs to nobody", "runs as root")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
def test_a_file_that_sqlite_removes_meanwhile_is_no_reason_to_refuse(data_dir, settings):
    settings.DATA_DIR, database = data_dir, data_dir / "chat.sqlite3"
    gone = data_dir / "chat.sqlite3-journal"
    with mock.patch.multiple(
        storage, sqlite_path=lambda: database, own_files=lambda path: [path, gone]
    ):
        storage.check_storage()
    assert not gone.exists()


def test_nobody_is_told_to_take_over_a_folder_of_the_system(tmp_path):
    folder = tmp_path / "etc"
    (folder / "apt").mkdir(parents=True)
    os.chown(folder, 65534, 65534)
    for path in (folder, folder / "chat"):
        refused = start(path)
        assert_refused(refused, f"{path} cannot be written", "belongs to nobody")
        assert "chown" not in refused.stderr


def test_a_database_of_a_newer_version_is_refused(data_dir):
    execute(
        data_dir, "INSERT INTO django_migrations (app, name, applied) VALUES ('chat', '0999_x', 0)"
    )
    assert_refused(start(data_dir), "chat.sqlite3 belongs to a newer version", "chat.0999_x")


def test_migrations_of_an_application_that_is_gone_do_not_matter(data_dir):
    execute(
        data_dir, "INSERT INTO django_migrations (app, name, applied) VALUES ('gone', '0001', 0)"
    )
    assert setup(data_dir).returncode == 0


def execute(data_dir: Path, sql: str) -> None:
    with closing(sqlite3.connect(data_dir / "chat.sqlite3")) as database, database:
        database.execute(sql)


def test_what_is_no_database_is_refused(data_dir):
    (data_dir / "chat.sqlite3").write_bytes(b"something else" * 1000)
    assert_refused(start(data_dir), f"{data_dir}/chat.sqlite3", "file is not a database")


@pytest.mark.parametrize("files", [12, 100])
def test_a_process_that_may_open_too_few_files_is_refused(data_dir, files):
    command = [sys.executable, "manage.py", "serve", f"127.0.0.1:{free_port()}"]
    refused = run(data_dir, "bash", "-c", f'ulimit -n {files}; exec "$@"', "bash", *command)
    assert_refused(refused, f"only {files} files", "LimitNOFILE")


@pytest.mark.parametrize("command", ["serve", "runserver"])
def test_a_full_disk_is_refused(small_disk, data_dir, command):
    folder = small_disk / "var"
    shutil.copytree(data_dir, folder)
    with suppress(OSError), (small_disk / "filler").open("wb", buffering=0) as filler:
        while filler.write(bytes(4096)):
            pass
    assert_refused(start(folder, command), str(folder), "Make room on that disk")


def test_a_disk_that_gets_full_while_files_are_collected_is_refused(small_disk):
    with (small_disk / "filler").open("wb", buffering=0) as filler:
        filler.write(bytes(2 * 1024 * 1024))
    assert_refused(start(small_disk / "var"), f"{small_disk}/var", "Make room on that disk")


def test_a_disk_that_gets_full_while_tables_are_made_is_refused(small_disk):
    with (small_disk / "filler").open("wb", buffering=0) as filler:
        filler.write(bytes(4 * 1024 * 1024 - 160 * 1024))
    assert_refused(start(small_disk / "var"), "disk", "ake room on")


def test_a_limit_on_the_size_of_files_is_refused(data_dir):
    command = [sys.executable, "manage.py", "serve", f"127.0.0.1:{free_port()}"]
    refused = run(data_dir, "bash", "-c", 'ulimit -f 64; exec "$@"', "bash", *command)
    assert_refused(refused, str(data_dir), "ulimit -f")


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """Yield a file system of 4 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting is not allowed")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_command_that_cannot_write_says_so_in_a_sentence(data_dir):
    (data_dir / "chat.sqlite3").chmod(0o400)
    words = ["createsuperuser", "--noinput", "--username=ana", "--email=ana@example.org"]
    refused = manage(data_dir, *words, DJANGO_SUPERUSER_PASSWORD="a password of no use")
    assert_refused(refused, f"{data_dir}/chat.sqlite3 cannot be written")


def test_a_command_before_the_first_setup_says_so_in_a_sentence(tmp_path):
    assert_refused(manage(tmp_path, "clearsessions"), "no such table", "manage.py setup")
