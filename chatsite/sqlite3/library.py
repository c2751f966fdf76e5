"""The SQLite library: the one of the `pysqlite3` package, where requirements.txt installed it.

Python's own is the system's. Up to SQLite 3.51.2 that one may lose a commit or damage the file
(chat/rules/sqlite.py), and Debian 12 has 3.40.1.
"""

import sys


def use_fixed_library() -> None:
    """Make `import sqlite3` mean pysqlite3 in this process; do nothing where that is missing.

    A process must not open one file with two libraries: closing it in one of them releases the
    locks of the other (https://sqlite.org/howtocorrupt.html, section 2.2).
    """
    try:
        import pysqlite3
        from pysqlite3 import dbapi2
    except ImportError:
        return
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = dbapi2
