"""One line: from the left, what goes before marks, which are escapes, code, addresses, links."""

import re

from chat.rules.dialect.addresses import address_at, may_link
from chat.rules.dialect.marks import Child, MarkRun, mark_run, resolve_marks
from chat.rules.dialect.named import named_address_at, named_link

# Otherwise it would lose an arm.
SHRUG = "¯\\_(ツ)_/¯"
# `address_at` decides whether what begins like an address is one.
BEGINNING = r"[Hh][Tt]{2}[Pp][Ss]?://|[Ww]{3}\."
SPECIAL = re.compile(rf"{re.escape(SHRUG)}|\\+|{BEGINNING}|`+|\*+|_+|~+|[\[\]]")
BACKTICKS = re.compile("`+")
MARKS = frozenset("`*_~[]")


def parse_line(line: str) -> list[Child]:
    """Return the children of one line: texts and objects, see `parse_text`."""
    return resolve_marks(Scanner(line).tokens) if SPECIAL.search(line) else [line]


class Scanner:
    """A line in its `tokens`: texts, finished objects, and runs of marks to be paired."""

    __slots__ = ("_backticks", "_end", "_last_named", "_line", "_open", "tokens")

    def __init__(self, line: str):
        self.tokens: list[Child | MarkRun] = []
        self._line = line
        self._end = 0
        # Where among the tokens a bracket is open; and the last link with a text of its own.
        self._open: list[int] = []
        self._last_named = -1
        self._backticks: dict[int, list[int]] | None = None
        self._scan()

    def _scan(self) -> None:
        line, tokens, is_read = self._line, self.tokens, False
        while not is_read:
            is_read = True
            for match in SPECIAL.finditer(line, self._end):
                start, end = match.span()
                if start > self._end:
                    tokens.append(line[self._end : start])
                self._end, sign = end, match[0]
                if sign[0] in "*_~":
                    tokens.append(mark_run(sign, line[start - 1 : start], line[end : end + 1]))
                    continue
                self._take(sign, start)
                if self._end > end:
                    # What follows is read already.
                    is_read = False
                    break
        if self._end < len(line):
            tokens.append(line[self._end :])

    def _take(self, sign: str, index: int) -> None:
        first = sign[0]
        if first == "[":
            self._open.append(len(self.tokens))
            self.tokens.append(sign)
        elif first == "]":
            self._close_bracket()
        elif first == "`":
            self._take_code(sign)
        elif first == "\\":
            self._take_escapes(sign)
        elif first == "¯":
            self.tokens.append(sign)
        else:
            self._take_address(index, sign)

    def _take_escapes(self, escapes: str) -> None:
        """Read backslashes. Before a mark two are one, and an odd one makes the mark a letter.

        Others, as in paths and expressions, are what they are.
        """
        following = self._line[self._end : self._end + 1]
        if following not in MARKS:
            self.tokens.append(escapes)
            return
        escaped = following if len(escapes) % 2 else ""
        self.tokens.append(escapes[: len(escapes) // 2] + escaped)
        self._end += len(escaped)

    def _take_address(self, index: int, beginning: str) -> None:
        """Read an address. It stays as it is, also where it may be no link."""
        address = address_at(self._line, index, beginning)
        if not address:
            self.tokens.append(beginning)
            return
        self._end = index + len(address)
        is_link = may_link(self._line, index, address)
        self.tokens.append({"type": "link", "address": address} if is_link else address)

    def _take_code(self, fence: str) -> None:
        closing = self._closing_backticks(len(fence))
        if closing is None:
            self.tokens.append(fence)
            return
        text = self._line[self._end : closing]
        self._end = closing + len(fence)
        self.tokens.append({"type": "code", "text": without_padding(text)})

    def _closing_backticks(self, length: int) -> int | None:
        """Return where the next run of so many backticks begins; each is looked at once."""
        if self._backticks is None:
            self._backticks = runs_by_length(self._line)
        starts = self._backticks.get(length, [])
        while starts and starts[-1] < self._end:
            starts.pop()
        return starts[-1] if starts else None

    def _close_bracket(self) -> None:
        start = self._open.pop() if self._open else -1
        address = link = None
        if start > self._last_named:
            address = named_address_at(self._line, self._end)
        if address:
            link = named_link(self.tokens[start + 1 :], address)
        if not link:
            self.tokens.append("]")
            return
        self._last_named = start
        self.tokens[start:] = [link]
        self._end += len(address) + 2


def without_padding(text: str) -> str:
    """Return code without the spaces that part it from its marks, where it has backticks itself."""
    is_padded = text.startswith(" ") and text.endswith(" ") and text.strip(" ")
    return text[1:-1] if is_padded else text


def runs_by_length(line: str) -> dict[int, list[int]]:
    """Return where runs of backticks begin, the last first, by their length."""
    runs: dict[int, list[int]] = {}
    for run in BACKTICKS.finditer(line):
        runs.setdefault(len(run[0]), []).append(run.start())
    for starts in runs.values():
        starts.reverse()
    return runs
