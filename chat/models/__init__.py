"""The tables: rooms, people, messages, reactions, and the site's configuration."""

from chat.models.configuration import Configuration
from chat.models.keys import SiteKey
from chat.models.messages import Message, Revision
from chat.models.people import Person
from chat.models.reactions import Reaction
from chat.models.rooms import Room

__all__ = ["Configuration", "Message", "Person", "Reaction", "Revision", "Room", "SiteKey"]
