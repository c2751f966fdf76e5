from django.core.management.base import BaseCommand, CommandError

from chat.access import bots
from chat.rules.errors import ChatError


class Command(BaseCommand):
    """Make a bot; the output is its token alone, for the environment of a program."""

    help = "Make a bot, and print the token by which it is known."

    def add_arguments(self, parser):
        parser.add_argument("name", help="What the bot is called in the chat.")
        parser.add_argument(
            "--new-token",
            action="store_true",
            help="Print another token of a bot that is there; it cannot come in by the former one.",
        )

    def handle(self, *args, name: str, new_token: bool, **options):
        try:
            token = bots.replace_token(name) if new_token else bots.make_bot(name)
        except ChatError as error:
            raise CommandError(error.message) from error
        self.stdout.write(token)
        self.stderr.write("The token is shown only this once. --new-token makes another.")
