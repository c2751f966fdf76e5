"""Invitations that several use and revoke at once, through several processes."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from urllib.parse import urlsplit

import httpx
import pytest

ROUNDS = 5
numbers = count(1)
OWNER = """
from chat.models import Person
from chat.models.people import token_digest
Person.objects.create(name={name!r}, kind="bot", token_digest=token_digest({name!r}))
"""


class Owner:
    """Somebody with a private room, whose requests go to each process in turn."""

    def __init__(self, two):
        self.name = f"owner {next(numbers)}"
        two[0].manage("shell", "--no-imports", "-c", OWNER.format(name=self.name))
        self._urls = [f"{server.url}/api/v1" for server in two]
        wanted = {"name": "Club", "kind": "private"}
        self.slug = self.request(0, "POST", "/rooms", json=wanted).json()["slug"]

    def request(self, turn: int, method: str, path: str, **options) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.name}"}
        address = f"{self._urls[turn % 2]}{path}"
        response = httpx.request(method, address, headers=headers, timeout=30, **options)
        assert response.is_success, response.text
        return response

    def invite(self, **terms) -> tuple[int, str]:
        """Return the id of a new invitation, and its code."""
        wanted = {"rooms": [self.slug], **terms}
        made = self.request(0, "POST", "/invitations", json=wanted).json()
        return made["id"], urlsplit(made["link"]).path.split("/")[2]

    def guests(self) -> list[str]:
        """Return the names of the others in the room."""
        members = self.request(1, "GET", f"/rooms/{self.slug}/members").json()["members"]
        return sorted(member["name"] for member in members if member["name"] != self.name)

    def uses(self, invitation: int) -> int:
        listed = self.request(0, "GET", "/invitations").json()["invitations"]
        return next(each["uses"] for each in listed if each["id"] == invitation)


@pytest.fixture
def owner(two) -> Owner:
    return Owner(two)


def come(code: str, server, name: str) -> int:
    """Come by an invitation as a new guest; return the status."""
    address = f"{server.url}/api/v1/invitations/{code}"
    return httpx.post(address, json={"name": name}, timeout=30).status_code


def test_the_last_use_of_an_invitation_lets_one_person_in(two, owner):
    expected = []
    with ThreadPoolExecutor(4) as threads:
        for _ in range(ROUNDS):
            invitation, code = owner.invite(max_uses=1)
            names = [f"Guest {next(numbers)}" for _ in range(4)]
            statuses = list(threads.map(partial(come, code), two * 2, names))
            assert sorted(statuses) == [200, 404, 404, 404]
            assert owner.uses(invitation) == 1
            expected.append(names[statuses.index(200)])
    assert owner.guests() == sorted(expected)


def test_nobody_stays_by_an_invitation_that_was_revoked_while_they_came(two, owner):
    """Revoke it with the removal of who came by it, while others come: whoever is let in before is
    removed, and nobody is let in after."""
    outcomes = set()
    with ThreadPoolExecutor(5) as threads:
        for turn in range(ROUNDS):
            invitation, code = owner.invite()
            names = [f"Guest {next(numbers)}" for _ in range(4)]
            coming = [
                threads.submit(come, code, *each) for each in zip(two * 2, names, strict=True)
            ]
            path = f"/invitations/{invitation}?remove=true"
            threads.submit(owner.request, turn, "DELETE", path).result()
            outcomes |= {each.result() for each in coming}
            assert owner.guests() == []
    assert outcomes <= {200, 404}


def test_two_who_revoke_at_once_are_both_told_that_it_is_done(two, owner):
    with ThreadPoolExecutor(2) as threads:
        for _ in range(ROUNDS):
            invitation, code = owner.invite()
            assert come(code, two[0], f"Guest {next(numbers)}") == 200
            path = f"/invitations/{invitation}?remove=true"
            for revoking in [threads.submit(owner.request, n, "DELETE", path) for n in (0, 1)]:
                revoking.result()
            assert owner.guests() == []
            assert come(code, two[1], "Late") == 404
