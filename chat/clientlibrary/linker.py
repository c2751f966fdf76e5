"""A small bundler: makes one file of ES modules, each in a scope of its own.

It supports five forms of import and export, one a statement at the beginning of a line, and refuses
everything else with the file and the line. Comments are left out, but for those of the modules
that a caller names, which have the types in them.
"""

import re
from collections.abc import Collection, Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from chat.clientlibrary.modules import Imported, LinkError, Module


class Linked(NamedTuple):
    """A linked file; `holder` is the variable in it that has the exports of the entry."""

    code: str
    holder: str
    exports: tuple[str, ...]


def link(
    folder: Path,
    entry: str,
    instead: Mapping[str, str] | None = None,
    documented: Collection[str] = (),
) -> Linked:
    """Link `entry`, a path under `folder`, with all modules that it needs.

    `instead` has sources that replace those of the files with these paths; the files of
    `documented` keep their comments. Raises LinkError for what is not supported.
    """
    linker, path = _Linker(folder, instead or {}), PurePosixPath(entry)
    linker.load(path, ())
    ordered = linker.ordered.values()
    code = "\n\n".join(
        text for module in ordered if (text := written(module, str(module.path) in documented))
    )
    return Linked(code, holder_of(path), tuple(linker.ordered[path].exports))


def link_page(folder: Path, entry: str, later: Collection[str] = ()) -> str:
    """Link the script of a page; the entry itself is in no scope, so that it can use `await`.

    `later` are modules that this page loads when they are needed: what both need is exported for
    them, see `link_later`. Raises LinkError as `link` does.
    """
    linker, path = _Linker(folder, {}), PurePosixPath(entry)
    linker.load(path, ())
    modules = dict(linker.ordered)
    shared = sorted({name for module in later for name in shared_holders(linker, modules, module)})
    exports = [f"export {{ {', '.join(shared)} }};"] if shared else []
    page = modules.pop(path)
    code = [text for module in modules.values() if (text := written(module))]
    script = "\n\n".join([*code, "\n".join([*imports_of(page), page.bare_code, *exports])])
    return with_short_names(script, linker) + "\n"


def link_later(folder: Path, entry: str, later: str) -> str:
    """Link a module that a page loads with `import()`, from beside the page's script `entry`: it
    imports from that file what is in it already. Raises LinkError as `link` does.
    """
    linker = _Linker(folder, {})
    linker.load(PurePosixPath(entry), ())
    page = set(linker.ordered)
    shared = shared_holders(linker, page, later)
    file = PurePosixPath(entry).name
    imports = [f'import {{ {", ".join(shared)} }} from "./{file}";'] if shared else []
    own = [module for path, module in linker.ordered.items() if path not in page]
    code = [text for module in own if (text := written(module))]
    names = ", ".join(own[-1].exports)
    exports = f"export const {{ {names} }} = {holder_of(PurePosixPath(later))};"
    return with_short_names("\n\n".join([*imports, *code, exports]), linker) + "\n"


def with_short_names(code: str, linker: "_Linker") -> str:
    """Return the script of a page with numbers as the names of the holders: in 150 modules they are
    2 KB on the line. A page and what it loads later number theirs alike.
    """
    numbers = {holder_of(path): f"${number}" for number, path in enumerate(linker.ordered)}
    return re.sub(r"\$\w+", lambda found: numbers.get(found[0], found[0]), code)


def shared_holders(linker: "_Linker", page: Collection[PurePosixPath], later: str) -> list[str]:
    """Load `later` too; return the holders that it, and what it brings, take from the page's."""
    known = set(page)
    linker.load(PurePosixPath(later), ())
    needed = {
        name.path
        for path, module in linker.ordered.items()
        if path not in known
        for name in (*module.imports.values(), *module.exports.values())
        if isinstance(name, Imported)
    }
    return sorted(holder_of(path) for path in needed & known)


def holder_of(path: PurePosixPath) -> str:
    """Return the variable that has the exports of a module in the linked file."""
    return "$" + "_".join(path.with_suffix("").parts).replace("-", "_")


class _Linker:
    """The modules that were loaded, each after those that it needs."""

    def __init__(self, folder: Path, instead: Mapping[str, str]):
        self._folder = folder
        self._instead = instead
        self.ordered: dict[PurePosixPath, Module] = {}

    def load(self, path: PurePosixPath, importers: tuple[Module, ...]) -> None:
        """Load a module, after all that it needs."""
        if path in self.ordered:
            return
        module = Module(path, self._source(path, importers))
        for needed, line in module.needs.items():
            chain = [importer.path for importer in (*importers, module)]
            if needed in chain:
                names = " → ".join(map(str, [*chain, needed]))
                raise module.error(line, f"modules import each other in a circle: {names}")
            self.load(needed, (*importers, module))
        self._check(module)
        self.ordered[path] = module

    def _source(self, path: PurePosixPath, importers: tuple[Module, ...]) -> str:
        if (source := self._instead.get(str(path))) is not None:
            return source
        file = self._folder / path
        if ".." not in path.parts and file.is_file():
            return file.read_text()
        missing = f"there is no {path} in {self._folder}"
        if importers:
            raise importers[-1].error(importers[-1].needs[path], missing)
        raise LinkError(missing)

    def _check(self, module: Module) -> None:
        for name in (*module.imports.values(), *module.exports.values()):
            if isinstance(name, Imported) and name.name not in self.ordered[name.path].exports:
                raise module.error(name.line, f"{name.path} exports no “{name.name}”")


def written(module: Module, is_documented: bool = False) -> str:
    """Return a module as it is in the linked file; types are outside of all scopes."""
    code = module.code if is_documented else module.bare_code
    if module.is_types:
        return code
    exports = ", ".join(
        f"{name}: {place(what)}" if name != what else name for name, what in module.exports.items()
    )
    return "\n".join(
        [
            f"// {module.path}",
            f"const {holder_of(module.path)} = (() => {{",
            *imports_of(module),
            code,
            f"return {{ {exports} }};",
            "})();",
        ]
    )


def imports_of(module: Module) -> list[str]:
    """Return the statements that replace a module's imports, one for each imported module."""
    names: dict[PurePosixPath, list[str]] = {}
    for local, (path, name, _) in module.imports.items():
        names.setdefault(path, []).append(name if name == local else f"{name}: {local}")
    return [f"const {{ {', '.join(taken)} }} = {holder_of(path)};" for path, taken in names.items()]


def place(name: str | Imported) -> str:
    """Return the expression for a name: itself, or a property of another module's holder."""
    return name if isinstance(name, str) else f"{holder_of(name.path)}.{name.name}"
