"""One ES module of the client library: what it takes from others, and what it gives."""

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
EXPORT_THING = re.compile(r"export (?=(?:(?:async )?function\*?|class|const) ([\w$]+)[ (])")
TYPES = re.compile(rf"/\*\* @import {NAMES}{FROM} \*/")

# Where one of the forms has to be: whatever begins so is one of them, or an error.
STATEMENT = re.compile(r"^[ \t]*(import|export)\b|^/\*\* @import\b", re.MULTILINE)
# What a linked file cannot have, on a line that is no comment.
ELSEWHERE = re.compile(
    r"^(?![ \t]*(?:\*|//|/\*)).*?\b(import\s*\(|import\.meta|module\.exports|require\()",
    re.MULTILINE,
)
# A text over several lines begins with one of these that has no other on its line.
LONG_TEXT = re.compile(
    r"^(?![ \t]*(?:\*|//|/\*))[^`\n]*`(?:[^`\n]*`[^`\n]*`)*[^`\n]*$", re.MULTILINE
)
NAME = re.compile(r"([\w$]+)(?:\s+as\s+([\w$]+))?")


class LinkError(Exception):
    """Something that the linker does not do; the message begins with the file and the line."""


class Taken(NamedTuple):
    """A name that a module takes of another, and the line where it does."""

    path: PurePosixPath
    name: str
    line: int


@dataclass
class Module:
    """A module taken apart: raises LinkError for what cannot be linked.

    `imports` are by their names here, `exports` by the names that others use: each is a name of
    this module's own or one taken. `needs` are the modules that have to come before, with the line
    that says so. `code` is what is left of the source.
    """

    path: PurePosixPath
    source: str
    imports: dict[str, Taken] = field(default_factory=dict)
    exports: dict[str, str | Taken] = field(default_factory=dict)
    needs: dict[PurePosixPath, int] = field(default_factory=dict)
    code: str = ""

    def __post_init__(self):
        if met := ELSEWHERE.search(self.source):
            raise self.error(self._line(met.start(1)), f"“{met[1]}” cannot be linked")
        if met := LONG_TEXT.search(self.source):
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
    def is_types(self) -> bool:
        """Whether there is nothing here but comments."""
        return not re.sub(r"/\*.*?\*/|//[^\n]*", "", self.code, flags=re.DOTALL).strip()

    def error(self, line: int, what: str) -> LinkError:
        return LinkError(f"{self.path}:{line}: {what}")

    def _line(self, position: int) -> int:
        return self.source.count("\n", 0, position) + 1

    def _statement(self, start: int) -> int:
        """Note what the statement at `start` takes or gives; return where the code goes on."""
        for form, note in (
            (IMPORT, self._import),
            (EXPORT_FROM, self._export_from),
            (EXPORT_LIST, self._export_list),
            (EXPORT_THING, self._export_thing),
            (TYPES, self._need),
        ):
            if met := form.match(self.source, start):
                note(met)
                return met.end()
        text = self.source[start:].partition("\n")[0].strip()
        raise self.error(self._line(start), f"there is no such form of import or export: {text}")

    def _import(self, met: re.Match) -> None:
        path, line = self._need(met)
        for name, here in self._names(met):
            self.imports[here] = Taken(path, name, line)

    def _export_from(self, met: re.Match) -> None:
        path, line = self._need(met)
        for name, given in self._names(met):
            self._give(met, given, Taken(path, name, line))

    def _export_list(self, met: re.Match) -> None:
        for here, given in self._names(met):
            self._give(met, given, here)

    def _export_thing(self, met: re.Match) -> None:
        self._give(met, met[1], met[1])

    def _need(self, met: re.Match) -> tuple[PurePosixPath, int]:
        path = PurePosixPath(normpath(self.path.parent / met[2]))
        line = self._line(met.start())
        self.needs.setdefault(path, line)
        return path, line

    def _names(self, met: re.Match) -> list[tuple[str, str]]:
        """Return the names in braces, each with what it is called on the other side."""
        found = []
        for text in met[1].rstrip().removesuffix(",").split(","):
            name = NAME.fullmatch(text.strip())
            if not name:
                raise self.error(self._line(met.start()), f"“{text.strip()}” is not a name")
            found.append((name[1], name[2] or name[1]))
        return found

    def _give(self, met: re.Match, name: str, what: str | Taken) -> None:
        if name == "default" or name in self.exports:
            fault = "has no meaning here" if name == "default" else "is exported twice"
            raise self.error(self._line(met.start()), f"“{name}” {fault}")
        self.exports[name] = what
