"""Finding the person of a connection: by session, else token, else as a new guest."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from unittest import mock

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connections
from django.test import Client, TestCase, TransactionTestCase, override_settings
from django.utils import timezone

from chat.access.identity import (
    Newcomer,
    create_guests,
    ended_sessions,
    person_of,
    rename_guest,
    sign_in_states,
    signed_in_person,
)
from chat.access.tokens import Claim, holder_of, holders_of
from chat.models import Person
from chat.models.people import token_digest
from chat.rules.errors import ChatError
from chat.rules.names import MAX_NAME, clean_name

User = get_user_model()


def session_of(user) -> str:
    """Sign an account in; return the session's key."""
    client = Client()
    client.force_login(user)
    return client.session.session_key


def identify(session_key: str | None, token: str | None, name: str | None):
    """Return the person that a connection finds or creates, and their token."""
    person = signed_in_person(session_key) if session_key else None
    if person is None and token is not None:
        person = holder_of(Claim(token))
    if person is not None:
        return person, None if person.user_id else token
    (outcome,) = create_guests([Newcomer(name)])
    if isinstance(outcome, ChatError):
        raise outcome
    return outcome


def refused(code: str, *arguments) -> ChatError:
    """Fail unless identifying somebody with these arguments is refused with a code."""
    with pytest.raises(ChatError) as refusal:
        identify(*arguments)
    assert refusal.value.code == code
    return refusal.value


class OrderTests(TestCase):
    def setUp(self):
        self.mara = User.objects.create_user("Mara")
        self.session = session_of(self.mara)
        self.guest, self.token = identify(None, None, "Ana")

    def test_a_session_counts_before_token_and_name(self):
        person, token = identify(self.session, self.token, "Somebody")
        assert (person.user, person.name, token) == (self.mara, "Mara", None)
        self.guest.refresh_from_db()
        assert self.guest.name == "Ana"

    def test_a_token_counts_before_the_name(self):
        person, token = identify(None, self.token, "Anca")
        assert (person, person.name, token) == (self.guest, "Ana", self.token)

    def test_without_session_and_token_one_is_a_new_guest(self):
        person, token = identify(None, None, "Ana")
        assert person != self.guest
        assert token != self.token


class SessionTests(TestCase):
    def setUp(self):
        self.mara = User.objects.create_user("Mara", password="before")
        self.session = session_of(self.mara)

    def is_mara(self) -> bool:
        return identify(self.session, None, None)[0].user == self.mara

    def test_a_session_is_its_accounts_person(self):
        assert self.is_mara()

    def test_a_person_who_signed_out_is_a_guest(self):
        SessionStore(self.session).delete()
        assert not self.is_mara()

    def test_an_expired_session_is_nobodys(self):
        session = SessionStore(self.session)
        session.set_expiry(-1)
        session.save()
        assert not self.is_mara()

    def test_a_changed_password_ends_the_sessions_of_the_old_one(self):
        self.mara.set_password("after")
        self.mara.save()
        assert not self.is_mara()

    def test_checking_sessions_does_not_change_them(self):
        self.mara.set_password("after")
        self.mara.save()
        with mock.patch("chat.cluster.signals.announce.account_changed") as published:
            assert ended_sessions({self.session}) == {self.session}
        published.assert_not_called()
        assert SessionStore(self.session).exists(self.session)

    @override_settings(SESSION_ENGINE="django.contrib.sessions.backends.cached_db")
    def test_a_cached_session_ends_with_its_row(self):
        self.session = session_of(self.mara)
        assert self.is_mara()
        Session.objects.all().delete()
        assert not self.is_mara()

    def test_a_deactivated_account_is_nobodys(self):
        User.objects.update(is_active=False)
        assert not self.is_mara()

    def test_what_a_session_depends_on_is_read_of_many_at_once(self):
        nils = User.objects.create_user("nils")
        sought = {self.session: self.mara.pk, session_of(nils): nils.pk, "x" * 32: nils.pk}
        with self.assertNumQueries(2):
            states = sign_in_states(sought)
        assert states.keys() == sought.keys() - {"x" * 32}
        for change in ({"password": "other"}, {"is_active": False}):
            User.objects.filter(pk=nils.pk).update(**change)
            later = sign_in_states(sought)
            assert {key for key in states if later[key] != states[key]} == {list(sought)[1]}
            states = later
        Session.objects.filter(session_key=self.session).update(expire_date=timezone.now())
        assert self.session not in sign_in_states(sought)

    def test_an_invented_key_is_not_a_session(self):
        for key in ("", "x", "x" * 32, "x" * 10_000, "' OR 1=1", "\u2028" * 10):
            person, _ = identify(key, None, None)
            assert person.kind == Person.Kind.GUEST


