"""A person's channel: what is for somebody wherever they are connected, in any room or none.

Events for a person reach all their connections, in every process. Changes of the person (another
name, a block, an account or a session that ended) come as hints, and are read from the database.
"""

import asyncio
import logging
from collections.abc import Collection

from chat import log
from chat.access import identity, tokens
from chat.access.tokens import Claim
from chat.cluster.hints import PeopleEvents, PersonChanged, PersonEvents, PersonRenamed
from chat.cluster.transport import HintTransport
from chat.live.batcher import CROWD_EVERY, Batcher
from chat.live.feed import Feed
from chat.live.presence import Presence
from chat.live.registry import Client, Registry
from chat.live.tasks import BackgroundTasks
from chat.live.threads import DatabaseThreads
from chat.log import Receipt
from chat.models import Person, Room
from chat.protocol import Event, Message, NoticeEvent, RenamedEvent, User
from chat.rules.notices import Notice

logger = logging.getLogger(__name__)

# Longer than it takes from a reading of a person to the registration of their connection.
RECENT = 10.0


class Persons:
    """The people who are connected to this process."""

    def __init__(
        self,
        hints: HintTransport,
        database: DatabaseThreads,
        feed: Feed,
        presence: Presence,
        registry: Registry,
    ):
        self._hints = hints
        self._database = database
        self._feed = feed
        self._presence = presence
        self._registry = registry
        # Person → time of the last hint: a connection that registers just after it was made with
        # an older reading, so its person is read again.
        self._changed_at: dict[str, float] = {}
        self.holders = Batcher(database, tokens.holders_of, every=CROWD_EVERY)
        # What the sessions of those who are connected depend on, as of the last comparison.
        self._sign_in_states: dict[str, tuple] = {}
        self._background = BackgroundTasks()
        # The next poll tries again.
        self._unread = Notice(logger, "A changed person could not be read: %s")
        self._now = asyncio.get_running_loop().time
        hints.handle(PersonChanged, self._on_person_changed)
        hints.handle(PersonRenamed, self._on_person_renamed)
        hints.handle(PersonEvents, self._on_person_events)
        hints.handle(PeopleEvents, self._on_people_events)

    # Who it is

    async def holder_of(self, token: str, name: str | None) -> Person:
        """Return the person of a token, found together with those of others who come back now.

        Raises what `tokens.holder_of` raises, and `unavailable`.
        """
        return await self.holders.outcome_of(Claim(token, name))

    # Events

    def send(self, person_id: str, event: Event, *, but: Client | None = None) -> None:
        """Send an event to all connections of a person, here and in the other processes, `but` one.

        At most once, and not kept: what must not be lost is state in the database, which the
        client gets when it connects.
        """
        text = event.encode()
        self._send_here(person_id, text, but)
        self._hints.publish(PersonEvents(person_id, [text]))

    def notify(self, receipt: Receipt) -> None:
        """Send a message that was committed to those whom it means, wherever they are."""
        for why in {told.why for told in receipt.told}:
            event = NoticeEvent(
                room=receipt.room.slug,
                seq=receipt.seq,
                why=why,
                message=Message.of(receipt.message),
            )
            people = [told.person for told in receipt.told if told.why == why]
            hint = PeopleEvents(people, [event.encode()])
            self._on_people_events(hint)
            self._hints.publish(hint)

    def _on_people_events(self, hint: PeopleEvents, sender: str | None = None) -> None:
        for person_id in hint.people:
            for text in hint.texts:
                self._send_here(person_id, text)

    def _on_person_events(self, hint: PersonEvents, sender: str | None) -> None:
        for text in hint.texts:
            self._send_here(hint.person, text)

    def _send_here(self, person_id: str, text: str, but: Client | None = None) -> None:
        for connection in self._registry.of_person(person_id):
            if connection is not but:
                connection.out.send_encoded(text)

    # Changes

    def register(self, connection: Client) -> None:
        """Register a connection whose person is known."""
        self._registry.add(connection)
        if connection.user.id in self._changed_at:
            self._background.run(self._read_person(connection.user.id), self._unread.warn)

    def _on_person_changed(self, hint: PersonChanged, sender: str | None) -> None:
        self._feed.forget_newest_pages()
        self._changed_at[hint.person] = self._now()
        if self._registry.of_person(hint.person):
            self._background.run(self._read_person(hint.person), self._unread.warn)

    def forget_old_changes(self) -> None:
        """Forget the hints that no connection can have missed."""
        recent = self._now() - RECENT
        self._changed_at = {i: at for i, at in self._changed_at.items() if at > recent}

    async def _read_person(self, person_id: str) -> None:
        found = Person.objects.select_related("user").filter(public_id=person_id)
        person = await self._database.run(found.first)
        if person is None or person.is_blocked:
            self.remove(person_id)
            return
        self._show_name(User.of(person))
        for connection in self._registry.of_person(person_id):
            connection.update_person(person)
        keys = {connection.session_key for connection in self._registry.of_person(person_id)}
        await self._close_ended(keys - {None})

    async def compare_sessions(self) -> None:
        """End the connections of those whose session is over, where no hint has said so.

        Each is read in full where something has changed that it depends on.
        """
        connections = tuple(self._registry.connections)
        signed_in = {c.session_key: c.person.user_id for c in connections if c.session_key}
        states = await self._database.run(identity.sign_in_states, signed_in)
        known = self._sign_in_states
        changed = {key for key in signed_in if key not in states or states[key] != known.get(key)}
        ended = await self._close_ended(changed)
        self._sign_in_states = {key: state for key, state in states.items() if key not in ended}

    async def _close_ended(self, session_keys: Collection[str]) -> set[str]:
        """End the connections of those sessions that are over, or whose account is inactive;
        return these."""
        if not session_keys:
            return set()
        ended = await self._database.run(identity.ended_sessions, session_keys)
        for connection in tuple(self._registry.connections):
            if connection.session_key in ended:
                connection.sign_out()
        return ended

    def remove(self, person_id: str) -> None:
        """End the connections of a person who was blocked."""
        for connection in self._registry.of_person(person_id):
            connection.remove()

    # Names

    async def rename_guest(self, person: Person, name: str | None) -> None:
        """Rename a guest who reconnects under another name, unless they are in a room.

        There they joined under the name they have: another could be somebody else's. Raises
        ChatError for a name that is refused.
        """
        if person.kind != Person.Kind.GUEST or name is None or name == person.name:
            return
        if not await self._presence.is_live(person.public_id):
            await self._database.run(identity.rename_guest, person, name)
            self._rename(User.of(person))

    def _rename(self, user: User) -> None:
        """Show somebody under a new name through all their connections, here and elsewhere."""
        self._show_name(user)
        self._feed.forget_newest_pages()
        self._hints.publish(PersonChanged(user.id))
        self._hints.publish(PersonRenamed(user.id))
        self._background.run(self._rename_author(user.id), self._unread.warn)

    def _on_person_renamed(self, hint: PersonRenamed, sender: str | None) -> None:
        self._background.run(self._rename_author(hint.person), self._unread.warn)

    async def _rename_author(self, person_id: str) -> None:
        """Send the rooms in which somebody has written the name that their messages have now, and
        direct ones that they are in the name that those have."""
        streams = self._feed.streams()
        if direct := [s.room.pk for s in streams if s.room.kind == Room.Kind.DIRECT]:
            await self._feed.compare(direct)
        followed = [stream.room.pk for stream in streams]
        person, written_in = await self._database.run(_person_and_rooms, person_id, followed)
        for room_id in written_in:
            if stream := self._feed.stream(room_id):
                event = RenamedEvent(room=stream.room.slug, user=User.of(person))
                self._feed.emit(room_id, event)

    async def compare_names(self) -> None:
        """Show the names that those who are connected have by now, where no hint has said so."""
        names = await self._database.run(identity.names_of, self._registry.people())
        for person_id, name in names.items():
            if any(each.user.name != name for each in self._registry.of_person(person_id)):
                self._feed.forget_newest_pages()
                await self._read_person(person_id)
                await self._rename_author(person_id)

    def _show_name(self, user: User) -> None:
        self._presence.rename(user)
        for connection in self._registry.of_person(user.id):
            connection.rename(user)

    async def stop(self) -> None:
        """Cancel what is under way."""
        await self.holders.stop()
        self._background.cancel()


def _person_and_rooms(person_id: str, room_ids: Collection[int]) -> tuple[Person | None, set[int]]:
    """Return a person, None where there is none, and those of some rooms that they wrote in."""
    person = Person.objects.filter(public_id=person_id).first()
    return person, log.rooms_written_in(person, room_ids) if person else set()
