"""The two files of the client library, linked from its modules."""

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

# What takes the place of client/base/home.js in a linked file: each kind of file finds out in its
# own way from which address it was loaded.
HOME = "export const home = $home;\n"

# The modules that keep their comments in the file for `import`: an editor reads the types there.
DOCUMENTED = ("client.js", "client/chat.js", "client/base/types.js", "client/base/errors.js")

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
    """A file as it is sent, plain and zipped, with the hash of its content."""

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
    return link(FOLDER, "client.js", {"client/base/home.js": HOME}, documented)


def _file(code: str) -> LibraryFile:
    name = sha256(code.encode()).hexdigest()[:12]
    banner = BANNER.format(
        version=VERSION.search((FOLDER / "client.js").read_text())[1],
        hash=name,
        copyright=COPYRIGHT.search((settings.ROOT / "LICENSE").read_text())[0],
    )
    body = (banner + code).encode()
    return LibraryFile(name, body, gzip.compress(body, mtime=0))


def cached(make) -> LibraryFile:
    """Return a file, made once a process; with DEBUG anew each time."""
    return make() if settings.DEBUG else _cached(make)


_cached = cache(lambda make: make())