class MemberTests(TestCase):
    def test_an_account_always_has_the_same_person(self):
        mara = User.objects.create_user("Mara")
        assert person_of(mara) == person_of(mara)

    def test_any_username_gives_a_valid_name(self):
        for username in ("Mara", "m@ra.example+x", "x" * 150, "a\u200bb", "\u00aa\u00ba", "_"):
            name = person_of(User.objects.create_user(username)).name
            assert clean_name(name) == name

    def test_similar_names_get_numbers_within_the_limit(self):
        names = [
            person_of(User.objects.create_user(username)).name
            for username in ("y" * 40, "Y" * 41, "y" * 42)
        ]
        assert names == ["y" * 29 + "...", "Y" * 29 + ". 2", "y" * 29 + ". 3"]
        assert max(map(len, names)) == MAX_NAME

    def test_a_guests_name_is_free_for_a_member(self):
        identify(None, None, "Mara")
        assert person_of(User.objects.create_user("mara")).name == "mara"


class GuestTests(TestCase):
    def test_the_stored_digest_of_a_token_is_not_a_token(self):
        guest, token = identify(None, None, "Ana")
        assert guest.token_digest != token
        refused("unauthorized", None, guest.token_digest, None)

    def test_an_invented_token_is_refused(self):
        Person.objects.create(name="Mara", kind=Person.Kind.MEMBER)
        for token in ("", "None", "\x00", "\ud800", "x" * 60_000):
            refused("unauthorized", None, token, None)

    def test_tokens_are_long_and_never_repeat(self):
        tokens = {identify(None, None, None)[1] for _ in range(20)}
        assert len(tokens) == 20
        assert min(map(len, tokens)) >= 32

    def test_a_guest_cannot_take_a_members_name(self):
        person_of(User.objects.create_user("Mara"))
        error = refused("name_taken", None, None, "mara")
        assert error.suggestion == "mara 2"
        guest, _ = identify(None, None, error.suggestion)
        with pytest.raises(ChatError, match="has that name"):
            rename_guest(guest, "MARA")
        guest.refresh_from_db()
        assert guest.name == "mara 2"

    def test_the_check_of_the_name_can_be_left_out_to_rename(self):
        guest, token = identify(None, None, "Mara")
        person_of(User.objects.create_user("Mara"))
        refused("name_taken", None, token, None)
        assert holder_of(Claim(token, check_name=False)) == guest

    def test_a_bot_keeps_its_name(self):
        bot = Person.objects.create(
            name="Robo", kind=Person.Kind.BOT, token_digest=token_digest("t")
        )
        person, _ = identify(None, "t", "Charlie")
        assert (person, person.name) == (bot, "Robo")

    def test_a_refused_name_creates_no_guest(self):
        refused("name_invalid", None, None, "a\u202eb")
        assert not Person.objects.exists()

    def test_a_renamed_guest_is_found_under_the_new_name(self):
        guest, _ = identify(None, None, "Ana")
        rename_guest(guest, " Anca ")
        kept = Person.objects.get()
        assert (kept.name, kept.name_key) == ("Anca", "anca")

    def test_a_blocked_guest_is_returned_as_blocked(self):
        guest, token = identify(None, None, "Charlie")
        Person.objects.update(blocked_at=timezone.now())
        person, _ = identify(None, token, None)
        assert (person, person.is_blocked) == (guest, True)


class ConcurrencyTests(TransactionTestCase):
    def test_an_account_that_connects_twice_at_once_is_one_person(self):
        user = User.objects.create_user("Mara")
        together = threading.Barrier(4)

        def connect(_) -> int:
            with closing(connections["default"]):
                together.wait()
                return person_of(user).pk

        with ThreadPoolExecutor(4) as threads:
            assert len(set(threads.map(connect, range(4)))) == 1
        assert Person.objects.count() == 1


class BatchTests(TestCase):
    def test_a_refused_name_does_not_affect_others_of_the_batch(self):
        ana, refused_name, nameless, other_ana = create_guests(
            [Newcomer(name) for name in ("Ana", "a\u202eb", None, "Ana")]
        )
        assert refused_name.code == "name_invalid"
        assert {ana.person.name, other_ana.person.name} == {"Ana"}
        assert nameless.person.name.startswith("Guest-")
        for guest in (ana, nameless, other_ana):
            assert holder_of(Claim(guest.token)) == guest.person
        assert len({guest.person.pk for guest in (ana, nameless, other_ana)}) == 3

    def test_of_those_who_come_back_together_each_is_refused_alone(self):
        ana, mara, dan = create_guests([Newcomer(name) for name in ("Ana", "Mara", "Dan")])
        person_of(User.objects.create_user("Mara"))
        tokens = [ana.token, "unknown", mara.token, dan.token]
        first, unknown, taken, last = holders_of([Claim(token) for token in tokens])
        assert (first, last) == (ana.person, dan.person)
        assert (unknown.code, taken.code) == ("unauthorized", "name_taken")

    def test_many_who_come_back_together_cost_one_statement(self):
        guests = create_guests([Newcomer(None)] * 50)
        with self.assertNumQueries(1):
            found = holders_of([Claim(guest.token) for guest in guests])
        assert found == [guest.person for guest in guests]
