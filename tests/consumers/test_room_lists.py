"""The list of one's own rooms: whole once, then what changed; nothing of rooms that one may not
read."""

from asgiref.sync import sync_to_async

from chat.access import memberships
from chat.live import server
from chat.models import Membership, Notice, Person, Room
from chat.protocol import ListedRoom
from tests.access.support import Role, admit, make_private, person_of, remove
from tests.api.support import Caller, new_guest
from tests.support.ownrooms import belong, entries, entry_with, list_of
from tests.support.people import sign_in
from tests.support.rooms import fill
from tests.support.sockets import OWN_ORIGIN, SocketTestCase, connect


async def member(name: str) -> dict:
    """Return what `connect` takes for somebody who is signed in."""
    return {"session": await sign_in(name), "origin": OWN_ORIGIN}


class ListTests(SocketTestCase):
    async def test_the_list_has_the_rooms_that_one_belongs_to(self):
        await fill("lobby", 3)
        async with connect(**await member("Mara")) as mara:
            assert await list_of(mara) == {}
            await mara.join("lobby")
            entry = await entry_with(mara)
            assert entry["room"]["seq"] == entry["last_read"] == 3
            assert (entry["unread"], entry["mentions"]) == (0, 0)
            assert (entry["level"], entry["role"]) == ("everything", "member")
            ListedRoom.model_validate(entry)

    async def test_a_guest_has_rooms_that_are_not_open_to_all(self):
        room = await make_private()
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await admit(room, ana.user)
            assert set(await list_of(ana)) == {"club"}

    async def test_what_is_written_is_unread_until_one_has_read_it_on_any_device(self):
        session = await member("Mara")
        async with connect("Ion") as ion, connect(**session) as phone, connect(**session) as laptop:
            await ion.join("lobby")
            await belong(phone)
            await list_of(laptop)
            for body in ("one", "two", "three"):
                await ion.send(body)
            await entry_with(laptop, unread=3)
            await phone.send_command("read", room="lobby", seq=2)
            read = await laptop.next("read")
            assert (read["room"], read["seq"]) == ("lobby", 2)
            await entry_with(laptop, unread=1, last_read=2)
            assert "read" not in {event["type"] for event in await phone.all_events()}

    async def test_ones_own_words_are_read_also_those_of_a_script_that_only_sends(self):
        session = await member("Mara")
        async with connect("Ion") as ion, connect(**session) as script, connect(**session) as page:
            await ion.join("lobby")
            await belong(script)
            await list_of(page)
            for body in ("one", "two"):
                await script.send(body)
            while (entry := await entry_with(page))["room"]["seq"] < 2:
                assert (entry["unread"], entry["last_read"]) == (0, entry["room"]["seq"])
            await ion.send("three")
            await script.send("four")
            entry = await entry_with(page, unread=2)
            assert entry["last_read"] == 2
            async with connect(**session) as phone:
                assert (await list_of(phone))["lobby"]["unread"] == 2
            await page.send_command("read", room="lobby", seq=3)
            assert (await entry_with(page, unread=0))["last_read"] == 4

    async def test_in_a_direct_room_ones_own_words_do_not_wait_for_oneself(self):
        room = await make_private("talk", Room.Kind.DIRECT)
        session = await member("Mara")
        async with connect("Ion") as ion, connect(**session) as script, connect(**session) as page:
            for socket in (script, ion):
                await admit(room, socket.user)
                await socket.join("talk")
            await list_of(page)
            for socket in (script, ion, script):
                await socket.send("hello")
            entry = await entry_with(page, "talk", unread=2)
            assert (entry["last_read"], entry["mentions"]) == (1, 1)

    async def test_what_one_wants_to_hear_of_is_the_same_on_all_devices_at_once(self):
        session = await member("Mara")
        async with connect(**session) as phone, connect(**session) as laptop:
            await belong(phone)
            await list_of(laptop)
            caller = Caller(session=session["session"], origin=OWN_ORIGIN, csrf=True)
            assert (await caller.put("rooms/lobby/level", {"level": "nothing"})).status == 204
            await entry_with(laptop, level="nothing")
            await Membership.objects.aupdate(level="mentions")
            await (await server.current()).watching.compare()
            await entry_with(phone, level="mentions")

    async def test_reading_never_goes_back_nor_past_the_newest_message(self):
        await fill("lobby", 3)
        session = await member("Mara")
        async with connect(**session) as phone, connect(**session) as laptop:
            await belong(phone)
            await list_of(laptop)
            await Membership.objects.aupdate(last_read=0)
            for seq, result in ((2, 2), (9, 3)):
                await phone.send_command("read", room="lobby", seq=seq)
                assert (await laptop.next("read"))["seq"] == result
            await phone.send_command("read", room="lobby", seq=1)
            await phone.request("ping")
            assert not [e for e in await laptop.all_events(0.3) if e["type"] == "read"]
            assert (await Membership.objects.aget()).last_read == 3

    async def test_of_a_guest_in_an_open_room_nothing_is_kept(self):
        await fill("lobby", 3)
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await ana.send_command("read", room="lobby", seq=3)
            await ana.request("ping")
            assert not [e for e in await ana.all_events(0.3) if e["type"] == "error"]
        assert not await Membership.objects.aexists()

    async def test_another_name_and_a_deletion_of_the_room_come_at_once(self):
        room = await make_private()
        async with connect("Ana") as ana:
            await admit(room, ana.user)
            await list_of(ana)
            await Room.objects.aupdate(name="The Club")
            running = await server.current()
            await running.feed.apply_access(room.pk)
            assert entries(await ana.next("rooms"))["club"]["room"]["name"] == "The Club"
            await Room.objects.all().adelete()
            await running.feed.apply_access(room.pk)
            assert (await ana.next("rooms"))["gone"] == [room.public_id]

    async def test_a_direct_room_says_whom_it_is_between_and_all_of_it_means_one(self):
        room = await make_private("talk", Room.Kind.DIRECT)
        async with connect("Ana") as ana, connect("Ion") as ion:
            for socket in (ana, ion):
                await admit(room, socket.user)
            await ion.join("talk")
            await list_of(ana)
            await ion.send("hello")
            notice = await ana.next("notice")
            assert (notice["why"], notice["message"]["body"]) == ("direct", "hello")
            entry = await entry_with(ana, "talk", unread=1, mentions=1)
            assert entry["people"] == [ana.user, ion.user]
            assert not await Notice.objects.aexists()
            assert not [e for e in await ion.all_events() if e["type"] == "notice"]


