"""Invitations over HTTP: made, listed, used, revoked.

Olga owns the club, which is private; Mara belongs to it, Rita reads there, Charlie does not belong.
"""

import re
from datetime import timedelta
from unittest import mock
from urllib.parse import unquote

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.access import invitations, memberships, revoking
from chat.access.invitations import Terms
from chat.models import Invitation, Membership, Person, Room
from chat.protocol import User
from chat.rules.errors import ChatError
from tests.access.support import Role, admit, make_private, person_of, remove
from tests.api.support import Caller, new_guest, on_a_page
from tests.support.people import block, sign_in
from tests.support.sockets import SocketTestCase, connect


async def member(name: str, *places: tuple[Room, str]) -> Caller:
    """Return somebody signed in, who has roles in some rooms."""
    caller = on_a_page(await sign_in(name))
    caller.user = (await caller.get("me"))["user"]
    for room, role in places:
        await admit(room, caller.user, role)
    return caller


async def invite(caller: Caller, *rooms: str, **terms) -> str:
    """Make an invitation; return its code."""
    response = await caller.post("invitations", {"rooms": list(rooms or ["club"]), **terms})
    assert response.status == 201, response.body
    return code_in(response["link"])


def code_in(link: str) -> str:
    return re.fullmatch(r"http://testserver/invitations/([\w-]{22})/", link)[1]


async def come(caller: Caller, code: str, **fields):
    return await caller.post(f"invitations/{code}", fields)


async def role_of(user: dict, slug: str = "club") -> str | None:
    found = Membership.objects.filter(person__public_id=user["id"], room__slug=slug)
    return await found.values_list("role", flat=True).afirst()


async def uses() -> int:
    return (await Invitation.objects.aget()).uses


class InvitationTestCase(SocketTestCase):
    def setUp(self):
        self.club = make_private.func()
        user = get_user_model().objects.create_user("Olga")
        Membership.objects.create(room=self.club, person=user.person, role=Role.OWNER)
        client = Client()
        client.force_login(user)
        self.olga = on_a_page(client.session.session_key)
        self.olga.user = User.of(user.person).model_dump()


