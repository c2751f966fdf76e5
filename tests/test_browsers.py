"""What the scripts may use of JavaScript and of browsers (docs/client.md, "Browsers")."""

import re

import pytest

from tests.support.servers import ROOT

SCRIPTS = ROOT / "static" / "chat"
FALLBACKS = ("fallback.js", "early.js", "plainchat.js")

# Newer than Chrome 111, Firefox 115 or Safari 16.4. Some is there in one of them only: one
# expression that cannot be parsed stops the whole page. An example shows what each finds.
TOO_NEW = {
    r"/[dgimsuy]*v[dgimsuy]*(?=[;,.)\]])": "const EMOJI = /\\p{RGI_Emoji}/v;",
    r"RegExp\(.*[\"'][dgimsuy]*v[dgimsuy]*[\"']\)": 'new RegExp(pattern, "gv")',
    r"\(\?[ims]+(-[ims]+)?:": "/(?i:a)b/",
    r"\.(toSorted|toReversed|toSpliced|with)\(": "rooms.toSorted()",
    r"\.(union|intersection|difference|symmetricDifference|isSubsetOf)\(": "a.union(b)",
    r"\b(to|is)WellFormed\b": "text.toWellFormed()",
    r"\bURL\.(canParse|parse)\b": "URL.canParse(text)",
    r"\bPromise\.(withResolvers|try)\b": "Promise.withResolvers()",
    r"\b(Object|Map)\.groupBy\b": "Object.groupBy(list, key)",
    r"\b(Array\.fromAsync|AbortSignal\.any|RegExp\.escape|Error\.isError)\b": "AbortSignal.any([])",
    r"\b(Iterator|Temporal|cookieStore|navigation|scheduler)\.": "Temporal.Now.instant()",
    r"\b(URLPattern|CloseWatcher|DurationFormat|EditContext)\b": "new URLPattern({})",
    r"\b(to|from)(Base64|Hex)\(": "bytes.toBase64()",
    r"\b(show|hide|toggle)Popover\b": "menu.hidePopover()",
    r"\b(startViewTransition|checkVisibility|moveBefore|requestIdleCallback)\b": "a.moveBefore(b)",
    r"^(?!.*Intl\.Segmenter &&).*Intl\.Segmenter": "const graphemes = new Intl.Segmenter();",
    r"^\s*(await )?using \w": "  using lock = take();",
    r"^import .*\bwith \{": 'import words from "./words.json" with { type: "json" };',
}
# Newer than JavaScript 5, which is all that they may use.
NO_MODULE = r"=>|\b(const|let|class|async|await|import|export)\b|`|\?\.|\?\?|\.\.\."


def found(pattern: str, code: str) -> list[str]:
    return [line for line in code.splitlines() if re.search(pattern, line)]


@pytest.mark.parametrize("pattern", TOO_NEW)
def test_no_script_needs_a_newer_browser(pattern):
    assert found(pattern, TOO_NEW[pattern])
    for path in SCRIPTS.rglob("*.js"):
        assert not found(pattern, path.read_text()), path


@pytest.mark.parametrize("name", FALLBACKS)
def test_the_fallback_runs_in_every_browser(name):
    code = (SCRIPTS / "page" / name).read_text()
    code = re.sub(r"/\*.*?\*/", "", code, flags=re.DOTALL)
    code = re.sub(r"\"[^\"\n]*\"|'[^'\n]*'|//[^\n]*", "", code)
    assert found(NO_MODULE, "const send = () => {}")
    assert found(NO_MODULE, code) == []
