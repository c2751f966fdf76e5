import re
from datetime import UTC, datetime, timedelta
from unittest import mock

from django.db import connection
from django.test import TestCase

from chat.admin import lists
from chat.log import Edit, React, Reactions, commit_writes
from chat.models import Message
from tests.admin.support import (
    act,
    alice,
    bob,
    form_of,
    guest,
    history,
    list_of,
    listed,
    queries,
    room,
    write,
)


class MessageTests(TestCase):
    def setUp(self):
        self.alice = alice()
        self.chess, self.go = room("Chess"), room("Go")
        self.ana, self.ion = guest("Ana"), guest("Ion")
        self.e4, self.e5 = write(self.chess, self.ana, "e4", "e5")
        (self.hane,) = write(self.go, self.ion, "hane at the head of two")

    def test_messages_are_found_by_text_and_by_author(self):
        assert listed(self.alice, "message", q="HEAD") == {str(self.hane)}
        assert listed(self.alice, "message", q="ana") == {str(self.e4), str(self.e5)}

    def test_messages_are_found_in_any_case_of_any_script(self):
        (russian, french, greek) = write(self.go, self.ion, "ПРИВЕТ всем", "cafe\u0301", "ΣΊΣΥΦΟΣ")
        found = {"привет": russian, "CAF\u00c9": french, "σίσυφο": greek}
        for term, message in found.items():
            assert listed(self.alice, "message", q=term) == {str(message)}
        assert listed(self.alice, "message", q="пока") == set()

    def test_messages_are_filtered_by_room_and_author(self):
        for query in ({"room": self.go.pk}, {"author": self.ion.pk}):
            assert listed(self.alice, "message", **query) == {str(self.hane)}
        assert listed(self.alice, "message", room=self.go.pk, author=self.ana.pk) == set()

    def test_the_list_of_a_room_is_read_without_sorting_the_room(self):
        asked = queries(self.alice, "get", list_of("message"), {"room": self.go.pk})
        (listing,) = [sql for sql in asked if '."body"' in sql]
        with connection.cursor() as cursor:
            steps = cursor.execute(f"EXPLAIN QUERY PLAN {listing}").fetchall()
        assert steps
        assert not [step for step in steps if "ORDER BY" in step[-1]]

    def test_messages_are_filtered_by_days_both_included(self):
        first, last = datetime(2030, 5, 1, tzinfo=UTC), datetime(2030, 5, 3, 23, 59, tzinfo=UTC)
        Message.objects.filter(pk=self.e4.pk).update(created_at=first)
        Message.objects.filter(pk=self.e5.pk).update(created_at=last)
        both = {str(self.e4), str(self.e5)}
        assert listed(self.alice, "message", since="2030-05-01", until="2030-05-03") == both
        assert listed(self.alice, "message", since="2030-05-02") == {str(self.e5)}
        assert listed(self.alice, "message", since="2030-05-01", until="9999-12-31") == both

    def test_an_invalid_filter_redirects_to_the_whole_list(self):
        for query in ({"since": "yesterday"}, {"room": "x"}, {"author": "0"}):
            with self.subTest(query):
                response = self.alice.get(list_of("message"), query)
                self.assertRedirects(response, f"{list_of('message')}?e=1")

    def test_the_filter_keeps_the_search(self):
        page = self.alice.get(list_of("message"), {"q": "e4", "deleted": "no"})
        for name, value in {"q": "e4", "deleted": "no"}.items():
            field = f'<input type="hidden" name="{name}" value="{value}">'
            self.assertContains(page, field, html=True)

    def test_the_page_of_a_message_says_who_reacted(self):
        people = (self.ana, "👍"), (self.ion, "👍"), (self.ana, "❤️")
        reacts = [React(self.chess.pk, who.pk, 1, emoji, True) for who, emoji in people]
        commit_writes([Reactions(self.chess.pk, 1, reacts)])
        page = self.alice.get(form_of(self.e4))
        self.assertContains(page, '<p dir="auto">👍 Ana, Ion</p><p dir="auto">❤️ Ana</p>')
        with mock.patch("chat.admin.messages.PEOPLE_SHOWN", 1):
            self.assertContains(self.alice.get(form_of(self.e4)), "And 2 more.")

    def test_earlier_texts_are_shown_some_at_a_time(self):
        for body in ("one", "two", "three", "four"):
            commit_writes([Edit(self.chess.pk, self.ana.pk, 1, body, None, timedelta(days=1))])
        with mock.patch("chat.admin.messages.EARLIER_SHOWN", 2):
            page = self.alice.get(form_of(self.e4))
            self.assertContains(page, '<p dir="auto">three</p><p dir="auto">two</p><p><a href=')
            (older,) = re.findall(r'<a href="([^"]*)">And 2 more.', page.content.decode())
            page = self.alice.get(form_of(self.e4) + older)
            self.assertContains(page, '<p dir="auto">one</p><p dir="auto">e4</p>')
            self.assertNotContains(page, "more.")
            page = self.alice.get(form_of(self.e4), {"texts_before": "x" * 30})
            self.assertContains(page, "And 2 more.")

    def test_deleting_and_restoring_is_logged_in_the_history(self):
        act(self.alice, "delete_messages", self.e4, self.e5)
        act(self.alice, "delete_messages", self.e4)
        act(self.alice, "restore_messages", self.e5, self.hane)
        assert listed(self.alice, "message", deleted="yes") == {str(self.e4)}
        assert history(self.e4) == ["Deleted."]
        assert history(self.e5) == ["Deleted.", "Restored."]
        assert history(self.hane) == []

    def test_each_change_is_the_rooms_next_version(self):
        act(self.alice, "delete_messages", self.e4)
        act(self.alice, "restore_messages", self.e4)
        self.e4.refresh_from_db()
        self.chess.refresh_from_db()
        assert (self.e4.version, self.chess.version) == (4, 4)

    def test_the_permission_to_delete_includes_restoring(self):
        client = bob("delete_message")
        act(client, "delete_messages", self.e4)
        assert listed(client, "message", deleted="yes") == {str(self.e4)}
        act(client, "restore_messages", self.e4)
        assert listed(client, "message", deleted="yes") == set()

    def test_messages_and_names_are_escaped(self):
        write(self.chess, guest("<i>Eve</i>"), "<script>alert(1)</script>")
        page = self.alice.get(list_of("message"))
        self.assertContains(page, "&lt;script&gt;alert(1)&lt;/script&gt;")
        self.assertContains(page, "&lt;i&gt;Eve&lt;/i&gt;")

    def test_what_was_said_comes_first_and_nearly_whole(self):
        long = f"{'a word ' * 40}at last"
        write(self.chess, self.ana, long, "x" * 4000, "one\ntwo", "\u0633\u0644\u0627\u0645")
        page = self.alice.get(list_of("message"))
        assert page.context["cl"].list_display[1] == "text"
        for shown in (long, f"{'x' * 299}\u2026", "one\ntwo", "\u0633\u0644\u0627\u0645"):
            self.assertContains(page, f'<span dir="auto">{shown}</span>')

    def test_a_deleted_message_is_seen_in_the_list(self):
        deleted = '<span class="is-deleted">Deleted</span>'
        self.assertNotContains(self.alice.get(list_of("message")), deleted)
        act(self.alice, "delete_messages", self.e4)
        self.assertContains(self.alice.get(list_of("message")), deleted, count=1)

    def test_a_message_is_deleted_and_restored_on_its_own_page(self):
        for button, action in (("Delete", "delete_messages"), ("Restore", "restore_messages")):
            page = self.alice.get(form_of(self.e4))
            self.assertContains(page, f'value="{button} this message"')
            self.assertContains(page, f'name="action" value="{action}"')
            act(self.alice, action, self.e4)
        assert history(self.e4) == ["Deleted.", "Restored."]

    def test_what_a_message_said_before_is_shown_to_moderators(self):
        edits = [
            Edit(self.chess.pk, self.ana.pk, 1, body, None, timedelta(days=1))
            for body in ("<b>e5</b>", "d4")
        ]
        commit_writes(edits)
        page = self.alice.get(form_of(self.e4))
        self.assertContains(page, '<p dir="auto">&lt;b&gt;e5&lt;/b&gt;</p><p dir="auto">e4</p>')
        self.assertNotContains(self.alice.get(form_of(self.e5)), "<p dir")

    def test_who_may_only_view_is_offered_no_button(self):
        self.assertNotContains(bob().get(form_of(self.e4)), "this message")

    def test_a_long_list_is_counted_up_to_the_limit(self):
        with mock.patch.object(lists, "MAX_LISTED", 2):
            changelist = self.alice.get(list_of("message")).context["cl"]
        assert changelist.result_count == 2

    def test_a_long_selection_is_changed_in_parts_newest_first(self):
        with mock.patch.object(lists, "MAX_CHANGED", 2):
            page = act(self.alice, "delete_messages", self.e4, select_across="1")
        self.assertContains(page, "2 messages deleted. There are more")
        assert listed(self.alice, "message", deleted="no") == {str(self.e4)}

    def test_the_list_takes_as_many_queries_for_twenty_as_for_two(self):
        asked = []
        for numbers in (range(2), range(2, 20)):
            for number in numbers:
                write(room(f"Room {number}"), guest(f"Guest {number}"), "hello")
            asked.append(len(queries(self.alice, "get", list_of("message"), {"q": "hello"})))
        assert asked[0] == asked[1]
