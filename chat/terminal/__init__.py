"""`manage.py chat`: a client of the protocol, and the screens that show it. Imports chat.rules."""
