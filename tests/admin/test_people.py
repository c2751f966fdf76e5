from unittest import mock

from django.contrib.auth import get_user_model
from django.test import TestCase
from django.utils import timezone

from chat.access.identity import person_of
from chat.admin.people import PersonAdmin
from chat.models import Person
from tests.admin.support import (
    act,
    alice,
    bob,
    edit,
    errors,
    form_of,
    guest,
    history,
    list_of,
    listed,
    member,
    open_form,
    queries,
    room,
    write,
)


class PeopleTests(TestCase):
    def setUp(self):
        self.alice = alice()

    def test_a_new_name_is_stored_normalized_and_taken(self):
        ana = guest("Ana")
        self.assertRedirects(edit(self.alice, ana, name="\uff21na  Maria"), list_of("person"))
        ana.refresh_from_db()
        assert (ana.name, ana.name_key) == ("Ana Maria", "ana maria")
        assert history(ana) == ["Changed Name."]

    def test_an_old_form_does_not_unblock(self):
        ana = guest("Ana")
        shown = open_form(self.alice, ana)
        act(self.alice, "block", ana)
        self.alice.post(form_of(ana), shown | {"name": "Ana Maria"})
        ana.refresh_from_db()
        assert ana.is_blocked
        assert ana.name == "Ana Maria"

    def test_invalid_and_taken_names_are_refused(self):
        member("Ion")
        ana = guest("Ana")
        for name in ("", "A\u202eb", "\u200b", "iON", "l\u043en", "x" * 33):
            with self.subTest(name):
                assert list(errors(edit(self.alice, ana, name=name))) == ["name"]
        assert Person.objects.get(pk=ana.pk).name == "Ana"

    def test_a_member_can_change_the_case_of_their_own_name(self):
        ion = member("ion")
        edit(self.alice, ion, name="Ion")
        assert Person.objects.get(pk=ion.pk).name == "Ion"

    def test_the_form_blocks_and_unblocks(self):
        ana = guest()
        for blocked in (True, False):
            edit(self.alice, ana, blocked=blocked)
            assert Person.objects.get(pk=ana.pk).is_blocked == blocked
        assert history(ana) == ["Changed blocked."] * 2

    def test_a_rename_keeps_a_concurrent_block(self):
        ana, save_form = guest(), PersonAdmin.save_form

        def and_meanwhile(*args, **kwargs):
            Person.objects.update(blocked_at=timezone.now())
            return save_form(*args, **kwargs)

        with mock.patch.object(PersonAdmin, "save_form", and_meanwhile):
            edit(self.alice, ana, name="Anna")
        ana.refresh_from_db()
        assert (ana.name, ana.is_blocked) == ("Anna", True)

    def test_blocking_and_unblocking_is_logged_in_the_history(self):
        ana, ion = guest("Ana"), guest("Ion")
        act(self.alice, "block", ana, ion)
        act(self.alice, "block", ana)
        act(self.alice, "unblock", ion)
        assert listed(self.alice, "person", blocked="yes") == {"Ana"}
        assert listed(self.alice, "person", blocked="no") == {"alice", "Ion"}
        assert history(ana) == ["Blocked."]
        assert history(ion) == ["Blocked.", "Unblocked."]

    def test_the_permission_to_change_people_includes_blocking(self):
        ana = guest()
        act(bob("change_person"), "block", ana)
        assert Person.objects.get(pk=ana.pk).is_blocked

    def test_a_viewer_sees_who_is_blocked(self):
        ana = guest()
        ana.blocked_at = timezone.now()
        ana.save()
        page = bob().get(form_of(ana))
        self.assertContains(page, '<div class="readonly">Yes</div>', html=True)

    def test_people_are_found_by_name_in_any_case_and_by_kind(self):
        guest("Дмитрий")
        member("Émile")
        assert listed(self.alice, "person", q="дМИТ") == {"Дмитрий"}
        assert listed(self.alice, "person", kind__exact="member") == {"alice", "Émile"}

    def test_the_list_shows_accounts_and_counts_messages(self):
        ion = person_of(get_user_model().objects.create_user("ion"))
        write(room(), ion, "e4", "d4", "c4")
        write(room("Go"), guest("Ana"), "e5")
        page = self.alice.get(list_of("person"))
        self.assertContains(page, '<td class="field-user nowrap">ion</td>', html=True)
        self.assertContains(page, f'<a href="{list_of("message")}?author={ion.pk}">3</a>')

    def test_the_list_takes_as_many_queries_for_twenty_as_for_two(self):
        asked, chess = [], room()
        for numbers in (range(2), range(2, 20)):
            for number in numbers:
                user = get_user_model().objects.create_user(f"user{number}")
                write(chess, person_of(user), "hello")
            asked.append(len(queries(self.alice, "get", list_of("person"))))
        assert asked[0] == asked[1]
