from django.test import TestCase, override_settings
from django.urls import reverse

from tests.admin.support import act, alice, guest, list_of, room, write


@override_settings(TIME_ZONE="Europe/Madrid")
class TimeTests(TestCase):
    def test_pages_with_times_name_their_zone(self):
        (message,) = write(room("Chess"), guest("Ana"), "e4")
        signed_in = alice()
        act(signed_in, "block", message.author)
        alice_id = signed_in.session["_auth_user_id"]
        pages = [
            list_of("message"),
            list_of("person"),
            reverse("admin:chat_message_change", args=[message.pk]),
            reverse("admin:chat_person_change", args=[message.author_id]),
            reverse("admin:chat_person_history", args=[message.author_id]),
            reverse("admin:auth_user_change", args=[alice_id]),
        ]
        for page in pages:
            with self.subTest(page):
                self.assertContains(signed_in.get(page), "Times are in Europe/Madrid.")

    def test_pages_without_times_name_no_zone(self):
        pages = [
            reverse("admin:index"),
            reverse("admin:chat_configuration_change", args=[1]),
            list_of("room"),
            reverse("admin:chat_room_change", args=[room("Chess").pk]),
            reverse("admin:auth_user_changelist"),
            reverse("admin:auth_user_add"),
        ]
        signed_in = alice()
        for page in pages:
            with self.subTest(page):
                self.assertNotContains(signed_in.get(page), "Times are in")