class NoticeTests(SocketTestCase):
    async def test_a_mention_comes_wherever_one_is_and_is_counted(self):
        async with connect("Ion") as ion, connect(**await member("Mara")) as mara:
            await ion.join("lobby")
            await belong(mara)
            await mara.request("leave", room="lobby")
            await ion.send("hello")
            await ion.send("@Mara, look")
            notice = await mara.next("notice")
            assert (notice["room"], notice["seq"], notice["why"]) == ("lobby", 2, "mention")
            assert notice["message"]["body"] == "@Mara, look"
            await entry_with(mara, unread=2, mentions=1)
            await mara.send_command("read", room="lobby", seq=2)
            await entry_with(mara, unread=0, mentions=0)

    async def test_a_reply_means_who_is_replied_to_but_not_its_author(self):
        async with connect("Ion") as ion, connect(**await member("Mara")) as mara:
            await ion.join("lobby")
            await mara.join("lobby")
            await mara.send("who knows?")
            await mara.send("nobody?", reply_to=1)
            await ion.send("me", reply_to=1)
            notices = [e for e in await mara.all_events(0.3) if e["type"] == "notice"]
            assert [(e["seq"], e["why"]) for e in notices] == [(3, "reply")]

    async def test_an_edit_tells_those_whom_it_adds_and_a_deletion_takes_all_back(self):
        async with (
            connect("Ion") as ion,
            connect(**await member("Mara")) as mara,
            connect(**await member("Vera")) as vera,
        ):
            for socket in (ion, mara, vera):
                await socket.join("lobby")
            await ion.send("@Mara")
            await mara.next("notice")
            await ion.request("edit", room="lobby", seq=1, body="@Mara @Vera")
            await vera.next("notice")
            assert not [e for e in await mara.all_events() if e["type"] == "notice"]
            assert await Notice.objects.acount() == 2
            await ion.request("edit", room="lobby", seq=1, body="@Vera")
            assert await Notice.objects.acount() == 1
            await ion.request("delete", room="lobby", seq=1)
            assert not await Notice.objects.aexists()

    async def test_everybody_who_belongs_to_the_room_is_meant_but_not_who_wrote_it(self):
        async with connect(**await member("Mara")) as mara, connect(**await member("Vera")) as vera:
            for socket in (mara, vera):
                await belong(socket)
            await mara.send("@room, tea is ready")
            assert (await vera.next("notice"))["why"] == "mention"
            assert (await entry_with(mara, last_read=1))["mentions"] == 0
            await entry_with(vera, mentions=1)
            assert not [e for e in await mara.all_events() if e["type"] == "notice"]

    async def test_a_message_that_means_somebody_in_two_ways_counts_once(self):
        async with connect("Ion") as ion, connect(**await member("Mara")) as mara:
            await ion.join("lobby")
            await belong(mara)
            await mara.send("who knows?")
            await ion.send("@Mara and @room", reply_to=1)
            await entry_with(mara, mentions=1)
            await ion.send("@room")
            await entry_with(mara, mentions=2)
            assert len([e for e in await mara.all_events() if e["type"] == "notice"]) == 2

    async def test_an_edit_tells_nobody_again_whom_the_message_meant_in_another_way(self):
        async with connect("Ion") as ion, connect(**await member("Mara")) as mara:
            await ion.join("lobby")
            await belong(mara)
            await mara.send("who knows?")
            await ion.send("@room")
            await ion.send("me", reply_to=1)
            for seq in (2, 3):
                await mara.next("notice")
                await ion.request("edit", room="lobby", seq=seq, body="@room @Mara")
            await entry_with(mara, mentions=2)
            assert not [e for e in await mara.all_events() if e["type"] == "notice"]

    async def test_a_reply_that_mentions_nobody_any_more_is_a_reply(self):
        mara = await member("Mara")
        async with connect("Ion") as ion, connect(**mara) as socket:
            await ion.join("lobby")
            await belong(socket)
            await socket.send("who knows?")
            await ion.send("@Mara", reply_to=1)
            await ion.request("edit", room="lobby", seq=2, body="me")
        assert (await Notice.objects.aget()).why == "reply"

    async def test_of_what_means_somebody_in_two_ways_as_much_is_listed_as_of_other(self):
        mara = await new_guest("Mara")
        ion, room = await new_guest("Ion"), await make_private()
        for guest in (ion, mara):
            await admit(room, guest.user)
        first = {"id": "0", "body": "who knows?"}
        await mara.post("rooms/club/messages", first)
        for n in range(1, 27):
            reply = {"id": f"{n}", "body": "@room", "reply_to": 1}
            await ion.post("rooms/club/messages", reply)
        notices = (await mara.get("notices"))["notices"]
        assert [notice["seq"] for notice in notices] == [*range(27, 1, -1)]
        assert {notice["why"] for notice in notices} == {"mention"}

    async def test_whoever_wants_to_hear_nothing_of_a_room_is_told_nothing(self):
        async with connect("Ion") as ion, connect(**await member("Mara")) as mara:
            await ion.join("lobby")
            await belong(mara)
            await Membership.objects.aupdate(level="nothing")
            await ion.send("@Mara @room")
            assert not [e for e in await mara.all_events(0.3) if e["type"] == "notice"]

    async def test_what_was_missed_is_listed_over_http(self):
        ion = await new_guest("Ion")
        room = await make_private()
        mara = await new_guest("Mara")
        for guest in (ion, mara):
            await admit(room, guest.user)
        await ion.post("rooms/club/messages", {"id": "1", "body": "hello"})
        mention = {"id": "2", "body": "@Mara", "mentions": [mara.user["id"]]}
        await ion.post("rooms/club/messages", mention)
        (notice,) = (await mara.get("notices"))["notices"]
        assert (notice["room"], notice["seq"], notice["why"]) == ("club", 2, "mention")
        (entry,) = (await mara.get("me/rooms"))["rooms"]
        assert (entry["unread"], entry["mentions"]) == (2, 1)
        assert (await mara.put("rooms/club/read", {"seq": 2})).status == 204
        assert (await mara.get("notices"))["notices"] == []
        assert (await ion.get("notices"))["notices"] == []


