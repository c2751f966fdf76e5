"""What a start prepares: one process at a time, and beside a version that is running."""

import errno
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import migrations, models

from chat.management.locks import folder_lock
from chat.management.migrating import is_addition
from chat.management.storage import remedy_without_connection
from tests.support.servers import ROOT, clean_environment
from tests.support.services import free_port
from tests.support.waiting import wait_until

SECONDS = 60


def setup(log: Path, **environment: str) -> subprocess.Popen:
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "manage.py", "setup", *environment.pop("options", "").split()],
            cwd=ROOT,
            env=clean_environment(DEBUG="off", **environment),
            stdout=output,
            stderr=output,
        )


@pytest.mark.processes
def test_hosts_that_prepare_one_database_at_once_wait_for_each_other(tmp_path, new_postgres):
    folders = [tmp_path / str(number) for number in range(3)]
    hosts = [
        setup(tmp_path / f"{folder.name}.log", DATABASE_URL=new_postgres, DATA_DIR=str(folder))
        for folder in folders
    ]
    statuses = [host.wait(SECONDS) for host in hosts]
    logs = "".join((tmp_path / f"{folder.name}.log").read_text() for folder in folders)
    assert statuses == [0, 0, 0], logs
    assert "Traceback" not in logs


@pytest.fixture
def new_postgres(postgres) -> str:
    """A database with nothing in it."""
    template, postgres.template = postgres.template, "template1"
    try:
        return postgres.new_database()
    finally:
        postgres.template = template


@pytest.mark.processes
def test_folders_that_share_an_sqlite_file_are_prepared_one_after_the_other(tmp_path):
    url = f"sqlite:///{tmp_path}/shared/chat.sqlite3"
    log = tmp_path / "log"
    with folder_lock(tmp_path / "shared"):
        waiting = setup(log, DATABASE_URL=url, DATA_DIR=str(tmp_path / "own"))
        wait_until(lambda: "waiting for it" in log.read_text(), "a line in the log", SECONDS)
        assert waiting.poll() is None
    assert waiting.wait(SECONDS) == 0


@pytest.mark.processes
def test_a_start_waits_for_a_database_that_is_not_there(tmp_path, new_postgres):
    port = free_port()
    url = new_postgres.replace(f":{port_of(new_postgres)}/", f":{port}/")
    log = tmp_path / "log"
    waiting = setup(log, DATABASE_URL=url, DATA_DIR=str(tmp_path), options="--wait")
    wait_until(lambda: "does not answer" in log.read_text(), "a line in the log", SECONDS)
    relay = subprocess.Popen(
        [sys.executable, "-c", RELAY, str(port), port_of(new_postgres)], cwd=ROOT
    )
    try:
        assert waiting.wait(SECONDS) == 0
    finally:
        relay.kill()
        relay.wait()
    assert "Traceback" not in log.read_text()


# What listens late, and passes on to the database.
RELAY = """
import asyncio, sys
async def copy(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()
async def accept(reader, writer):
    theirs = await asyncio.open_connection("127.0.0.1", int(sys.argv[2]))
    await asyncio.gather(copy(reader, theirs[1]), copy(theirs[0], writer))
async def main():
    async with await asyncio.start_server(accept, "127.0.0.1", int(sys.argv[1])) as server:
        await server.serve_forever()
asyncio.run(main())
"""


def port_of(url: str) -> str:
    return url.rpartition(":")[2].partition("/")[0]


def refused(tmp_path: Path, url: str) -> str:
    """Return the sentence with which a setup on this database is refused."""
    log = tmp_path / "log"
    assert setup(log, DATABASE_URL=url, DATA_DIR=str(tmp_path / "var")).wait(SECONDS) == 2
    sentence = log.read_text()
    assert sentence.startswith("Refused: ")
    assert sentence.count("\n") == 1
    return sentence


@pytest.mark.processes
def test_a_database_that_may_only_be_read_is_refused(
    tmp_path, postgres, new_postgres, postgres_url
):
    for url in (new_postgres, postgres_url):
        name = url.rpartition("/")[2]
        postgres.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        sentence = refused(tmp_path, url)
        assert "read-only transaction" in sentence
        assert "set DATABASE_URL to one that" in sentence


@pytest.mark.processes
def test_a_database_of_another_user_is_refused(tmp_path, postgres, new_postgres):
    postgres.execute("CREATE ROLE stranger LOGIN")
    try:
        sentence = refused(tmp_path, new_postgres.replace("//chatsite@", "//stranger@"))
    finally:
        postgres.execute("DROP ROLE stranger")
    assert "permission denied" in sentence
    assert "let the user in DATABASE_URL own it" in sentence


