"""The shape of the code: imports go downwards; one package uses the layer, one writes messages."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

CHAT = Path(__file__).resolve().parents[1] / "chat"

# Each package imports from the floors below its own alone; those of one floor not from each other.
# The highest floor has the entry points, and what Django reads first.
FLOORS = (
    {"rules"},
    {"models", "protocol"},
    {"access", "cluster"},
    {"log"},
    {"live"},
    {"connection"},
    {"consumers", "api", "pages", "admin", "management", "clientlibrary", "terminal"},
    {"urls", "apps", "checks"},
)
# `manage.py chat` starts the terminal client, and apps.py registers the checks.
EXCEPTIONS = {("management/commands/chat.py", "terminal"), ("apps.py", "checks")}
FLOOR = {name: number for number, floor in enumerate(FLOORS) for name in floor}
MOST_BOXES = 20
SHORTEST = 15

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
    """Yield the full name of everything that is imported, also in functions and for types."""
    for node in ast.walk(tree):
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
    """Return whether a file makes or changes messages: with SQL, or through their model."""
    texts = (n.value for n in ast.walk(tree) if isinstance(n, ast.Constant))
    if any(isinstance(t, str) and WRITING_SQL.search(t) for t in texts):
        return True
    if "chat.models.Message" not in imports(tree):
        return False
    return any(
        names == ["Message"] or (names[:2] == ["Message", "objects"] and names[-1] in WRITES)
        for names in calls(tree)
    )


def in_chat(path: Path) -> str:
    return str(path.relative_to(CHAT))


def dotted(path: Path) -> str:
    name = ".".join(("chat", *path.relative_to(CHAT).with_suffix("").parts))
    return name.removesuffix(".__init__")


def imported_packages(path: Path) -> set[str]:
    """Return the packages of the chat that a file imports, besides its own."""
    names = (name for name in imports(sources()[path]) if name.startswith("chat."))
    return {name.split(".")[1] for name in names} - {module_of(path)}


def test_imports_go_downwards():
    upwards = {
        (in_chat(path), name)
        for path in sources()
        for name in imported_packages(path)
        if FLOOR[name] >= FLOOR[module_of(path)]
    }
    assert upwards == EXCEPTIONS


def test_the_floors_name_what_there_is():
    assert {module_of(path) for path in sources()} == set(FLOOR)


@pytest.mark.parametrize(("package", "knows"), [("terminal", {"rules"}), ("protocol", {"rules"})])
def test_a_package_knows_the_rules_alone(package, knows):
    files = [path for path in sources() if module_of(path) == package]
    assert set().union(*map(imported_packages, files)) == knows


def test_nothing_imports_the_site():
    everything = [name for tree in sources().values() for name in imports(tree)]
    assert not [name for name in everything if name.split(".")[0] == "chatsite"]


def test_no_import_hides_in_a_function():
    hiding = {
        in_chat(path)
        for path, tree in sources().items()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        if any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(function))
    }
    # Django allows the models to be imported only once the apps are ready.
    assert hiding == {"apps.py"}


@pytest.mark.parametrize("package", sorted(FLOOR))
def test_the_files_of_a_package_import_each_other_in_no_circle(package):
    trees = {dotted(path): tree for path, tree in sources().items() if module_of(path) == package}
    needs = {
        file: {name if name in trees else name.rpartition(".")[0] for name in imports(tree)}
        for file, tree in trees.items()
    }
    own = {file: (needed & trees.keys()) - {file} for file, needed in needs.items()}
    TopologicalSorter(own).prepare()  # Raises CycleError.


def test_the_house_can_be_seen_at_once():
    boxes = {path.name for path in CHAT.iterdir() if path.name != "__pycache__"}
    assert len(boxes) <= MOST_BOXES


def test_no_file_is_too_short_to_be_one():
    short = {in_chat(path) for path in sources() if len(path.read_text().splitlines()) < SHORTEST}
    assert not {path for path in short if not path.endswith("__init__.py")}


def test_only_the_cluster_speaks_over_the_channel_layer():
    speakers = {
        module_of(path)
        for path, tree in sources().items()
        if any(names and names[-1] in LAYER_CALLS for names in calls(tree))
    }
    assert speakers == {"cluster"}


def test_no_entry_point_knows_the_channel_layer():
    acquainted = {
        dotted(path)
        for path, tree in sources().items()
        if any(name.startswith(("channels.layers", "channels_redis")) for name in imports(tree))
    }
    assert acquainted == {"chat.cluster.transport", "chat.live.server"}


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


def test_every_refusal_can_be_translated():
    """What people are told goes through gettext: no refusal has a plain text as its sentence."""
    found = [
        f"{path.relative_to(CHAT)}:{call.lineno}"
        for path, tree in sources().items()
        if module_of(path) not in {"management", "terminal"}
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and is_refusal(call.func) and has_sentence(call)
    ]
    assert found == []


def is_refusal(function: ast.expr) -> bool:
    return getattr(function, "attr", getattr(function, "id", "")) in {
        *("ChatError", "ValidationError", "RefusalWithStatus", "InvalidOrigin")
    }


def has_sentence(call: ast.Call) -> bool:
    """Return whether a call has a text with words in it; an error's code has no space."""
    return any(
        isinstance(each, ast.JoinedStr)
        or (isinstance(each, ast.Constant) and " " in str(each.value))
        for each in call.args
    )
