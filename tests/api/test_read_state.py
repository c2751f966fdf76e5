"""PUT /api/v1/rooms/SLUG/read and level: how far one has read, and what one wants to hear of."""

from asgiref.sync import sync_to_async

from chat import log
from chat.live import server
from chat.log import Draft, Mentioned, Mentions
from chat.models import Membership, Room
from tests.access.support import admit, connected, make_private, person_of, remove
from tests.api.support import Caller, make_room, new_guest, new_member
from tests.support.holding import holding
from tests.support.rooms import fill
from tests.support.sockets import SocketTestCase


async def own() -> Membership:
    return await Membership.objects.aget()


class ReadTests(SocketTestCase):
    async def test_reading_goes_forwards_to_the_newest_message_alone(self):
        await fill("club", 5)
        room, ana = await make_private(), await new_guest("Ana")
        await admit(room, ana.user)
        await Membership.objects.aupdate(last_read=0)
        for seq, read in ((3, 3), (2, 3), (3, 3), (2**63 - 1, 5), (0, 5)):
            assert (await ana.put("rooms/club/read", {"seq": seq})).status == 204
            assert (await own()).last_read == read

    async def test_what_is_read_right_after_the_first_join_is_kept(self):
        await fill("lobby", 2)
        eva, ion = await new_member("Eva"), await new_member("Ion")
        running = await server.current()
        async with connected(eva) as first, connected(ion) as second:
            await first.join("lobby")
            await running.committer.flush_newcomers()
            await second.join("lobby")
            await fill("lobby", 2, start=3)
            assert (await ion.put("rooms/lobby/read", {"seq": 3})).status == 204
        assert (await Membership.objects.aget(person__name="Ion")).last_read == 3

    async def test_the_device_that_read_less_is_told_how_far_the_other_has(self):
        await fill("club", 9)
        room, ana = await make_private(), await new_guest("Ana")
        await admit(room, ana.user)
        await Membership.objects.aupdate(last_read=0)
        running = await server.current()
        async with connected(ana) as phone, connected(ana) as desk:
            await phone.join("club")
            await desk.join("club")
            # The first is stored at once, the others together.
            await phone.send_command("read", room="club", seq=1)
            assert (await desk.next("read"))["seq"] == 1
            with holding(running.committer._read_marks, "work") as hold:
                await phone.send_command("read", room="club", seq=5)
                await desk.send_command("read", room="club", seq=9)
                await hold.reached()
                hold.release()
                assert (await phone.next("read"))["seq"] == 9

    async def test_of_a_guest_in_an_open_room_nothing_is_kept(self):
        await make_room()
        ana = await new_guest("Ana")
        assert (await ana.put("rooms/lobby/read", {"seq": 1})).status == 204
        assert not await Membership.objects.aexists()

    async def test_whoever_may_not_read_the_room_gets_the_same_as_for_a_missing_one(self):
        room, charlie = await make_private(), await new_guest("Charlie")
        for banned in (False, True):
            for address in ("club", room.public_id, "nowhere"):
                (await charlie.put(f"rooms/{address}/read", {"seq": 1})).check_error(
                    404, "not_found"
                )
            if not banned:
                await remove(room, charlie.user, ban=True)
        assert (await own()).last_read == 0

    async def test_nobody_reads_without_saying_who_they_are(self):
        await make_room()
        for what, body in (("read", {"seq": 1}), ("level", {"level": "nothing"})):
            response = await Caller().put(f"rooms/lobby/{what}", body)
            response.check_error(401, "unauthorized")


class LevelTests(SocketTestCase):
    async def test_who_belongs_to_a_room_sets_what_they_want_to_hear_of(self):
        room, ana = await make_private(), await new_guest("Ana")
        await admit(room, ana.user)
        for level in Membership.Level.values:
            assert (await ana.put("rooms/club/level", {"level": level})).status == 204
            assert (await own()).level == level

    async def test_who_does_not_belong_to_it_is_refused(self):
        await make_private()
        await Room.objects.acreate(slug="lobby", name="Lobby")
        charlie = await new_guest("Charlie")
        refusal = await charlie.put("rooms/lobby/level", {"level": "mentions"})
        refusal.check_error(403, "forbidden")
        refusal = await charlie.put("rooms/club/level", {"level": "mentions"})
        refusal.check_error(404, "not_found")

    async def test_another_level_is_refused(self):
        room, ana = await make_private(), await new_guest("Ana")
        await admit(room, ana.user)
        for level in ("loud", "", None, 1):
            refusal = await ana.put("rooms/club/level", {"level": level})
            refusal.check_error(400, "bad_request")


class NoticeTests(SocketTestCase):
    """Mara is mentioned twice in the lobby, which everybody may read, and has read the first."""

    async def start(self) -> None:
        self.ion, self.mara = await new_guest("Ion"), await new_member("Mara")
        await admit(await make_room(), self.mara.user)
        for _ in range(2):
            await self.ion.send_message("@Mara, look")

    async def noticed(self) -> list[int]:
        return [notice["seq"] for notice in (await self.mara.get("notices"))["notices"]]

    async def test_what_was_read_is_not_unread_again_for_who_leaves(self):
        await self.start()
        await self.mara.put("rooms/lobby/read", {"seq": 1})
        me = f"rooms/lobby/members/{self.mara.user['id']}"
        assert (await self.mara.delete(me)).status == 204
        assert await self.noticed() == [2]

    async def test_nor_for_who_is_removed_or_banned_for_a_time(self):
        await self.start()
        await self.mara.put("rooms/lobby/read", {"seq": 1})
        room = await Room.objects.aget()
        await remove(room, self.mara.user, ban=True)
        assert await self.noticed() == []
        await remove(room, self.mara.user)
        assert await self.noticed() == [2]

    async def test_the_newest_come_first_also_of_one_batch(self):
        await self.start()
        room = await Room.objects.aget()
        mara = await person_of(self.mara.user)
        meant = Mentions((Mentioned(mara.pk, mara.public_id, mara.name, mara.kind),))
        ion = await person_of(self.ion.user)
        drafts = [Draft(room.pk, ion.pk, f"{n}", "@Mara", mentions=meant) for n in range(60)]
        await sync_to_async(log.commit_writes)(drafts)
        assert await self.noticed() == list(range(62, 12, -1))

    async def test_who_does_not_belong_to_the_room_reads_there_too(self):
        await self.start()
        await remove(await Room.objects.aget(), self.mara.user)
        assert await self.noticed() == [2, 1]
        # Others read for themselves alone.
        await self.ion.put("rooms/lobby/read", {"seq": 2})
        for seq, left in ((1, [2]), (2**63 - 1, [])):
            assert (await self.mara.put("rooms/lobby/read", {"seq": seq})).status == 204
            assert await self.noticed() == left
