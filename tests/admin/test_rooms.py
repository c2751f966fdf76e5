from unittest import mock

from django.contrib.contenttypes.models import ContentType
from django.test import TestCase
from django.urls import reverse

from chat.access.memberships import changed_access
from chat.admin import rooms
from chat.log import change_kind, look_up
from chat.models import Message, Room
from chat.rules.slugs import is_untyped
from tests.admin.support import (
    act,
    alice,
    bob,
    carol,
    edit,
    errors,
    form_of,
    guest,
    history,
    list_of,
    listed,
    open_form,
    queries,
    room,
    write,
)

MESSAGES = Message._meta.db_table


class RoomTests(TestCase):
    def setUp(self):
        self.alice = alice()

    def add(self, **fields):
        return self.alice.post(reverse("admin:chat_room_add"), {"kind": "public", **fields})

    def test_a_new_room_has_the_slug_that_joining_would_give_it(self):
        for name, slug in {"Chess Club": "chess-club", "हिन्दी चैट": "हिन्दी-चैट"}.items():
            self.assertRedirects(self.add(name=name), list_of("room"))
            assert Room.objects.get(name=name).slug == slug

    def test_rooms_are_found_in_any_case_of_any_script(self):
        room("Шахматы")
        room("Go", topic="\u00c9CHECS")
        assert listed(self.alice, "room", q="ШАХМ") == {"Шахматы"}
        assert listed(self.alice, "room", q="\u00e9checs") == {"Go"}

    def test_a_room_can_have_another_slug(self):
        self.add(name="Chess Club", slug="chess", topic="Openings")
        assert Room.objects.get(slug="chess").topic == "Openings"

    def test_an_old_form_changes_what_was_edited_in_it_alone(self):
        club = room("Chess Club")
        shown = open_form(self.alice, club)
        with changed_access(club.pk) as stored:
            change_kind(stored, Room.Kind.PRIVATE)
            stored.name = "Secret Club"
            stored.save()
        self.assertRedirects(
            self.alice.post(form_of(club), shown | {"topic": "Openings"}), list_of("room")
        )
        now = Room.objects.get()
        assert (now.topic, now.name, now.kind) == ("Openings", "Secret Club", "private")
        assert now.slug == stored.slug != "chess-club"
        assert history(club) == ["Changed Topic."]

    def test_a_room_that_becomes_private_takes_no_address_that_can_be_guessed(self):
        club = room("Chess Club")
        response = edit(self.alice, club, kind=Room.Kind.PRIVATE, slug="openings")
        assert list(errors(response)) == ["slug"]
        for slug in (None, "chess~abcdefghjkmn"):
            response = edit(self.alice, club, kind=Room.Kind.PRIVATE, slug=slug)
            self.assertRedirects(response, list_of("room"))
            club.refresh_from_db()
            assert is_untyped(club.slug)
            assert slug in (None, club.slug)
            Room.objects.update(kind=Room.Kind.PUBLIC, slug="chess-club")

    def test_only_who_may_view_rooms_is_led_to_one(self):
        club = room("Chess Club", kind=Room.Kind.PRIVATE, slug="chess~abcdefghjkmn")
        kind = ContentType.objects.get_for_model(Room).pk
        address = reverse("admin:view_on_site", args=[kind, club.pk])
        assert self.alice.get(address).status_code == 302
        assert carol().get(address).status_code == 403

    def test_a_key_that_is_no_number_is_refused(self):
        room("Chess Club")
        for key in ("abc", "9" * 30):
            data = {"action": "close_rooms", "_selected_action": [key]}
            assert self.alice.post(list_of("room"), data).status_code == 400

    def test_invalid_names_and_slugs_are_refused_at_their_field(self):
        club = room("Chess Club")
        wrong = {
            ("Other", club.public_id): "slug",
            ("Chess Club", ""): "slug",
            ("Other", "Other Room"): "slug",
            ("!!!", ""): "slug",
            ("\u200b", "x"): "name",
            ("", ""): "name",
        }
        for (name, slug), field in wrong.items():
            with self.subTest(name=name, slug=slug):
                assert field in errors(self.add(name=name, slug=slug))
        assert Room.objects.count() == 1

    def test_an_edit_keeps_what_the_log_writes_meanwhile(self):
        chess, save_form = room(), rooms.RoomAdmin.save_form

        def and_meanwhile(*args, **kwargs):
            write(chess, guest(), "e4")
            return save_form(*args, **kwargs)

        with mock.patch.object(rooms.RoomAdmin, "save_form", and_meanwhile):
            edit(self.alice, chess, name="Chess")
        chess.refresh_from_db()
        assert (chess.name, chess.version, chess.last_seq) == ("Chess", 1, 1)
        assert history(chess) == ["Changed Name."]

    def test_closing_and_opening_is_logged_in_the_history(self):
        chess, go = room("Chess"), room("Go", closed=True)
        act(self.alice, "close_rooms", chess, go)
        assert Room.objects.filter(closed=True).count() == 2
        act(self.alice, "open_rooms", chess, go)
        assert Room.objects.filter(closed=True).count() == 0
        assert history(chess) == ["Closed to writing.", "Opened to writing."]
        assert history(go) == ["Opened to writing."]

    def test_the_permission_to_change_rooms_excludes_deleting(self):
        chess, client = room(), bob("change_room")
        act(client, "close_rooms", chess)
        act(client, "delete_selected", chess, post="yes")
        assert Room.objects.get().closed

    def test_the_list_shows_messages_and_people_and_finds_rooms(self):
        chess = room("Chess", topic="Openings")
        write(chess, guest(), "e4", "e5")
        room("Go", closed=True)
        with mock.patch.object(rooms, "people_counts", return_value={chess.pk: 7}):
            page = self.alice.get(list_of("room"))
        self.assertContains(page, '<td class="field-people_now">7</td>', html=True)
        self.assertContains(page, f'<a href="{list_of("message")}?room={chess.pk}">2</a>')
        self.assertContains(page, f'<a href="{chess.get_absolute_url()}">chess</a>')
        assert listed(self.alice, "room", q="opening") == {"Chess"}
        assert listed(self.alice, "room", closed__exact=1) == {"Go"}

    def test_the_list_takes_as_many_queries_for_twenty_as_for_two(self):
        asked = []
        for numbers in (range(2), range(2, 20)):
            for number in numbers:
                room(f"Room {number}")
            asked.append(len(queries(self.alice, "get", list_of("room"))))
        assert asked[0] == asked[1]