class MakingTests(InvitationTestCase):
    async def test_the_link_is_there_once_and_only_its_digest_is_kept(self):
        response = await self.olga.post("invitations", {"rooms": ["club"]})
        code = code_in(response["link"])
        row = await Invitation.objects.aget()
        assert row.digest == Invitation.digest_of(code)
        assert code not in repr([getattr(row, f.attname) for f in Invitation._meta.fields])
        (listed,) = (await self.olga.get("invitations"))["invitations"]
        assert "link" not in listed
        assert "qr" not in listed
        assert code not in str(listed)

    async def test_it_has_the_terms_that_were_asked_for(self):
        terms = {"role": "reader", "max_uses": 3, "expires_in": 60}
        response = await self.olga.post("invitations", {"rooms": [self.club.public_id], **terms})
        assert [room["slug"] for room in response["rooms"]] == ["club"]
        assert (response["role"], response["uses"], response["max_uses"]) == ("reader", 0, 3)
        row = await Invitation.objects.aget()
        assert timedelta(0) < row.expires_at - timezone.now() <= timedelta(seconds=60)

    async def test_it_lasts_seven_days_unless_told_otherwise(self):
        await invite(self.olga)
        lasts = (await Invitation.objects.aget()).expires_at - timezone.now()
        assert timedelta(days=6, hours=23) < lasts <= timedelta(days=7)

    async def test_terms_out_of_bounds_are_refused(self):
        year = 365 * 24 * 3600
        for wrong in (
            {"expires_in": year + 1},
            {"expires_in": 0},
            {"max_uses": 0},
            {"max_uses": "2"},
            {"role": "king"},
            {"rooms": []},
            {"rooms": "club"},
            {"rooms": ["club"] * 21},
            {"code": "mine"},
        ):
            response = await self.olga.post("invitations", {"rooms": ["club"], **wrong})
            response.check_error(400, "bad_request")
        await invite(self.olga, expires_in=year)

    async def test_the_qr_code_is_a_picture_of_the_link(self):
        response = await self.olga.post("invitations", {"rooms": ["club"]})
        head, _, picture = response["qr"].partition(",")
        assert head == "data:image/svg+xml;charset=utf-8"
        assert unquote(picture).startswith("<svg")

    async def test_who_may_invite_in_which_role(self):
        people = {
            "Olga": self.olga,
            "Mod": await member("Mod", (self.club, Role.MODERATOR)),
            "Mara": await member("Mara", (self.club, Role.MEMBER)),
            "Rita": await member("Rita", (self.club, Role.READER)),
            "guest": await new_guest("Ana"),
        }
        await admit(self.club, people["guest"].user, Role.OWNER)
        allowed = {
            (name, role)
            for name, caller in people.items()
            for role in Role.values
            if (await caller.post("invitations", {"rooms": ["club"], "role": role})).status == 201
        }
        modest = {"member", "reader"}
        assert allowed == {
            *(("Olga", role) for role in Role.values),
            *((name, role) for name in ("Mod", "Mara") for role in modest),
        }
        refused = await people["Rita"].post("invitations", {"rooms": ["club"]})
        refused.check_error(403, "forbidden")

    async def test_only_owners_invite_readers_to_a_public_room(self):
        await Room.objects.filter(pk=self.club.pk).aupdate(kind=Room.Kind.PUBLIC)
        mara = await member("Mara", (self.club, Role.MEMBER))
        for caller, role, status in (
            (mara, "member", 201),
            (mara, "reader", 403),
            (self.olga, "reader", 201),
        ):
            response = await caller.post("invitations", {"rooms": ["club"], "role": role})
            assert response.status == status

    async def test_charlie_cannot_tell_the_room_from_a_missing_one(self):
        for charlie in (await member("Charlie"), await new_guest("Ana")):
            for room in ("club", "nowhere", self.club.public_id, "!!!"):
                response = await charlie.post("invitations", {"rooms": [room]})
                response.check_error(404, "not_found")
        (await Caller().post("invitations", {"rooms": ["club"]})).check_error(401, "unauthorized")
        assert not await Invitation.objects.aexists()

    async def test_it_is_made_for_all_its_rooms_or_for_none(self):
        await make_private("other")
        response = await self.olga.post("invitations", {"rooms": ["club", "other"]})
        response.check_error(404, "not_found")
        assert not await Invitation.objects.aexists()

    async def test_nobody_is_invited_to_a_direct_room(self):
        direct = await make_private("direct", Room.Kind.DIRECT)
        mara = await member("Mara", (direct, Role.MEMBER))
        refused = await mara.post("invitations", {"rooms": ["direct"]})
        refused.check_error(403, "forbidden")


