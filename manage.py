#!/usr/bin/env python3
"""Django's command line for Chatsite."""

import os
import sys
from importlib import import_module


def main():
    """Run a command; refuse what it cannot run with in one sentence, with status 2."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import Error

    try:
        # Before the arguments: without settings Django knows only its own commands and options.
        import_module(os.environ["DJANGO_SETTINGS_MODULE"])
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, Error, OSError) as error:
        refusal = str(error) if isinstance(error, ImproperlyConfigured) else refusal_for(error)
        if "--traceback" in sys.argv or not refusal:
            raise
        sys.stderr.write(f"Refused: {refusal}\n")
        sys.exit(2)


def refusal_for(error):
    """Return what to do about an error of the database or the disk, if there is a way."""
    from django.apps import apps

    if not apps.ready:
        return None
    return import_module("chat.management.storage").refusal_for(error)


if __name__ == "__main__":
    main()
