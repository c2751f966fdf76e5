"""The two files of the client library, linked from its modules, and Socket.IO's client."""

import gzip
import re
from collections.abc import Collection
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from chat.clientlibrary.linker import Linked, link

FOLDER = settings.ROOT / "static" / "chat"
# socket.io-client 4.8.4, as it was published, without the source maps.
SOCKET_IO = Path(__file__).parent / "socketio"

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


def socket_io(name: str) -> LibraryFile:
    """Return a file of Socket.IO's client."""
    return _packed((SOCKET_IO / name).read_bytes())


def _linked(documented: Collection[str] = ()) -> Linked:
    return link(FOLDER, "client.js", {"client/base/home.js": HOME}, documented)


def _file(code: str) -> LibraryFile:
    name = hash_of(code.encode())
    banner = BANNER.format(
        version=VERSION.search((FOLDER / "client.js").read_text())[1],
        hash=name,
        copyright=COPYRIGHT.search((settings.ROOT / "LICENSE").read_text())[0],
    )
    return _packed((banner + code).encode(), name)


def _packed(body: bytes, name: str | None = None) -> LibraryFile:
    """Return a file, with the hash of its content where it has no other name."""
    return LibraryFile(name or hash_of(body), body, gzip.compress(body, mtime=0))


def hash_of(content: bytes) -> str:
    """Return what an address has of a content."""
    return sha256(content).hexdigest()[:12]


def cached(make) -> LibraryFile:
    """Return a file, made once a process; with DEBUG anew each time."""
    return make() if settings.DEBUG else _cached(make)


_cached = cache(lambda make: make())
