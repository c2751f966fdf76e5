from django.test import TestCase, override_settings
from django.urls import reverse

from tests.admin.support import alice, guest, list_of, room, write


@override_settings(TIME_ZONE="Europe/Madrid")
class TimeTests(TestCase):
    def test_pages_with_times_name_their_zone(self):
        (message,) = write(room("Chess"), guest("Ana"), "e4")
        pages = [
            list_of("message"),
            list_of("person"),
            reverse("admin:chat_message_change", args=[message.pk]),
            reverse("admin:chat_person_change", args=[message.author_id]),
        ]
        signed_in = alice()
        for page in pages:
            with self.subTest(page):
                self.assertContains(signed_in.get(page), "Times are in Europe/Madrid.")
