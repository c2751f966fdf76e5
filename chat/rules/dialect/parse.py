"""The blocks of a text: paragraphs, code, quotes, lists."""

import re

from chat.rules.dialect.lines import is_blank, parse_lines
from chat.rules.dialect.lists import parse_list

# Deeper quotes are shown as they are written.
DEEPEST_QUOTE = 5
# What no other line begins with.
BLOCK = re.compile(r"[ \t]*(?:(```)|(?:[-*]|[0-9]{1,9}[.)])[ \t])|(>)(?: |$)")
# One run after the other, of signs that no other has: with spaces apart, it took quadratic time.
FENCE = re.compile(r"([ \t]*)(`{3,})([^`]*)")
LANGUAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_+#.-]{0,19}")
QUOTE = re.compile(r">(?: |$)")


def parse_text(text: str) -> list[dict]:
    """Return the blocks of a message.

    They are {type: "paragraph", children}, {type: "code", text, language?}, {type: "quote",
    children} with blocks, and {type: "list", items} with {marker, children, items?}. All other
    children are texts, {type: "strong" | "emphasis" | "strike", children}, {type: "code", text},
    and {type: "link", address, children?, showsHost?}.
    """
    return Blocks(text.replace("\r\n", "\n").split("\n"), 0).all()


class Blocks:
    """The lines of a text, or of a quote, as blocks."""

    def __init__(self, lines: list[str], depth: int):
        self._lines = lines
        self._depth = depth
        self._blocks: list[dict] = []
        self._paragraph: list[str] = []
        # The least length of a fence that nothing closes any more: it is not looked for again.
        self._unclosed = float("inf")

    def all(self) -> list[dict]:
        """Return the blocks of all lines."""
        index = 0
        while index < len(self._lines):
            found = self._block_at(index)
            if found:
                self._end_paragraph()
                self._blocks.append(found[0])
                index = found[1]
            else:
                self._paragraph.append(self._lines[index])
                index += 1
        self._end_paragraph()
        return self._blocks

    def _block_at(self, index: int) -> tuple[dict, int] | None:
        """Return the block that begins at a line, and the line after its end."""
        begun = BLOCK.match(self._lines[index])
        if not begun:
            return None
        if begun[1]:
            return self._fence_at(index)
        return self._quote_at(index) if begun[2] else parse_list(self._lines, index)

    def _end_paragraph(self) -> None:
        """Add what was gathered: without the blank lines beside a block, or around the text."""
        lines, self._paragraph = self._paragraph, []
        start, end = 0, len(lines)
        while start < end and is_blank(lines[start]):
            start += 1
        while start < end and is_blank(lines[end - 1]):
            end -= 1
        if start < end:
            children = parse_lines(lines[start:end])
            self._blocks.append({"type": "paragraph", "children": children})

    def _fence_at(self, index: int) -> tuple[dict, int] | None:
        fence = FENCE.fullmatch(self._lines[index])
        if not fence or len(fence[2]) >= self._unclosed:
            return None
        closing = self._closing_fence(index + 1, len(fence[2]))
        if closing is None:
            self._unclosed = len(fence[2])
            return None
        last = self._lines[closing].rstrip(" \t").rstrip("`")
        lines = self._lines[index + 1 : closing] + ([] if is_blank(last) else [last])
        code = [outdented(line, len(fence[1])) for line in lines]
        return code_block(fence[3].strip(" \t"), code), closing + 1

    def _closing_fence(self, start: int, length: int) -> int | None:
        """Return the index of the first line that ends with a fence of this length."""
        for index in range(start, len(self._lines)):
            line = self._lines[index].rstrip(" \t")
            if len(line) - len(line.rstrip("`")) >= length:
                return index
        return None

    def _quote_at(self, index: int) -> tuple[dict, int] | None:
        first = self._lines[index]
        if self._depth >= DEEPEST_QUOTE or is_blank(first[1:]):
            return None
        end = index + 1
        while end < len(self._lines) and QUOTE.match(self._lines[end]):
            end += 1
        lines = [line[2:] for line in self._lines[index:end]]
        return {"type": "quote", "children": Blocks(lines, self._depth + 1).all()}, end


def code_block(after: str, lines: list[str]) -> dict:
    """Return a block of code. What stands behind the fence is the language, or else code."""
    if LANGUAGE.fullmatch(after) and not all(map(is_blank, lines)):
        return {"type": "code", "language": after.lower(), "text": "\n".join(lines)}
    return {"type": "code", "text": "\n".join([after, *lines] if after else lines)}


def outdented(line: str, width: int) -> str:
    start = len(line) - len(line.lstrip(" \t"))
    return line[min(start, width) :]
