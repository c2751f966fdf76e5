"""/api/v1/rooms/SLUG/members: who belongs to a room, their roles, leaving and removing."""

from django.contrib.auth.models import User

from chat.live import server
from chat.models import Membership, Room
from tests.access.support import Role, admit, connected, remove
from tests.api.support import Caller, new_guest, new_member
from tests.support.people import block
from tests.support.sockets import SocketTestCase


class ClubTestCase(SocketTestCase):
    """Mara owns the club; Mo moderates it, Dan is a member, Rea reads; Charlie is outside."""

    async def start(self) -> None:
        names = ("Mara", "Mo", "Dan", "Rea", "Charlie")
        self.mara, self.mo, self.dan, self.rea, self.charlie = [await new_member(n) for n in names]
        made = await self.mara.post("rooms", {"name": "Club", "kind": "private"})
        self.club = f"rooms/{made['slug']}"
        self.room = await Room.objects.aget()
        await admit(self.room, self.mo.user, Role.MODERATOR)
        await admit(self.room, self.dan.user)
        await admit(self.room, self.rea.user, Role.READER)

    async def roles(self) -> dict[str, str]:
        people = Membership.objects.filter(banned_at=None).values_list("person__name", "role")
        return {name: role async for name, role in people}

    async def give(self, asker: Caller, whom: Caller, role: str):
        return await asker.put(f"{self.club}/members/{whom.user['id']}", {"role": role})

    async def take(self, asker: Caller, whom: Caller, query: str = ""):
        return await asker.delete(f"{self.club}/members/{whom.user['id']}{query}")


class ListTests(ClubTestCase):
    async def test_members_are_listed_by_their_roles(self):
        await self.start()
        for asker in (self.mara, self.rea):
            members = (await asker.get(f"{self.club}/members"))["members"]
            assert [(m["name"], m["role"]) for m in members] == [
                *(("Mara", "owner"), ("Mo", "moderator"), ("Dan", "member"), ("Rea", "reader")),
            ]
            assert members[0] == {**self.mara.user, "role": "owner"}
        assert (await self.mo.get(f"{self.club}/members"))["my"]["may"] == ["invite", "moderate"]
        assert "may" not in (await self.rea.get(f"{self.club}/members"))["my"]
        (await self.charlie.get(f"{self.club}/members")).check_error(404, "not_found")

    async def test_moderators_alone_see_who_is_banned(self):
        await self.start()
        await remove(self.room, self.charlie.user, ban=True)
        assert "Charlie" not in str((await self.mo.get(f"{self.club}/members")).body)
        everybody = (await self.mo.get(f"{self.club}/members?banned=true"))["members"]
        assert [m["name"] for m in everybody if m.get("banned")] == ["Charlie"]
        refusal = await self.dan.get(f"{self.club}/members?banned=true")
        refusal.check_error(403, "forbidden")


