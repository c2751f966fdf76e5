"""DATABASE_URL and REDIS_URL: a path is no URL, a password is encoded, and neither is shown."""

import os
import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from chatsite.services import database, redis

# Names of folders that mean something else in a URL.
FOLDERS = ["C# projects", "what?", "100%20", "a b", 'it\'s "mine"', "a+b", "é;&=", "file:x"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_database_is_in_the_data_folder_whatever_it_is_called(tmp_path, folder):
    data_dir = tmp_path / folder / "var"
    assert database("", tmp_path, data_dir)["NAME"] == data_dir / "chat.sqlite3"
    assert os.listdir(tmp_path) == [folder]


def test_a_new_data_folder_is_this_users_alone(tmp_path):
    before = os.umask(0)
    try:
        database("", tmp_path, tmp_path / "var")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("written", "path"),
    [("a b", "a b"), ("a%20b", "a b"), ("C# projects", "C# projects"), ("a+b?", "a+b?")],
)
def test_a_path_in_a_url_may_be_encoded_and_need_not(tmp_path, written, path):
    url = f"sqlite:///{tmp_path}/{written}/chat.db"
    assert database(url, tmp_path, tmp_path)["NAME"] == tmp_path / path / "chat.db"


def test_a_relative_path_begins_at_the_sites_folder(tmp_path):
    assert database("sqlite:///db/x.db", tmp_path, tmp_path)["NAME"] == tmp_path / "db/x.db"


@pytest.mark.parametrize("url", ["sqlite:///", "sqlite://:memory:", "sqlite:///:memory:", "x.db"])
def test_a_database_that_would_be_gone_at_once_is_refused(url, tmp_path):
    with pytest.raises(ImproperlyConfigured, match=r"^DATABASE_URL must be like"):
        database(url, tmp_path, tmp_path)


# Passwords that were accepted before go on working; `:` needs no encoding.
@pytest.mark.parametrize(
    ("written", "password"),
    [
        ("s3cret", "s3cret"),
        ("s3%2Fc%3Fr%23e%40t%25", "s3/c?r#e@t%"),
        ("s3@cret", "s3@cret"),
        ("s3#cret", "s3#cret"),
        ("s3%cret", "s3%cret"),
        ("s3:cret+", "s3:cret+"),
    ],
)
def test_a_password_may_have_any_letter(written, password, tmp_path):
    url = f"postgres://ana:{written}@db.example:5433/chat?sslmode=require"
    config = database(url, tmp_path, tmp_path)
    assert (config["USER"], config["PASSWORD"], config["HOST"]) == ("ana", password, "db.example")
    assert (config["NAME"], config["PORT"]) == ("chat", 5433)
    assert config["OPTIONS"]["sslmode"] == "require"


CUTTING = ["s3/cret", "s3?cret", "5/s3cret", "5?s3cret", "s3#/cret", "a@s3/cret", "a@s3?x=cret"]


@pytest.mark.parametrize("password", CUTTING)
@pytest.mark.parametrize("rest", ["@db.example:5432/chat", "@db.example/0"])
def test_a_password_that_ends_its_url_is_refused_and_not_repeated(password, rest, tmp_path):
    for parse in (lambda url: database(f"postgres{url}", tmp_path, tmp_path), redis_at):
        with pytest.raises(ImproperlyConfigured, match="percent-encoded, as %2F") as refused:
            parse(f"://ana:{password}{rest}")
        assert not {"s3", "cret", "db.example"} & set(str(refused.value).split())
        assert "s3" not in str(refused.value)


def redis_at(url: str) -> str:
    return redis(f"redis{url}")


@pytest.mark.parametrize(
    "url",
    [
        "postgres://ana@db.example:port/chat",
        "postgres://ana@db.example:70000/chat",
        "postgres://ana:s3cret@db.example",
        "postgres://ana:s3cret@[::1/chat",
        "postgres:///",
    ],
)
def test_what_is_no_address_of_a_database_is_refused(url, tmp_path):
    with pytest.raises(ImproperlyConfigured, match=r"^DATABASE_URL must be like") as refused:
        database(url, tmp_path, tmp_path)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "redis://127.0.0.1:6379/0",
        "redis://:s3%2Fcret@127.0.0.1",
        "redis://ana:s3@cret@127.0.0.1/",
        "rediss://[::1]:6379/1?ssl_cert_reqs=none",
        "unix:///run/redis@1/redis.sock?db=2",
    ],
)
def test_an_address_of_redis_is_accepted(url):
    assert redis(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:6379",
        ":s3cret@127.0.0.1:6379",
        "http://127.0.0.1",
        "redis://:s3#cret@127.0.0.1:6379",
        "redis://127.0.0.1:port",
        "redis://127.0.0.1:70000",
        "redis://127.0.0.1/first",
    ],
)
def test_what_is_no_address_of_redis_is_refused(url):
    with pytest.raises(ImproperlyConfigured, match=r"^REDIS_URL must be like redis://") as refused:
        redis(url)
    assert "s3" not in str(refused.value)


def test_every_folder_of_a_path_in_a_url_is_made(tmp_path):
    database(f"sqlite:///{tmp_path}/new/chat.db", tmp_path, tmp_path)
    assert Path(tmp_path, "new").is_dir()


@pytest.mark.parametrize("folder", ["%2Fvar%2Frun%2Fpostgresql", "%2fvar%2frun%2fpostgresql"])
def test_the_folder_of_a_socket_may_be_written_as_libpq_does(folder, tmp_path):
    config = database(f"postgres://ana@{folder}/chat", tmp_path, tmp_path)
    assert (config["HOST"], config["NAME"]) == ("/var/run/postgresql", "chat")


@pytest.mark.parametrize("space", [" ", "\r", "\n"])
def test_spaces_around_an_address_are_no_part_of_it(space, tmp_path):
    url = f"{space}postgres://ana@db.example/chat{space}"
    assert database(url, tmp_path, tmp_path)["NAME"] == "chat"
    assert redis(f"{space}redis://db.example/0{space}") == "redis://db.example/0"
