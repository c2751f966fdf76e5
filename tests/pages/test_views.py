import json
import re
from http import HTTPStatus
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.template.loader import get_template
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chat.access import identity
from chat.log import create_direct_room
from chat.models import Configuration, Person, Room

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return User.objects.create_user("mia", password="a-good-password")


def configure(**fields):
    Configuration.objects.update_or_create(pk=1, defaults=fields)


def page_data(response) -> dict:
    found = re.search(r'<script id="page" type="application/json">(.*?)</script>', body(response))
    return json.loads(found[1])


def body(response) -> str:
    return response.content.decode()


# The first page


def test_the_first_page_shows_the_site_and_its_rooms(client):
    configure(site_name="Our place", welcome="Be kind.")
    Room.objects.create(slug="garden", name="Garden", topic="Tomatoes")
    text = body(client.get("/"))
    for words in ("Our place", "Be kind.", "Garden", "Tomatoes", "/rooms/garden/"):
        assert words in text


def test_the_first_page_shows_rooms_as_they_are_now(client):
    room = Room.objects.create(slug="garden", name="Garden", topic="Tomatoes")
    assert "Closed" not in body(client.get("/"))
    room.topic, room.closed = "Beans", True
    room.save()
    text = body(client.get("/"))
    assert "Beans" in text
    assert "Closed" in text
    assert "Tomatoes" not in text


def test_the_first_page_offers_the_default_room_by_its_name(client):
    configure(default_room="tea-house")
    assert client.get("/").context["form"]["room"].value() == "tea-house"
    Room.objects.create(slug="tea-house", name="Tea House")
    assert client.get("/").context["form"]["room"].value() == "Tea House"


def test_a_name_that_leads_elsewhere_is_not_offered(client):
    configure(default_room="tea-house")
    Room.objects.create(slug="tea-house", name="Coffee House")
    assert client.get("/").context["form"]["room"].value() == "tea-house"


def test_the_form_leads_to_the_room_that_was_typed(client):
    response = client.post("/", {"name": "Ana", "room": "Chess Club"})
    assert response.url == "/rooms/chess-club/"


def test_refused_input_stays_in_its_field_with_the_reason(client):
    response = client.post("/", {"name": "x" * 33, "room": "!!!"})
    assert response.status_code == HTTPStatus.OK
    assert set(response.context["form"].errors) == {"name", "room"}
    assert "x" * 33 in body(response)


def test_a_member_needs_no_name(client, member):
    client.force_login(member)
    assert 'name="name"' not in body(client.get("/"))
    assert client.post("/", {"room": "lobby"}).url == "/rooms/lobby/"


def test_text_of_people_is_escaped(client):
    Room.objects.create(slug="x", name="<script>alert(1)</script>", topic="<b>")
    text = body(client.get("/"))
    assert "<script>alert" not in text
    assert "<b>" not in text


# A room


def test_a_rooms_page_names_the_room_and_the_site(client):
    configure(site_name="Our place")
    room = Room.objects.create(slug="tea-house", name="Tea <House>")
    response = client.get("/rooms/tea-house/")
    assert page_data(response)["room"] == {
        "id": room.public_id,
        "slug": "tea-house",
        "name": "Tea <House>",
        "isNew": False,
    }
    text = body(response)
    assert "<title>Tea &lt;House&gt; \N{EN DASH} Our place</title>" in text
    assert "Join <bdi>Tea &lt;House&gt;</bdi>" in text


def test_a_direct_room_is_called_after_the_others_in_it(client, member):
    mia = identity.member_of(member)
    others = [
        Person.objects.create(kind=Person.Kind.MEMBER, name=name, name_key=name.lower())
        for name in ("Ben", "Ana")
    ]
    room = create_direct_room([*others, mia])
    client.force_login(member)
    response = client.get(f"/rooms/{room.slug}/")
    assert page_data(response)["room"]["name"] == "Ben, Ana"
    assert "<title>Ben, Ana" in body(response)


def test_a_missing_room_is_named_by_its_address(client):
    response = client.get("/rooms/gone/")
    missing = {"id": None, "slug": "gone", "name": "gone", "isNew": True}
    assert page_data(response)["room"] == missing
    assert "Start “<bdi>gone</bdi>”?</h2>" in body(response)


def says_that_there_is_no_room(response) -> bool:
    if response.status_code == HTTPStatus.OK:
        return False
    assert response.status_code == HTTPStatus.NOT_FOUND
    text = body(response)
    assert "This room does not exist" in text
    assert "<dialog" not in text
    assert "<textarea" not in text
    return True


@pytest.mark.parametrize("creating", [False, True])
@pytest.mark.parametrize("writing", [False, True])
def test_only_who_may_start_a_room_is_asked_to(client, member, creating, writing):
    configure(joining_creates_rooms=creating, guests_may_write=writing)
    guest_may = creating and writing
    assert says_that_there_is_no_room(client.get("/rooms/gone/")) != guest_may
    client.force_login(member)
    assert says_that_there_is_no_room(client.get("/rooms/gone/")) != creating


def test_who_is_told_that_there_is_no_room_can_sign_in(client, member):
    configure(joining_creates_rooms=False)
    assert "/accounts/login/?next=/rooms/gone/" in body(client.get("/rooms/gone/"))
    client.force_login(member)
    assert "/accounts/login/" not in body(client.get("/rooms/gone/"))


