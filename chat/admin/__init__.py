"""Django's admin for rooms, who belongs to them, people, messages and settings.

Changes are published at once. What is said in direct rooms is shown to nobody here.
"""

from chat.admin import configuration, invitations, memberships, messages, people, rooms, users

__all__ = [
    "configuration",
    "invitations",
    "memberships",
    "messages",
    "people",
    "rooms",
    "users",
]
