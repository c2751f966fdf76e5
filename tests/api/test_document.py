"""/api/v1/openapi.json says what the doors are, and docs/protocol.md says the same."""

import re

from chat import protocol
from chat.api.messages import Ack, Page
from chat.api.refusals import Error
from chat.rules.errors import ChatError
from tests.api.support import Caller, make_room, new_guest, on_a_page
from tests.protocol.test_protocol_document import DOCUMENT, fields
from tests.support.people import sign_in
from tests.support.sockets import SocketTestCase

DOCUMENTS = {("GET", "/openapi.json"), ("GET", "/asyncapi.json")}
ROWS = re.findall(r"^\| `(GET|POST) /api/v1(/[^`? ]*)", DOCUMENT, re.MULTILINE)


async def paths() -> dict[str, dict]:
    return (await Caller().get("openapi.json"))["paths"]


class DocumentTests(SocketTestCase):
    async def test_it_names_the_doors_that_the_protocol_does(self):
        doors = {
            (method.upper(), path.removeprefix("/api/v1").replace("{slug}", "SLUG"))
            for path, methods in (await paths()).items()
            for method in methods
        }
        assert doors == set(ROWS) - DOCUMENTS

    async def test_it_tells_how_to_sign_in_and_where_one_need_not(self):
        document = (await Caller().get("openapi.json")).body
        schemes = document["components"]["securitySchemes"]
        assert (schemes["Token"]["scheme"], schemes["Session"]["in"]) == ("bearer", "cookie")
        messages = document["paths"]["/api/v1/rooms/{slug}/messages"]
        assert messages["get"]["security"] == [{"Token": []}, {"Session": []}, {}]
        assert messages["post"]["security"] == [{"Token": []}, {"Session": []}]
        assert "security" not in document["paths"]["/api/v1/guests"]["post"]

    async def test_every_refusal_that_comes_is_declared_in_the_one_form(self):
        await make_room()
        ana, mara = await new_guest("Ana"), on_a_page(await sign_in("Mara"), csrf=False)
        await ana.says("hello", id="one")
        messages = ("post", "/api/v1/rooms/{slug}/messages")
        reading = ("get", "/api/v1/rooms/{slug}/messages")
        guests = ("post", "/api/v1/guests")
        doors = await paths()
        for (method, path), answer in (
            (messages, await ana.says("")),
            (messages, await Caller().says("hello")),
            (messages, await mara.says("hello")),
            (messages, await ana.says("hello", room="nowhere")),
            (messages, await ana.says("goodbye", id="one")),
            (messages, await ana.says("x" * 5000)),
            (messages, await ana.says("x" * 70_000)),
            (reading, await Caller(token="wrong").history()),
            (reading, await Caller().history("nowhere")),
            (reading, await Caller().history(limit=0)),
            (guests, await Caller().post("guests", {"name": ""})),
            (guests, await Caller().post("guests", {"name": "Mara"})),
            (guests, await Caller(origin="null").post("guests", {"name": "Eva"})),
        ):
            assert answer.status >= 400
            declared = doors[path][method]["responses"][str(answer.status)]
            (schema,) = (content["schema"] for content in declared["content"].values())
            assert schema == {"$ref": "#/components/schemas/Refused"}

    def test_answers_have_the_fields_of_the_events_that_answer_over_a_socket(self):
        without = {"id", "type"}
        assert fields(Ack, without) == fields(protocol.AckEvent, without)
        assert fields(Error, without) == fields(protocol.ErrorEvent, without)
        assert fields(Page, without) == fields(protocol.HistoryEvent, {*without, "room"})

    def test_the_document_names_the_status_of_every_code(self):
        section = DOCUMENT.split("\n## HTTP\n")[1]
        rows = re.findall(r"^\| (\d{3}) \|(.*?)\|", section, re.MULTILINE)
        # Statuses that no code has for itself.
        told = {
            code: int(status)
            for status, codes in rows
            for code in re.findall(r"`(\w+)`", codes)
            if status not in ("405", "406", "413")
        }
        assert told == {code: int(status) for code, status in ChatError.STATUS.items()}
