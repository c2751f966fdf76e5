"""The parsers of the settings: what each variable may be, and the sentence for anything else."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from chatsite import environment
from chatsite.environment import hosts, origin, path_from, proxies, read_file, switch

ROOT = Path("/srv/site")


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("", ""),
        ("https://chat.example.org", "https://chat.example.org"),
        ("https://chat.example.org/", "https://chat.example.org"),
        ("HTTPS://Chat.Example.org:443", "https://chat.example.org"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://[::1]:80", "http://[::1]"),
        ("http://10.0.0.1", "http://10.0.0.1"),
    ],
)
def test_an_origin_is_written_as_browsers_send_it(url, sent):
    assert origin(url) == sent


@pytest.mark.parametrize(
    "url",
    [
        "chat.example.org",
        "ftp://chat.example.org",
        "https://chat.example.org/chat",
        "https://ana@chat.example.org",
        "https://",
        "https://*.example.org",
        "//chat.example.org",
        "https://chat.example.org:port",
        "https://chat.example.org:70000",
        "https://chat.example.org?",
        "https://a.example, https://b.example",
    ],
)
def test_what_is_no_origin_is_refused(url):
    with pytest.raises(ImproperlyConfigured, match="which is no origin"):
        origin(url)


def test_a_password_in_an_origin_is_not_repeated():
    with pytest.raises(ImproperlyConfigured) as refused:
        origin("https://ana:s3cret@chat.example.org")
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        ("chat.example.org, .example.net,", ["chat.example.org", ".example.net"]),
        ("Chat.Example.org", ["chat.example.org"]),
        ("bücher.example", ["xn--bcher-kva.example"]),
        ("127.0.0.1,::1,[::1]", ["127.0.0.1", "[::1]", "[::1]"]),
        ("my_host,*", ["my_host", "*"]),
    ],
)
def test_host_names_are_written_as_browsers_send_them(text, names):
    assert hosts(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "https://chat.example.org",
        "chat.example.org:8000",
        "chat.example.org/chat",
        "*.example.org",
        "a.example b.example",
        "a.example;b.example",
        "10.0.0.0/8",
        "a..example",
    ],
)
def test_what_no_browser_sends_as_a_host_is_refused(text):
    with pytest.raises(ImproperlyConfigured, match="without https:// and without a port"):
        hosts(text)


@pytest.mark.parametrize(
    ("text", "trusted"),
    [
        ("", ""),
        ("*", "*"),
        ("127.0.0.1, ::1", "127.0.0.1,::1"),
        ("10.1.2.3/8,fd00::/8", "10.0.0.0/8,fd00::/8"),
    ],
)
def test_proxies_are_addresses_and_networks(text, trusted):
    assert proxies(text) == trusted


@pytest.mark.parametrize("text", ["10.0.0.0/8x", "localhost", "10.0.0", "127.0.0.1:80", "a,*"])
def test_what_would_trust_nobody_is_refused(text):
    with pytest.raises(ImproperlyConfigured, match=r"which is no address\. Set it like"):
        proxies(text)


@pytest.mark.parametrize(
    ("value", "on"), [("on", True), (" True ", True), ("1", True), ("No", False), ("off", False)]
)
def test_a_switch_is_on_or_off(value, on):
    assert switch("DEBUG", value, default=not on) is on


def test_a_switch_that_says_nothing_is_as_without_it():
    assert switch("DEBUG", "", default=True)
    assert not switch("DEBUG", " ", default=False)


@pytest.mark.parametrize("value", ["of", "enabled", "2", "off # for now"])
def test_a_switch_that_says_neither_is_refused(value):
    with pytest.raises(ImproperlyConfigured, match=r"says neither\. Set it to on or off"):
        switch("DEBUG", value, default=True)


def test_a_path_begins_at_the_sites_folder_or_at_home(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ana")
    assert path_from("var", ROOT) == ROOT / "var"
    assert path_from("~/chat", ROOT) == Path("/home/ana/chat")
    assert path_from("/data/C# 100%", ROOT) == Path("/data/C# 100%")


@pytest.fixture
def variables(monkeypatch) -> dict[str, str]:
    """The environment that a file is read into."""
    variables = {"LOG_LEVEL": "DEBUG"}
    monkeypatch.setattr(environment.Env, "ENVIRON", variables)
    return variables


def test_a_file_sets_what_is_not_set(variables, tmp_path):
    text = "# Ours\n\n  SECRET_KEY=$a#b='c' \n#DEBUG=on\nexport TIME_ZONE=\"UTC\"\nLOG_LEVEL=INFO\n"
    (tmp_path / ".env").write_text(text, "utf-8-sig")
    read_file(tmp_path / ".env")
    assert variables == {"SECRET_KEY": "$a#b='c'", "TIME_ZONE": "UTC", "LOG_LEVEL": "DEBUG"}


def test_no_file_sets_nothing(variables, tmp_path):
    read_file(tmp_path / ".env")
    assert variables == {"LOG_LEVEL": "DEBUG"}


@pytest.mark.parametrize("line", ["SECRET_KEY = s3cret", "SECRET_KEY: s3cret", "s3cret"])
def test_a_line_that_sets_nothing_is_refused_and_not_repeated(variables, tmp_path, line):
    (tmp_path / ".env").write_text(f"# Ours\n{line}\n")
    with pytest.raises(ImproperlyConfigured, match=r"^Line 2 of .* without spaces") as refused:
        read_file(tmp_path / ".env")
    assert "s3cret" not in str(refused.value)


def test_a_file_that_cannot_be_read_is_refused(variables, tmp_path):
    (tmp_path / ".env").mkdir()
    with pytest.raises(ImproperlyConfigured, match=r"\.env cannot be read \(Is a directory\)"):
        read_file(tmp_path / ".env")
    (tmp_path / "latin").write_bytes(b"A=caf\xe9\n")
    with pytest.raises(ImproperlyConfigured, match="no text in UTF-8"):
        read_file(tmp_path / "latin")
