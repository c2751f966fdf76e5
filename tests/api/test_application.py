"""Whatever is sent to /api/v1/, and whatever goes wrong there: the response is JSON."""

import asyncio
from unittest import mock

from django.db import OperationalError
from django.test import override_settings

from chat.api.application import ApiApplication
from chat.live import server
from chatsite.asgi import application
from tests.api.support import ApiResponse, Caller, make_room, new_guest, on_a_page
from tests.support.people import sign_in
from tests.support.sockets import DEADLINE, OWN_ORIGIN, SocketTestCase

FORM = {"Content-Type": "application/x-www-form-urlencoded"}

PART = b'--x\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\nx\r\n--x--\r\n'
FORMS = {
    "multipart/form-data; boundary=x": PART,
    "multipart/form-data; boundary=": PART,
    "application/x-www-form-urlencoded": b"&".join(b"x%d=1" % number for number in range(1500)),
    "application/x-www-form-urlencoded; charset=base64": b"x=1",
}


class RequestTests(SocketTestCase):
    async def test_an_unknown_address_is_not_found(self):
        paths = (
            "",
            "nothing",
            "rooms/",
            "rooms/lobby/nothing",
            "rooms/a/b/messages",
            "docs",
            "%ff",
        )
        for path in paths:
            with self.subTest(path=path):
                (await Caller().get(path)).check_error(404, "not_found")

    @override_settings(DEBUG=True)
    async def test_an_unknown_address_is_not_found_in_debug_mode_either(self):
        (await Caller().get("nothing")).check_error(404, "not_found")

    async def test_a_method_not_allowed_is_refused_with_those_allowed(self):
        for method, path, allowed in (
            ("DELETE", "rooms", "GET, HEAD, POST"),
            ("POST", "openapi.json", "GET, HEAD"),
            ("GET", "guests", "POST"),
            ("HEAD", "guests", "POST"),
            ("PUT", "rooms/lobby/messages", "GET, HEAD, POST"),
            ("OPTIONS", "rooms", "GET, HEAD, POST"),
        ):
            with self.subTest(method=method, path=path):
                response = await Caller().request(method, path)
                if method != "HEAD":
                    ApiResponse(response).check_error(405, "bad_request")
                assert (response.status_code, response.headers["Allow"]) == (405, allowed)

    async def test_a_body_has_at_most_64_kib(self):
        await make_room()
        ana = await new_guest("Ana")
        for size, status in ((64 * 1024, 400), (64 * 1024 + 1, 413), (3_000_000, 413)):
            with self.subTest(size=size):
                response = await ana.post("rooms/lobby/messages", b" " * size)
                response.check_error(status, "too_long" if status == 413 else "bad_request")

    async def test_a_body_is_json_whatever_its_content_type(self):
        for headers in ({}, FORM, {"Content-Type": "multipart/form-data; boundary=x"}):
            response = ApiResponse(
                await Caller().request("POST", "guests", headers=headers, content=b'{"name": "Al"}')
            )
            assert response.status == 201
            response = ApiResponse(
                await Caller().request("POST", "guests", headers=headers, content=b"name=Al")
            )
            response.check_error(400, "bad_request")

    async def test_thousands_of_faults_are_reported_as_one(self):
        ana = await new_guest("Ana")
        response = await ana.post("rooms", {f"{number:x}": 1 for number in range(6000)})
        assert response.check_error(400, "bad_request")["message"].startswith(
            "The body is not right"
        )

    async def test_too_many_query_fields_are_the_clients_fault(self):
        query = "&".join(f"x{number}=1" for number in range(1500))
        with self.assertNoLogs("chat", "WARNING"):
            (await Caller().get(f"rooms/lobby/messages?{query}")).check_error(400, "bad_request")

    async def test_a_number_in_an_address_is_written_in_digits(self):
        await make_room("lobby")
        caller = await new_guest("Ana")
        for number in ("+1", "%2B1", "%201", "1_0", "1.0", "٣", "0x1", "1e0"):
            for query in (f"messages?before={number}", f"messages?limit={number}"):
                (await caller.get(f"rooms/lobby/{query}")).check_error(400, "bad_request")
            path = f"rooms/lobby/messages/{number}"
            (await caller.delete(path)).check_error(400, "bad_request")
            events = f"rooms/lobby/events?wait={number}"
            (await caller.get(events)).check_error(400, "bad_request")
        assert (await caller.get("rooms/lobby/messages?before=10&limit=1")).status == 200

    async def test_no_form_is_parsed_however_malformed(self):
        await make_room()
        session = await sign_in("mara")
        for kind, form in FORMS.items():
            for csrf, status, code in ((True, 400, "bad_request"), (False, 403, "forbidden")):
                with self.subTest(kind, csrf=csrf), self.assertNoLogs("chat", "WARNING"):
                    response = await on_a_page(session, csrf).request(
                        "POST",
                        "rooms/lobby/messages",
                        headers={"Content-Type": kind},
                        content=form,
                    )
                    ApiResponse(response).check_error(status, code)

    async def test_responses_are_not_cached_or_sniffed(self):
        for path in ("rooms", "nothing"):
            headers = (await Caller().get(path)).headers
            assert headers["Cache-Control"] == "no-store"
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert "Set-Cookie" not in headers


