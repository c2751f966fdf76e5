"""The client library as the server hands it out: one file, made of its modules by our linker."""

import gzip
import json
import re
import subprocess
import tomllib

import pytest

from chat.clientlibrary.linker import LinkError, link
from chat.clientlibrary.modules import Module
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
def modules(tmp_path):
    """A function that writes modules by their paths and links the first."""

    def write(**sources: str):
        for name, source in sources.items():
            (tmp_path / f"{name}.js").write_text(source)
        return link(tmp_path, f"{next(iter(sources))}.js")

    return write


@pytest.fixture
def ran(needs, tmp_path):
    """A function that runs a linked file in Node and returns its exports, as JSON."""

    def run(linked):
        script = tmp_path / "run.mjs"
        script.write_text(f"{linked.code}\nconsole.log(JSON.stringify({linked.holder}));\n")
        done = subprocess.run([needs("Node"), script], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture
def served(client, tmp_path):
    """The file for `import`, as a server gives it, in a folder of the test's own."""
    path = tmp_path / "served" / "client.js"
    path.parent.mkdir()
    path.write_bytes(client.get("/client.js").content)
    (path.parent / "package.json").write_text('{"type": "module"}')
    return path


# The linker


def test_modules_see_what_they_import_and_nothing_else(modules, ran):
    linked = modules(
        main="""
            |import { ONE, two as deux } from "./a.js";
            |import {
            |  three,
            |} from "./b.js";
            |const SAME = "main";
            |export { ONE } from "./a.js";
            |export { SAME as own, deux };
            |export const all = [ONE, deux(), three(), SAME];
        """.replace("            |", ""),
        a="""
            |const SAME = "a";
            |export const ONE = `one of ${SAME}`;
            |export function two() {
            |  return "two";
            |}
        """.replace("            |", ""),
        b="""
            |import { two } from "./a.js";
            |const SAME = "b";
            |export function three() {
            |  return `${two()} and one in ${SAME}`;
            |}
        """.replace("            |", ""),
    )
    assert set(linked.exports) == {"ONE", "own", "deux", "all"}
    assert ran(linked) == {
        "ONE": "one of a",
        "own": "main",
        "all": ["one of a", "two", "two and one in b", "main"],
    }


def test_types_stand_outside_of_all_scopes_and_words_in_comments_are_no_code(modules):
    linked = modules(
        main=(
            '/** @import { User } from "./types.js" */\n'
            '/**\n * Like `import("./x.js")`:\n *\n *     import { main } from "https://x/";\n */\n'
            "export const main = 1;\n"
        ),
        types="/** @typedef {{id: string}} User */\n",
    )
    assert linked.code.startswith("/** @typedef {{id: string}} User */\n\n// main.js\n")
    assert "@import" not in linked.code


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('import a from "./a.js";', "no such form"),
        ('import * as a from "./a.js";', "no such form"),
        ('import "./a.js";', "no such form"),
        ('import { a } from "a";', "no such form"),
        ('import { a } from "https://example.org/a.js";', "no such form"),
        ("import { a } from './a.js';", "no such form"),
        ('  import { a } from "./a.js";', "no such form"),
        ('import { "a" as b } from "./a.js";', "no such form"),
        ('import { a as } from "./a.js";', "not a name"),
        ('import { } from "./a.js";', "not a name"),
        ('import { missing } from "./a.js";', "a.js exports no “missing”"),
        ('export { missing } from "./a.js";', "a.js exports no “missing”"),
        ('import { a } from "./nothing.js";', "there is no nothing.js"),
        ('import { a } from "../a.js";', "there is no ../a.js"),
        ('import { a } from "./main.js";', "in a circle: main.js → main.js"),
        ("export default 1;", "no such form"),
        ("export let a = 1;", "no such form"),
        ("export var a = 1;", "no such form"),
        ("export const { a } = {};", "no such form"),
        ('export * from "./a.js";', "no such form"),
        ("export { a as default };", "“default” has no meaning"),
        ("export const main = 2;", "“main” is exported twice"),
        ('const a = await import("./a.js");', "“import(” cannot be linked"),
        ("const a = import.meta.url;", "“import.meta” cannot be linked"),
        ('const a = require("a");', "“require(” cannot be linked"),
    ],
)
def test_what_the_linker_does_not_do_is_an_error_with_its_place(modules, line, fault):
    with pytest.raises(LinkError, match=rf"^main\.js:3: .*{re.escape(fault)}"):
        modules(
            main=f"export const main = 1;\n\n{line}\n",
            a="export const a = 1;\n",
        )


