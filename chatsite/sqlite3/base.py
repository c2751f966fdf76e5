"""Django's backend for SQLite, whose files nobody else on the machine can read.

Django finds it by its module: `ENGINE` is "chatsite.sqlite3".
"""

import os
from contextlib import suppress
from pathlib import Path

from django.db.backends.sqlite3 import base

from chatsite.sqlite3.cut_paths import take_over_cut_path


class DatabaseWrapper(base.DatabaseWrapper):
    """Creates the database for this user alone, whatever the umask.

    It holds sessions and hashes of passwords. SQLite gives the files beside it, `-wal` and
    `-shm`, the same mode.
    """

    def get_new_connection(self, conn_params):
        path = Path(conn_params["database"])
        if path.is_absolute() and not path.exists():
            take_over_cut_path(path)
            create_private(path)
        return super().get_new_connection(conn_params)

    def _start_transaction_under_autocommit(self):
        # Without a cursor of Django's, which took 0.1 ms of the 1.4 that a message alone waits for
        # before it is sent to anybody ("latency" of bench/).
        with self.wrap_database_errors:
            self.connection.execute(f"BEGIN {self.transaction_mode or ''}")


def create_private(path: Path) -> None:
    """Create an empty file with mode 600 where there is none; leave errors to SQLite.

    Opens no file that is there: closing it would release SQLite's locks in this process.
    """
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
