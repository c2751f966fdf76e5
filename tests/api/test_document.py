"""/api/v1/openapi.json describes the endpoints as docs/protocol.md does."""

import re

from openapi_spec_validator import validate

from chat import protocol
from chat.api.errors import Error
from chat.api.messages import Ack, Page
from chat.rules.errors import ChatError
from tests.api.support import Caller, make_room, new_guest, on_a_page
from tests.protocol.test_protocol_document import DOCUMENT, fields
from tests.support.people import sign_in
from tests.support.sockets import SocketTestCase

DOCUMENTS = {("GET", "/openapi.json"), ("GET", "/asyncapi.json")}
ROWS = re.findall(r"^\| `(GET|POST|PUT|PATCH|DELETE) /api/v1(/[^`? ]*)", DOCUMENT, re.MULTILINE)


async def paths() -> dict[str, dict]:
    return (await Caller().get("openapi.json"))["paths"]


class DocumentTests(SocketTestCase):
    async def test_it_is_valid(self):
        validate((await Caller().get("openapi.json")).body)

    async def test_operations_are_named_and_summed_up_in_words(self):
        operations = [each for methods in (await paths()).values() for each in methods.values()]
        names = [operation["operationId"] for operation in operations]
        assert "post_message" in names
        assert len(set(names)) == len(names)
        for operation in operations:
            assert re.fullmatch(r"[a-z]+(_[a-z]+)+", operation["operationId"])
            # Not what ninja makes of a function's name: "Post Message".
            assert re.fullmatch(r"[A-Z][a-z]+( [a-z]+)+", operation["summary"])

    async def test_it_names_the_server_where_it_was_read(self):
        for site in ("http://testserver", "https://testserver:8443"):
            document = await Caller(site=site).get("openapi.json")
            assert [server["url"] for server in document["servers"]] == [site]

    async def test_it_has_the_endpoints_of_the_protocol(self):
        endpoints = {
            (
                method.upper(),
                path.removeprefix("/api/v1")
                .replace("{slug}", "SLUG")
                .replace("{seq}", "SEQ")
                .replace("{emoji}", "EMOJI")
                .replace("{id}", "ID")
                .replace("{invitation}", "INVITATION"),
            )
            for path, methods in (await paths()).items()
            for method in methods
        }
        assert endpoints == set(ROWS) - DOCUMENTS

    async def test_it_says_which_endpoints_need_authentication(self):
        document = (await Caller().get("openapi.json")).body
        schemes = document["components"]["securitySchemes"]
        assert (schemes["Token"]["scheme"], schemes["Session"]["in"]) == ("bearer", "cookie")
        messages = document["paths"]["/api/v1/rooms/{slug}/messages"]
        assert messages["get"]["security"] == [{"Token": []}, {"Session": []}, {}]
        assert messages["post"]["security"] == [{"Token": []}, {"Session": []}]
        assert "security" not in document["paths"]["/api/v1/guests"]["post"]

    async def test_every_error_response_is_declared(self):
        await make_room()
        ana, mara = await new_guest("Ana"), on_a_page(await sign_in("Mara"), csrf=False)
        await ana.send_message("hello", id="one")
        messages = ("post", "/api/v1/rooms/{slug}/messages")
        reading = ("get", "/api/v1/rooms/{slug}/messages")
        guests = ("post", "/api/v1/guests")
        endpoints = await paths()
        for (method, path), response in (
            (messages, await ana.send_message("")),
            (messages, await Caller().send_message("hello")),
            (messages, await mara.send_message("hello")),
            (messages, await ana.send_message("hello", room="nowhere")),
            (messages, await ana.send_message("goodbye", id="one")),
            (messages, await ana.send_message("x" * 5000)),
            (messages, await ana.send_message("x" * 70_000)),
            (reading, await Caller(token="wrong").history()),
            (reading, await Caller().history("nowhere")),
            (reading, await Caller().history(limit=0)),
            (guests, await Caller().post("guests", {"name": ""})),
            (guests, await Caller().post("guests", {"name": "Mara"})),
            (guests, await Caller(origin="null").post("guests", {"name": "Eva"})),
        ):
            assert response.status >= 400
            declared = endpoints[path][method]["responses"][str(response.status)]
            (schema,) = (content["schema"] for content in declared["content"].values())
            assert schema == {"$ref": "#/components/schemas/Refused"}

    def test_responses_have_the_fields_of_the_sockets_replies(self):
        without = {"id", "type"}
        assert fields(Ack, without) == fields(protocol.AckEvent, without)
        assert fields(Error, without) == fields(protocol.ErrorEvent, without)
        assert fields(Page, without) == fields(protocol.HistoryEvent, {*without, "room"})

    def test_the_document_names_the_status_of_every_code(self):
        section = DOCUMENT.split("\n## HTTP\n")[1]
        rows = re.findall(r"^\| (\d{3}) \|(.*?)\|", section, re.MULTILINE)
        # Without statuses that no code has.
        documented = {
            code: int(status)
            for status, codes in rows
            for code in re.findall(r"`(\w+)`", codes)
            if status not in ("405", "406", "413")
        }
        assert documented == {code: int(status) for code, status in ChatError.STATUS.items()}