class RoleTests(ClubTestCase):
    async def test_an_owner_gives_any_role(self):
        await self.start()
        for role in ("reader", "moderator", "owner", "member"):
            given = await self.give(self.mara, self.dan, role)
            assert (given.status, given.body) == (200, {**self.dan.user, "role": role})
            assert (await self.roles())["Dan"] == role

    async def test_nobody_else_gives_one(self):
        await self.start()
        before = await self.roles()
        for asker in (self.mo, self.dan, self.rea):
            for whom in (self.mara, self.rea, asker):
                refusal = await self.give(asker, whom, "owner")
                refusal.check_error(403, "forbidden")
        assert await self.roles() == before

    async def test_who_may_invite_brings_others_in_and_gives_them_no_more(self):
        await self.start()
        for role in ("owner", "moderator"):
            (await self.give(self.dan, self.charlie, role)).check_error(403, "forbidden")
        (await self.give(self.rea, self.charlie, "member")).check_error(403, "forbidden")
        assert (await self.give(self.dan, self.charlie, "reader")).status == 200
        assert (await self.charlie.get(f"{self.club}/messages")).status == 200
        # Now they belong to it: their role is for owners to decide.
        (await self.give(self.dan, self.charlie, "member")).check_error(403, "forbidden")

    async def test_nobody_but_an_owner_brings_others_into_a_public_room(self):
        mara, dan, charlie = [await new_member(name) for name in ("Mara", "Dan", "Charlie")]
        await mara.post("rooms", {"name": "Tea"})
        await dan.post("rooms/tea/members", {})
        theirs = f"rooms/tea/members/{charlie.user['id']}"
        # Else anybody could take the right to write from who has not been there.
        (await dan.put(theirs, {"role": "reader"})).check_error(403, "forbidden")
        assert (await mara.put(theirs, {"role": "reader"})).status == 200

    async def test_nobody_but_an_owner_brings_back_who_was_banned(self):
        await self.start()
        await remove(self.room, self.charlie.user, ban=True)
        for asker in (self.mo, self.dan):
            (await self.give(asker, self.charlie, "member")).check_error(403, "forbidden")
        assert (await self.give(self.mara, self.charlie, "member")).status == 200

    async def test_a_room_keeps_an_owner(self):
        await self.start()
        (await self.give(self.mara, self.mara, "member")).check_error(409, "conflict")
        (await self.take(self.mara, self.mara)).check_error(409, "conflict")
        await self.give(self.mara, self.dan, "owner")
        assert (await self.give(self.mara, self.mara, "member")).status == 200
        assert (await self.take(self.mara, self.mara)).status == 204

    async def test_an_owner_who_can_do_nothing_does_not_count(self):
        await self.start()
        for other in (self.dan, self.mo, self.rea):
            assert (await self.give(self.mara, other, "owner")).status == 200
        await block(self.dan.user["id"])
        await User.objects.filter(person__name="Mo").aupdate(is_active=False)
        await User.objects.filter(person__name="Rea").adelete()
        for attempt in (self.give(self.mara, self.mara, "member"), self.take(self.mara, self.mara)):
            (await attempt).check_error(409, "conflict")

    async def test_who_is_alone_with_guests_is_told_what_they_can_do(self):
        mara, ana = await new_member("Mara"), await new_guest("Ana")
        made = await mara.post("rooms", {"name": "Club", "kind": "private"})
        await admit(await Room.objects.aget(), ana.user)
        theirs = f"rooms/{made['slug']}/members/{mara.user['id']}"
        for attempt in (mara.put(theirs, {"role": "member"}), mara.delete(theirs)):
            assert "Invite a member" in (await attempt).check_error(409, "conflict")["message"]

    async def test_a_guest_is_a_member_or_reader_at_most(self):
        await self.start()
        ana = await new_guest("Ana")
        (await self.give(self.mara, ana, "member")).check_error(404, "not_found")
        await admit(self.room, ana.user)
        for role in ("owner", "moderator"):
            (await self.give(self.mara, ana, role)).check_error(403, "forbidden")
        assert (await self.give(self.mara, ana, "reader")).status == 200

    async def test_who_is_blocked_or_missing_is_nobody(self):
        await self.start()
        await block(self.charlie.user["id"])
        missing = await self.mara.put(f"{self.club}/members/nobody", {"role": "member"})
        blocked = await self.give(self.mara, self.charlie, "member")
        assert missing.body == blocked.body
        missing.check_error(404, "not_found")

    async def test_a_new_role_counts_at_once(self):
        await self.start()
        async with connected(self.dan) as dan:
            await dan.join(self.room.slug)
            await self.give(self.mara, self.dan, "reader")
            my = (await dan.next("room"))["room"]["my"]
            assert (my["role"], "may" in my) == ("reader", False)
            await dan.send_command("send", room=self.room.slug, body="hello")
            await dan.receives_error("forbidden")


