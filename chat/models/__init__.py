"""The tables: rooms, people, who belongs where, messages, reactions, notices, configuration."""

from chat.models.configuration import Configuration
from chat.models.keys import SiteKey
from chat.models.memberships import Invitation, Membership
from chat.models.messages import Message, Revision
from chat.models.notices import Notice
from chat.models.people import NameStart, Person
from chat.models.reactions import Reaction
from chat.models.rooms import Alias, Room

__all__ = [
    "Alias",
    "Configuration",
    "Invitation",
    "Membership",
    "Message",
    "NameStart",
    "Notice",
    "Person",
    "Reaction",
    "Revision",
    "Room",
    "SiteKey",
]
