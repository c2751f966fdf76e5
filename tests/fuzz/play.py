"""What people do on two processes; each reply is compared with the model's."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import count

from hypothesis import event

from chat import models
from tests.fuzz.admin import DEADLINE, GLANCE, Admin
from tests.fuzz.model import Meant, Person, Room, Site
from tests.fuzz.readers import Reader
from tests.fuzz.socketio import SocketIOTab
from tests.fuzz.tabs import Tab
from tests.fuzz.views import content_of, differences, people_in
from tests.fuzz.web import PollTab, caller
from tests.support.layers import FaultyLayer

# How a message says whom it means, and the numbers of some people.
Naming = tuple[str, list[int]]
BY_NAME: Naming = ("names", [])
TABS = {"socket": Tab, "Socket.IO": SocketIOTab}


class Play(Admin):
    """A story so far: what people did, and the state that it led to."""

    def __init__(self, site: Site, layer: FaultyLayer):
        super().__init__(site, layer)
        self._numbers = count(1)

    async def open(
        self, person: Person, number: int, name: str | None = None, over: str = "socket"
    ) -> None:
        """Connect a new tab to a process; perhaps under another name."""
        name = name or person.name
        tab = TABS[over](person, self.servers[number])
        welcome = await tab.request("hello", name=name, token=person.token)
        if person.blocked:
            assert tab.close_code == 4403
            return
        assert welcome["type"] == "welcome", welcome
        assert person.id in (None, welcome["user"]["id"])
        self._rename(person, number, name, welcome["user"]["name"])
        assert ("token" in welcome) == person.is_guest
        assert tab.max_body == self._known(tab).max_body
        person.id, person.token = welcome["user"]["id"], welcome.get("token")
        self.tabs.append(tab)

    async def rename(self, person: Person, number: int, name: str) -> None:
        """Ask for another name over HTTP."""
        reply = await caller(person, self.servers[number]).post("me", {"name": name})
        if person.blocked:
            reply.check_error(403, "forbidden")
        else:
            self._rename(person, number, name, reply["user"]["name"])

    def _rename(self, person: Person, number: int, requested: str, now: str) -> None:
        """A guest who is in a room keeps their name. A process may not know of rooms of others, and
        between two polls somebody is in a room without a connection."""
        mine = [reader for reader in (*self.tabs, *self.web) if reader.person is person]
        rooms = [reader for reader in mine if reader.views]
        here = self.servers[number]
        kept = [r for r in rooms if r.server is here and not isinstance(r, PollTab)]
        if kept or not person.is_guest:
            assert now == person.name
        else:
            assert now == requested or (rooms and now == person.name)
        event(f"renamed: {now != person.name}, {len(rooms)}")
        if now != person.name:
            person.renamed(now)
            self.unaware_of_names.add(1 - number)

    def drop(self, tab: Tab) -> None:
        """Lose a connection; the person keeps their views."""
        self.tabs.remove(tab)
        self.ended.append(tab)
        for slug, view in tab.vanish().items():
            self.kept[tab.person.id, slug] = view

    async def join(self, tab: Tab, slug: str, after: int | str | None, same_epoch: bool) -> None:
        """Join a room, or resume: from the version the tab had (`own`), or a pretended one."""
        slug = tab.address(slug)
        room = self.site.rooms.get(slug)
        epoch = room.epoch if room and same_epoch else "another"
        if after == "own":
            view = tab.views.get(slug) or self.kept.pop((tab.person.id, slug), None)
            after, epoch = (view.version, view.room["epoch"]) if view else (None, None)
            tab.kept[slug] = view
        elif after is not None:
            tab.pretend_version(slug, after)
        reply = await tab.request("join", room=slug, after=after, epoch=epoch)
        tab.kept.clear()
        if room and tab.person.id in room.banned:
            assert reply["code"] == "not_found", reply
            return
        if room is None:
            if not self.site.may_create(tab.person, self._known(tab)):
                assert reply["code"] == "not_found", reply
                return
            room = self.site.rooms[slug] = await self._created(slug)
            room.owner = None if tab.person.is_guest else tab.person.id
        assert reply["type"] == "joined", reply
        expected = room.since(after, epoch)
        event(f"join: reset {expected['reset']}, {bool(expected['messages'])}")
        assert content_of(reply) == expected, (content_of(reply), expected)
        self._check_mine(tab, room, reply)
        if self.servers.index(tab.server) not in self.unaware_of_names:
            self.check_names(reply)
        assert {name: reply["room"][name] for name in room.shown} == room.shown

    async def _created(self, slug: str) -> Room:
        row = await self._database(models.Room.objects.get, slug=slug)
        return Room(slug, row.pk, row.epoch)

    async def leave(self, tab: Tab, slug: str) -> None:
        is_in = tab.address(slug) in tab.views
        reply = await tab.request("leave", room=slug)
        assert reply["type"] == ("left" if is_in else "error"), reply
        assert is_in or reply["code"] == "forbidden"
        tab.views.pop(tab.address(slug), None)

    async def send(
        self,
        tab: Tab,
        slug: str,
        body: str,
        id: str,
        reply_to: int | None = None,
        naming: Naming = BY_NAME,
    ) -> None:
        """Send a message; perhaps again, or another one with an id that was used."""
        expected = self._refusal(tab, slug, id, body, reply_to)
        meant, fields = self._meant(tab, slug, body, naming)
        reply = await tab.request("send", room=slug, id=id, body=body, reply_to=reply_to, **fields)
        event(f"send: {expected or 'ack'}{' again' if reply.get('duplicate') else ''}")
        if expected:
            assert reply.get("code") == expected, (reply, expected)
            return
        assert reply["type"] == "ack", reply
        room = self.site.rooms[tab.address(slug)]
        first = room.find(tab.person.id, id)
        assert reply.get("duplicate", False) == bool(first), reply
        message = first or room.add(tab.person.id, id, body, reply["at"], reply_to)
        if not first:
            message.meant = meant
        acknowledged = (reply["room"], reply["seq"], reply["version"], reply["at"])
        assert acknowledged == (room.slug, message.seq, message.first_version, message.at)

    def _refusal(
        self, tab: Tab, slug: str, id: str, body: str, reply_to: int | None = None
    ) -> str | None:
        if tab.address(slug) not in tab.views:
            return "forbidden"
        room = self.site.rooms[tab.address(slug)]
        known = self._known(tab)
        return self.site.refusal_of_send(tab.person, room, id, body, known, reply_to)

    def _meant(self, tab: Tab, slug: str, body: str, naming: Naming) -> tuple[Meant, dict]:
        """Return whom a text means, and the fields that say so: `naming` is how, and the numbers of
        some people."""
        room, (how, numbers) = self._joined_room(tab, slug), naming
        if room is None:
            return Meant(), {}
        if how == "names":
            return self.site.meant_by(body, room), {}
        authors = {message.author for message in room.messages}
        people = [p.id for p in self.site.people if p.id in authors or not p.is_guest]
        ids = list(dict.fromkeys([*people, "nobody"][n % (len(people) + 1)] for n in numbers))
        event(f"mentions: {how}, {len(ids)}")
        both = {"mention_names": True} if how == "both" else {}
        return self.site.meant_by(body, room, ids, how == "both"), {"mentions": ids, **both}

    async def edit(
        self,
        tab: Tab,
        slug: str,
        seq: int,
        body: str,
        base: int | None,
        naming: Naming = BY_NAME,
    ) -> None:
        """Edit a message; perhaps somebody else's, or of a version that has changed."""
        room, known, expected = self._joined_room(tab, slug), self._known(tab), "forbidden"
        meant, fields = self._meant(tab, slug, body, naming)
        if room:
            expected = self.site.refusal_of_edit(tab.person, room, seq, body, base, known, meant)
        reply = await tab.request("edit", room=slug, seq=seq, body=body, base=base, **fields)
        event(f"edit: {expected or 'ack'}{' again' if reply.get('duplicate') else ''}")
        self._check_change(
            reply, room, seq, expected, lambda: room.edit(room.at(seq), body, base, meant)
        )

    async def delete(self, tab: Tab, slug: str, seq: int) -> None:
        """Delete a message, one's own or not."""
        room = self._joined_room(tab, slug)
        expected = self.site.refusal_of_deletion(tab.person, room, seq) if room else "forbidden"
        reply = await tab.request("delete", room=slug, seq=seq)
        event(f"delete: {expected or 'ack'}{' again' if reply.get('duplicate') else ''}")
        self._check_change(reply, room, seq, expected, lambda: room.set_deleted(room.at(seq), True))

    async def react(self, tab: Tab, slug: str, seq: int, emoji: str, on: bool) -> None:
        """React to a message, or take a reaction back."""
        room, kept = self._joined_room(tab, slug), emoji.replace("👍\ufe0f", "👍")
        person, expected = tab.person, "forbidden"
        if room:
            expected = self.site.refusal_of_reaction(person, room, seq, kept, on)
        reply = await tab.request("react", room=slug, seq=seq, emoji=emoji, on=on)
        event(f"react: {expected or 'ack'}{' again' if reply.get('duplicate') else ''}")
        self._check_change(
            reply, room, seq, expected, lambda: room.react(room.at(seq), person.id, kept, on)
        )

    def _joined_room(self, tab: Tab, slug: str) -> Room | None:
        return self.site.rooms[tab.address(slug)] if tab.address(slug) in tab.views else None

    def _check_change(
        self,
        reply: dict,
        room: Room | None,
        seq: int,
        expected: str | None,
        change: Callable[[], bool],
    ) -> None:
        if expected:
            assert reply.get("code") == expected, (reply, expected)
            return
        assert reply["type"] == "ack", reply
        assert reply.get("duplicate", False) != change(), reply
        assert (reply["seq"], reply["version"]) == (seq, room.at(seq).version), reply

    async def send_at_once(
        self, lines: list[tuple[Tab, str, str]], returning: Iterable[Tab] = ()
    ) -> None:
        """Send many messages before any is acknowledged: they are numbered without a gap, and
        those of one connection in their order. What clients receive that resume meanwhile shows
        in their views at the end."""
        allowed = [line for line in lines if not self._refusal(*line[:2], "", line[2])]
        sent = [
            (tab, tab.address(slug), body, await tab.send_command("send", room=slug, body=body))
            for tab, slug, body in allowed
        ]
        resumed = asyncio.gather(*(tab.resume() for tab in returning))
        replies = [(*line, await line[0].reply_to(line[3])) for line in sent]
        await resumed
        for tab, slug, body, message_id, ack in sorted(replies, key=lambda line: line[4]["seq"]):
            room = self.site.rooms[slug]
            message = room.add(tab.person.id, message_id, body, ack["at"])
            assert (ack["seq"], ack["version"]) == (message.seq, message.version)
        last: dict[tuple[Tab, str], int] = {}
        for tab, slug, _, _, ack in replies:
            assert last.get((tab, slug), 0) < ack["seq"], "messages of one tab changed places"
            last[tab, slug] = ack["seq"]

    async def history(self, tab: Tab, slug: str, place: str, seq: int, limit: int) -> None:
        reply = await tab.request("history", room=slug, limit=limit, **{place: seq})
        room = self._room_of(tab, slug, reply)
        if room:
            assert content_of(reply) == room.page(place, seq, limit)
            self._check_beside(tab, room, reply)

    async def get(self, tab: Tab, slug: str, seqs: list[int]) -> None:
        reply = await tab.request("get", room=slug, seqs=seqs)
        room = self._room_of(tab, slug, reply)
        if room:
            found = [m.shown for m in room.messages if m.seq in seqs]
            assert content_of(reply) == {"messages": found}
            self._check_beside(tab, room, reply)

    async def sync(self, tab: Tab, slug: str, after: int | str | None, same_epoch: bool) -> None:
        """Synchronise, perhaps from a version that the tab never had."""
        view = tab.views.get(tab.address(slug))
        epoch = view.room["epoch"] if view and same_epoch else "another"
        if after in (None, "own"):
            after = view.version if view else 0
        elif view:
            tab.pretend_version(tab.address(slug), after)
            tab.kept.clear()
        reply = await tab.request("sync", room=slug, after=after, epoch=epoch)
        room = self._room_of(tab, slug, reply)
        if room:
            expected = room.since(after, epoch)
            del expected["more"]
            assert content_of(reply) == expected
            self._check_mine(tab, room, reply)
            assert (reply["epoch"], reply["version"]) == (room.epoch, room.version)

    def _room_of(self, tab: Tab, slug: str, reply: dict) -> Room | None:
        """Return the room of a reply; None if it is rightly refused as not joined."""
        if tab.address(slug) in tab.views:
            assert reply["type"] != "error", reply
            return self.site.rooms[tab.address(slug)]
        assert reply["code"] == "forbidden", reply
        return None

    async def send_silent(self, tab: Tab, slug: str, version: int | None) -> None:
        """Send `typing`, or `received` with a version."""
        command = (
            {"type": "typing"} if version is None else {"type": "received", "version": version}
        )
        refusal = await tab.send_silent(room=slug, **command)
        assert (refusal is None) == (tab.address(slug) in tab.views), refusal
        assert refusal is None or refusal["code"] == "forbidden"

    def _check_beside(self, tab: Tab, room: Room, reply: dict) -> None:
        self.check_names(reply)
        self._check_mine(tab, room, reply)
        for message in reply["messages"]:
            for person in message.get("mentions", ()):
                then = room.at(message["seq"]).meant.people[person["id"]]
                assert person.get("was", person["name"]) == then, reply
                assert person.get("was") != person["name"], reply

    @staticmethod
    def _check_mine(tab: Tab, room: Room, reply: dict) -> None:
        mine = room.mine(tab.person.id, reply["messages"])
        event(f"mine: {bool(mine)}")
        assert reply.get("mine", {}) == mine, reply

    def check_names(self, reply: dict) -> None:
        """Check that each author is shown by their present name."""
        names = {person.id: person.name for person in self.site.people}
        for message in reply["messages"]:
            for person in (message["author"], *message.get("mentions", ())):
                assert person["name"] == names[person["id"]], reply

    # The state once nothing is under way

    async def settle(self) -> None:
        """Make the processes receive hints and poll; then check that every view is the model's."""
        fates, self.layer.fates = self.layer.fates, ("deliver",)
        for number in range(2):
            await self.poll_site(number)
        with suppress(TimeoutError):
            async with asyncio.timeout(DEADLINE):
                while self._differences():
                    for server in self.servers:
                        server.presence.send_heartbeat()
                        await server.feed.compare()
                    for tab in self.tabs:
                        await tab.catch_up()
                    for reader in self.web:
                        if isinstance(reader, PollTab) and self._has_all_messages(reader):
                            await reader.poll_again()
                    await self.forget_refused()
                    await asyncio.sleep(0.005)
        found = self._differences()
        assert not found, found
        self.layer.fates = fates

    async def check_delivery(self, tab: Tab, slug: str) -> None:
        """Send a message while hints arrive: everybody in the room receives it without a poll of
        the database, whatever their process missed before."""
        fates, self.layer.fates = self.layer.fates, ("deliver",)
        async with asyncio.timeout(DEADLINE):
            await self._meet_peers()
            room = self.site.rooms.get(tab.address(slug))
            before = room and room.version
            await self.send(tab, slug, "a", f"delivery{next(self._numbers)}")
            is_sent = room and room.version > before
            while is_sent and self._is_known_everywhere(room) and not self._all_have(room):
                for reader in self.tabs:
                    await reader.catch_up()
                await asyncio.sleep(GLANCE)
        self.layer.fates = fates

    async def check_departure(self, tab: Tab, slug: str) -> None:
        """Leave a room while hints arrive: everybody in it sees that without a heartbeat."""
        fates, self.layer.fates = self.layer.fates, ("deliver",)
        async with asyncio.timeout(DEADLINE):
            await self._meet_peers()
            room = self.site.rooms.get(tab.address(slug))
            await self._forget_the_gone(room)
            await self.leave(tab, slug)
            while room and self._is_seen(tab.person, room):
                await asyncio.sleep(GLANCE)
        self.layer.fates = fates

    def _is_seen(self, person: Person, room: Room) -> bool:
        views = [tab.views[room.slug] for tab in self.tabs if room.slug in tab.views]
        is_here = person.id in people_in(room, (*self.tabs, *self.web))
        return not is_here and any(person.id in view.people for view in views)

    async def _meet_peers(self) -> None:
        while not all(server.hints.has_peers for server in self.servers):
            for server in self.servers:
                server.presence.send_heartbeat()
            await asyncio.sleep(GLANCE)

    async def _forget_the_gone(self, room: Room | None) -> None:
        """Send heartbeats until no process takes somebody for present whose hint of leaving
        through another one it missed before."""
        readers = (*self.tabs, *self.web)
        while room and any(
            server.presence.people(room.pk).keys() - people_in(room, readers, self.terminals)
            for server in self.servers
        ):
            for server in self.servers:
                server.presence.send_heartbeat()
            await asyncio.sleep(GLANCE)

    def _is_known_everywhere(self, room: Room) -> bool:
        """Whether the processes that follow the room know its address and epoch."""
        streams = [server.feed.stream(room.pk) for server in self.servers]
        known = [(s.room.slug, s.room.epoch) for s in streams if s]
        return all(pair == (room.slug, room.epoch) for pair in known)

    def _all_have(self, room: Room) -> bool:
        views = [reader.views.get(room.slug) for reader in (*self.tabs, *self.web)]
        return all(view is None or view.version == room.version for view in views)

    def _has_all_messages(self, reader: Reader) -> bool:
        versions = {slug: room.version for slug, room in self.site.rooms.items()}
        return all(versions.get(slug) == view.version for slug, view in reader.views.items())

    def _differences(self) -> list[str]:
        assert not any(tab.close_code for tab in self.tabs)
        assert not any(tab.late_messages for tab in self.ended)
        return differences(self.site, (*self.tabs, *self.web), self.terminals)
