"""The client library as the server sends it: one file, linked from its modules."""

import gzip
import re
import subprocess
import tomllib

import pytest

from tests.support.servers import ROOT

FOLDER = ROOT / "static" / "chat"
ADDRESSES = ("/client.js", "/client.classic.js")
HOOKS = """\
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";
const linked = pathToFileURL(process.env.LINKED).href;
registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    return found.url.endsWith("/static/chat/client.js") ? { ...found, url: linked } : found;
  },
});
"""


@pytest.fixture
def served(client, tmp_path):
    """Return the file for `import`, as the server sends it, in a folder of the test's own."""
    path = tmp_path / "served" / "client.js"
    path.parent.mkdir()
    path.write_bytes(client.get("/client.js").content)
    (path.parent / "package.json").write_text('{"type": "module"}')
    return path


# The file


def test_the_linked_library_passes_the_tests_of_its_modules(needs, served):
    hooks = served.with_name("hooks.js")
    hooks.write_text(HOOKS)
    tests = [path for path in (ROOT / "tests/client").rglob("*.test.js") if uses_library(path)]
    assert len(tests) >= 5
    done = subprocess.run(
        [needs("Node"), "--import", hooks, "--test", *tests],
        cwd=ROOT,
        env={"LINKED": str(served)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def uses_library(path) -> bool:
    return re.search(r'"\.\./support/server\.js"', path.read_text()) is not None


def test_a_plain_script_defines_one_global_name(needs, client, tmp_path):
    file = tmp_path / "client.classic.cjs"
    file.write_bytes(client.get("/client.classic.js").content)
    script = """
        const before = new Set(Object.getOwnPropertyNames(globalThis));
        const source = require("node:fs").readFileSync(process.argv[1], "utf8");
        require("node:vm").runInThisContext(source);
        const names = Object.getOwnPropertyNames(globalThis).filter((name) => !before.has(name));
        console.log(names.join(), Object.keys(globalThis.Chatsite).join(), typeof $home);
    """
    done = subprocess.run(
        [needs("Node"), "--eval", script, "--", file], capture_output=True, text=True
    )
    assert done.stdout == "Chatsite connect,ChatError,version undefined\n", done.stderr


def test_both_files_name_the_version_of_the_project(client):
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    for address in ADDRESSES:
        text = client.get(address).content.decode()
        assert text.startswith(f"/*!\n * Chatsite's client library {version}, ")
        assert "MIT License" in text[:200]
        assert f'const version = "{version}";' in text


# The endpoints


@pytest.mark.parametrize("address", ADDRESSES)
def test_any_website_may_load_it(client, address):
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in response
    assert not response.cookies


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_browser_that_has_it_gets_304(client, address):
    first = client.get(address)
    assert first["Cache-Control"] == "public, max-age=300, must-revalidate"
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert again["Access-Control-Allow-Origin"] == "*"
    assert client.get(address, headers={"If-None-Match": '"another"'}).status_code == 200


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_is_immutable_only_with_its_hash_in_the_address(client, address):
    name = client.get(address)["ETag"].strip('"')
    assert name in client.get(address).content.decode()[:200]
    assert "immutable" in client.get(address, {"v": name})["Cache-Control"]
    for other in ("0.1.0", "another", ""):
        response = client.get(address, {"v": other})
        assert response.status_code == 200
        assert "immutable" not in response["Cache-Control"]


@pytest.mark.parametrize(
    ("address", "size"), [("/client.js", 38_400), ("/client.classic.js", 33_000)]
)
def test_it_is_zipped_for_clients_that_accept_gzip(client, address, size):
    plain = client.get(address)
    for offer in ("gzip", "deflate, gzip, br", "br;q=1.0, gzip;q=0.8"):
        zipped = client.get(address, headers={"Accept-Encoding": offer})
        assert zipped["Content-Encoding"] == "gzip"
        assert gzip.decompress(zipped.content) == plain.content
        assert len(zipped.content) < size
        assert zipped["ETag"] != plain["ETag"]
        assert "Accept-Encoding" in zipped["Vary"]
    for offer in ("br", "gzip;q=0", "identity", ""):
        assert "Content-Encoding" not in client.get(address, headers={"Accept-Encoding": offer})


@pytest.mark.parametrize("address", ADDRESSES)
def test_only_reading_is_allowed(client, address):
    head = client.head(address)
    assert (head.status_code, head.content) == (200, b"")
    assert head["ETag"] == client.get(address)["ETag"]
    assert client.post(address).status_code == 405