@pytest.mark.processes
def test_a_database_that_does_not_exist_is_not_waited_for(tmp_path, new_postgres):
    log = tmp_path / "log"
    url = f"{new_postgres}_missing"
    refused = setup(log, DATABASE_URL=url, DATA_DIR=str(tmp_path), options="--wait")
    assert refused.wait(SECONDS) == 2
    assert log.read_text().startswith("Refused: The database does not answer (")
    assert "create it, or correct DATABASE_URL" in log.read_text()
    assert log.read_text().count("\n") == 1


@pytest.mark.parametrize(
    ("reason", "remedy"),
    [
        ('FATAL:  password authentication failed for user "ana"', "correct DATABASE_URL"),
        ("fe_sendauth: no password supplied", "correct DATABASE_URL"),
        ('FATAL:  role "ana" does not exist', "create it, or correct DATABASE_URL"),
        ("Connection refused", "start it, or set DATABASE_URL to another"),
        ('FATAL:  too many connections for role "ana"', "start it, or set DATABASE_URL to another"),
    ],
)
def test_the_remedy_fits_why_there_is_no_connection(reason, remedy):
    assert remedy_without_connection(reason) == remedy


ADDED = {
    "a table": migrations.CreateModel("Thing", [("id", models.BigAutoField(primary_key=True))]),
    "an index": migrations.AddIndex("room", models.Index(fields=["name"], name="names")),
    "a column that may be null": migrations.AddField("room", "x", models.TextField(null=True)),
    "a column that the database fills": migrations.AddField(
        "room", "x", models.TextField(db_default="")
    ),
}
OTHER = {
    "a column that Django alone fills": migrations.AddField(
        "room", "x", models.TextField(default="")
    ),
    "a column less": migrations.RemoveField("room", "name"),
    "another name": migrations.RenameField("room", "name", "title"),
    "another type": migrations.AlterField("room", "name", models.CharField(max_length=5)),
    "code": migrations.RunPython(migrations.RunPython.noop),
}


@pytest.mark.parametrize("operation", ADDED.values(), ids=ADDED)
def test_what_an_older_version_need_not_know_is_migrated_beside_it(operation):
    assert is_addition(operation)


@pytest.mark.parametrize("operation", OTHER.values(), ids=OTHER)
def test_what_an_older_version_could_fail_after_waits_for_the_restart(operation):
    assert not is_addition(operation)


@pytest.fixture
def static(settings, tmp_path) -> Path:
    """The folder of the static files, of two sources."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.css").write_text("a{}")
    (source / "b.css").write_text("b{}")
    settings.STATICFILES_DIRS, settings.STATIC_ROOT = [source], tmp_path / "static"
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {
            "BACKEND": "servestatic.storage.CompressedManifestStaticFilesStorage",
        }
    }
    return settings.STATIC_ROOT


def collect() -> None:
    call_command("collectstatic", if_changed=True, interactive=False, verbosity=0)


def manifest(static: Path) -> dict:
    return json.loads((static / "staticfiles.json").read_text())


def test_files_are_collected_again_only_after_a_change(static, tmp_path):
    collect()
    before = (static / "staticfiles.json").stat().st_mtime_ns
    collect()
    assert (static / "staticfiles.json").stat().st_mtime_ns == before
    (tmp_path / "source/a.css").write_text("a{color:red}")
    collect()
    assert (static / manifest(static)["paths"]["a.css"]).read_text() == "a{color:red}"


def test_a_folder_that_cannot_be_written_is_named(static, monkeypatch):
    collect()

    def refuse(source, target):
        raise PermissionError(errno.EACCES, "Permission denied", str(source), None, str(target))

    (static.parent / "source/a.css").write_text("a{color:red}")
    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(PermissionError) as refused:
        collect()
    assert refused.value.filename == str(static)


def test_files_of_the_running_version_stay_when_new_ones_are_collected(static, tmp_path):
    collect()
    old = manifest(static)["paths"]
    (tmp_path / "source/a.css").write_text("a{color:red}")
    collect()
    assert (static / old["a.css"]).read_text() == "a{}"
    assert set(old.values()) <= set(manifest(static)["stats"])
    assert manifest(static)["paths"]["a.css"] != old["a.css"]
    assert not list(static.parent.glob("static.*/"))
