"""Bots: made by a command, known by a token that is shown once."""

from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.test import TestCase

from chat.access.tokens import Claim, holder_of
from chat.models import Person
from chat.rules.errors import ChatError


class BotTests(TestCase):
    def bot(self, *arguments: str) -> str:
        """Run the command; return what it prints, without the end of the line."""
        output = StringIO()
        call_command("bot", *arguments, stdout=output, stderr=StringIO())
        return output.getvalue().removesuffix("\n")

    def refusal(self, *arguments: str) -> str:
        with pytest.raises(CommandError) as raised:
            self.bot(*arguments)
        return str(raised.value)

    def test_a_bot_is_known_by_the_token_that_is_printed_and_found_by_its_name(self):
        token = self.bot("Daily News")
        bot = holder_of(Claim(token))
        assert (bot.name, bot.kind) == ("Daily News", Person.Kind.BOT)
        assert token not in bot.token_digest
        assert Person.objects.beginning_as("news", is_whole=False).get() == bot

    def test_a_new_token_replaces_the_former_one(self):
        former = self.bot("Clock")
        token = self.bot("clock", "--new-token")
        assert holder_of(Claim(token)).name == "Clock"
        with pytest.raises(ChatError) as raised:
            holder_of(Claim(former))
        assert raised.value.code == "unauthorized"

    def test_a_name_that_cannot_be_had_is_refused_in_a_sentence(self):
        get_user_model().objects.create_user("mara")
        self.bot("Clock")
        for name in ("MARA", "m\u0430ra", "clock"):
            assert "Choose another." in self.refusal(name)
        assert "invisible" in self.refusal("Clo\u200bck")
        assert self.refusal("Nobody", "--new-token") == "No bot is called “Nobody”."
        assert Person.objects.filter(kind="bot").count() == 1
