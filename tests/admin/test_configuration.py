from django.test import TestCase
from django.urls import reverse

from chat.access.memberships import changed_access
from chat.log import move_room
from chat.models import Configuration, Room
from chat.rules.origins import is_listed
from tests.admin.support import alice, edit, errors, form_of, history, list_of, open_form, room


class ConfigurationTests(TestCase):
    def setUp(self):
        self.alice = alice()
        room("Lobby")

    def test_the_list_redirects_to_the_form_before_the_first_save(self):
        response = self.alice.get(list_of("configuration"))
        self.assertRedirects(response, form_of(Configuration.load()))
        assert not Configuration.objects.exists()

    def test_there_is_no_other_configuration(self):
        response = self.alice.get(form_of(Configuration(pk=2)))
        self.assertRedirects(response, reverse("admin:index"))

    def test_the_first_save_creates_the_row_and_others_change_it(self):
        for name in ("Club", "Salon"):
            response = edit(self.alice, Configuration.load(), site_name=name)
            self.assertRedirects(response, list_of("configuration"), target_status_code=302)
            assert Configuration.objects.get().site_name == name
        assert history(Configuration.load()) == ["Changed Site name."] * 2

    def test_an_old_form_leaves_what_others_have_changed(self):
        shown = open_form(self.alice, Configuration.load())
        edit(self.alice, Configuration.load(), welcome="Hello", guests_may_write=None)
        self.alice.post(form_of(Configuration.load()), shown | {"site_name": "Club"})
        now = Configuration.load()
        assert (now.site_name, now.welcome, now.guests_may_write) == ("Club", "Hello", False)

    def test_the_default_room_is_one_that_everybody_may_enter(self):
        tea = room("Tea")
        with changed_access(tea.pk) as stored:
            move_room(stored, "tea-house")
            stored.save()
        closed = {"joining_creates_rooms": None}
        response = edit(self.alice, Configuration.load(), default_room="tea", **closed)
        assert response.status_code == 302
        for number, kind in enumerate((Room.Kind.PRIVATE, Room.Kind.DIRECT)):
            hidden = room("Hidden", kind=kind, slug=f"hidden~abcdefghjk{number}2")
            response = edit(self.alice, Configuration.load(), default_room=hidden.slug)
            assert list(errors(response)) == ["default_room"]

    def test_a_default_room_that_is_gone_keeps_nobody_from_changing_the_rest(self):
        Configuration(default_room="tea", joining_creates_rooms=False).save()
        response = edit(self.alice, Configuration.load(), site_name="Club")
        assert response.status_code == 302
        assert Configuration.load().site_name == "Club"

    def test_every_setting_is_in_the_form(self):
        form = self.alice.get(form_of(Configuration.load())).context["adminform"].form
        settings = {field.name for field in Configuration._meta.fields} - {"id"}
        assert set(form.fields) == settings

    def test_invalid_settings_are_refused_at_their_field(self):
        wrong = {
            "site_name": "",
            "default_room": "Chess Club",
            "allowed_origins": "https://example.org/page",
            "max_body": "0",
            "socket_rate": "nan",
            "person_burst": "-1",
        }
        for setting, value in wrong.items():
            with self.subTest(setting):
                response = edit(self.alice, Configuration.load(), **{setting: value})
                assert list(errors(response)) == [setting]
        assert "equal to 1" in str(errors(edit(self.alice, Configuration.load(), max_body="-1")))
        assert not Configuration.objects.exists()

    def test_every_origin_that_cannot_work_is_named(self):
        wrong = "https://*.example.org\nhttps://a.example, https://b.example\nhttps://c.example"
        response = edit(self.alice, Configuration.load(), allowed_origins=wrong)
        star, comma = errors(response)["allowed_origins"]
        assert "https://*.example.org" in star
        assert "without commas" in comma

    def test_a_website_with_letters_of_any_script_is_allowed(self):
        edit(self.alice, Configuration.load(), allowed_origins="https://b\u00fccher.example")
        allowed = Configuration.load().origins()
        assert is_listed("https://xn--bcher-kva.example", allowed)
        assert not is_listed("https://bucher.example", allowed)

    def test_what_an_earlier_release_took_stops_nothing(self):
        Configuration.objects.create(allowed_origins="https://*.example.org\nhttps://a.example")
        assert Configuration.load().origins() == {("https", "a.example", 443)}

    def test_a_default_room_that_nobody_can_create_is_refused(self):
        changes = {"default_room": "chess", "joining_creates_rooms": None}
        response = edit(self.alice, Configuration.load(), **changes)
        assert list(errors(response)) == ["default_room"]
        room("Chess")
        assert edit(self.alice, Configuration.load(), **changes).status_code == 302
