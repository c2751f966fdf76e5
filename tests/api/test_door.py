"""Whatever comes to /api/v1/, and whatever goes wrong there: the answer is JSON, and plain."""

from unittest import mock

from django.db import OperationalError
from django.test import override_settings

from chat.api.door import ApiDoor
from chatsite.asgi import application
from tests.api.support import Answer, Caller, make_room, new_guest, on_a_page
from tests.support.people import sign_in
from tests.support.sockets import OWN_ORIGIN, SocketTestCase

FORM = {"Content-Type": "application/x-www-form-urlencoded"}

PART = b'--x\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\nx\r\n--x--\r\n'
FORMS = {
    "multipart/form-data; boundary=x": PART,
    "multipart/form-data; boundary=": PART,
    "application/x-www-form-urlencoded": b"&".join(b"x%d=1" % number for number in range(1500)),
    "application/x-www-form-urlencoded; charset=base64": b"x=1",
}


class DoorTests(SocketTestCase):
    async def test_an_address_that_is_none_is_not_found(self):
        for path in ("", "nothing", "rooms/", "rooms/lobby", "rooms/a/b/messages", "docs", "%ff"):
            with self.subTest(path=path):
                (await Caller().get(path)).refused(404, "not_found")

    @override_settings(DEBUG=True)
    async def test_on_a_laptop_too(self):
        (await Caller().get("nothing")).refused(404, "not_found")

    async def test_a_method_that_an_address_does_not_take_is_refused_with_those_it_does(self):
        for method, path, allowed in (
            ("DELETE", "rooms", "GET, POST"),
            ("POST", "openapi.json", "GET"),
            ("GET", "guests", "POST"),
            ("PUT", "rooms/lobby/messages", "GET, POST"),
            ("OPTIONS", "rooms", "GET, POST"),
        ):
            with self.subTest(method=method, path=path):
                answer = Answer(await Caller().request(method, path))
                answer.refused(405, "bad_request")
                assert answer.headers["Allow"] == allowed

    async def test_a_body_has_at_most_64_kib(self):
        await make_room()
        ana = await new_guest("Ana")
        for size, status in ((64 * 1024, 400), (64 * 1024 + 1, 413), (3_000_000, 413)):
            with self.subTest(size=size):
                answer = await ana.post("rooms/lobby/messages", b" " * size)
                answer.refused(status, "too_long" if status == 413 else "bad_request")

    async def test_a_body_is_read_as_json_whatever_it_says_it_is(self):
        for headers in ({}, FORM, {"Content-Type": "multipart/form-data; boundary=x"}):
            answer = Answer(
                await Caller().request("POST", "guests", headers=headers, content=b'{"name": "Al"}')
            )
            assert answer.status == 201
            answer = Answer(
                await Caller().request("POST", "guests", headers=headers, content=b"name=Al")
            )
            answer.refused(400, "bad_request")

    async def test_thousands_of_faults_are_not_told_apart(self):
        ana = await new_guest("Ana")
        answer = await ana.post("rooms", {f"{number:x}": 1 for number in range(6000)})
        assert answer.refused(400, "bad_request")["message"].startswith("The body is not right")

    async def test_an_address_with_too_many_fields_is_refused_and_is_no_fault_of_ours(self):
        query = "&".join(f"x{number}=1" for number in range(1500))
        with self.assertNoLogs("chat", "WARNING"):
            (await Caller().get(f"rooms/lobby/messages?{query}")).refused(400, "bad_request")

    async def test_no_form_is_read_whatever_is_wrong_with_it(self):
        await make_room()
        session = await sign_in("mara")
        for kind, form in FORMS.items():
            for csrf, status, code in ((True, 400, "bad_request"), (False, 403, "forbidden")):
                with self.subTest(kind, csrf=csrf), self.assertNoLogs("chat", "WARNING"):
                    answer = await on_a_page(session, csrf).request(
                        "POST",
                        "rooms/lobby/messages",
                        headers={"Content-Type": kind},
                        content=form,
                    )
                    Answer(answer).refused(status, code)

    async def test_no_answer_is_kept_or_taken_for_something_else(self):
        for path in ("rooms", "nothing"):
            headers = (await Caller().get(path)).headers
            assert headers["Cache-Control"] == "no-store"
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert "Set-Cookie" not in headers


class HostTests(SocketTestCase):
    async def test_a_name_that_is_not_the_sites_is_refused(self):
        (await Caller(site="http://charlie.example").get("rooms")).refused(400, "bad_request")

    @override_settings(SECURE_SSL_REDIRECT=True, SECURE_HSTS_SECONDS=3600)
    async def test_where_the_site_speaks_https_nothing_is_told_over_http(self):
        door = {"app": ApiDoor(application)}  # which reads the settings anew
        (await Caller(**door).get("rooms")).refused(400, "bad_request")
        (await Caller(**door).post("guests", {"name": "Ana"})).refused(400, "bad_request")
        answer = await Caller(**door, site=OWN_ORIGIN.replace("http", "https")).get("rooms")
        assert answer.status == 200
        assert answer.headers["Strict-Transport-Security"] == "max-age=3600"


class FaultTests(SocketTestCase):
    async def test_while_the_database_does_not_answer_a_client_is_told_to_come_back(self):
        ana = await new_guest("Ana")
        for function in ("chat.log.find_room", "chat.access.identity.holder_of"):
            with (
                mock.patch(function, side_effect=OperationalError("gone away: secret")),
                self.assertLogs("chat.api", "WARNING") as logs,
            ):
                for answer in (await ana.history(), await ana.says("hello")):
                    error = answer.refused(503, "unavailable")
                    assert "secret" not in str(answer.body)
                    assert error["retry_after"] == int(answer.headers["Retry-After"]) == 1
            assert {record.levelname for record in logs.records} == {"WARNING"}

    async def test_a_write_that_fails_is_no_acknowledgement(self):
        await make_room()
        ana = await new_guest("Ana")
        with mock.patch("chat.log.append", side_effect=OperationalError("disk full")):
            (await ana.says("hello", id="one")).refused(503, "unavailable")
        assert (await ana.says("hello", id="one")).status == 201

    async def test_a_fault_of_ours_shows_nothing_of_itself_and_is_in_the_log(self):
        for debug in (True, False):
            with (
                override_settings(DEBUG=debug),
                mock.patch("chat.live.directory.rooms", side_effect=ZeroDivisionError("secret")),
                self.assertLogs("chat.api", "ERROR") as logs,
            ):
                answer = await Caller().get("rooms")
            answer.refused(503, "unavailable")
            assert "secret" not in str(answer.body)
            assert "ZeroDivisionError: secret" in logs.output[0]

    async def test_a_refusal_is_no_line_in_the_log(self):
        with self.assertNoLogs("django", "WARNING"), self.assertNoLogs("chat", "WARNING"):
            await Caller().get("nothing")
            await Caller().post("guests", b"{")