def test_somebody_who_is_blocked_is_told_so_in_every_room(client, member):
    Room.objects.create(slug="garden", name="Garden")
    client.force_login(member)
    Person.objects.filter(user=member).update(blocked_at=timezone.now())
    for slug in ("garden", "gone"):
        response = client.get(f"/rooms/{slug}/")
        assert response.status_code == HTTPStatus.FORBIDDEN
        assert "You can no longer take part here" in body(response)
        assert "<textarea" not in body(response)


def test_a_room_has_one_address(client):
    assert client.get("/rooms/Chess%20Club/").url == "/rooms/chess-club/"
    assert client.get(reverse("room", args=["șah"])).status_code == HTTPStatus.OK


def test_an_address_that_cannot_be_a_room_is_not_found(client):
    assert client.get("/rooms/!!!/").status_code == HTTPStatus.NOT_FOUND


def test_the_pages_data_cannot_break_out_of_its_script(client):
    configure(site_name="</script><script>alert(1)", welcome="<!--")
    response = client.get("/rooms/lobby/")
    assert page_data(response)["site"] == {"name": "</script><script>alert(1)", "welcome": "<!--"}
    assert "</script><script>alert" not in body(response)


def test_the_pages_data_says_whether_one_is_signed_in(client, member):
    assert page_data(client.get("/rooms/lobby/"))["signedIn"] is False
    client.force_login(member)
    assert page_data(client.get("/rooms/lobby/"))["signedIn"] is True


def test_a_rooms_page_takes_get_only(client):
    assert client.post("/rooms/lobby/").status_code == HTTPStatus.METHOD_NOT_ALLOWED


# Signing in and out


def test_signing_in_leads_back_to_the_page(client, member):
    configure(site_name="Our place")
    assert "Sign in to <bdi>Our place</bdi>" in body(client.get("/accounts/login/"))
    credentials = {"username": "mia", "password": "a-good-password", "next": "/rooms/garden/"}
    assert client.post("/accounts/login/", credentials).url == "/rooms/garden/"


def test_signing_in_leads_to_no_other_site(client, member):
    credentials = {"username": "mia", "password": "a-good-password", "next": "//evil.example/"}
    assert client.post("/accounts/login/", credentials).url == "/"


def test_a_wrong_password_is_explained(client, member):
    response = client.post("/accounts/login/", {"username": "mia", "password": "wrong"})
    assert "The username or the password is not right." in body(response)


def test_signing_out_needs_a_post(client, member):
    client.force_login(member)
    assert client.get("/accounts/logout/").status_code == HTTPStatus.METHOD_NOT_ALLOWED
    client.post("/accounts/logout/")
    assert page_data(client.get("/rooms/lobby/"))["signedIn"] is False


# All pages


@pytest.mark.parametrize(
    ("next", "leads_to"),
    [
        ("/rooms/garden/", "/rooms/garden/"),
        ("/", "/"),
        ("", "/"),
        ("/admin/", "/"),
        ("/nothing/", "/"),
        ("https://example.org/rooms/garden/", "/"),
    ],
)
def test_who_goes_on_as_a_guest_is_back_where_they_were(client, next, leads_to):
    text = body(client.get("/accounts/login/", {"next": next}))
    assert f'href="{leads_to}">Continue as a guest' in text


@pytest.mark.parametrize("address", ["/", "/rooms/lobby/", "/accounts/login/", "/nothing/"])
def test_pages_have_a_strict_content_security_policy(client, address):
    response = client.get(address)
    policy = set(response["Content-Security-Policy"].split("; "))
    # The others do not follow from the first.
    assert policy >= {"default-src 'self'", "require-trusted-types-for 'script'"}
    assert "trusted-types plainchat" in policy
    assert "object-src 'none'" in policy
    assert policy >= {"base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"}
    assert "unsafe" not in str(policy)
    assert response["X-Frame-Options"] == "DENY"
    text = body(response)
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text)
    scripts = re.findall(r"<script([^>]*)>", text)
    assert all("src=" in script or "application/json" in script for script in scripts)


@pytest.mark.parametrize(("cookie", "theme"), [("dark", "dark"), ("light", "light")])
def test_the_chosen_theme_is_in_the_html(client, cookie, theme):
    client.cookies["theme"] = cookie
    assert f'<html lang="en" data-theme="{theme}">' in body(client.get("/"))


def test_an_unknown_theme_is_ignored(client):
    client.cookies["theme"] = "evil"
    assert "evil" not in body(client.get("/"))


def test_a_missing_page_has_a_page_of_its_own(client):
    response = client.get("/nothing/")
    assert response.status_code == HTTPStatus.NOT_FOUND
    assert "There is no page at this address." in body(response)


def test_a_form_without_csrf_token_is_explained():
    response = Client(enforce_csrf_checks=True).post("/", {"name": "Ana", "room": "lobby"})
    assert response.status_code == HTTPStatus.FORBIDDEN
    assert "This page was open for too long" in body(response)


def test_the_error_page_needs_nothing_of_the_server(settings):
    source = Path(get_template("500.html").origin.name).read_text()
    # The theme that was chosen is in a cookie.
    assert "{" not in re.sub(r"{% if theme .*{% endif %}", "", source)
    for address in re.findall(r'href="/static/([^"]+)"', source):
        assert (settings.ROOT / "static" / address).exists()


def test_scripts_never_write_markup(settings):
    scripts = list((settings.ROOT / "static" / "chat").rglob("*.js"))
    assert scripts
    for script in scripts:
        found = re.search(
            r"\b(inner|outer|insertAdjacent)HTML\b|document\.write|eval\(", script.read_text()
        )
        assert not found, f"{script}: {found[0]}"
