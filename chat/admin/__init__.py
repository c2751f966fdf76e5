"""Django's admin for rooms, people, messages and settings; changes are published at once."""

from chat.admin import configuration, messages, people, rooms, users

__all__ = ["configuration", "messages", "people", "rooms", "users"]
