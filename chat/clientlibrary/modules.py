"""One ES module, parsed: what it imports and exports, and its code, with comments or without."""

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from posixpath import normpath
from typing import NamedTuple

NAMES = r"\{([\w$\s,]*)\}"
FROM = r' from "(\.{1,2}/[\w./-]+\.js)"'
IMPORT = re.compile(rf"import {NAMES}{FROM};")
EXPORT_FROM = re.compile(rf"export {NAMES}{FROM};")
EXPORT_LIST = re.compile(rf"export {NAMES};")
EXPORT_DECLARATION = re.compile(r"export (?=(?:(?:async )?function\*?|class|const) ([\w$]+)[ (])")
TYPES = re.compile(rf"/\*\* @import {NAMES}{FROM} \*/")

# Whatever begins like this has to be one of the forms above, else it is an error.
STATEMENT = re.compile(r"^[ \t]*(import|export)\b|^/\*\* @import\b", re.MULTILINE)
# What cannot be linked, on a line that is no comment. A module that is elsewhere, at an address
# that the code was given, is loaded when it runs.
UNSUPPORTED = re.compile(
    r"^(?![ \t]*(?:\*|//|/\*)).*?"
    r"\b(import\s*\((?!address\))|import\.meta|module\.exports|require\()",
    re.MULTILINE,
)
# The first line of a string over several lines: a backtick without another on its line, or a
# backslash at the end.
LONG_STRING = re.compile(
    r"^(?![ \t]*(?:\*|//|/\*))(?:[^`\n]*`(?:[^`\n]*`[^`\n]*`)*[^`\n]*|[^\n]*\\)$", re.MULTILINE
)
NAME = re.compile(r"([\w$]+)(?:\s+as\s+([\w$]+))?")

# Comments that have their lines to themselves; one after code stays.
LINE_COMMENT = r"^[ \t]*//[^\n]*\n"
BLOCK_COMMENT = r"^[ \t]*/\*.*?\*/[ \t]*\n"
COMMENT = re.compile(f"{LINE_COMMENT}|{BLOCK_COMMENT}", re.MULTILINE | re.DOTALL)
INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)


class LinkError(Exception):
    """Something that the linker does not support; the message begins with the file and the line."""


class Imported(NamedTuple):
    """A name that a module takes from another, and the line of the statement."""

    path: PurePosixPath
    name: str
    line: int


@dataclass
class Module:
    """A module in its parts. Raises LinkError for what cannot be linked.

    `imports` is keyed by the local names, `exports` by the exported ones: each is a local name or
    an imported one. `needs` has the modules that must be loaded before, with the line of the first
    statement about each. `code` is the source without these statements.
    """

    path: PurePosixPath
    source: str
    imports: dict[str, Imported] = field(default_factory=dict)
    exports: dict[str, str | Imported] = field(default_factory=dict)
    needs: dict[PurePosixPath, int] = field(default_factory=dict)
    code: str = ""

    def __post_init__(self):
        if met := UNSUPPORTED.search(self.source):
            raise self.error(self._line(met.start(1)), f"“{met[1]}” cannot be linked")
        if met := LONG_STRING.search(self.source):
            raise self.error(self._line(met.start()), "a text over several lines cannot be linked")
        parts, end = [], 0
        for met in STATEMENT.finditer(self.source):
            start = met.start()
            if start < end:
                continue
            parts.append(self.source[end:start])
            end = self._statement(start)
        self.code = "".join([*parts, self.source[end:]]).strip("\n")

    @property
    def bare_code(self) -> str:
        """The code without its comments and its indentation: two thirds of the bytes.

        In a string over several lines both could be part of the text; those are refused.
        """
        code = COMMENT.sub("", f"{self.code}\n").removesuffix("\n")
        return INDENTATION.sub("", code)

    @property
    def is_types(self) -> bool:
        """Whether there is nothing in the module but comments."""
        return not re.sub(r"/\*.*?\*/|//[^\n]*", "", self.code, flags=re.DOTALL).strip()

    def error(self, line: int, what: str) -> LinkError:
        return LinkError(f"{self.path}:{line}: {what}")

    def _line(self, position: int) -> int:
        return self.source.count("\n", 0, position) + 1

    def _statement(self, start: int) -> int:
        """Note what the statement at `start` imports or exports; return where it ends."""
        for form, note in (
            (IMPORT, self._import),
            (EXPORT_FROM, self._export_from),
            (EXPORT_LIST, self._export_list),
            (EXPORT_DECLARATION, self._export_declaration),
            (TYPES, self._need),
        ):
            if met := form.match(self.source, start):
                note(met)
                return met.end()
        text = self.source[start:].partition("\n")[0].strip()
        raise self.error(self._line(start), f"there is no such form of import or export: {text}")

    def _import(self, met: re.Match) -> None:
        path, line = self._need(met)
        for name, local in self._names(met):
            self.imports[local] = Imported(path, name, line)

    def _export_from(self, met: re.Match) -> None:
        path, line = self._need(met)
        for name, exported in self._names(met):
            self._export(met, exported, Imported(path, name, line))

    def _export_list(self, met: re.Match) -> None:
        for local, exported in self._names(met):
            self._export(met, exported, local)

    def _export_declaration(self, met: re.Match) -> None:
        self._export(met, met[1], met[1])

    def _need(self, met: re.Match) -> tuple[PurePosixPath, int]:
        path = PurePosixPath(normpath(self.path.parent / met[2]))
        line = self._line(met.start())
        self.needs.setdefault(path, line)
        return path, line

    def _names(self, met: re.Match) -> list[tuple[str, str]]:
        """Return the names in braces, each with the name after its `as`, else with itself."""
        found = []
        for text in met[1].rstrip().removesuffix(",").split(","):
            name = NAME.fullmatch(text.strip())
            if not name:
                raise self.error(self._line(met.start()), f"“{text.strip()}” is not a name")
            found.append((name[1], name[2] or name[1]))
        return found

    def _export(self, met: re.Match, name: str, what: str | Imported) -> None:
        if name == "default" or name in self.exports:
            fault = "has no meaning here" if name == "default" else "is exported twice"
            raise self.error(self._line(met.start()), f"“{name}” {fault}")
        self.exports[name] = what
