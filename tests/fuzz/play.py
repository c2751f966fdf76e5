"""What people do on two processes, each answer held to the model's."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from itertools import count

from hypothesis import event

from chat import models
from tests.fuzz.admin import Admin
from tests.fuzz.model import Person, Room, Site
from tests.fuzz.readers import Reader
from tests.fuzz.tabs import Tab
from tests.fuzz.views import differences, people_in, told
from tests.fuzz.web import PollTab, caller
from tests.support.layers import FaultyLayer

DEADLINE = 10.0
GLANCE = 0.002


class Play(Admin):
    """A story so far: what people did, and all that was made of it."""

    def __init__(self, site: Site, layer: FaultyLayer):
        super().__init__(site, layer)
        self._heard = count(1)

    async def open(self, person: Person, number: int, name: str | None = None) -> None:
        """Come with a new tab, through a process; perhaps under another name."""
        name = name or person.name
        tab = Tab(person, self.servers[number])
        welcome = await tab.ask("hello", name=name, token=person.token)
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
        answer = await caller(person, self.servers[number]).post("me", {"name": name})
        if person.blocked:
            answer.refused(403, "forbidden")
        else:
            self._rename(person, number, name, answer["user"]["name"])

    def _rename(self, person: Person, number: int, asked: str, now: str) -> None:
        """A guest who is in a room keeps their name; of other processes' rooms one may not have
        heard, and between two polls somebody is in a room and has no connection."""
        mine = [reader for reader in (*self.tabs, *self.web) if reader.person is person]
        rooms = [reader for reader in mine if reader.views]
        here = self.servers[number]
        kept = [r for r in rooms if r.server is here and not isinstance(r, PollTab)]
        if kept or not person.is_guest:
            assert now == person.name
        else:
            assert now == asked or (rooms and now == person.name)
        event(f"renamed: {now != person.name}, {len(rooms)}")
        if now != person.name:
            person.renamed(now)
            self.misnaming.add(1 - number)

    def drop(self, tab: Tab) -> None:
        """Lose a connection; who it was keeps what they had."""
        self.tabs.remove(tab)
        self.ended.append(tab)
        for slug, view in tab.vanish().items():
            self.kept[tab.person.id, slug] = view

    async def join(self, tab: Tab, slug: str, after: int | str | None, same_epoch: bool) -> None:
        """Join a room, or resume: with what one had (`own`), or what one says one had."""
        slug = tab.address(slug)
        room = self.site.rooms.get(slug)
        epoch = room.epoch if room and same_epoch else "another"
        if after == "own":
            view = tab.views.get(slug) or self.kept.pop((tab.person.id, slug), None)
            after, epoch = (view.version, view.room["epoch"]) if view else (None, None)
            tab.kept[slug] = view
        elif after is not None:
            tab.pretend(slug, after)
        answer = await tab.ask("join", room=slug, after=after, epoch=epoch)
        tab.kept.clear()
        if room is None:
            if not self.site.may_create(tab.person, self._known(tab)):
                assert answer["code"] == "not_found", answer
                return
            room = self.site.rooms[slug] = await self._created(slug)
        assert answer["type"] == "joined", answer
        expected = room.since(after, epoch)
        event(f"join: reset {expected['reset']}, {bool(expected['messages'])}")
        assert told(answer) == expected, (told(answer), expected)
        if self.servers.index(tab.server) not in self.misnaming:
            self.check_names(answer)
        assert {name: answer["room"][name] for name in room.shown} == room.shown

    async def _created(self, slug: str) -> Room:
        row = await self._database(models.Room.objects.get, slug=slug)
        return Room(slug, row.pk, row.epoch)

    async def leave(self, tab: Tab, slug: str) -> None:
        is_in = tab.address(slug) in tab.views
        answer = await tab.ask("leave", room=slug)
        assert answer["type"] == ("left" if is_in else "error"), answer
        assert is_in or answer["code"] == "forbidden"
        tab.views.pop(tab.address(slug), None)

    async def send(self, tab: Tab, slug: str, body: str, id: str) -> None:
        """Send a message; perhaps again, or another one under an id that one has used."""
        expected = self._refusal(tab, slug, id, body)
        answer = await tab.ask("send", room=slug, id=id, body=body)
        event(f"send: {expected or 'ack'}{' again' if answer.get('duplicate') else ''}")
        if expected:
            assert answer.get("code") == expected, (answer, expected)
            return
        assert answer["type"] == "ack", answer
        room = self.site.rooms[tab.address(slug)]
        first = room.find(tab.person.id, id)
        assert answer.get("duplicate", False) == bool(first), answer
        message = first or room.add(tab.person.id, id, body, answer["at"])
        acknowledged = (answer["room"], answer["seq"], answer["version"], answer["at"])
        assert acknowledged == (room.slug, message.seq, message.first_version, message.at)

    def _refusal(self, tab: Tab, slug: str, id: str, body: str) -> str | None:
        if tab.address(slug) not in tab.views:
            return "forbidden"
        room = self.site.rooms[tab.address(slug)]
        return self.site.refusal_of_send(tab.person, room, id, body, self._known(tab))

    async def talk_at_once(
        self, lines: list[tuple[Tab, str, str]], returning: Iterable[Tab] = ()
    ) -> None:
        """Send many messages before any is answered: they are numbered without a gap, and those
        of one connection in their order. What those are told who resume meanwhile only shows in
        what they have in the end."""
        allowed = [line for line in lines if not self._refusal(*line[:2], "", line[2])]
        said = [
            (tab, tab.address(slug), body, await tab.say("send", room=slug, body=body))
            for tab, slug, body in allowed
        ]
        resumed = asyncio.gather(*(tab.resume() for tab in returning))
        answers = [(*line, await line[0].answer(line[3])) for line in said]
        await resumed
        for tab, slug, body, message_id, ack in sorted(answers, key=lambda line: line[4]["seq"]):
            room = self.site.rooms[slug]
            message = room.add(tab.person.id, message_id, body, ack["at"])
            assert (ack["seq"], ack["version"]) == (message.seq, message.version)
        last: dict[tuple[Tab, str], int] = {}
        for tab, slug, _, _, ack in answers:
            assert last.get((tab, slug), 0) < ack["seq"], "one's messages changed places"
            last[tab, slug] = ack["seq"]

    async def history(self, tab: Tab, slug: str, before: int, limit: int) -> None:
        answer = await tab.ask("history", room=slug, before=before, limit=limit)
        room = self._room_of(tab, slug, answer)
        if room:
            assert told(answer) == room.page(before, limit)
            self.check_names(answer)

    async def sync(self, tab: Tab, slug: str, after: int | str | None, same_epoch: bool) -> None:
        """Ask for what is new, perhaps since a version that one never had."""
        view = tab.views.get(tab.address(slug))
        epoch = view.room["epoch"] if view and same_epoch else "another"
        if after in (None, "own"):
            after = view.version if view else 0
        elif view:
            tab.pretend(tab.address(slug), after)
            tab.kept.clear()
        answer = await tab.ask("sync", room=slug, after=after, epoch=epoch)
        room = self._room_of(tab, slug, answer)
        if room:
            expected = room.since(after, epoch)
            del expected["more"]
            assert told(answer) == expected
            assert (answer["epoch"], answer["version"]) == (room.epoch, room.version)

    def _room_of(self, tab: Tab, slug: str, answer: dict) -> Room | None:
        """Give the room that an answer is of; None where one is rightly told that one is out."""
        if tab.address(slug) in tab.views:
            assert answer["type"] != "error", answer
            return self.site.rooms[tab.address(slug)]
        assert answer["code"] == "forbidden", answer
        return None

    async def hint(self, tab: Tab, slug: str, version: int | None) -> None:
        """Type, or tell what one received."""
        said = {"type": "typing"} if version is None else {"type": "received", "version": version}
        refusal = await tab.silence(room=slug, **said)
        assert (refusal is None) == (tab.address(slug) in tab.views), refusal
        assert refusal is None or refusal["code"] == "forbidden"

    def check_names(self, answer: dict) -> None:
        """Whoever wrote is shown under the name that they have now."""
        names = {person.id: person.name for person in self.site.people}
        for message in answer["messages"]:
            assert message["author"]["name"] == names[message["author"]["id"]], answer

    # What is so, once all is quiet

    async def settle(self) -> None:
        """Let the processes hear each other and look; then every view is what the model says."""
        fates, self.layer.fates = self.layer.fates, ("deliver",)
        for number in range(2):
            await self.look(number)
        with suppress(TimeoutError):
            async with asyncio.timeout(DEADLINE):
                while self._differences():
                    for server in self.servers:
                        server.presence.beat()
                        await server.feed.compare()
                    for tab in self.tabs:
                        await tab.catch_up()
                    for reader in self.web:
                        if isinstance(reader, PollTab) and self._has_all_messages(reader):
                            await reader.ask_again()
                    await self.let_go()
                    await asyncio.sleep(0.005)
        found = self._differences()
        assert not found, found
        self.layer.fates = fates

    async def be_heard(self, tab: Tab, slug: str) -> None:
        """Say something while hints arrive: who reads the room, however much its process missed
        before, has it all without anybody looking at the database."""
        fates, self.layer.fates = self.layer.fates, ("deliver",)
        async with asyncio.timeout(DEADLINE):
            await self._hear_each_other()
            room = self.site.rooms.get(tab.address(slug))
            before = room and room.version
            await self.send(tab, slug, "a", f"heard{next(self._heard)}")
            is_said = room and room.version > before
            while is_said and self._may_hear(room) and not self._all_have(room):
                for reader in self.tabs:
                    await reader.catch_up()
                await asyncio.sleep(GLANCE)
        self.layer.fates = fates

    async def be_missed(self, tab: Tab, slug: str) -> None:
        """Leave a room while hints arrive: nobody there waits for a beat to know of it."""
        fates, self.layer.fates = self.layer.fates, ("deliver",)
        async with asyncio.timeout(DEADLINE):
            await self._hear_each_other()
            await self.leave(tab, slug)
            room = self.site.rooms.get(tab.address(slug))
            while room and self._is_seen(tab.person, room):
                await asyncio.sleep(GLANCE)
        self.layer.fates = fates

    def _is_seen(self, gone: Person, room: Room) -> bool:
        views = [tab.views[room.slug] for tab in self.tabs if room.slug in tab.views]
        is_here = gone.id in people_in(room, (*self.tabs, *self.web))
        return not is_here and any(gone.id in view.people for view in views)

    async def _hear_each_other(self) -> None:
        while not all(server.hints.company for server in self.servers):
            for server in self.servers:
                server.presence.beat()
            await asyncio.sleep(GLANCE)

    def _may_hear(self, room: Room) -> bool:
        """Whether the processes know the room: its address, and which log it has."""
        streams = [server.feed.stream(room.pk) for server in self.servers]
        known = [(s.room.slug, s.room.epoch) for s in streams if s]
        return all(one == (room.slug, room.epoch) for one in known)

    def _all_have(self, room: Room) -> bool:
        views = [reader.views.get(room.slug) for reader in (*self.tabs, *self.web)]
        return all(view is None or view.version == room.version for view in views)

    def _has_all_messages(self, reader: Reader) -> bool:
        versions = {slug: room.version for slug, room in self.site.rooms.items()}
        return all(versions.get(slug) == view.version for slug, view in reader.views.items())

    def _differences(self) -> list[str]:
        assert not any(tab.close_code for tab in self.tabs)
        assert not any(tab.told_late for tab in self.ended)
        return differences(self.site, (*self.tabs, *self.web), self.terminals)
