"""The two files that the client library is handed out as."""

import gzip
import re
from collections.abc import Collection
from functools import cache
from hashlib import sha256
from typing import NamedTuple

from django.conf import settings

from chat.clientlibrary.linker import Linked, link

FOLDER = settings.ROOT / "static" / "chat"

VERSION = re.compile(r'^export const version = "([^"]+)";$', re.MULTILINE)
COPYRIGHT = re.compile(r"^Copyright .+$", re.MULTILINE)

BANNER = """\
/*!
 * Chatsite's client library {version}, {hash}
 * {copyright}. MIT License.
 */
"""

# What client/home.js is in a linked file: each kind finds out in its own way where it came from.
HOME = "export const home = $home;\n"

# Where the types are, and what they are of: an editor reads them in the file for `import`.
DOCUMENTED = ("client.js", *(f"client/{name}.js" for name in ("types", "chat", "errors")))

# For `import`.
MODULE = """\
const $home = import.meta.url;

{code}

export const {{ {names} }} = {holder};
"""

# For a plain <script>: one more name in the page, and no other.
CLASSIC = """\
"use strict";
globalThis.Chatsite = (() => {{
const $home = globalThis.document?.currentScript?.src ?? null;

{code}

return {holder}.Chatsite;
}})();
"""


class LibraryFile(NamedTuple):
    """A file as it is sent, plain and zipped; `hash` stands for what is in it."""

    hash: str
    body: bytes
    zipped: bytes


def module() -> LibraryFile:
    """Return the file for `import`."""
    linked = _linked(DOCUMENTED)
    names = ", ".join(linked.exports)
    return _file(MODULE.format(code=linked.code, names=names, holder=linked.holder))


def classic() -> LibraryFile:
    """Return the file for a plain `<script>`."""
    linked = _linked()
    return _file(CLASSIC.format(code=linked.code, holder=linked.holder))


def _linked(documented: Collection[str] = ()) -> Linked:
    return link(FOLDER, "client.js", {"client/home.js": HOME}, documented)


def _file(code: str) -> LibraryFile:
    name = sha256(code.encode()).hexdigest()[:12]
    banner = BANNER.format(
        version=VERSION.search((FOLDER / "client.js").read_text())[1],
        hash=name,
        copyright=COPYRIGHT.search((settings.ROOT / "LICENSE").read_text())[0],
    )
    body = (banner + code).encode()
    return LibraryFile(name, body, gzip.compress(body, mtime=0))


def made(make) -> LibraryFile:
    """Return a file, made once a process; made anew each time while the site is worked on."""
    return make() if settings.DEBUG else _made(make)


_made = cache(lambda make: make())