def test_modules_in_a_circle_are_an_error_where_the_circle_closes(modules):
    with pytest.raises(LinkError, match=r"^b\.js:1: .* in a circle: main.js → b.js → main.js$"):
        modules(
            main='import { b } from "./b.js";\nexport const main = b;\n',
            b='import { main } from "./main.js";\nexport const b = main;\n',
        )


def test_the_error_of_a_module_further_on_names_that_module(modules):
    with pytest.raises(LinkError, match=r"^b\.js:2: "):
        modules(
            main='import { b } from "./b.js";\nexport const main = b;\n',
            b="export const b = 1;\nexport let c = 2;\n",
        )


def test_the_linker_finds_the_exports_that_node_finds(needs):
    paths = sorted(path.relative_to(FOLDER) for path in (FOLDER / "client").rglob("*.js"))
    ours = {str(path): sorted(Module(path, (FOLDER / path).read_text()).exports) for path in paths}
    script = """
        const found = {};
        for (const path of process.argv.slice(1)) {
          found[path] = Object.keys(await import(`./static/chat/${path}`)).sort();
        }
        console.log(JSON.stringify(found));
    """
    command = [needs("Node"), "--input-type=module", "--eval", script, "--", *map(str, paths)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert ours == json.loads(done.stdout)


# The file


def test_the_library_behaves_linked_as_it_does_in_its_modules(needs, served):
    hooks = served.with_name("hooks.js")
    hooks.write_text(HOOKS)
    tests = [path for path in (ROOT / "tests/js").rglob("*.test.js") if uses_library(path)]
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
    return re.search(r'"\./support/server\.js"', path.read_text()) is not None


def test_a_plain_script_makes_one_name_and_no_other(needs, client, tmp_path):
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


def test_it_names_its_version_which_is_that_of_the_project(client):
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    for address in ADDRESSES:
        text = client.get(address).content.decode()
        assert text.startswith(f"/*!\n * Chatsite's client library {version}, ")
        assert "MIT License" in text[:200]
        assert f'const version = "{version}";' in text


# The doors


@pytest.mark.parametrize("address", ADDRESSES)
def test_any_website_may_load_it(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in answer
    assert not answer.cookies


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_has_it_does_not_load_it_again(client, address):
    first = client.get(address)
    assert first["Cache-Control"] == "public, max-age=300, must-revalidate"
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert again["Access-Control-Allow-Origin"] == "*"
    assert client.get(address, headers={"If-None-Match": '"another"'}).status_code == 200


@pytest.mark.parametrize("address", ADDRESSES)
def test_with_its_hash_in_the_address_it_is_kept_for_good_and_only_then(client, address):
    name = client.get(address)["ETag"].strip('"')
    assert name in client.get(address).content.decode()[:200]
    assert "immutable" in client.get(address, {"v": name})["Cache-Control"]
    for other in ("0.1.0", "another", ""):
        answer = client.get(address, {"v": other})
        assert answer.status_code == 200
        assert "immutable" not in answer["Cache-Control"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_comes_zipped_to_who_takes_that(client, address):
    plain = client.get(address)
    for offer in ("gzip", "deflate, gzip, br", "br;q=1.0, gzip;q=0.8"):
        zipped = client.get(address, headers={"Accept-Encoding": offer})
        assert zipped["Content-Encoding"] == "gzip"
        assert gzip.decompress(zipped.content) == plain.content
        assert len(zipped.content) < 32_000
        assert zipped["ETag"] != plain["ETag"]
        assert "Accept-Encoding" in zipped["Vary"]
    for offer in ("br", "gzip;q=0", "identity", ""):
        assert "Content-Encoding" not in client.get(address, headers={"Accept-Encoding": offer})


@pytest.mark.parametrize("address", ADDRESSES)
def test_only_reading_makes_sense(client, address):
    head = client.head(address)
    assert (head.status_code, head.content) == (200, b"")
    assert head["ETag"] == client.get(address)["ETag"]
    assert client.post(address).status_code == 405
