"""The log of a room: the only writer of messages, and the ways to read them.

Everything here is synchronous and touches nothing but the database. The room's row is the lock:
whoever holds it numbers the changes, so the order of versions is the order of commits, and "what
did I miss" is `version > N`. Cursors over timestamps or automatic ids lose rows when writers
overlap.
"""

from chat.log.append import Draft
from chat.log.changes import Deletion, Edit, begin_anew, delete, restore
from chat.log.commit import LockedRoom, Receipt, Write, commit_writes
from chat.log.making import (
    create_direct_room,
    create_private_room,
    create_room,
    find_direct_room,
    show_again,
)
from chat.log.mentions import (
    Mentioned,
    Mentions,
    format_and_mentions,
    is_moderator,
    people_by_ids,
    people_by_names,
)
from chat.log.messages import Author, StoredMessage, select_at
from chat.log.notices import Told, UnreadNotice, unread_notices
from chat.log.ownrooms import (
    Digest,
    Listed,
    OwnRoom,
    OwnRooms,
    authors_since,
    digest_of,
    digests,
    noticed_since,
    own_rooms,
    people_of,
    people_of_direct_rooms,
)
from chat.log.reactions import Question, React, Reactions, own_reactions
from chat.log.reading import Backlog, Page, Place, backlog, changes, page
from chat.log.rooms import (
    Head,
    StoredMembership,
    find_older_to_enter,
    find_room,
    find_to_enter,
    get_room,
    heads,
    look_up,
    memberships,
    room_by_id,
    rooms_by_id,
    rooms_written_in,
)
from chat.log.settings import (
    Settings,
    change_kind,
    change_room,
    check_may_manage,
    delete_room,
    keep_address,
    move_room,
)

__all__ = [
    "Author",
    "Backlog",
    "Deletion",
    "Digest",
    "Draft",
    "Edit",
    "Head",
    "Listed",
    "LockedRoom",
    "Mentioned",
    "Mentions",
    "OwnRoom",
    "OwnRooms",
    "Page",
    "Place",
    "Question",
    "React",
    "Reactions",
    "Receipt",
    "Settings",
    "StoredMembership",
    "StoredMessage",
    "Told",
    "UnreadNotice",
    "Write",
    "authors_since",
    "backlog",
    "begin_anew",
    "change_kind",
    "change_room",
    "changes",
    "check_may_manage",
    "commit_writes",
    "create_direct_room",
    "create_private_room",
    "create_room",
    "delete",
    "delete_room",
    "digest_of",
    "digests",
    "find_direct_room",
    "find_older_to_enter",
    "find_room",
    "find_to_enter",
    "format_and_mentions",
    "get_room",
    "heads",
    "is_moderator",
    "keep_address",
    "look_up",
    "memberships",
    "move_room",
    "noticed_since",
    "own_reactions",
    "own_rooms",
    "page",
    "people_by_ids",
    "people_by_names",
    "people_of",
    "people_of_direct_rooms",
    "restore",
    "room_by_id",
    "rooms_by_id",
    "rooms_written_in",
    "select_at",
    "show_again",
    "unread_notices",
]