class ComingTests(InvitationTestCase):
    async def test_a_stranger_becomes_a_guest_who_belongs_to_the_room(self):
        response = await come(Caller(), await invite(self.olga), name="Ana")
        assert response.status == 200, response.body
        assert (response["user"]["name"], response["user"]["kind"]) == ("Ana", "guest")
        (room,) = response["rooms"]
        assert (room["slug"], room["my"]["role"]) == ("club", "member")
        async with connect(token=response["token"]) as ana:
            await ana.join("club")
            await ana.send("hello")
        assert await uses() == 1

    async def test_a_guest_and_a_member_come_as_they_are(self):
        code = await invite(self.olga, role="reader")
        for caller in (await new_guest("Ana"), await member("Mara")):
            response = await come(caller, code, name="Other")
            assert response["user"] == caller.user
            assert "token" not in response.body
            assert await role_of(caller.user) == "reader"

    async def test_the_room_appears_in_the_list_of_who_came(self):
        code, ana = await invite(self.olga), await new_guest("Ana")
        async with connect(token=ana.token) as socket:
            await socket.send_command("watch")
            assert (await socket.next("rooms"))["rooms"] == []
            await come(ana, code)
            (row,) = (await socket.next("rooms"))["rooms"]
            assert row["room"]["slug"] == "club"

    async def test_it_lets_into_all_its_rooms(self):
        tea = await make_private("tea")
        await admit(tea, self.olga.user, Role.OWNER)
        response = await come(Caller(), await invite(self.olga, "club", "tea", "club"))
        assert [room["slug"] for room in response["rooms"]] == ["club", "tea"]

    async def test_it_stands_in_for_the_password_of_a_room(self):
        await Room.objects.filter(pk=self.club.pk).aupdate(
            kind=Room.Kind.PUBLIC, password=make_password("sesame")
        )
        response = await come(Caller(), await invite(self.olga), name="Ana")
        async with connect(token=response["token"]) as ana:
            await ana.join("club")

    async def test_a_guest_has_the_role_of_the_invitation_in_an_open_room_too(self):
        await Room.objects.filter(pk=self.club.pk).aupdate(kind=Room.Kind.PUBLIC)
        response = await come(Caller(), await invite(self.olga, role="reader"), name="Ana")
        async with connect(token=response["token"]) as ana:
            assert (await ana.join("club"))["room"]["my"]["role"] == "reader"

    async def test_a_guest_does_not_come_to_look_after_a_room(self):
        for role in ("owner", "moderator"):
            code = await invite(self.olga, role=role)
            for guest in (Caller(), await new_guest("Ana")):
                (await come(guest, code, name="Ben")).check_error(403, "forbidden")
            mara = await member(f"Mara {role}")
            assert (await come(mara, code))["rooms"][0]["my"]["role"] == role
        assert not await Person.objects.filter(name="Ben").aexists()

    async def test_coming_again_uses_nothing_up_and_changes_no_role(self):
        code = await invite(self.olga, role="reader", max_uses=1)
        ana = await new_guest("Ana")
        for _ in range(3):
            assert (await come(ana, code)).status == 200
        assert await uses() == 1
        assert (await come(self.olga, code)).status == 200
        assert await role_of(self.olga.user) == "owner"
        (await come(Caller(), code)).check_error(404, "not_found")

    async def test_who_came_may_come_again_after_its_end_but_to_no_other_room(self):
        other = await make_private("other")
        await admit(other, self.olga.user, Role.OWNER)
        code = await invite(self.olga, "club", "other")
        ana, charlie = await new_guest("Ana"), await new_guest("Charlie")
        await admit(self.club, ana.user)
        now = timezone.now()
        for fields in ({"revoked_at": now}, {"expires_at": now}, {"max_uses": 1, "uses": 1}):
            await Invitation.objects.aupdate(**fields)
            came = await come(ana, code)
            assert [room["slug"] for room in came["rooms"]] == ["club"]
            (await come(charlie, code)).check_error(404, "not_found")
            await Invitation.objects.aupdate(
                revoked_at=None, expires_at=now + timedelta(days=1), max_uses=None, uses=0
            )
        await remove(self.club, ana.user, ban=True)
        await Invitation.objects.aupdate(revoked_at=now)
        (await come(ana, code)).check_error(404, "not_found")
        assert await uses() == 0

    async def test_the_last_use_is_used_once(self):
        code = await invite(self.olga, max_uses=1)
        row = await Invitation.objects.aget()
        await sync_to_async(invitations._use)(row)
        with pytest.raises(ChatError):
            # It was read before the other use.
            await sync_to_async(invitations._use)(row)
        assert await uses() == 1
        (await come(Caller(), code)).check_error(404, "not_found")

    async def test_one_that_ended_leads_nowhere_and_makes_no_guest(self):
        now, before = timezone.now(), await Person.objects.acount()
        codes = ["wrong", "\u0161" * 300]
        for fields in ({"revoked_at": now}, {"expires_at": now}, {"max_uses": 1, "uses": 1}):
            codes.append(await invite(self.olga))
            newest = await Invitation.objects.order_by("-pk").afirst()
            await Invitation.objects.filter(pk=newest.pk).aupdate(**fields)
        sentences = {
            (await come(Caller(), code, name="Ana")).check_error(404, "not_found")["message"]
            for code in codes
        }
        assert len(sentences) == 1
        assert await Person.objects.acount() == before

    async def test_a_refused_name_uses_nothing_up(self):
        code = await invite(self.olga)
        (await come(Caller(), code, name="Olga")).check_error(409, "name_taken")
        (await come(Caller(), code, name=" ")).check_error(422, "name_invalid")
        assert await uses() == 0

    async def test_who_is_banned_or_blocked_is_not_let_in(self):
        code, bea, ion = await invite(self.olga), await new_guest("Bea"), await new_guest("Ion")
        await come(bea, code)
        await remove(self.club, bea.user, ban=True)
        (await come(bea, code)).check_error(404, "not_found")
        await block(ion.user["id"])
        (await come(ion, code)).check_error(403, "forbidden")
        assert await uses() == 1

    async def test_it_ends_with_the_right_of_its_maker(self):
        mara = await member("Mara", (self.club, Role.MEMBER))
        code = await invite(mara)
        for lose, restore in (
            (remove(self.club, mara.user), admit(self.club, mara.user)),
            (admit(self.club, mara.user, Role.READER), admit(self.club, mara.user)),
            (self.set_active("Mara", False), self.set_active("Mara", True)),
            (block(mara.user["id"]), None),
        ):
            await lose
            (await come(Caller(), code)).check_error(404, "not_found")
            if restore:
                await restore
                assert (await come(Caller(), code)).status == 200

    @staticmethod
    async def set_active(username: str, is_active: bool) -> None:
        await get_user_model().objects.filter(username=username).aupdate(is_active=is_active)

    async def test_who_was_removed_does_not_come_back_by_their_own_link(self):
        mara = await member("Mara", (self.club, Role.MEMBER))
        code = await invite(mara)
        await remove(self.club, mara.user)
        (await come(mara, code)).check_error(404, "not_found")

    @override_settings(CHAT_RATE_LIMITS=True)
    async def test_guesses_from_one_address_are_limited(self):
        code = await invite(self.olga)
        guesser = Caller(address="198.51.100.7")
        few = invitations.Rate(per_second=0.1, burst=3)
        with mock.patch.object(invitations, "WRONG", few):
            for _ in range(3):
                (await come(guesser, "wrong")).check_error(404, "not_found")
            (await come(guesser, code)).check_error(429, "rate_limited")
            assert (await come(Caller(address="198.51.100.8"), code)).status == 200


