"""What an admin does to a site of two processes, and when the processes receive it."""

import asyncio
from dataclasses import replace

from django.utils import timezone
from hypothesis import event

from chat import log, models
from chat.access import memberships
from chat.live.server import ChatServer
from tests.fuzz.model import Person, Room, Settings, Site
from tests.fuzz.readers import View
from tests.fuzz.tabs import Tab
from tests.fuzz.terminals import TerminalTab
from tests.fuzz.web import WebReader
from tests.support.layers import FaultyLayer
from tests.support.processes import tick

DEADLINE = 10.0
GLANCE = 0.002


class Admin:
    """The processes, the open tabs, and the model of their state.

    A process sees what an admin changed when it polls the database."""

    def __init__(self, site: Site, layer: FaultyLayer):
        self.site, self.layer = site, layer
        self.servers = [ChatServer(layer) for _ in range(2)]
        self.known = [Settings(), Settings()]
        self.tabs: list[Tab] = []
        self.ended: list[Tab] = []
        self.web: list[WebReader] = []
        self.terminals: list[TerminalTab] = []
        # The processes that may not know somebody's newest name.
        self.unaware_of_names: set[int] = set()
        # The views of people who are disconnected, by person and room.
        self.kept: dict[tuple[str, str], View] = {}
        self.vacated: set[str] = set()

    async def begin(self) -> None:
        for server in self.servers:
            await server.start()
            server.limiter.enabled = False

    async def end(self) -> None:
        for tab in self.tabs:
            tab.vanish()
        for server in self.servers:
            await server.stop()
        await self.layer.close()

    async def configure(self, **fields) -> None:
        self.site.settings = replace(self.site.settings, **fields)
        await self._database(models.Configuration.objects.update, **fields)

    async def set_blocked(self, person: Person, blocked: bool) -> None:
        if person.id:
            person.blocked = blocked
            person.was_blocked |= blocked
            at = timezone.now() if blocked else None
            who = models.Person.objects.filter(public_id=person.id)
            await self._database(who.update, blocked_at=at)

    async def change_room(self, slug: str, /, **fields) -> None:
        if room := self.site.rooms.get(slug):
            vars(room).update(fields)
            await self._database(models.Room.objects.filter(pk=room.pk).update, **fields)

    async def change_message(self, slug: str, seq: int, deleted: bool, via: int | None) -> None:
        """Delete or restore a message; publish it through the process `via`, or not at all."""
        room = self.site.rooms.get(slug)
        if room is None or not 1 <= seq <= len(room.messages):
            return
        changed = room.set_deleted(room.messages[seq - 1], deleted)
        row = await self._database(models.Message.objects.get, room_id=room.pk, seq=seq)
        receipt = await self._database(log.delete if deleted else log.restore, row.pk)
        assert receipt.version == room.messages[seq - 1].version
        if changed and via is not None:
            self.servers[via].feed.publish_changes([receipt])

    async def move_room(self, slug: str, now: str, senders: int) -> None:
        """Move a room to another address; some people send before the processes know of it."""
        if now not in self.site.rooms and slug in self.site.rooms:
            inside = [tab for tab in self.tabs if slug in tab.views]
            await self.change_room(slug, slug=now)
            self.site.rooms[now] = self.site.rooms.pop(slug)
            self.vacated.add(slug)
            for tab in inside[:senders]:
                await self._send_in(self.site.rooms[now], tab, slug)
            await self._compare()
            event(f"moved with {len(inside)}")
            assert all(now in tab.views and slug not in tab.views for tab in inside)

    async def _send_in(self, room: Room, tab: Tab, slug: str) -> None:
        reply = await tab.request("send", room=slug, body="a")
        known = self._known(tab)
        refusal = self.site.refusal_of_send(tab.person, room, reply["id"], "a", known)
        assert reply.get("code") == refusal, reply
        if not refusal:
            room.add(tab.person.id, reply["id"], "a", reply["at"])

    async def delete_room(self, slug: str) -> None:
        """Delete a room with its messages, at once on all processes."""
        if room := self.site.rooms.pop(slug, None):
            self.vacated.add(slug)
            inside = [tab for tab in self.tabs if slug in tab.views]
            await self._database(models.Room.objects.filter(pk=room.pk).delete)
            await self._compare()
            event(f"deleted with {len(inside)}")
            assert all(tab.errors[-1]["code"] == "not_found" for tab in inside)
            assert not any(slug in tab.views for tab in self.tabs)

    async def set_banned(self, slug: str, person: Person, banned: bool) -> None:
        """Ban somebody from a room, or lift a ban, at once on all processes."""
        room = self.site.rooms.get(slug)
        if room is None or person.id is None or banned == (person.id in room.banned):
            return
        inside = [tab for tab in self.tabs if tab.person is person and slug in tab.views]
        await self._database(_set_banned, room.pk, person.id, banned=banned)
        if banned:
            room.banned.add(person.id)
            room.owner = None if room.owner == person.id else room.owner
            person.was_banned = True
        else:
            room.banned.remove(person.id)
        await self._compare()
        event(f"banned with {len(inside)}")
        async with asyncio.timeout(DEADLINE):
            while any(slug in tab.views for tab in inside):
                await asyncio.sleep(GLANCE)
        assert all(tab.errors[-1]["code"] == "not_found" for tab in inside)

    async def _compare(self) -> None:
        for server in self.servers:
            await server.feed.compare()
        for tab in self.tabs:
            await tab.request("ping")

    async def poll_site(self, number: int) -> None:
        """Make a process poll the configuration and who is blocked."""
        await self.servers[number].poll_site()
        self.known[number] = self.site.settings
        self.unaware_of_names.discard(number)
        for tab in [tab for tab in self.tabs if tab.server is self.servers[number]]:
            if tab.person.blocked:
                event("blocked")
                assert tab.close_code == 4403
                self.tabs.remove(tab)
                self.ended.append(tab)
            else:
                await tab.request("ping")
                assert tab.max_body == self.site.settings.max_body

    async def tick(self, number: int) -> None:
        """Make a process send a heartbeat, and release the rooms that nobody follows."""
        tick(self.servers[number], asyncio.get_running_loop().time())

    def _known(self, tab: Tab) -> Settings:
        return self.known[self.servers.index(tab.server)]

    def _database(self, function, *args, **fields):
        return self.servers[0].database.run(lambda: function(*args, **fields))


def _set_banned(room_id: int, public_id: str, banned: bool) -> None:
    person = models.Person.objects.get(public_id=public_id)
    memberships.remove(room_id, person, ban=banned)
