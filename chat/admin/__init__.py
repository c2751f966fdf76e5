"""The admin: what operators see and change, and everybody hears of at once."""

from django.contrib import admin

from chat.admin import configuration, messages, people, rooms
from chat.pages.forms import AdminSignInForm

__all__ = ["configuration", "messages", "people", "rooms"]

admin.site.login_form = AdminSignInForm
admin.site.site_header = "Chatsite administration"
admin.site.site_title = "Chatsite"
admin.site.index_title = "What is here"