class LookingAfterTests(InvitationTestCase):
    async def test_one_lists_what_one_made_and_what_leads_to_ones_rooms(self):
        mara = await member("Mara", (self.club, Role.MEMBER))
        ana = await come(Caller(), await invite(mara), name="Ana")
        await invite(self.olga)
        mine = (await mara.get("invitations"))["invitations"]
        owned = (await self.olga.get("invitations"))["invitations"]
        assert [each["by"]["name"] for each in mine] == ["Mara"]
        assert [each["by"]["name"] for each in owned] == ["Olga", "Mara"]
        assert owned[1]["came"] == [ana["user"]]
        assert (owned[1]["uses"], owned[1]["max_uses"], owned[1]["revoked_at"]) == (1, None, None)
        assert (await (await member("Charlie")).get("invitations"))["invitations"] == []

    async def test_an_owner_learns_of_no_other_room_of_an_invitation(self):
        secret = await make_private("secret")
        mara = await member("Mara", (self.club, Role.MEMBER), (secret, Role.OWNER))
        await come(Caller(), await invite(mara, "club", "secret"), name="Ana")
        (listed,) = (await self.olga.get("invitations"))["invitations"]
        assert [room["slug"] for room in listed["rooms"]] == ["club"]
        assert "secret" not in str(listed)

    async def test_revoking_keeps_those_who_are_there(self):
        code = await invite(self.olga)
        ana = await come(Caller(), code, name="Ana")
        await self.revoke(self.olga)
        (await come(Caller(), code)).check_error(404, "not_found")
        assert await role_of(ana["user"]) == "member"

    async def revoke(self, caller: Caller, query: str = "", status: int = 204):
        row = await Invitation.objects.aget()
        response = await caller.request("DELETE", f"invitations/{row.pk}{query}")
        assert response.status_code == status, response.content
        assert (response.content == b"") is (status == 204)
        return await Invitation.objects.aget()

    async def test_revoking_can_remove_who_came_at_once(self):
        code = await invite(self.olga)
        came = await come(Caller(), code, name="Ana")
        bea = await new_guest("Bea")
        await admit(self.club, bea.user)
        async with connect(token=came["token"]) as ana, connect(token=bea.token) as other:
            for socket in (ana, other):
                await socket.join("club")
            row = await self.revoke(self.olga, "?remove=true")
            assert row.revoked_at is not None
            assert (await ana.next("left"))["reason"] == "removed"
            await ana.all_events()
            await other.send("a secret")
            await ana.receives_nothing()
        assert await role_of(bea.user) == "member"

    async def test_somebody_banned_stays_banned_when_it_is_revoked(self):
        code, bea = await invite(self.olga), await new_guest("Bea")
        await come(bea, code)
        await remove(self.club, bea.user, ban=True)
        await self.revoke(self.olga, "?remove=true")
        assert (await Membership.objects.aget(person__public_id=bea.user["id"])).banned_at

    async def test_who_may_not_revoke_cannot_tell_it_from_a_missing_one(self):
        await invite(self.olga)
        for charlie in (await member("Charlie"), await member("Mod", (self.club, Role.MODERATOR))):
            row = await self.revoke(charlie, "?remove=true", status=404)
            assert row.revoked_at is None
        missing = await self.olga.delete(f"invitations/{row.pk + 1}")
        missing.check_error(404, "not_found")

    async def test_nobody_is_invited_to_a_room_that_was_deleted_meanwhile(self):
        olga = await person_of(self.olga.user)
        await Room.objects.filter(pk=self.club.pk).adelete()
        with (
            mock.patch.object(invitations.policies, "check_may_read"),
            mock.patch.object(invitations.policies, "refusal_to_invite", return_value=None),
            pytest.raises(ChatError) as refused,
        ):
            await sync_to_async(invitations.create)(olga, [self.club], Terms())
        assert refused.value.code == "not_found"

    async def test_who_moderates_nothing_removes_nobody(self):
        mara = await member("Mara", (self.club, Role.MEMBER))
        ana = await come(Caller(), await invite(mara), name="Ana")
        row = await self.revoke(mara, "?remove=true", status=403)
        assert row.revoked_at is None
        assert (await self.revoke(mara)).revoked_at
        assert await role_of(ana["user"]) == "member"

    async def test_a_moderator_removes_no_owner(self):
        mod = await member("Mod", (self.club, Role.MODERATOR))
        code, mara, ana = await invite(mod), await member("Mara"), await new_guest("Ana")
        for caller in (mara, ana):
            await come(caller, code)
        await sync_to_async(memberships.set_role)(
            self.club.pk, await person_of(mara.user), Role.OWNER
        )
        await self.revoke(mod, "?remove=true")
        assert (await role_of(mara.user), await role_of(ana.user)) == ("owner", None)

    async def test_the_list_takes_as_many_queries_for_twenty_as_for_two(self):
        asked = []
        olga = await person_of(self.olga.user)
        for count in (2, 18):
            for _ in range(count):
                made = await sync_to_async(invitations.create)(olga, [self.club], Terms())
                await sync_to_async(invitations.redeem)(made[1], None, None)
            asked.append(await self.queries_of_list(olga))
        assert asked[0] == asked[1]

    @staticmethod
    @sync_to_async
    def queries_of_list(person: Person) -> int:
        with CaptureQueriesContext(connection) as captured:
            revoking.listed_for(person)
        return len(captured)