class KindTests(TestCase):
    def setUp(self):
        self.alice = alice()

    def test_a_room_that_becomes_private_gets_an_address_nobody_can_guess(self):
        chess = room(password="hash")
        self.assertRedirects(edit(self.alice, chess, kind="private"), list_of("room"))
        chess.refresh_from_db()
        assert (chess.kind, chess.password) == ("private", "")
        assert is_untyped(chess.slug)
        assert chess.access == 1
        assert [alias.slug for alias in chess.aliases.all()] == ["chess-club"]
        edit(self.alice, chess, kind="public", topic="Openings")
        chess.refresh_from_db()
        assert (chess.kind, chess.slug, chess.topic) == ("public", "chess-club", "Openings")

    def test_a_new_private_room_gets_such_an_address(self):
        for fields in ({}, {"slug": "x~abcdefghijkl"}):
            new = {"name": "Club", "kind": "private", **fields}
            self.alice.post(reverse("admin:chat_room_add"), new)
        assert {is_untyped(club.slug) for club in Room.objects.all()} == {True}
        assert Room.objects.count() == 2

    def test_a_private_room_gets_no_address_that_can_be_guessed(self):
        club = room(slug="club~abcdefghijkl", kind="private")
        new = {"name": "Tea", "slug": "tea", "kind": "private"}
        for response in (
            edit(self.alice, club, slug="club"),
            self.alice.post(reverse("admin:chat_room_add"), new),
        ):
            assert set(errors(response)) == {"slug"}

    def test_a_former_address_leads_to_a_room_until_another_has_it(self):
        chess = room()
        edit(self.alice, chess, slug="chess")
        assert look_up("chess-club") == chess
        self.alice.post(reverse("admin:chat_room_add"), {"name": "Chess Club", "kind": "public"})
        assert look_up("chess-club") == Room.objects.get(slug="chess-club")

    def test_rooms_are_filtered_by_kind(self):
        room("Tea")
        room("Club", kind="private")
        assert listed(self.alice, "room", kind__exact="private") == {"Club"}


class DeletionTests(TestCase):
    def setUp(self):
        self.alice = alice()
        self.chess = room("Chess")
        write(self.chess, guest(), *(f"move {number}" for number in range(20)))
        self.address = reverse("admin:chat_room_delete", args=[self.chess.pk])

    def test_the_confirmation_counts_messages_without_reading_them(self):
        self.assertContains(self.alice.get(self.address), "Chess (chess), with 20 messages")
        assert not [sql for sql in queries(self.alice, "get", self.address) if MESSAGES in sql]

    def test_a_deleted_rooms_messages_are_deleted_without_reading(self):
        asked = queries(self.alice, "post", self.address, {"post": "yes"})
        assert [sql.split()[0] for sql in asked if MESSAGES in sql] == ["DELETE"]
        assert not Message.objects.exists()

    def test_several_rooms_are_deleted_after_a_confirmation(self):
        go = room("Go")
        page = act(self.alice, "delete_selected", self.chess, go)
        self.assertContains(page, "Go (go), with 0 messages")
        assert Room.objects.count() == 2
        act(self.alice, "delete_selected", self.chess, go, post="yes")
        assert not Room.objects.exists()

    def test_the_permission_to_delete_rooms_covers_their_messages(self):
        act(bob("delete_room"), "delete_selected", self.chess, post="yes")
        assert not Room.objects.exists()
