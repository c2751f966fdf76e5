"""Marks in pairs: **strong**, *emphasis* and _emphasis_, ~~strike~~."""

from functools import lru_cache
from typing import TypeAlias

import regex

# A text, or an object: see `parse_text`.
Child: TypeAlias = str | dict

# Where these stand, words are beside each other without a space: marks may be between them.
SPACELESS = "".join(
    rf"\p{{Script={script}}}"
    for script in (
        *("Han", "Hiragana", "Katakana", "Hangul", "Thai", "Lao", "Khmer", "Myanmar", "Tibetan"),
    )
)
LETTER = regex.compile(rf"(?![{SPACELESS}\uFE00-\uFE0F\u20E3])[\p{{L}}\p{{N}}\p{{M}}]")
SPACE = regex.compile(r"\p{White_Space}")
# Behind these a mark opens as little as behind a letter: "(a)*(b)*(c)", "@_name_".
NO_EDGE = frozenset(")]}@")
# A mark between two of these belongs to a face ("^_^", "-_-"), unless one is of the sentence.
SIGNS = frozenset("!\"#$%&'()+,-./:;<=>?@[\\]^{|}")
OF_SENTENCE_BEFORE = frozenset("\"'([{")
OF_SENTENCE_AFTER = frozenset("\"')]}.,:;!?")
# What says something: marks around punctuation alone are none ("*.*", "*_*").
SAYING = regex.compile(r"[^\p{White_Space}!-/:-@\[-`{-~]")
# What a run of marks makes of what is between it and another, the innermost first.
STYLES = {
    "*": ["emphasis"],
    "**": ["strong"],
    "***": ["emphasis", "strong"],
    "_": ["emphasis"],
    "~~": ["strike"],
}
# Which runs close it, or three of them a part of it.
CLOSED_BY = {
    "*": ("*", "***"),
    "**": ("**", "***"),
    "***": ("*", "**", "***"),
    "_": ("_",),
    "~~": ("~~",),
}
LONGEST_RUN = 3
DEEPEST = 6
LINE_END = "\n"


class MarkRun:
    """Marks beside each other, and what they may do."""

    __slots__ = ("closes", "opens", "text")

    def __init__(self, text: str, *, opens: bool, closes: bool):
        self.text, self.opens, self.closes = text, opens, closes


@lru_cache(maxsize=4096)
def mark_run(surrounded: str) -> MarkRun | str:
    """Return the run of marks between two characters; a text where it can do nothing."""
    before, text, after = surrounded[0], surrounded[1:-1], surrounded[-1]
    if text not in STYLES:
        return text
    is_face = before in SIGNS and after in SIGNS
    opens = not (SPACE.match(after) or LETTER.match(before) or before in NO_EDGE)
    closes = not (SPACE.match(before) or LETTER.match(after))
    opens = opens and (not is_face or before in OF_SENTENCE_BEFORE)
    closes = closes and (not is_face or after in OF_SENTENCE_AFTER)
    return MarkRun(text, opens=opens, closes=closes) if opens or closes else text


def resolve_marks(tokens: list[Child | MarkRun]) -> list[Child]:
    """Return tokens as children, with the marks of each line in pairs."""
    if len(tokens) == 1 and type(tokens[0]) is not MarkRun:
        return tokens
    return join_texts(Pairs(tokens).children)


def join_texts(children: list[Child]) -> list[Child]:
    """Return children with the texts beside each other as one."""
    if len(children) < 2:
        return children
    joined: list[Child] = []
    texts: list[str] = []
    for child in children:
        if type(child) is str:
            texts.append(child)
            continue
        if texts:
            joined.append("".join(texts))
            texts = []
        joined.append(child)
    if texts:
        joined.append("".join(texts))
    return joined


# Of a mark that is open: its text, how much was said before it, how deep what is within it is, and
# where it is among the children. A list: an object takes three times as long to make.
Open: TypeAlias = list
TEXT, SAID, DEPTH, AT = range(4)


class Pairs:
    """Pairs marks by a stack of those that are open.

    Each is put on it and taken off once, so the time is in proportion to the text, whatever it is.
    What stays open is text, and so is what would make the tree too deep.
    """

    __slots__ = ("_closable", "_said", "_stack", "children")

    def __init__(self, tokens: list[Child | MarkRun]):
        self.children: list[Child] = []
        self._stack: list[Open] = []
        # How many of those on the stack a run would close.
        self._closable = dict.fromkeys(STYLES, 0)
        # How many tokens within open marks said something.
        self._said = 0
        self._add_all(tokens)

    def _add_all(self, tokens: list[Child | MarkRun]) -> None:
        children, stack = self.children, self._stack
        for token in tokens:
            if type(token) is MarkRun:
                rest = self._close(token.text) if token.closes and stack else token.text
                if rest and token.opens:
                    self._open(rest, self._said, 0)
                elif rest:
                    children.append(rest)
                continue
            children.append(token)
            if not stack:
                continue
            if type(token) is dict or token.isalnum() or SAYING.search(token):
                self._said += 1
            elif token == LINE_END:
                # What nothing has closed is text.
                stack.clear()
                self._closable = dict.fromkeys(STYLES, 0)

    def _open(self, text: str, said: int, depth: int) -> None:
        for run in CLOSED_BY[text]:
            self._closable[run] += 1
        self._stack.append([text, said, depth, len(self.children)])
        self.children.append(text)

    def _close(self, text: str) -> str:
        """Close what these marks find open; return those that are left over."""
        while text and self._closable[text]:
            mark = self._drop_to(text)
            used = self._wrap(mark, text) if mark[SAID] < self._said else ""
            if not used:
                if mark[DEPTH]:
                    self._deepen(mark[DEPTH])
                break
            text = text[len(used) :]
        return text

    def _drop_to(self, text: str) -> Open:
        """Remove the last mark that a run closes from the stack, and what is open within it, which
        stays text."""
        closable, depth = self._closable, 0
        while True:
            mark = self._stack.pop()
            if mark[DEPTH] > depth:
                depth = mark[DEPTH]
            closed_by = CLOSED_BY[mark[TEXT]]
            for run in closed_by:
                closable[run] -= 1
            if text in closed_by:
                mark[DEPTH] = depth
                return mark

    def _wrap(self, mark: Open, text: str) -> str:
        """Replace what is behind an open mark by an object; what is left of it stays open.

        Return which of the marks that close it were used, "" where the tree would be too deep.
        """
        opened = mark[TEXT]
        used = text if len(text) <= len(opened) else opened
        depth = mark[DEPTH] + len(STYLES[used])
        if depth > DEEPEST:
            return ""
        inner = join_texts(self.children[mark[AT] + 1 :])
        del self.children[mark[AT] :]
        for style in STYLES[used]:
            inner = [{"type": style, "children": inner}]
        if used != opened:
            self._open(opened[len(used) :], mark[SAID], depth)
        self._deepen(depth)
        self.children += inner
        return used

    def _deepen(self, depth: int) -> None:
        """Note how deep something is that is within the last mark that is open."""
        if self._stack and depth > self._stack[-1][DEPTH]:
            self._stack[-1][DEPTH] = depth
