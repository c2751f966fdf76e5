"""People's text among other text: it cannot steer a terminal, turn what is around it, or pass for
somebody else's line."""

import unicodedata

# What a message's further lines begin with: none can pass for the line of another author.
INDENT = "  "
# Of what a reply replies to, so many characters are shown.
EXCERPT = 60
# Unicode's block of pictures for control characters, in the order of ASCII.
CONTROL_PICTURES = 0x2400
# Characters that turn the text around them (Unicode's Bidi_Control): with them an address could
# read as another one, or a text be shown before its author's name.
DIRECTION_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def terminal_text(text: str) -> str:
    """Return a text as a terminal may show it.

    Its lines but the first are indented, and characters that would control the terminal (move
    the cursor, clear the screen, set the title, change the direction) are replaced by pictures.
    """
    return f"\n{INDENT}".join(map(_without_controls, text.splitlines()))


def originals_in(event: dict) -> dict[int, dict]:
    """Return the messages in an event that others in it may reply to, by seq."""
    refs = {int(seq): message for seq, message in event.get("refs", {}).items()}
    return refs | {message["seq"]: message for message in event.get("messages", ())}


def quote_of(original: dict) -> str:
    """Return the line before a reply: the beginning of the message that it replies to."""
    return f"> {excerpt_of(original)}"


def excerpt_of(message: dict) -> str:
    """Return the beginning of a message, in one line."""
    excerpt = "(deleted)" if message["deleted"] else " ".join(message["body"].split())[:EXCERPT]
    return terminal_text(excerpt)


def _without_controls(line: str) -> str:
    if line.isprintable():
        return line
    return "".join(map(_picture, line))


def _picture(character: str) -> str:
    """Return a character, or what is shown in its place if it controls the terminal."""
    is_control = unicodedata.category(character) == "Cc" or character in DIRECTION_CONTROLS
    if not is_control or character == "\t":
        return character
    return chr(CONTROL_PICTURES + ord(character)) if character < " " else "\ufffd"


def isolated_name(name: str) -> str:
    """Return a name as it may stand in plain words: from right to left, it does not turn them.

    Where there is HTML around it, <bdi> does the same; `isolatedName` of the page's scripts
    (static/chat/page/logic/direction.js) must agree, or a title would change as they start.
    """
    if not any(is_turning(character) for character in name):
        return name
    plain = "".join(character for character in name if character not in DIRECTION_CONTROLS)
    return f"\u2068{plain}\u2069"


def is_turning(character: str) -> bool:
    """Return whether a character is of a script from right to left, or turns what follows it."""
    is_from_right = unicodedata.bidirectional(character) in {"R", "AL", "AN"}
    return is_from_right or character in DIRECTION_CONTROLS
