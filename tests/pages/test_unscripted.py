"""What is in the pages before scripts run: nothing that only scripts could know or make true."""

from html.parser import HTMLParser

import pytest

from chat.models import Room

pytestmark = pytest.mark.django_db

UNSEEN = {"head", "script", "style", "svg"}
NOTICE = (
    "Chatting needs JavaScript. Switch it on for this site and reload the page, "
    "or open it in another browser."
)


class Words(HTMLParser):
    """Collects the words that a browser for texts shows: also of templates and what is hidden."""

    def __init__(self):
        super().__init__()
        self.found: list[str] = []
        self._unseen: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag in UNSEEN:
            self._unseen.append(tag)

    def handle_endtag(self, tag):
        if self._unseen and self._unseen[-1] == tag:
            self._unseen.pop()

    def handle_data(self, data):
        if data.strip() and not self._unseen:
            self.found.append(" ".join(data.split()))


def words_of(client, address: str) -> list[str]:
    words = Words()
    words.feed(client.get(address).content.decode())
    return words.found


def test_a_rooms_page_has_its_name_and_topic_and_no_state(client):
    Room.objects.create(slug="garden", name="Garden", topic="Tomatoes")
    words = words_of(client, "/rooms/garden/")
    dialog = words.index("Join")
    assert words[:dialog] == [
        *("Garden", "Tomatoes"),
        "Garden",
        NOTICE,
        *("Colours", "System", "Light", "Dark", "Sign in"),
        "People",
    ]
    assert words[dialog + 1 : dialog + 2] == ["Garden"]
    # After the dialog there are only templates, which say nothing.
    assert words[-3:] == ["Join", "All rooms", "Sign in"]


def test_the_page_of_a_missing_room_does_not_say_that_it_is_empty(client):
    assert words_of(client, "/rooms/nowhere/")[:3] == ["nowhere", "nowhere", NOTICE]


def test_the_first_page_says_what_is_needed_before_its_form(client):
    words = words_of(client, "/")
    assert words.index(NOTICE) < words.index("Your name") < words.index("Join")
    assert not any("here" in word.split() for word in words[words.index("Rooms") :])
