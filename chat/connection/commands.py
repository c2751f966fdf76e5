"""What each command of the protocol does, and what becomes of those that are refused."""

import asyncio
import logging
from functools import partial

from chat import log, protocol
from chat.access import policies
from chat.connection.connection import Connection
from chat.live.server import ChatServer
from chat.log import Draft, Receipt
from chat.models import Person, Room
from chat.protocol import Message
from chat.rules.errors import ChatError, CloseCode, unavailable
from chat.rules.limits import Bucket, Rate, rate_limited
from chat.rules.names import clean_room_name, slug_of

logger = logging.getLogger(__name__)

MAX_MALFORMED = 3

# Commands that cost little may come this many times as often as those that cost a query.
CHEAP = 10
# Refusals that are heeded stay under this rate; who goes on regardless is flooding.
REFUSALS = Rate(per_second=1, burst=30)


class Commands:
    """Takes the commands of one connection, in order, and answers each."""

    def __init__(self, connection: Connection):
        self._connection = connection
        self._server = connection.server
        self._bucket, self._cheap_bucket, self._refusals = Bucket(), Bucket(), Bucket()
        self._malformed = 0
        self._now = asyncio.get_running_loop().time

    async def receive(self, text: str) -> None:
        """Take one frame as a command and answer it; a refusal is an answer."""
        if self._connection.ended:
            # It was said before the goodbye was heard: whoever was removed does nothing more.
            return
        command_id = None
        try:
            command = self._parsed(text)
            command_id, self._malformed = command.id, 0
            self._admit(command)
            await self._obey(command)
        except protocol.Malformed as error:
            self._refuse_malformed(error)
        except ChatError as error:
            self._refuse(error, command_id)
        except Exception:
            logger.exception("A command could not be obeyed")
            self._refuse(unavailable(), command_id)

    def _parsed(self, text: str) -> protocol.Command:
        """Read a frame. Raises Malformed for what is no command, which is counted like one: with
        pings in between, as much of it could come as the line carries."""
        try:
            return protocol.parse_command(text)
        except protocol.Malformed:
            self._admit(None)
            raise

    def _admit(self, command: protocol.Command | None) -> None:
        """Raise `rate_limited` for a command (or what was to be one) that comes too soon."""
        if not self._server.limiter.enabled:
            return
        rates = self._server.configuration
        cheap = isinstance(command, protocol.Typing | protocol.Received | protocol.Ping)
        factor, bucket = (CHEAP, self._cheap_bucket) if cheap else (1, self._bucket)
        rate = Rate(rates.socket_rate * factor, rates.socket_burst * factor)
        wait = bucket.take(rate, self._now()) or (not cheap and self._wait_with_others())
        if wait:
            raise rate_limited(wait)

    def _wait_with_others(self) -> float:
        """Count a command for the person and the address; give the seconds to wait, or 0."""
        connection = self._connection
        person = connection.user.id if connection.user else None
        return self._server.limiter.wait(
            person, connection.visitor.address, self._now(), self._server.configuration
        )

    async def _obey(self, command: protocol.Command) -> None:
        if self._connection.person is None and not isinstance(command, protocol.Hello):
            raise ChatError("unauthorized", "Say hello first: who are you?")
        await getattr(self, f"_{command.type}")(command)

    def _refuse_malformed(self, error: protocol.Malformed) -> None:
        self._refuse(error, error.id)
        self._malformed += 1
        if self._malformed == MAX_MALFORMED:
            self._connection.close(CloseCode.MALFORMED)

    def _refuse(self, error: ChatError, id: str | None) -> None:
        self._connection.tell(protocol.ErrorEvent.of(error, id))
        flooding = error.code == "rate_limited" and self._refusals.take(REFUSALS, self._now())
        if flooding:
            self._connection.close(CloseCode.FLOODING)

    async def _hello(self, command: protocol.Hello) -> None:
        connection = self._connection
        if connection.rooms:
            raise ChatError("bad_request", "Leave your rooms before you take another name.")
        try:
            await connection.identify(command.token, command.name)
        except ChatError as error:
            self._refuse(error, command.id)
            if error.code == "unauthorized":
                connection.close(CloseCode.SIGNED_OUT)
            return
        if connection.user:
            connection.tell(self._welcome(command.id))

    def _welcome(self, id: str | None) -> protocol.WelcomeEvent:
        configuration = self._server.configuration
        return protocol.WelcomeEvent(
            id=id,
            user=self._connection.user,
            token=self._connection.token,
            limits=protocol.Limits.of(configuration),
            site=protocol.Site.of(configuration),
        )

    async def _join(self, command: protocol.Join) -> None:
        room = await self._find_or_create(command.room)
        await self._connection.join(room, command.after, command.epoch, command.id)

    async def _find_or_create(self, text: str) -> Room:
        connection, slug = self._connection, slug_of(text)
        if room := self._server.feed.room_at(connection.address_of(slug)):
            return room
        try:
            return await connection.database(log.find_room, connection.address_of(slug))
        except ChatError as error:
            if error.code != "not_found":
                raise
            admit_creating(self._server, connection.person, connection.visitor.address)
        return await connection.database(log.create_room, slug, clean_room_name(text))

    async def _leave(self, command: protocol.Leave) -> None:
        room = self._connection.follower(command.room).stream.room
        self._connection.leave(room.pk)
        self._connection.tell(protocol.LeftEvent(id=command.id, room=command.room))

    async def _send(self, command: protocol.Send) -> None:
        server, connection = self._server, self._connection
        room = connection.follower(command.room).stream.room
        body = policies.clean_body(command.body)
        refusal = policies.too_long(body, server.configuration)
        # Not awaited: more may come while this is committed, and the answer finds its way.
        draft = Draft(room.pk, connection.person.pk, command.id, body, refusal, connection.sign_in)
        server.committer.submit(draft, partial(self._answer, room, command.id))
        server.typists.stopped(room.pk, connection.user.id)

    def _answer(self, room: Room, id: str, outcome: Receipt | ChatError) -> None:
        if isinstance(outcome, ChatError):
            self._refuse(outcome, id)
            return
        self._connection.tell(
            protocol.AckEvent(
                id=id,
                room=room.slug,
                seq=outcome.seq,
                version=outcome.version,
                at=outcome.at,
                duplicate=outcome.duplicate,
            )
        )

    async def _sync(self, command: protocol.Sync) -> None:
        await self._connection.replay(
            self._connection.follower(command.room),
            command.after,
            command.epoch,
            lambda new: protocol.SyncedEvent(
                id=command.id,
                room=new.room.slug,
                epoch=new.room.epoch,
                version=new.room.version,
                reset=new.reset,
                messages=[Message.of(message) for message in new.messages],
            ),
        )

    async def _history(self, command: protocol.History) -> None:
        connection = self._connection
        room = connection.follower(command.room).stream.room
        messages, more = await connection.database(log.page, room.pk, command.before, command.limit)
        connection.tell(
            protocol.HistoryEvent(
                id=command.id,
                room=room.slug,
                messages=[Message.of(message) for message in messages],
                more=more,
            )
        )

    async def _typing(self, command: protocol.Typing) -> None:
        room = self._connection.follower(command.room).stream.room
        guests_may_write = self._server.configuration.guests_may_write
        if not policies.may_write(self._connection.person, room, guests_may_write):
            self._server.typists.typed(room.pk, self._connection.user)

    async def _received(self, command: protocol.Received) -> None:
        follower = self._connection.follower(command.room)
        follower.stream.received(follower, command.version)

    async def _ping(self, command: protocol.Ping) -> None:
        self._connection.tell(protocol.PongEvent(id=command.id))


def admit_creating(server: ChatServer, person: Person, address: str) -> None:
    """Let somebody make a room by coming to it. Raises ChatError where they may not."""
    policies.refuse_creating(person, server.configuration)
    if wait := server.limiter.wait_for_room(address, asyncio.get_running_loop().time()):
        raise rate_limited(wait)
