"""Leaves out the comments of a module where nobody reads them: a third of what would be sent."""

import re

# Comments that have their lines to themselves; one behind code stays.
LINE = r"^[ \t]*//[^\n]*\n"
BLOCK = r"^[ \t]*/\*.*?\*/[ \t]*\n"
COMMENT = re.compile(f"{LINE}|{BLOCK}", re.MULTILINE | re.DOTALL)


def without_comments(code: str) -> str:
    """Return the code of a module without its comments.

    A text over several lines could hold what looks like one; `Module` refuses such texts.
    """
    return COMMENT.sub("", f"{code}\n").removesuffix("\n")
