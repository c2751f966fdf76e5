"""The site: settings, addresses and server.

Whatever imports a part of it uses the fixed SQLite from here on, before Django loads `sqlite3`.
"""

from chatsite.sqlite3.library import use_fixed_library

use_fixed_library()
