"""What others show of the site: previews of links, search engines, the screens of phones."""

import json
import re
import struct
from html import unescape
from http import HTTPStatus

import pytest
from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.utils import timezone

from chat.access import policies
from chat.access.identity import person_of
from chat.models import Configuration, Person, Room

pytestmark = pytest.mark.django_db

HOST = "http://testserver"


@pytest.fixture
def garden():
    return Room.objects.create(slug="garden", name='Garden "East" & <West>', topic="Tomatoes > all")


@pytest.fixture
def mia():
    """Return a member's account; the member has visited the site."""
    user = User.objects.create_user("mia")
    person_of(user)
    return user


def metas(client, address: str) -> dict[str, str]:
    """Return what the page's meta elements say, by their names."""
    text = client.get(address).content.decode()
    found = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', text)
    return {name: unescape(content) for name, content in found}


def configure(**fields):
    Configuration.objects.update_or_create(pk=1, defaults=fields)


def test_the_first_page_introduces_the_site(client):
    configure(site_name="Our place", welcome="Be kind.")
    found = metas(client, "/")
    assert found["description"] == found["og:description"] == "Be kind."
    assert (found["og:title"], found["og:site_name"]) == ("Our place", "Our place")
    assert found["og:url"] == f"{HOST}/"
    assert found["og:image"].startswith(f"{HOST}/static/chat/icons/512")
    assert "robots" not in found


def test_names_turn_no_words_of_a_title_or_a_preview(client):
    """Before any script runs, and for who runs none: search engines, previews, a saved page."""
    configure(site_name="\u202eplace", welcome="")
    Room.objects.create(slug="tea", name="\u05ea\u05d4")
    room, site = "\u2068\u05ea\u05d4\u2069", "\u2068place\u2069"
    titles = {
        "/": site,
        "/rooms/tea/": f"{room} \N{EN DASH} {site}",
        "/accounts/login/": f"Sign in \N{EN DASH} {site}",
        "/api/docs/": f"API \N{EN DASH} {site}",
    }
    for address, title in titles.items():
        assert f"<title>{title}</title>" in client.get(address).content.decode()
    found = metas(client, "/rooms/tea/")
    assert (found["og:title"], found["og:site_name"]) == (room, site)
    assert found["description"] == f"A room of {site}"
    assert metas(client, "/")["description"] == f"Rooms to talk in at {site}"


def test_there_is_a_description_without_a_welcome(client):
    configure(site_name="Our place", welcome="")
    assert metas(client, "/")["description"] == "Rooms to talk in at Our place"


def test_a_room_is_introduced_by_its_name_and_topic(client, garden):
    found = metas(client, "/rooms/garden/")
    assert found["og:title"] == 'Garden "East" & <West>'
    assert found["description"] == found["og:description"] == "Tomatoes > all"
    assert found["og:url"] == f"{HOST}/rooms/garden/"
    # A preview of a link is wanted, a copy of the conversation in a search engine is not.
    assert found["robots"] == "noindex"


def test_a_room_that_is_closed_to_writing_is_still_introduced(client, garden):
    Room.objects.update(closed=True)
    assert metas(client, "/rooms/garden/")["og:title"] == garden.name


def test_addresses_are_those_that_people_open(client, garden, settings):
    settings.BASE_URL = "https://chat.example.org"
    Room.objects.create(slug="grădină", name="Grădină")
    found = metas(client, "/rooms/grădină/")
    assert found["og:url"] == "https://chat.example.org/rooms/gr%C4%83din%C4%83/"
    assert found["og:image"].startswith("https://chat.example.org/static/")


def says_nothing_of(client, room: Room) -> bool:
    text = unescape(client.get(f"/rooms/{room.slug}/").content.decode())
    return room.name not in text and room.topic not in text


def test_nothing_is_said_of_a_room_that_may_not_be_read(client, garden, monkeypatch):
    monkeypatch.setattr(policies, "may", lambda *arguments, **options: False)
    assert says_nothing_of(client, garden)
    assert metas(client, "/rooms/garden/") == metas(client, "/rooms/nowhere/")
    assert metas(client, "/rooms/nowhere/")["og:url"] == f"{HOST}/"


def test_a_member_may_see_a_room_whose_preview_is_for_nobody(client, garden, mia, monkeypatch):
    monkeypatch.setattr(policies, "may", lambda person, *arguments, **options: person is not None)
    client.force_login(mia)
    assert "Tomatoes" in client.get("/rooms/garden/").content.decode()
    assert metas(client, "/rooms/garden/")["og:title"] == "Chatsite"


def test_somebody_who_is_blocked_sees_nothing_of_rooms(client, garden, mia):
    client.force_login(mia)
    assert not says_nothing_of(client, garden)
    Person.objects.update(blocked_at=timezone.now())
    assert says_nothing_of(client, garden)


@pytest.mark.parametrize("address", ["/accounts/login/", "/nothing/", "/rooms/nowhere/"])
def test_other_pages_are_not_indexed(client, address):
    assert metas(client, address)["robots"] == "noindex"


def test_the_manifest_has_the_sites_name_and_icons_of_the_sizes_it_states(client):
    configure(site_name="Our place")
    response = client.get("/manifest.webmanifest")
    assert response["Content-Type"] == "application/manifest+json"
    manifest = json.loads(response.content)
    assert (manifest["name"], manifest["display"]) == ("Our place", "standalone")
    for icon in manifest["icons"]:
        assert icon["sizes"] == size_of(finders.find(icon["src"].removeprefix("/static/")))
    kinds = {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]}
    assert kinds == {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")}


def size_of(path: str) -> str:
    """Return the size that a PNG states in its first chunk."""
    with open(path, "rb") as file:
        start = file.read(24)
    assert start.startswith(b"\x89PNG\r\n")
    return "{}x{}".format(*struct.unpack(">II", start[16:]))


@pytest.mark.parametrize(
    ("address", "kind", "start"),
    [
        ("/favicon.ico", "image/x-icon", b"\0\0\1\0"),
        ("/apple-touch-icon.png", "image/png", b"\x89PNG"),
        ("/robots.txt", "text/plain", b"#"),
    ],
)
@pytest.mark.usefixtures("static_files")
def test_files_at_fixed_addresses_are_there(client, address, kind, start):
    for method in (client.get, client.head):
        response = method(address)
        assert response.status_code == HTTPStatus.OK
        assert response["Content-Type"].startswith(kind)
    assert b"".join(client.get(address)).startswith(start)


def test_robots_may_read_the_rooms_of_links_but_no_api(settings):
    rules = (settings.SERVESTATIC_ROOT / "robots.txt").read_text()
    assert "Disallow: /api/" in rules
    assert "/rooms" not in re.sub("#.*", "", rules)
