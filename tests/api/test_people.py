"""GET /api/v1/people: whom one may mention or write to, found by their names."""

from asgiref.sync import sync_to_async

from chat.models import NameStart, Person
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

    async def test_who_matches_by_several_words_is_found_once(self):
        mara = await new_member("Mara")
        await Person.objects.acreate(name="Ada al-Ali al Al", kind=Person.Kind.BOT)
        assert await found(mara, "al") == ["Ada al-Ali al Al"]

    async def test_somebody_is_found_by_their_new_name_alone(self):
        mara, dan = await new_member("Mara"), await Person.objects.acreate(name="D", kind="bot")
        dan.name = "Old Zoë"
        await dan.asave(update_fields=["name"])
        assert (await found(mara, "zoe"), await found(mara, "d")) == (["Old Zoë"], [])

    async def test_who_was_stored_without_what_finds_them_is_found_after_the_next_start(self):
        mara = await new_member("Mara")
        await Person.objects.abulk_create([Person(name="Dan", kind="bot"), Person(name="Gus")])
        assert await found(mara, "dan") == []
        for _ in range(2):
            await sync_to_async(Person.objects.store_missing_starts)()
        assert await found(mara, "dan") == ["Dan"]
        assert await NameStart.objects.acount() == 2
