"""The page of an invitation: what it says to whom, and what it keeps to itself."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from chat.access import invitations
from chat.access.invitations import Terms
from chat.models import Invitation, Membership, Person, Room

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga():
    return Person.objects.get(user=User.objects.create_user("Olga"))


@pytest.fixture
def club(olga):
    return private("Chess <Club>", "club~abcdefghijkl", olga)


def private(name: str, slug: str, owner: Person) -> Room:
    room = Room.objects.create(slug=slug, name=name, kind="private", topic="Openings")
    Membership.objects.create(room=room, person=owner, role="owner")
    return room


def link_to(olga: Person, *rooms: Room, **terms) -> str:
    _, code = invitations.create(olga, rooms, Terms(**terms))
    return f"/invitations/{code}/"


def test_it_says_who_invites_to_what(client, olga, club):
    page = client.get(link_to(olga, club)).content.decode()
    assert "<bdi>Olga</bdi> invites you to <bdi>Chess &lt;Club&gt;</bdi>" in page
    assert "Openings" in page
    assert 'name="name"' in page


def test_it_names_all_rooms(client, olga, club):
    page = client.get(link_to(olga, club, private("Go", "go", olga))).content.decode()
    assert "<bdi>Olga</bdi> invites you to 2 rooms" in page
    assert "Chess &lt;Club&gt;" in page
    assert ">Go</li>" in page


def test_opening_it_uses_nothing_up(client, olga, club):
    link = link_to(olga, club, max_uses=1)
    for _ in range(3):
        assert client.get(link).status_code == 200
        client.head(link)
    assert Invitation.objects.get().uses == 0
    assert not Person.objects.exclude(pk=olga.pk).exists()


def test_the_address_is_passed_on_by_nothing(client, olga, club):
    own = Client()
    own.force_login(olga.user)
    link = link_to(olga, club)
    for visitor, address in ((client, link), (client, "/invitations/wrong/"), (own, link)):
        response = visitor.get(address)
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["Cache-Control"] == "no-store"


def test_previews_and_search_engines_learn_nothing_of_the_room(client, olga, club):
    page = client.get(link_to(olga, club)).content.decode()
    head = page.partition("</head>")[0]
    assert 'content="noindex"' in head
    assert "og:" not in head
    assert "Chess" not in head
    assert "Olga" not in head


def test_those_that_ended_have_the_page_of_one_that_never_was(client, olga, club):
    now = timezone.now()
    pages = [client.get("/invitations/wrong/")]
    for fields in ({"revoked_at": now}, {"expires_at": now}, {"max_uses": 1, "uses": 1}):
        link = link_to(olga, club)
        newest = Invitation.objects.order_by("-pk").first()
        Invitation.objects.filter(pk=newest.pk).update(**fields)
        pages.append(client.get(link))
    assert {page.status_code for page in pages} == {404}
    assert len({page.content for page in pages}) == 1
    assert "Ask for a new one." in pages[0].content.decode()


def test_a_member_needs_no_name(olga, club):
    client = Client()
    client.force_login(User.objects.create_user("Mara"))
    page = client.get(link_to(olga, club)).content.decode()
    assert "Signed in as <bdi>Mara</bdi>" in page
    assert 'name="name"' not in page


def test_who_belongs_there_already_goes_on(olga, club):
    client = Client()
    client.force_login(olga.user)
    link = link_to(olga, club)
    assert client.get(link).url == club.get_absolute_url()


def test_who_belongs_there_goes_on_by_one_that_has_ended_too(olga, club):
    member, charlie = (User.objects.create_user(name) for name in ("Mara", "Charlie"))
    Membership.objects.create(room=club, person=member.person)
    link = link_to(olga, club, max_uses=1)
    Invitation.objects.update(uses=1)
    client = Client()
    client.force_login(member)
    assert client.get(link).url == club.get_absolute_url()
    client.force_login(charlie)
    page = client.get(link)
    assert page.status_code == 404
    assert "invitationended" not in page.content.decode()


def test_a_page_of_an_ended_one_asks_whether_this_guest_came_by_it(client):
    assert "invitationended" in client.get("/invitations/wrong/").content.decode()


def test_signing_in_comes_back(client, olga, club):
    link = link_to(olga, club)
    assert f'href="/accounts/login/?next={link}"' in client.get(link).content.decode()
    page = client.get("/accounts/login/", {"next": link}).content.decode()
    assert f'href="{link}"' in page


def test_somebody_blocked_is_not_invited(olga, club):
    user = User.objects.create_user("Charlie")
    Person.objects.filter(user=user).update(blocked_at=timezone.now())
    client = Client()
    client.force_login(user)
    response = client.get(link_to(olga, club))
    assert response.status_code == 403
    assert "Chess" not in response.content.decode()


def test_a_guest_may_try_a_room_whose_address_cannot_be_guessed(client, club):
    """Their token, which says whether they belong to it, comes with the join."""
    for address in (club.get_absolute_url(), "/rooms/nowhere~abcdefghijkl/"):
        response = client.get(address)
        assert response.status_code == 200
        page = response.content.decode()
        assert "Start" not in page
        assert "<Club>" not in page
        assert "Chess" not in page


def test_nobody_is_asked_to_start_a_room_at_such_an_address(club):
    client = Client()
    client.force_login(User.objects.create_user("Charlie"))
    response = client.get(club.get_absolute_url())
    assert response.status_code == 404
    assert "This room does not exist" in response.content.decode()


def test_a_guest_who_is_to_look_after_a_room_is_sent_to_sign_in(client, olga, club):
    link = link_to(olga, club, role="moderator")
    page = client.get(link).content.decode()
    assert "people with an account" in page
    assert 'name="name"' not in page
    assert page.count(f"/accounts/login/?next={link}") == 2
    member = Client()
    member.force_login(User.objects.create_user("Mara"))
    assert "people with an account" not in member.get(link).content.decode()
