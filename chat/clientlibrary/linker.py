"""Makes one file of the client library's modules, each in a scope of its own.

Not a bundler: it reads the few forms of import and export that the modules use, one a statement at
the beginning of a line, and refuses everything else with the file and the line. Comments stay in
the modules that one asks for, with the types in them.
"""

from collections.abc import Collection, Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from chat.clientlibrary.comments import without_comments
from chat.clientlibrary.modules import LinkError, Module, Taken


class Linked(NamedTuple):
    """A linked file; `holder` is what has the exports of the entry in it, by these names."""

    code: str
    holder: str
    exports: tuple[str, ...]


def link(
    folder: Path,
    entry: str,
    instead: Mapping[str, str] | None = None,
    documented: Collection[str] = (),
) -> Linked:
    """Link all that `entry`, a path under `folder`, is made of.

    `instead` has sources to take for those of the files with these paths; those of `documented`
    keep their comments. Raises LinkError for what the linker does not do.
    """
    linker, path = _Linker(folder, instead or {}), PurePosixPath(entry)
    linker.load(path, ())
    ordered = linker.ordered.values()
    code = "\n\n".join(
        text for module in ordered if (text := written(module, str(module.path) in documented))
    )
    return Linked(code, holder_of(path), tuple(linker.ordered[path].exports))


def link_page(folder: Path, entry: str) -> str:
    """Link all that a page's script is made of; what it is itself is in no scope, so it may wait.

    Raises LinkError as `link` does.
    """
    linker, path = _Linker(folder, {}), PurePosixPath(entry)
    linker.load(path, ())
    page = linker.ordered.pop(path)
    modules = filter(None, map(written, linker.ordered.values()))
    code = without_comments(page.code)
    return "\n\n".join([*modules, "\n".join([*imported(page), code])]) + "\n"


def holder_of(path: PurePosixPath) -> str:
    """Return what holds the exports of a module in the linked file."""
    return "$" + "_".join(path.with_suffix("").parts).replace("-", "_")


class _Linker:
    """The modules that were loaded, each after those that it needs."""

    def __init__(self, folder: Path, instead: Mapping[str, str]):
        self._folder = folder
        self._instead = instead
        self.ordered: dict[PurePosixPath, Module] = {}

    def load(self, path: PurePosixPath, importers: tuple[Module, ...]) -> None:
        """Take a module, and before it all that it needs."""
        if path in self.ordered:
            return
        module = Module(path, self._source(path, importers))
        for needed, line in module.needs.items():
            circle = [importer.path for importer in (*importers, module)]
            if needed in circle:
                names = " → ".join(map(str, [*circle, needed]))
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
        for taken in (*module.imports.values(), *module.exports.values()):
            if isinstance(taken, Taken) and taken.name not in self.ordered[taken.path].exports:
                raise module.error(taken.line, f"{taken.path} exports no “{taken.name}”")


def written(module: Module, is_documented: bool = False) -> str:
    """Return a module as it stands in the linked file; types belong to all, so to no scope."""
    code = module.code if is_documented else without_comments(module.code)
    if module.is_types:
        return code
    exports = [f"  {name}: {place(given)}," for name, given in module.exports.items()]
    return "\n".join(
        [
            f"// {module.path}",
            f"const {holder_of(module.path)} = (() => {{",
            *imported(module),
            code,
            "return {",
            *exports,
            "};",
            "})();",
        ]
    )


def imported(module: Module) -> list[str]:
    """Return what stands for a module's imports."""
    return [f"const {here} = {place(taken)};" for here, taken in module.imports.items()]


def place(name: str | Taken) -> str:
    """Return where a name is found: in its module's scope, or in what holds another's exports."""
    return name if isinstance(name, str) else f"{holder_of(name.path)}.{name.name}"
