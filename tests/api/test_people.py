"""GET /api/v1/people: whom one may mention or write to, found by their names."""

import pytest

from chat.access.people import folded, has_word
from chat.models import Person
from tests.api.support import Caller, new_guest, new_member
from tests.support.people import block
from tests.support.sockets import SocketTestCase


async def found(asker: Caller, typed: str) -> list[str]:
    response = await asker.get(f"people?q={typed}")
    assert response.status == 200
    return [person["name"] for person in response["people"]]


class PeopleTests(SocketTestCase):
    async def test_members_and_bots_are_found_and_nobody_else(self):
        mara, charlie, dan = [await new_member(name) for name in ("Mara", "Charlie", "Dan")]
        await new_guest("Damian")
        await Person.objects.acreate(name="Daily Bot", kind=Person.Kind.BOT)
        await block(charlie.user["id"])
        person = await Person.objects.select_related("user").aget(name="Dan")
        assert await found(mara, "") == ["Daily Bot", "Dan"]
        assert await found(mara, "DA") == ["Daily Bot", "Dan"]
        person.user.is_active = False
        await person.user.asave()
        assert await found(mara, "da") == ["Daily Bot"]
        (await dan.get("people?q=")).check_error(401, "unauthorized")

    async def test_a_person_comes_as_a_user(self):
        mara, dan = await new_member("Mara"), await new_member("Dan")
        assert (await mara.get("people?q=d"))["people"] == [dan.user]

    async def test_guests_find_nobody_and_strangers_may_not_ask(self):
        await new_member("Mara")
        assert await found(await new_guest("Ana"), "m") == []
        (await Caller().get("people?q=m")).check_error(401, "unauthorized")

    async def test_twenty_are_found_at_most_and_names_that_begin_so_come_first(self):
        mara = await new_member("Mara")
        names = [f"Al {number:02}" for number in range(19)] + ["Old Al", "Very Old Al"]
        for name in names:
            await Person.objects.acreate(name=name, kind=Person.Kind.BOT)
        assert await found(mara, "al") == [*names[:19], "Old Al"]


@pytest.mark.parametrize(
    ("name", "typed", "is_found"),
    [
        *(("Zo\u00eb", "zoe", True), ("Zo\u00eb", "ZOE\u0308", True), ("zoe", "zo\u00eb", True)),
        *(("Ana-Maria Pop", "mar", True), ("Ana-Maria Pop", "ana-maria p", True)),
        *(("Anamaria", "maria", False), ("mamaria maria", "maria", True), ("Ana", "anab", False)),
        *(("Ștefan", "stef", True), ("李雷", "李", True), ("Straße", "STRASSE", True)),
        *(("🎉 party", "🎉", True), ("_x_", "x", True), ("Ana", "", True), ("नेहा", "ने", True)),
    ],
)
def test_a_name_is_found_by_the_beginning_of_a_word(name, typed, is_found):
    assert has_word(folded(name), folded(typed)) == is_found
