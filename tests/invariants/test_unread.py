"""I10: what lists say is unread follows from the database, the same on all devices, whatever
became of the hints; and I5 for lists and notices."""

import asyncio

import pytest
from asgiref.sync import sync_to_async

from chat.access import memberships
from chat.models import Membership, Notice, Person, Room
from tests.support.clients import ProtocolClient
from tests.support.layers import FaultyLayer
from tests.support.processes import eventually, processes

pytestmark = pytest.mark.django_db(transaction=True)

ALL_FATES = FaultyLayer.FATES


class Watcher(ProtocolClient):
    """A person with the list of their rooms, kept as docs/protocol.md says."""

    async def watch(self, server) -> None:
        await self.connect(server, "lobby")
        await self.send_command("watch")

    @property
    def list(self) -> dict[str, dict]:
        entries: dict[str, dict] = {}
        for event in self.events:
            if event["type"] == "rooms":
                entries |= {entry["room"]["id"]: entry for entry in event["rooms"]}
                for room_id in event.get("gone", ()):
                    entries.pop(room_id, None)
        return entries

    @property
    def shown(self) -> dict[str, tuple[int, int, int]]:
        return {
            room_id: (entry["last_read"], entry["unread"], entry["mentions"])
            for room_id, entry in self.list.items()
        }


@sync_to_async
def expected_of(person_id: str) -> dict[str, tuple[int, int, int]]:
    """Return what a list should show by the database alone."""
    shown = {}
    for own in Membership.objects.filter(person__public_id=person_id).select_related("room"):
        unread = own.room.last_seq - own.last_read
        notices = Notice.objects.filter(room=own.room, seq__gt=own.last_read, person=own.person)
        mentions = unread if own.room.kind == Room.Kind.DIRECT else notices.count()
        shown[own.room.public_id] = (own.last_read, unread, mentions)
    return shown


@sync_to_async
def club_of(*people: str, kind: str = Room.Kind.PRIVATE) -> Room:
    room = Room.objects.create(slug=f"{kind}-club", name="Club", kind=kind)
    for public_id in people:
        memberships.set_role(room.pk, Person.objects.get(public_id=public_id), "member")
    return room


async def show_the_same(devices: list[Watcher]) -> None:
    """Wait until all devices of one person show what the database says."""
    expected = await expected_of(devices[0].user_id)
    await eventually(
        lambda: all(device.shown == expected for device in devices),
        f"{expected} instead of {[device.shown for device in devices]}",
        14,
    )


@pytest.mark.parametrize("fates", [("deliver",), ("drop",), ALL_FATES], ids=str)
def test_all_devices_show_what_the_database_says_once_quiet(fates):
    async def play():
        async with processes(2, FaultyLayer(seed=3, fates=fates)) as (here, there):
            ana, same, ion = Watcher("Ana"), Watcher("Ana"), ProtocolClient("Ion")
            await ana.watch(here)
            same.token = ana.token
            await same.watch(there)
            await ion.connect(there, "lobby")
            rooms = [
                await club_of(ana.user_id, ion.user_id, kind=kind)
                for kind in (Room.Kind.PRIVATE, Room.Kind.DIRECT)
            ]
            for room in rooms:
                await ion.send_command("join", room=room.slug, id=room.slug)
            for number in range(9):
                for room in rooms:
                    mention = [ana.user_id] if number % 3 == 0 else None
                    await ion.send_command(
                        "send", room=room.slug, id=f"m{number}", body="@Ana", mentions=mention
                    )
                if number % 4 == 0:
                    for room in rooms:
                        device = (ana, same)[number % 8 == 0]
                        await device.send_command("read", room=room.slug, seq=number)
            await here.committer.writes._idle.wait()
            await asyncio.sleep(0.5)
            await show_the_same([ana, same])
            person = await Person.objects.aget(public_id=ana.user_id)
            await sync_to_async(memberships.remove)(rooms[0].pk, person)
            await here.feed.apply_access(rooms[0].pk)
            await show_the_same([ana, same])

    asyncio.run(play())


def test_nothing_of_a_room_comes_after_somebody_was_removed_by_a_process_that_told_nobody():
    async def play():
        async with processes(2, FaultyLayer(fates=("drop",))) as (here, there):
            charlie, ion = Watcher("Charlie"), ProtocolClient("Ion")
            await ion.connect(here, "lobby")
            await charlie.watch(there)
            room = await club_of(charlie.user_id, ion.user_id)
            await eventually(lambda: room.public_id in charlie.list, "the room", 14)
            await ion.send_command("join", room=room.slug)
            person = await Person.objects.aget(public_id=charlie.user_id)
            await sync_to_async(memberships.remove)(room.pk, person)
            await ion.send_command(
                "send", room=room.slug, id="secret", body="@Charlie", mentions=[charlie.user_id]
            )
            await eventually(lambda: room.public_id not in charlie.list, "the end of the room")
            assert not await Notice.objects.aexists()
            assert not [e for e in charlie.events if e["type"] == "notice"]
            assert all(
                entry["room"]["seq"] == 0
                for event in charlie.events
                if event["type"] == "rooms"
                for entry in event["rooms"]
            )

    asyncio.run(play())
