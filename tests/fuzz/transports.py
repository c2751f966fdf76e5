"""What people do over HTTP and at terminals; each response is compared with the model's."""

import asyncio
from itertools import count

from hypothesis import event

from chat import models, protocol
from tests.fuzz.model import Person, Room
from tests.fuzz.play import Play
from tests.fuzz.readers import View
from tests.fuzz.terminals import TerminalTab
from tests.fuzz.views import content_of
from tests.fuzz.web import PollTab, StreamTab, WebReader, caller

DEADLINE = 10.0
GLANCE = 0.002
READERS = {"stream": StreamTab, "poll": PollTab}

Post = tuple[Person, int, str, str]


class Transports(Play):
    """A story in which people also use streams, polls, posts and terminals."""

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
        """Begin to read a room; perhaps from the reader's version (`own`), or a pretended one."""
        room, view = self.site.rooms.get(slug), None
        epoch = room.epoch if room and same else "another"
        if after == "own":
            view = self.kept.pop((person.id, slug), None)
            after, epoch = (view.version, view.room["epoch"]) if view else (None, None)
        elif after is not None:
            view = View({}, after, base=after)
        reader = READERS[how](person, self.servers[number], view)
        first = await reader.open(slug, after, epoch)
        room = self.site.room_for(person, slug)
        refusal = "forbidden" if person.blocked else None if room else "not_found"
        assert reader.refusal == refusal
        event(f"{how}: {refusal}")
        if refusal:
            await reader.vanish()
            return
        self.web.append(reader)
        expected = room.since(after, epoch)
        content = content_of_first(first, after or 0)
        assert content == expected, (content, expected)
        assert {name: first["room"][name] for name in room.shown} == room.shown

    async def stop_reading(self, reader: WebReader) -> None:
        """Lose the connection of a reader; the person keeps the view."""
        if reader.failure:
            raise reader.failure
        self.web.remove(reader)
        for slug, view in (await reader.vanish()).items():
            self.kept[reader.person.id, slug] = view

    async def forget_refused(self) -> None:
        """Remove the readers that were rightly refused; raise the error of one that failed."""
        for reader in [reader for reader in self.web if reader.ended.is_set()]:
            if reader.failure:
                raise reader.failure
            is_out = reader.requested in self.vacated or reader.person.was_banned
            expected = {"not_found": is_out}
            expected["forbidden"] = reader.person.was_blocked
            assert expected.get(reader.refusal), f"{reader.person.name}: {reader.refusal}"
            self.web.remove(reader)
            await reader.vanish()

    async def poll_site(self, number: int) -> None:
        await super().poll_site(number)
        for reader in self.web:
            if reader.person.blocked and reader.server is self.servers[number]:
                await asyncio.wait_for(reader.ended.wait(), DEADLINE)
        await self.forget_refused()

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
        """Post a message, in the room or not; perhaps again, or another with the same id."""
        expected = self._refusal_of_post(person, number, slug, body, id)
        status, response = await self._post(person, number, slug, body, id)
        event(f"post: {expected or status}")
        if expected:
            assert response.get("error", {}).get("code") == expected, (response, expected)
            return
        room = self.site.rooms[slug]
        first = room.find(person.id, id)
        assert (status, response.get("duplicate", False)) == (
            (200, True) if first else (201, False)
        )
        message = first or room.add(person.id, id, body, response["at"])
        if not first:
            message.meant = self.site.meant_by(body, room)
        acknowledged = tuple(response[name] for name in ("id", "room", "seq", "version", "at"))
        assert acknowledged == (id, slug, message.seq, message.first_version, message.at)

    def _refusal_of_post(self, person, number, slug, body, id="") -> str | None:
        if person.blocked:
            return "forbidden"
        room = self.site.room_for(person, slug)
        if room is None:
            return "not_found" if body.strip() and "\0" not in body else "bad_request"
        return self.site.refusal_of_send(person, room, id, body, self.known[number])

    async def _post(self, person, number, slug, body, id) -> tuple[int, dict]:
        response = await caller(person, self.servers[number]).post(
            f"rooms/{slug}/messages", {"id": id, "body": body}
        )
        return response.status, response.body

    async def post_at_once(self, posts: list[Post], ids: list[str]) -> None:
        """Post many messages at once, each through both processes: one of the two responses is
        that of a repeat."""
        posts = [
            (*post, message_id)
            for post, message_id in zip(posts, ids, strict=True)
            if not any(self._refusal_of_post(post[0], number, *post[2:]) for number in range(2))
        ]
        both = await asyncio.gather(*(self._post_twice(person, *rest) for person, *rest in posts))
        responses = zip(posts, both, strict=True)
        for (person, _, slug, body, message_id), (first, again) in sorted(
            responses, key=lambda response: response[1][0]["seq"]
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
        return [response for _, response in sorted(both, key=lambda result: -result[0])]

    async def read_page(self, person, number, slug, before, limit) -> None:
        """Read a page of older messages."""
        query = {"limit": limit} | ({} if before is None else {"before": before})
        response = await caller(person, self.servers[number]).history(slug, **query)
        room = self.site.room_for(person, slug)
        if person.blocked or room is None:
            response.check_error(*((403, "forbidden") if person.blocked else (404, "not_found")))
            return
        self.check_names(response.body)
        before = len(room.messages) + 1 if before is None else before
        assert content_of(response.body) == room.page("before", before, limit)

    # Terminals

    async def open_terminal(self, number: int, slug: str) -> None:
        """Join a room as a new guest, at a terminal."""
        person = Person(f"Guest-{next(self._guests)}")
        room = self.site.rooms.get(slug)
        if room is None:
            return
        terminal = TerminalTab(person, self.servers[number], room)
        assert await terminal.open() == f"* You joined {slug} as {person.name}"
        row = await self._database(models.Person.objects.get, name=person.name)
        person.id = row.public_id
        self.site.people.append(person)
        self.terminals.append(terminal)

    async def close_terminal(self, terminal: TerminalTab) -> None:
        self.terminals.remove(terminal)
        await terminal.vanish()

    async def type(self, terminal: TerminalTab, text: str) -> None:
        """Type a line, with the line ending of most terminals."""
        room, known = terminal.room, self._known(terminal)
        body = text.rstrip("\r\n")
        refusal = self.site.refusal_of_send(terminal.person, room, "", body, known)
        event(f"typed: {refusal}")
        terminal.read()
        await terminal.type(f"{body}\r\n")
        if refusal:
            await terminal.refusal()
            return
        row = await self._stored(room, len(room.messages) + 1)
        assert (row.author.public_id, row.body) == (terminal.person.id, body)
        at = protocol.Message.of(row).model_dump(mode="json")["at"]
        message = room.add(terminal.person.id, row.client_id, body, at)
        message.meant = self.site.meant_by(body, room)
        terminal.own.add(row.client_id)

    async def _stored(self, room: Room, seq: int) -> models.Message:
        rows = models.Message.objects.select_related("author").filter(room_id=room.pk, seq=seq)
        async with asyncio.timeout(DEADLINE):
            while not (row := await self._database(rows.first)):
                await asyncio.sleep(GLANCE)
        return row


def content_of_first(first: dict, after: int) -> dict:
    """Return the messages of a reader's first response, in the model's form.

    A poll may repeat a message that the reader has, where its process heard of it late: readers
    ignore what they have.
    """
    if "messages" in first:
        return content_of(first)
    messages = [e["message"] for e in first["events"] if e["type"] == "message"]
    if not first["reset"]:
        messages = [message for message in messages if message["version"] > after]
    return content_of({"reset": first["reset"], "more": first["more"], "messages": messages})
