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
        ("https://b\u00fccher.example", ("https", "xn--bcher-kva.example", 443)),
        ("https://xn--bcher-kva.example", ("https", "xn--bcher-kva.example", 443)),
        ("https://stra\u00dfe.example:8443", ("https", "xn--strae-oqa.example", 8443)),
        ("http://[0:0::1]", ("http", "::1", 80)),
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


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("https://*.example.org", "no patterns. Write each website in full"),
        ("https://.example.org", "no patterns"),
        ("*", "no patterns"),
        ("https://a.example, https://b.example", "on a line of its own, without commas"),
        ("example.org", "like https://example.org."),
        ("wss://example.org", "like https://example.org."),
        ("https//example.org", "like https://example.org."),
        ("http:example.org", "like https://example.org."),
        ("file://", "like https://club.example.org."),
        ("chrome-extension://abc", "like https://abc."),
        ("localhost:8000", "like https://localhost:8000."),
        ("\u201chttps://example.org/\u201d", "like https://example.org."),
        ("https://example.org/page", "comes after the host. Write https://example.org."),
        ("https://ana@example.org", "name and password"),
        ("https://example.org:0", "from 1 to 65535"),
        ("https://example.org:99999", "from 1 to 65535"),
        ("https://example.org.", "dot after the host"),
        ("https://exa%6dple.org", "letters, numbers, hyphens"),
        ("https://256.0.0.1", "no network address"),
        ("https://\U0001f4a9.example", "with xn--"),
        ("null", "Serve the page from a website"),
    ],
)
def test_a_refusal_says_what_to_write(text, says):
    with pytest.raises(ValueError, match=says.replace(".", r"\.")):
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
