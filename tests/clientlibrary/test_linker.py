"""The linker makes one file of modules, and raises an error for unsupported code."""

import json
import re
import subprocess

import pytest

from chat.clientlibrary.linker import LinkError, link, link_later, link_page
from chat.clientlibrary.modules import Module
from tests.support.servers import ROOT

FOLDER = ROOT / "static" / "chat"


@pytest.fixture
def modules(tmp_path):
    """Return a function that writes modules by their names and links the first."""

    def write(documented=(), **sources: str):
        for name, source in sources.items():
            (tmp_path / f"{name}.js").write_text(source)
        return link(tmp_path, f"{next(iter(sources))}.js", documented=documented)

    return write


@pytest.fixture
def ran(needs, tmp_path):
    """Return a function that runs a linked file in Node and returns its exports, from JSON."""

    def run(linked):
        script = tmp_path / "run.mjs"
        script.write_text(f"{linked.code}\nconsole.log(JSON.stringify({linked.holder}));\n")
        done = subprocess.run([needs("Node"), script], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


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


def test_the_script_of_a_page_can_use_await(needs, tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts/a.js").write_text("const SAME = 1;\nexport const one = async () => SAME;\n")
    (tmp_path / "page.js").write_text(
        'import { one as first } from "./parts/a.js";\n'
        "const SAME = await first();\n"
        "console.log(SAME + 1);\n"
    )
    script = tmp_path / "linked.mjs"
    script.write_text(link_page(tmp_path, "page.js"))
    done = subprocess.run([needs("Node"), script], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("2\n", "")


def test_what_a_page_loads_later_takes_from_it_what_both_need(needs, tmp_path):
    sources = {
        "page.js": """
            |import { count } from "./parts.js";
            |const SAME = await count();
            |const address = "./later.js";
            |setTimeout(async () => {
            |  const { later, again } = await import(address);
            |  console.log(SAME, await later(), await again(), await count());
            |});
        """,
        "parts.js": """
            |let counted = 0;
            |export const count = async () => (counted += 1);
        """,
        "later.js": """
            |import { own } from "./own.js";
            |/** @import { Count } from "./types.js" */
            |export { count as again } from "./parts.js";
            |export const later = () => own();
        """,
        "own.js": """
            |import { count } from "./parts.js";
            |export const own = async () => `own ${await count()}`;
        """,
        "types.js": "/** @typedef {number} Count */",
    }
    for name, source in sources.items():
        (tmp_path / name).write_text(source.replace("            |", ""))
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / "package.json").write_text('{"type": "module"}')
    (linked / "page.js").write_text(link_page(tmp_path, "page.js", ["later.js"]))
    (linked / "later.js").write_text(link_later(tmp_path, "page.js", "later.js"))
    done = subprocess.run([needs("Node"), linked / "page.js"], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("1 own 2 3 4\n", "")
    assert "counted" not in (linked / "later.js").read_text()


def test_types_are_outside_of_scopes_and_comments_are_no_code(modules):
    linked = modules(
        main=(
            '/** @import { User } from "./types.js" */\n'
            '/**\n * Like `import("./x.js")`:\n *\n *     import { main } from "https://x/";\n */\n'
            "export const main = 1;\n"
        ),
        types="/** @typedef {{id: string}} User */\n",
        documented=("main.js", "types.js"),
    )
    assert linked.code.startswith("/** @typedef {{id: string}} User */\n\n// main.js\n")
    assert "@import" not in linked.code
    assert " * Like `import" in linked.code


def test_comments_are_left_out_unless_a_module_is_documented(modules, ran, tmp_path):
    sources = {
        "main": """
            |import { a } from "./a.js";
            |/** Words, and "a text". */
            |export const main = [
            |  // Why.
            |  a, // After code.
            |  "http://x/ /* no comment */",
            |  /a\\/*b/.source,
            |  /* One. */
            |];
            |// At the end.""".replace("            |", ""),
        "a": "/**\n * Of *a*.\n */\nexport const a = `/** ${1} */`;\n",
    }
    linked = modules(**sources)
    assert ran(linked)["main"] == ["/** 1 */", "http://x/ /* no comment */", "a\\/*b"]
    page = link_page(tmp_path, "main.js")
    documented = modules(documented=["a.js"], **sources)
    assert "Of *a*." in documented.code
    for code in (linked.code, page):
        assert not [word for word in ("Words", "Why", "Of *a*", "One.", "the end") if word in code]
    assert "Words" not in documented.code


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
        ("const a = `\n// no comment\n`;", "a text over several lines cannot be linked"),
        ("const a = `b`, c = `d ${1}\n`;", "a text over several lines cannot be linked"),
        ('const a = "b \\\n  c";', "a text over several lines cannot be linked"),
    ],
)
def test_unsupported_code_is_an_error_with_file_and_line(modules, line, fault):
    with pytest.raises(LinkError, match=rf"^main\.js:3: .*{re.escape(fault)}"):
        modules(
            main=f"export const main = 1;\n\n{line}\n",
            a="export const a = 1;\n",
        )


def test_what_is_loaded_from_elsewhere_stays_as_it_is(modules):
    modules(main="export const main = async (address) => await import(address);\n")


def test_a_circle_of_imports_is_an_error_where_it_closes(modules):
    with pytest.raises(LinkError, match=r"^b\.js:1: .* in a circle: main.js → b.js → main.js$"):
        modules(
            main='import { b } from "./b.js";\nexport const main = b;\n',
            b='import { main } from "./main.js";\nexport const b = main;\n',
        )


def test_an_error_in_an_imported_module_names_that_module(modules):
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
