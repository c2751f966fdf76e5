"""Inside blocks, from the left: what goes before marks (escapes, code, addresses, links)."""

import re

from chat.rules.dialect.addresses import address_at, may_link
from chat.rules.dialect.marks import LINE_END, LONGEST_RUN, Child, MarkRun, mark_run, resolve_marks
from chat.rules.dialect.named import named_address_at, named_link

# Otherwise it would lose an arm.
SHRUG = "¯\\_(ツ)_/¯"
# `address_at` decides whether what begins like an address is one.
BEGINNING = r"[Hh][Tt]{2}[Pp][Ss]?://|[Ww]{3}\."
SPECIAL = rf"{re.escape(SHRUG)}|\\+|{BEGINNING}|`+|\*+|_+|~~+|[\[\]]"
HAS_SPECIAL = re.compile(SPECIAL)
SPECIAL_OR_END = re.compile(rf"{SPECIAL}|\n")
BACKTICKS = re.compile("`+")
MARKS = frozenset("`*_~[]")


def parse_inline(text: str) -> list[Child]:
    """Return the children of some lines: texts and objects, see `parse_text`.

    Everything is closed in the line in which it begins.
    """
    return resolve_marks(Scanner(text).tokens) if HAS_SPECIAL.search(text) else [text]


class Scanner:
    """Lines in their `tokens`: texts, finished objects, runs of marks to be paired, and "\\n"
    between the lines."""

    __slots__ = ("_backticks", "_end", "_last_named", "_line_end", "_open", "_text", "tokens")

    def __init__(self, text: str):
        self.tokens: list[Child | MarkRun] = []
        # So that there is a character on both sides of everything.
        self._text = f"\n{text}\n"
        self._end = 1
        # Where the line ends in which backticks were looked for last.
        self._line_end = 0
        # Where among the tokens a bracket is open; and the last link with a text of its own.
        self._open: list[int] = []
        self._last_named = -1
        self._backticks: dict[int, list[int]] | None = None
        self._scan()

    def _scan(self) -> None:
        text, tokens, is_read = self._text, self.tokens, False
        last = len(text) - 1
        while not is_read:
            is_read = True
            end = self._end
            for match in SPECIAL_OR_END.finditer(text, end, last):
                before, sign = end, match[0]
                start, end = match.span()
                if start > before:
                    tokens.append(text[before:start])
                if sign[0] in "*_~":
                    is_short = end - start <= LONGEST_RUN
                    tokens.append(mark_run(text[start - 1 : end + 1]) if is_short else sign)
                    continue
                self._end = end
                self._take(sign, start)
                if self._end > end:
                    # What follows is read already.
                    end = self._end
                    is_read = False
                    break
        if end < last:
            tokens.append(text[end:last])

    def _take(self, sign: str, index: int) -> None:
        first = sign[0]
        if first == LINE_END:
            self._open.clear()
            self.tokens.append(sign)
        elif first == "[":
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
        following = self._text[self._end : self._end + 1]
        if following not in MARKS:
            self.tokens.append(escapes)
            return
        escaped = following if len(escapes) % 2 else ""
        self.tokens.append(escapes[: len(escapes) // 2] + escaped)
        self._end += len(escaped)

    def _take_address(self, index: int, beginning: str) -> None:
        """Read an address. It stays as it is, also where it may be no link."""
        address = address_at(self._text, index, beginning)
        if not address:
            self.tokens.append(beginning)
            return
        self._end = index + len(address)
        is_link = may_link(self._text, index, address)
        self.tokens.append({"type": "link", "address": address} if is_link else address)

    def _take_code(self, fence: str) -> None:
        closing = self._closing_backticks(len(fence))
        if closing is None:
            self.tokens.append(fence)
            return
        text = self._text[self._end : closing]
        self._end = closing + len(fence)
        self.tokens.append({"type": "code", "text": without_padding(text)})

    def _closing_backticks(self, length: int) -> int | None:
        """Return where the next run of so many backticks begins in this line; each is looked at
        once."""
        if self._backticks is None:
            self._backticks = runs_by_length(self._text)
        if self._line_end < self._end:
            self._line_end = self._text.index("\n", self._end)
        starts = self._backticks.get(length, [])
        while starts and starts[-1] < self._end:
            starts.pop()
        return starts[-1] if starts and starts[-1] < self._line_end else None

    def _close_bracket(self) -> None:
        start = self._open.pop() if self._open else -1
        address = link = None
        if start > self._last_named:
            address = named_address_at(self._text, self._end)
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
