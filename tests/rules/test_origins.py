"""Origins are compared whole: scheme, host and port."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.rules.origins import parse_origin


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("http://example.org", ("http", "example.org", 80)),
        ("https://example.org", ("https", "example.org", 443)),
        ("https://Example.ORG:443/", ("https", "example.org", 443)),
        ("http://example.org:8000", ("http", "example.org", 8000)),
        ("http://127.0.0.1:8000", ("http", "127.0.0.1", 8000)),
        ("http://[::1]:8000", ("http", "::1", 8000)),
        ("  https://example.org\n", ("https", "example.org", 443)),
    ],
)
def test_an_origin_is_a_scheme_a_host_and_a_port(text, origin):
    assert parse_origin(text) == origin


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "*",
        "example.org",
        "//example.org",
        "ftp://example.org",
        "wss://example.org",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://",
        "http://:8000",
        "http://example.org/path",
        "http://example.org?query",
        "http://example.org#fragment",
        "http://ana@example.org",
        "http://ana:secret@example.org",
        "http://example.org:port",
        "http://example.org:99999",
        "http://[::1",
    ],
)
def test_anything_else_is_no_origin(text):
    with pytest.raises(ValueError):  # noqa: PT011
        parse_origin(text)


@given(st.one_of(st.text(), st.text().map("http://{}".format), st.from_regex(r"https?://.*")))
def test_any_text_is_an_origin_or_refused(text):
    try:
        scheme, host, port = parse_origin(text)
    except ValueError:
        return
    assert scheme in {"http", "https"}
    assert host
    assert 0 < port < 65536
