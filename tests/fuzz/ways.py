"""What people do over HTTP and at the door of lines, each answer held to the model's."""

import asyncio
from itertools import count

from hypothesis import event

from chat import models, protocol
from tests.fuzz.model import Person, Room
from tests.fuzz.play import Play
from tests.fuzz.readers import View
from tests.fuzz.terminals import TerminalTab
from tests.fuzz.views import told
from tests.fuzz.web import PollTab, StreamTab, WebReader, caller

DEADLINE = 10.0
GLANCE = 0.002
READERS = {"stream": StreamTab, "poll": PollTab}

Post = tuple[Person, int, str, str]


class Ways(Play):
    """A story in which not everybody has a socket for JSON."""

    def __init__(self, site, layer):
        super().__init__(site, layer)
        self._guests = count(1)

    async def end(self) -> None:
        for reader in (*self.web, *self.terminals):
            await reader.vanish()
        await super().end()

    # Reading over HTTP

    async def read(
        self, person: Person, number: int, slug: str, how: str, after: int | str | None, same: bool
    ) -> None:
        """Begin to read a room; perhaps from where one was (`own`), or says one was."""
        room, view = self.site.rooms.get(slug), None
        epoch = room.epoch if room and same else "another"
        if after == "own":
            view = self.kept.pop((person.id, slug), None)
            after, epoch = (view.version, view.room["epoch"]) if view else (None, None)
        elif after is not None:
            view = View({}, after, base=after)
        reader = READERS[how](person, self.servers[number], view)
        first = await reader.come(slug, after, epoch)
        refusal = "forbidden" if person.blocked else None if room else "not_found"
        assert reader.refusal == refusal
        event(f"{how}: {refusal}")
        if refusal:
            await reader.vanish()
            return
        self.web.append(reader)
        expected = room.since(after, epoch)
        assert first_told(first) == expected, (first_told(first), expected)
        assert {name: first["room"][name] for name in room.shown} == room.shown

    async def go(self, reader: WebReader) -> None:
        """Stop reading, as somebody whose connection is lost; they keep what they had."""
        if reader.broken:
            raise reader.broken
        self.web.remove(reader)
        for slug, view in (await reader.vanish()).items():
            self.kept[reader.person.id, slug] = view

    async def let_go(self) -> None:
        """Forget the readers that were rightly refused to go on. Raises what went wrong."""
        for reader in [reader for reader in self.web if reader.ended.is_set()]:
            if reader.broken:
                raise reader.broken
            expected = {"not_found": reader.asked in self.vacated}
            expected["forbidden"] = reader.person.was_blocked
            assert expected.get(reader.refusal), f"{reader.person.name}: {reader.refusal}"
            self.web.remove(reader)
            await reader.vanish()

    async def look(self, number: int) -> None:
        await super().look(number)
        for reader in self.web:
            if reader.person.blocked and reader.server is self.servers[number]:
                await asyncio.wait_for(reader.ended.wait(), DEADLINE)
        await self.let_go()

    async def delete_room(self, slug: str) -> None:
        room = self.site.rooms.get(slug)
        await super().delete_room(slug)
        for terminal in [terminal for terminal in self.terminals if terminal.room is room]:
            assert await terminal.closed() == 4400
            assert terminal.lines[-1].startswith("! ")
            self.terminals.remove(terminal)
            await terminal.vanish()

    # Writing over HTTP

    async def post(self, person: Person, number: int, slug: str, body: str, id: str) -> None:
        """Post a message, in the room or not; perhaps again, or another under the same id."""
        expected = self._refusal_of_post(person, number, slug, body, id)
        status, answer = await self._post(person, number, slug, body, id)
        event(f"post: {expected or status}")
        if expected:
            assert answer.get("error", {}).get("code") == expected, (answer, expected)
            return
        room = self.site.rooms[slug]
        first = room.find(person.id, id)
        assert (status, answer.get("duplicate", False)) == ((200, True) if first else (201, False))
        message = first or room.add(person.id, id, body, answer["at"])
        acknowledged = tuple(answer[name] for name in ("id", "room", "seq", "version", "at"))
        assert acknowledged == (id, slug, message.seq, message.first_version, message.at)

    def _refusal_of_post(self, person, number, slug, body, id="") -> str | None:
        if person.blocked:
            return "forbidden"
        room = self.site.rooms.get(slug)
        if room is None:
            return "not_found" if body.strip() and "\0" not in body else "bad_request"
        return self.site.refusal_of_send(person, room, id, body, self.known[number])

    async def _post(self, person, number, slug, body, id) -> tuple[int, dict]:
        answer = await caller(person, self.servers[number]).post(
            f"rooms/{slug}/messages", {"id": id, "body": body}
        )
        return answer.status, answer.body

    async def post_at_once(self, posts: list[Post], ids: list[str]) -> None:
        """Many post in one moment, each through both processes as who does not trust one: one of
        the two is told that the message was there."""
        posts = [
            (*post, message_id)
            for post, message_id in zip(posts, ids, strict=True)
            if not any(self._refusal_of_post(post[0], number, *post[2:]) for number in range(2))
        ]
        both = await asyncio.gather(*(self._post_twice(person, *rest) for person, *rest in posts))
        answers = zip(posts, both, strict=True)
        for (person, _, slug, body, message_id), (first, again) in sorted(
            answers, key=lambda answer: answer[1][0]["seq"]
        ):
            room = self.site.rooms[slug]
            message = room.add(person.id, message_id, body, first["at"])
            assert (first["seq"], first["version"]) == (message.seq, message.version)
            assert again == first | {"duplicate": True}

    async def _post_twice(self, person, number, slug, body, id) -> list[dict]:
        both = await asyncio.gather(
            self._post(person, number, slug, body, id),
            self._post(person, 1 - number, slug, body, id),
        )
        assert sorted(status for status, _ in both) == [200, 201], both
        return [answer for _, answer in sorted(both, key=lambda one: -one[0])]

    async def read_back(self, person, number, slug, before, limit) -> None:
        """Ask for a page of older messages."""
        query = {"limit": limit} | ({} if before is None else {"before": before})
        answer = await caller(person, self.servers[number]).history(slug, **query)
        room = self.site.rooms.get(slug)
        if person.blocked or room is None:
            answer.refused(*((403, "forbidden") if person.blocked else (404, "not_found")))
            return
        self.check_names(answer.body)
        before = len(room.messages) + 1 if before is None else before
        assert told(answer.body) == room.page(before, limit)

    # At a terminal

    async def sit_down(self, number: int, slug: str) -> None:
        """Come to a room as a new guest, at a terminal."""
        person = Person(f"Guest-{next(self._guests)}")
        room = self.site.rooms.get(slug)
        if room is None:
            return
        terminal = TerminalTab(person, self.servers[number], room)
        assert await terminal.come() == f"* You joined {slug} as {person.name}"
        row = await self._database(models.Person.objects.get, name=person.name)
        person.id = row.public_id
        self.site.people.append(person)
        self.terminals.append(terminal)

    async def stand_up(self, terminal: TerminalTab) -> None:
        self.terminals.remove(terminal)
        await terminal.vanish()

    async def type(self, terminal: TerminalTab, text: str) -> None:
        """Type a line, with its end as most terminals have it."""
        room, known = terminal.room, self._known(terminal)
        body = text.rstrip("\r\n")
        refusal = self.site.refusal_of_send(terminal.person, room, "", body, known)
        event(f"typed: {refusal}")
        terminal.read()
        await terminal.type(f"{body}\r\n")
        if refusal:
            await terminal.refused()
            return
        row = await self._stored(room, len(room.messages) + 1)
        assert (row.author.public_id, row.body) == (terminal.person.id, body)
        at = protocol.Message.of(row).model_dump(mode="json")["at"]
        room.add(terminal.person.id, row.client_id, body, at)
        terminal.own.add(row.client_id)

    async def _stored(self, room: Room, seq: int) -> models.Message:
        rows = models.Message.objects.select_related("author").filter(room_id=room.pk, seq=seq)
        async with asyncio.timeout(DEADLINE):
            while not (row := await self._database(rows.first)):
                await asyncio.sleep(GLANCE)
        return row


def first_told(first: dict) -> dict:
    """What a reader's first answer says of messages, in the model's form."""
    if "messages" in first:
        return told(first)
    messages = [e["message"] for e in first["events"] if e["type"] == "message"]
    return told({"reset": first["reset"], "more": first["more"], "messages": messages})
