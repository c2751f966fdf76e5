"""Addresses in a text: where each begins and ends, and whether it may be a link."""

import regex

ASIDE = r"\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}"
# A letter of a script in which a joiner between two letters changes how they look.
JOINED = rf"(?![{ASIDE}])[\p{{L}}\p{{M}}]"
# What is in no address of any script: spaces, what cannot be seen or turns the text, and the
# brackets, quotes and stops of a sentence. Those of ASCII can be in an address.
FOREIGN = (
    r"\s\p{Cc}\p{Cf}\p{Cs}\p{DI}\u2800\u275B-\u2760\p{Ps}\p{Pe}\p{Pi}\p{Pf}\p{Term}"
    r"…⋯—―\uFF02\uFF1C\uFF1E"
)
PART = "|".join(
    [
        r"[!#-'*-;=?-Z\\^-z|~]",
        rf"{JOINED}[\u200C\u200D](?={JOINED})",
        r"\u2019(?=\p{Script=Latin})",
        rf"[^\x00-\x7F{FOREIGN}]",
    ]
)
PARTS = regex.compile(f"(?:{PART})+")
LABEL = regex.compile(r"[\p{L}\p{N}-]+\.")
INSIDE_A_WORD = regex.compile(rf"[{ASIDE}\p{{N}}@./_-]")
# At the end of an address these belong to the sentence around it, as does all punctuation that
# is not of ASCII.
TAIL = regex.compile(r"(?r)(?:[.,:;!?'`*_~|(\[{\uFF5E]|(?![!-~])\p{P})*")
BRACKETS = {")": "(", "]": "[", "}": "{"}
UNSEEN = r"[\x00-\x08\x0E-\x1F\x7F-\x9F\p{Cf}\p{DI}]"
GOES_ON_UNSEEN = regex.compile(rf"{UNSEEN}+[{ASIDE}\p{{N}}@.:/%-]")
# As a browser reads it: the other slashes are slashes, however many there are.
HOST = regex.compile(r"(?:[Hh][Tt]{2}[Pp][Ss]?:[/\\]*)?([^/?#\\]*)")
BARE = regex.compile(r"(?:[Hh][Tt]{2}[Pp][Ss]?://)?[^/?#]*")
LETTER = regex.compile(r"[\p{L}\p{N}]")


def address_at(text: str, index: int, beginning: str) -> str:
    """Return the address at `index`, which begins like one; "" where a word or nothing is there."""
    start = index + len(beginning)
    if beginning[0] in "wW":
        label = LABEL.match(text, start)
        if not label or (index and INSIDE_A_WORD.match(text[index - 1])):
            return ""
        start = label.end()
    end = end_of_address(text, start)
    return without_tail(text[index:end]) if end > start else ""


def end_of_address(text: str, start: int) -> int:
    """Return where an address ends whose beginning ends at `start`.

    That is at the latest at a bracket that closes nothing.
    """
    opened = {"(": 0, "[": 0, "{": 0}
    end = start
    while True:
        sign = text[end : end + 1]
        if sign in opened:
            opened[sign] += 1
            end += 1
        elif sign in BRACKETS:
            if not opened[BRACKETS[sign]]:
                return end
            opened[BRACKETS[sign]] -= 1
            end += 1
        elif parts := PARTS.match(text, end):
            end = parts.end()
        else:
            return end


def without_tail(address: str) -> str:
    return address[: TAIL.match(address).start()]


def may_link(text: str, index: int, address: str) -> bool:
    """Return whether an address in a text may be a link, as far as it is written."""
    host = HOST.match(address)[1]
    # The words before the @ are no host, and look like one.
    if "@" in host or not LETTER.search(host):
        return False
    # "https://bank.co", something that cannot be seen, and "m": the link would be to another host.
    is_bare = BARE.fullmatch(address)
    return not is_bare or not GOES_ON_UNSEEN.match(text, index + len(address))


def host_of(address: str) -> str:
    """Return the host of an address as it is written, in small letters."""
    return HOST.match(address)[1].lower()
