"""A refusal takes the same statements as no room does: nobody can tell them apart by the time."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.db.backends.utils import CursorWrapper

from chat.live import server
from chat.models import Room
from tests.access.support import connected
from tests.access.test_entry_points import CODE, COMMANDS, ENDPOINTS, NO_CODE, CharlieTestCase
from tests.api.support import Caller, new_member

# The address of the club, of no room, and their ids.
PAIRS = [(f"club~{CODE}", f"club~{NO_CODE}"), (f"~{CODE}", f"~{NO_CODE}")]


@contextmanager
def statements() -> Iterator[list[str]]:
    """Record the statements of all threads."""
    said: list[str] = []
    execute = CursorWrapper.execute

    def record(cursor, sql, params=None):
        said.append(sql)
        return execute(cursor, sql, params)

    with mock.patch.object(CursorWrapper, "execute", record):
        yield said


class StatementTests(CharlieTestCase):
    async def test_a_command_is_refused_after_the_same_statements(self):
        await self.start()
        async with connected(await new_member("Chris")) as charlie:
            await self.try_all(charlie)
            async with connected(self.mara) as mara:
                # This process follows the room from now on.
                await mara.join(self.room.slug)
                await self.try_all(charlie)
        assert await Room.objects.acount() == 1

    async def try_all(self, charlie) -> None:
        # Its polls would be recorded, too.
        (await server.current())._clock.stop()
        for command, tries in COMMANDS.items():
            for fields in tries:
                for named, missing in PAIRS:
                    with self.subTest(command=command, fields=fields, room=named):
                        first = await self.said(charlie, command, named, fields)
                        assert first == await self.said(charlie, command, missing, fields)

    async def said(self, charlie, command: str, named: str, fields: dict) -> list[str]:
        with statements() as said:
            await charlie.send_command(command, room=named, **fields)
            await charlie.reply_to(await charlie.send_command("ping"))
        return said

    async def test_a_request_is_refused_after_the_same_statements(self):
        await self.start()
        (await server.current())._clock.stop()
        chris = await new_member("Chris")
        for (method, path), tries in ENDPOINTS.items():
            for body in tries:
                for named, missing in PAIRS:
                    with self.subTest(method=method, path=path, body=body, room=named):
                        first = await self.asked(chris, method, path, body, named)
                        assert first == await self.asked(chris, method, path, body, missing)

    async def asked(self, caller: Caller, method: str, path: str, body, named: str) -> list[str]:
        with statements() as said:
            await self.ask(caller, method, path, body, named)
        return said