class CharlieTests(SocketTestCase):
    """Charlie belongs to no club, or does so no more."""

    async def test_no_list_and_no_notice_says_that_there_is_a_room(self):
        room = await make_private()
        charlie = await member("Charlie")
        async with connect("Ana") as ana, connect(**charlie) as socket:
            await admit(room, ana.user)
            await ana.join("club")
            assert await list_of(socket) == {}
            await ana.send("@Charlie", mentions=[socket.user["id"]])
            await ana.send("@room")
            await socket.send_command("read", room="club", seq=1)
            await socket.receives_error("not_found")
            await socket.receives_nothing(1.3)
        assert not await Notice.objects.filter(person__name="Charlie").aexists()

    async def test_whoever_is_removed_has_it_no_more_in_their_list(self):
        for ban in (False, True):
            room = await make_private(f"club{ban}")
            async with connect("Ana") as ana, connect("Charlie") as charlie:
                for socket in (ana, charlie):
                    await admit(room, socket.user, Role.MEMBER)
                await ana.join(room.slug)
                assert set(await list_of(charlie)) == {room.slug}
                await remove(room, charlie.user, ban=ban)
                assert (await charlie.next("rooms"))["gone"] == [room.public_id]
                await charlie.all_events()
                await ana.send("@Charlie", mentions=[charlie.user["id"]])
                await ana.send("@room")
                await charlie.receives_nothing(1.3)
                assert await list_of(charlie) == {}

    async def test_a_removal_that_nobody_told_of_is_noticed(self):
        room = await make_private()
        async with connect("Ana") as ana, connect("Charlie") as charlie:
            for socket in (ana, charlie):
                await admit(room, socket.user)
            await list_of(charlie)
            person = await person_of(charlie.user)
            await sync_to_async(memberships.remove)(room.pk, person)
            await ana.join("club")
            await ana.send("a secret")
            assert (await charlie.next("rooms"))["gone"] == [room.public_id]
            assert not [e for e in await charlie.all_events(1.2) if e["type"] == "rooms"]

    async def test_a_membership_that_nobody_told_of_is_noticed_by_polling(self):
        room = await make_private()
        async with connect("Ana") as ana:
            await list_of(ana)
            person = await Person.objects.aget(public_id=ana.user["id"])
            await Membership.objects.acreate(room=room, person=person, last_read=0)
            await (await server.current()).watching.compare()
            assert set(entries(await ana.next("rooms"))) == {"club"}
