"""The shape of the code: imports go downwards; one module uses the layer, one writes messages."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

CHAT = Path(__file__).resolve().parents[1] / "chat"

# Each module imports from those before it alone; the doors come last.
ORDER = (
    *("errors", "origins", "names", "models", "policies", "protocol"),
    *("database", "batcher", "hints", "limits", "log", "identity"),
    *("load", "tail", "follower", "stream", "feed"),
    *("committer", "peers", "presence", "typists", "announce", "accounts", "server", "directory"),
    *("renaming", "outlet", "connection", "commands"),
    *("consumers", "routing", "api", "forms", "views", "clientlibrary", "urls", "admin"),
    *("health", "management", "checks", "apps"),
)

LAYER_CALLS = {"group_add", "group_discard", "group_send", "new_channel"}
WRITES = {
    *("create", "get_or_create", "update_or_create", "bulk_create"),
    *("save", "update", "bulk_update", "delete"),
}


def module_of(path: Path) -> str:
    """Return the part of the chat that a file belongs to: a module, or a package as a whole."""
    return path.relative_to(CHAT).parts[0].removesuffix(".py")


@cache
def sources() -> dict[Path, ast.Module]:
    """Return the syntax tree of every file, but for the generated ones and empty packages."""
    files = {path: ast.parse(path.read_text()) for path in CHAT.rglob("*.py")}
    return {
        path: tree
        for path, tree in files.items()
        if tree.body and module_of(path) not in ("migrations", "__init__")
    }


def imports(tree: ast.Module) -> Iterator[str]:
    """Yield the full name of everything that is imported, in functions too.

    What only a type checker imports ties nothing together when the code runs.
    """
    for_types = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and chain(node.test) == ["TYPE_CHECKING"]
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in for_types:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports name their module in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def calls(tree: ast.Module) -> Iterator[list[str]]:
    """Yield the names that each call is made by: ["a", "b", "c"] for `a.b(1).c(2)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield chain(node.func)


WRITING_SQL = re.compile(r"(INSERT INTO|UPDATE|DELETE FROM) chat_message\b")


def chain(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Call):
        return chain(node.func)
    if isinstance(node, ast.Attribute):
        return [*chain(node.value), node.attr]
    return [node.id] if isinstance(node, ast.Name) else []


def writes_messages(tree: ast.Module) -> bool:
    """Tell whether a file makes or changes messages: with SQL, or through their model."""
    texts = (n.value for n in ast.walk(tree) if isinstance(n, ast.Constant))
    if any(isinstance(t, str) and WRITING_SQL.search(t) for t in texts):
        return True
    if "chat.models.Message" not in imports(tree):
        return False
    return any(
        names == ["Message"] or (names[:2] == ["Message", "objects"] and names[-1] in WRITES)
        for names in calls(tree)
    )


@pytest.mark.parametrize("path", sorted(sources()), ids=lambda path: str(path.relative_to(CHAT)))
def test_imports_go_downwards(path):
    place = ORDER.index(module_of(path))
    imported = {name.split(".")[1] for name in imports(sources()[path]) if name.startswith("chat.")}
    upwards = {name for name in imported - {module_of(path)} if ORDER.index(name) > place}
    assert not upwards


def test_the_order_names_what_there_is():
    assert {module_of(path) for path in sources()} == set(ORDER)


def test_only_hints_speak_over_the_channel_layer():
    speakers = {
        module_of(path)
        for path, tree in sources().items()
        if any(names and names[-1] in LAYER_CALLS for names in calls(tree))
    }
    assert speakers == {"hints"}


def test_no_door_knows_the_channel_layer():
    acquainted = {
        module_of(path)
        for path, tree in sources().items()
        if any(name.startswith(("channels.layers", "channels_redis")) for name in imports(tree))
    }
    assert acquainted == {"hints", "server"}


def test_only_the_log_writes_messages():
    writers = {module_of(path) for path, tree in sources().items() if writes_messages(tree)}
    assert writers == {"log"}


@pytest.mark.parametrize(
    ("line", "writes"),
    [
        ("Message(body='hi')", True),
        ("Message.objects.create(body='hi')", True),
        ("Message.objects.filter(pk=1).update(body='')", True),
        ("Message.objects.filter(pk=1).first()", False),
    ],
)
def test_what_counts_as_writing_a_message(line, writes):
    assert writes_messages(ast.parse(f"from chat.models import Message\n{line}")) is writes
