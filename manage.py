#!/usr/bin/env python3
"""Django's command line for Chatsite."""

import os
import sys
from importlib import import_module


def main():
    """Run a command; refuse settings that it cannot run with in one sentence, with status 2."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        # Before the arguments: without settings Django knows only its own commands and options.
        import_module(os.environ["DJANGO_SETTINGS_MODULE"])
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        if "--traceback" in sys.argv:
            raise
        sys.stderr.write(f"Refused: {error}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
