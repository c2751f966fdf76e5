"""Django's admin for rooms, people, messages and settings; changes are published at once."""

from django.contrib import admin

from chat.access.signing_in import AdminSignInForm
from chat.admin import configuration, messages, people, rooms

__all__ = ["configuration", "messages", "people", "rooms"]

admin.site.login_form = AdminSignInForm
admin.site.site_header = "Chatsite administration"
admin.site.site_title = "Chatsite"
admin.site.index_title = "What is here"