class HeadTests(SocketTestCase):
    """A HEAD is answered as a GET, without the body."""

    async def test_it_has_the_status_and_headers_of_a_get(self):
        await make_room()
        ana = await new_guest("Ana")
        for path in (
            *("rooms", "me", "origin", "openapi.json", "asyncapi.json"),
            *("rooms/lobby/messages", "rooms/lobby/messages?limit=0", "rooms/gone/messages"),
            "nothing",
        ):
            with self.subTest(path):
                got, head = [await ana.request(method, path) for method in ("GET", "HEAD")]
                assert head.status_code == got.status_code
                assert (head.headers, head.content) == (got.headers, b"")

    async def test_it_follows_nothing(self):
        await make_room()
        ana, running = await new_guest("Ana"), await server.current()
        for query, form in (("", "text/event-stream"), ("?wait=30", "application/json")):
            async with asyncio.timeout(DEADLINE):
                head = await ana.request("HEAD", f"rooms/lobby/events{query}")
            assert head.status_code == 200
            assert head.headers["content-type"] == f"{form}; charset=utf-8"
            assert not running.registry.connections
        for caller, room, status in ((Caller(), "lobby", 401), (ana, "gone", 404)):
            head = await caller.request("HEAD", f"rooms/{room}/events")
            assert (head.status_code, head.content) == (status, b"")

    async def test_a_session_needs_no_csrf_token_for_it(self):
        mara = on_a_page(await sign_in("Mara"), csrf=False)
        assert (await mara.request("HEAD", "me")).status_code == 200


class HostTests(SocketTestCase):
    async def test_a_foreign_host_name_is_refused(self):
        (await Caller(site="http://charlie.example").get("rooms")).check_error(400, "bad_request")

    @override_settings(SECURE_SSL_REDIRECT=True, SECURE_HSTS_SECONDS=3600)
    async def test_where_the_site_has_https_http_is_refused(self):
        client = {"app": ApiApplication(application)}  # which reads the settings again
        (await Caller(**client).get("rooms")).check_error(400, "bad_request")
        (await Caller(**client).post("guests", {"name": "Ana"})).check_error(400, "bad_request")
        response = await Caller(**client, site=OWN_ORIGIN.replace("http", "https")).get("rooms")
        assert response.status == 200
        assert response.headers["Strict-Transport-Security"] == "max-age=3600"


class ErrorTests(SocketTestCase):
    async def test_without_the_database_clients_are_asked_to_retry(self):
        ana = await new_guest("Ana")
        for function in ("chat.log.get_room", "chat.access.tokens.holder_of"):
            with (
                mock.patch(function, side_effect=OperationalError("gone away: secret")),
                self.assertNoLogs("chat.api"),
            ):
                for response in (await ana.history(), await ana.send_message("hello")):
                    error = response.check_error(503, "unavailable")
                    assert "secret" not in str(response.body)
                    assert error["retry_after"] == int(response.headers["Retry-After"]) == 1

    async def test_a_failed_write_is_not_acknowledged(self):
        await make_room()
        ana = await new_guest("Ana")
        writes = (await server.current()).committer.writes
        with mock.patch.object(writes, "work", side_effect=OperationalError("disk full")):
            (await ana.send_message("hello", id="one")).check_error(503, "unavailable")
        assert (await ana.send_message("hello", id="one")).status == 201

    async def test_a_server_error_is_logged_and_shows_no_details(self):
        for debug in (True, False):
            with (
                override_settings(DEBUG=debug),
                mock.patch(
                    "chat.live.roomlist.list_rooms", side_effect=ZeroDivisionError("secret")
                ),
                self.assertLogs("chat.api", "ERROR") as logs,
            ):
                response = await Caller().get("rooms")
            response.check_error(503, "unavailable")
            assert "secret" not in str(response.body)
            assert "ZeroDivisionError: secret" in logs.output[0]

    async def test_a_refusal_is_not_logged(self):
        with self.assertNoLogs("django", "WARNING"), self.assertNoLogs("chat", "WARNING"):
            await Caller().get("nothing")
            await Caller().post("guests", b"{")