class RemovalTests(ClubTestCase):
    async def test_moderators_remove_everybody_but_owners(self):
        await self.start()
        async with connected(self.dan) as dan:
            await dan.join(self.room.slug)
            assert (await self.take(self.mo, self.dan)).status == 204
            assert (await dan.next("left"))["reason"] == "removed"
        (await self.take(self.mo, self.mara)).check_error(403, "forbidden")
        assert (await self.take(self.mara, self.mo)).status == 204
        assert await self.roles() == {"Mara": "owner", "Rea": "reader"}

    async def test_who_leaves_is_not_told_that_they_were_removed(self):
        await self.start()
        async with connected(self.dan) as phone, connected(self.dan) as desk:
            for device in (phone, desk):
                await device.join(self.room.slug)
            assert (await self.take(self.dan, self.dan)).status == 204
            for device in (phone, desk):
                left = [e for e in await device.all_events() if e["type"] in ("left", "error")]
                assert left == [{"type": "left", "room": self.room.slug}]

    async def test_who_hides_a_direct_room_and_is_removed_later_is_told_so(self):
        await self.start()
        await Room.objects.filter(pk=self.room.pk).aupdate(kind="direct")
        async with connected(self.dan) as dan:
            await dan.join(self.room.slug)
            assert (await self.take(self.dan, self.dan)).status == 204
            await Room.objects.filter(pk=self.room.pk).aupdate(kind="private")
            await remove(self.room, self.dan.user)
            assert (await dan.next("left"))["reason"] == "removed"

    async def test_whoever_has_come_in_belongs_to_the_room_at_once(self):
        await self.start()
        first, second = await new_member("Eva"), await new_member("Ion")
        await Room.objects.filter(pk=self.room.pk).aupdate(kind="public")
        assert (await first.post(f"{self.club}/members", {})).status == 200
        assert (await second.post(f"{self.club}/members", {}))["my"]["role"] == "member"
        assert (await self.roles())["Ion"] == "member"

    async def test_whoever_has_just_joined_can_be_removed_or_leave(self):
        await self.start()
        await Room.objects.filter(pk=self.room.pk).aupdate(kind="public")
        running = await server.current()
        for number, remover in enumerate((None, self.mo)):
            first, second = [await new_member(f"{name}{number}") for name in ("Eva", "Ion")]
            async with connected(first) as eva, connected(second) as ion:
                await eva.join(self.room.slug)
                # Stored at once, and what comes next is not, as it is soon after.
                await running.committer.flush_newcomers()
                await ion.join(self.room.slug)
                assert (await self.take(remover or second, second)).status == 204
                await ion.next("left")
            assert f"Ion{number}" not in await self.roles()

    async def test_whatever_changes_memberships_finds_who_has_just_joined(self):
        await self.start()
        await Room.objects.filter(pk=self.room.pk).aupdate(kind="public")
        running = await server.current()
        for number, change in enumerate(
            (
                lambda ion: self.give(self.mara, ion, "reader"),
                lambda ion: ion.put(f"{self.club}/level", {"level": "nothing"}),
                lambda ion: ion.post("invitations", {"rooms": [self.room.slug]}),
                lambda ion: self.mara.patch(self.club, {"kind": "private"}),
            )
        ):
            first, second = [await new_member(f"{name}{number}") for name in ("Eva", "Ion")]
            async with connected(first) as eva, connected(second) as ion:
                await eva.join(self.room.slug)
                await running.committer.flush_newcomers()
                await ion.join(self.room.slug)
                assert (await change(second)).status in (200, 201, 204)
                assert f"Ion{number}" in await self.roles()

    async def test_a_removal_is_done_when_it_is_answered(self):
        await self.start()
        async with connected(self.dan) as dan:
            await dan.join(self.room.slug)
            running = await server.current()
            (theirs,) = [c for c in running.registry.connections if c.rooms]
            await self.take(self.mo, self.dan)
            assert not theirs.rooms

    async def test_a_moderator_deletes_what_others_wrote_and_a_member_does_not(self):
        await self.start()
        sent = await self.mara.send_message("not very kind", room=self.room.slug)
        address = f"{self.club}/messages/{sent['seq']}"
        (await self.dan.delete(address)).check_error(403, "forbidden")
        assert (await self.mo.delete(address)).status == 200
        (message,) = (await self.dan.get(f"{self.club}/messages"))["messages"]
        assert message["deleted"]

    async def test_others_remove_nobody(self):
        await self.start()
        before = await self.roles()
        for asker in (self.dan, self.rea):
            for query in ("", "?ban=true"):
                (await self.take(asker, self.mo, query)).check_error(403, "forbidden")
        (await self.take(self.charlie, self.dan)).check_error(404, "not_found")
        assert await self.roles() == before

    async def test_a_ban_lasts_until_it_is_lifted(self):
        mara, charlie = await new_member("Mara"), await new_guest("Charlie")
        await mara.post("rooms", {"name": "Tea"})
        theirs = f"rooms/tea/members/{charlie.user['id']}"
        assert (await mara.delete(f"{theirs}?ban=true")).status == 204
        (await charlie.get("rooms/tea/messages")).check_error(404, "not_found")
        assert (await charlie.get("rooms"))["rooms"] == []
        assert (await mara.delete(theirs)).status == 204
        assert (await charlie.get("rooms/tea/messages")).status == 200

    async def test_who_does_not_belong_to_it_cannot_be_removed(self):
        await self.start()
        (await self.take(self.mara, self.charlie)).check_error(404, "not_found")
        (await self.take(self.mara, self.mara, "?ban=true")).check_error(400, "bad_request")

    async def test_everybody_leaves_by_themselves(self):
        await self.start()
        for caller in (self.rea, self.dan, self.mo):
            assert (await self.take(caller, caller)).status == 204
            (await caller.get(f"{self.club}/messages")).check_error(404, "not_found")
        # Nobody could ever come back.
        (await self.take(self.mara, self.mara)).check_error(409, "conflict")

    async def test_who_does_not_belong_to_an_open_room_cannot_leave_it(self):
        mara, ana = await new_member("Mara"), await new_guest("Ana")
        await mara.post("rooms", {"name": "Tea"})
        refusal = await ana.delete(f"rooms/tea/members/{ana.user['id']}")
        refusal.check_error(403, "forbidden")
