"""The log of a room: the only writer of messages, and the ways to read what one missed.

Everything here is synchronous and touches nothing but the database. The room's row is the lock:
whoever holds it gives out the next seq and version, so the order of versions is the order of
commits, and "what did I miss" is `version > N`. Cursors over timestamps or automatic ids lose
rows when writers overlap.
"""

from chat.log.append import Draft, Receipt, append
from chat.log.authors import SignIn
from chat.log.changes import begin_anew, delete, restore
from chat.log.reading import Excerpt, changes, page, since
from chat.log.rooms import Head, create_room, find_room, heads, room_by_id, rooms_by_id

__all__ = [
    "Draft",
    "Excerpt",
    "Head",
    "Receipt",
    "SignIn",
    "append",
    "begin_anew",
    "changes",
    "create_room",
    "delete",
    "find_room",
    "heads",
    "page",
    "restore",
    "room_by_id",
    "rooms_by_id",
    "since",
]
