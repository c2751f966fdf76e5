"""Runs the commands of one connection, in order; each has a reply, or is refused by name."""

import asyncio
import logging

from django.utils.translation import gettext as _

from chat import protocol
from chat.connection.commands.table import HANDLERS
from chat.connection.connection import Connection
from chat.rules.errors import ChatError, CloseCode, unavailable
from chat.rules.limits import Bucket, Rate, Refusals, Use, rate_limited

logger = logging.getLogger(__name__)

MAX_MALFORMED = 3

# Commands that cost little may come this many times as often as those that cost a query.
CHEAP_FACTOR = 10
CHEAP = (protocol.Typing, protocol.Received, protocol.Ping)
# What the others are for is writing.
USES = dict.fromkeys(
    (protocol.History, protocol.Get, protocol.Sync, protocol.Read, protocol.Watch), Use.READING
)
USES[protocol.React] = Use.REACTING


class CommandRunner:
    """The commands of one connection: parsed, limited, run, refused."""

    def __init__(self, connection: Connection):
        self._connection = connection
        self._server = connection.server
        self._bucket, self._cheap_bucket, self._refusals = Bucket(), Bucket(), Refusals()
        self._malformed = 0
        self._now = asyncio.get_running_loop().time

    async def run_command(self, text: str) -> None:
        """Run the command in one frame of text, or send why it is refused."""
        if self._connection.ended:
            # It was sent before the close arrived: whoever was removed does nothing more.
            return
        command_id = None
        try:
            command = self._parse(text)
            command_id, self._malformed = command.id, 0
            self._check_limits(command)
            self._check_introduced(command)
            await HANDLERS[type(command)](self._connection, command)
        except protocol.Malformed as error:
            self._refuse_malformed(error)
        except ChatError as error:
            self._refuse(error, command_id)
        except Exception:
            logger.exception("A command failed")
            self._refuse(unavailable(), command_id)

    def _parse(self, text: str) -> protocol.Command:
        """Parse a frame. Raises Malformed for what is no command, which counts as one: with pings
        in between, as much of it could come as the network carries."""
        try:
            return protocol.parse_command(text)
        except protocol.Malformed:
            self._check_limits(None)
            raise

    def _check_limits(self, command: protocol.Command | None) -> None:
        """Raise `rate_limited` for a command (or what was to be one) that comes too soon."""
        if not self._server.limiter.enabled:
            return
        limits = self._server.configuration
        cheap = isinstance(command, CHEAP)
        factor, bucket = (CHEAP_FACTOR, self._cheap_bucket) if cheap else (1, self._bucket)
        rate = Rate(limits.socket_rate * factor, limits.socket_burst * factor)
        wait = bucket.take(rate, self._now()) or (not cheap and self._wait_with_others(command))
        if wait:
            raise rate_limited(wait)

    def _wait_with_others(self, command: protocol.Command | None) -> float:
        """Count a command for the person and the address; return the seconds to wait, or 0."""
        connection = self._connection
        person = connection.user.id if connection.user else None
        use = USES.get(type(command), Use.WRITING)
        return self._server.limiter.wait(
            person, connection.address, use, self._now(), self._server.configuration
        )

    def _check_introduced(self, command: protocol.Command) -> None:
        """Raise `unauthorized` for a command before `hello`."""
        if self._connection.person is None and not isinstance(command, protocol.Hello):
            raise ChatError("unauthorized", _("The server does not know you yet. Say hello first."))

    def _refuse_malformed(self, error: protocol.Malformed) -> None:
        self._refuse(error, error.id)
        self._malformed += 1
        if self._malformed == MAX_MALFORMED:
            self._connection.close(CloseCode.MALFORMED)

    def _refuse(self, error: ChatError, id: str | None) -> None:
        self._connection.out.send(protocol.ErrorEvent.of(error, id))
        if error.code == "rate_limited" and self._refusals.is_flooding(
            error.retry_after, self._now()
        ):
            self._connection.close(CloseCode.FLOODING)
