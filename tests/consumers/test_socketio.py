"""Clients of Socket.IO that speak the protocol: each command an event, each event an event."""

import asyncio
import gc
import json
import weakref

from django.contrib.sessions.models import Session
from django.test import override_settings

from chat.consumers.socketio import sessions
from chat.consumers.socketio.transports import MOST_WAITING, PollingTransport
from chat.live import server
from chat.protocol import Frame
from tests.access.support import admit, make_private
from tests.support.people import block, change_room, configure, sign_in
from tests.support.socketio import (
    EIO,
    Client,
    Options,
    PollingWire,
    Request,
    WebSocketWire,
    client,
    fetch,
)
from tests.support.sockets import OWN_ORIGIN, SocketTestCase, connect

ANA = {"name": "Ana", "room": "lobby"}
ION = {"name": "Ion", "room": "lobby"}
FOREIGN = "https://charlie.example.org"
TRANSPORTS = ("websocket", "polling")


def message(text: str, number: int = 1) -> dict:
    return {"room": "lobby", "id": f"m{number}", "body": text}


async def upgraded(sid: str) -> WebSocketWire:
    """Return a socket that has taken a session over."""
    socket = WebSocketWire(Options(), f"{EIO}websocket&sid={sid}")
    assert await socket.open()
    await socket.send("2probe")
    assert await socket.receive() == ["3probe"]
    await socket.send("5")
    return socket


class ProtocolTests(SocketTestCase):
    async def test_auth_says_hello_and_joins_a_room(self):
        for transport in TRANSPORTS:
            with self.subTest(transport):
                async with client(ANA, transport=transport) as ana:
                    welcome, joined = await ana.next("welcome"), await ana.next("joined")
                    assert welcome["user"]["name"] == "Ana"
                    assert [user["name"] for user in joined["members"]] == ["Ana"]
                    assert ana.connected["sid"]

    async def test_each_command_is_acknowledged_with_its_reply(self):
        for transport in TRANSPORTS:
            with self.subTest(transport):
                async with client(transport=transport) as ana:
                    (welcome,) = await ana.request("hello", {"name": "Ana"})
                    assert (welcome["type"], "id" in welcome) == ("welcome", False)
                    (joined,) = await ana.request("join", {"room": f"club {transport}"})
                    room = joined["room"]
                    sent = {"room": room["slug"], "id": "m1", "body": "hello"}
                    (ack,) = await ana.request("send", sent)
                    assert (ack["type"], ack["id"], ack["seq"]) == ("ack", "m1", 1)
                    assert (await ana.request("send", sent))[0]["duplicate"]
                    reaction = {"room": room["slug"], "seq": 1, "emoji": "👍", "on": True}
                    assert (await ana.request("react", reaction))[0]["version"] == 2
                    (page,) = await ana.request("history", {"room": room["slug"], "before": 9})
                    assert [m["body"] for m in page["messages"]] == ["hello"]
                    asked = {"room": room["slug"], "after": 0, "epoch": room["epoch"]}
                    (synced,) = await ana.request("sync", asked)
                    assert len(synced["messages"]) == 1
                    assert await ana.request("typing", {"room": room["slug"]}) == []
                    received = {"room": room["slug"], "version": 1}
                    assert await ana.request("received", received) == []
                    assert await ana.request("ping") == [{"type": "pong"}]
                    (left,) = await ana.request("leave", {"room": room["slug"]})
                    assert left["type"] == "left"

    async def test_the_list_of_rooms_is_acknowledged_and_then_comes_as_an_event(self):
        room = await make_private()
        async with client({"name": "Ana"}) as ana, connect("Ion") as ion:
            user = (await ana.next("welcome"))["user"]
            for person in (user, ion.user):
                await admit(room, person)
            await ion.join("club")
            for fields in ((), ({"id": "w1"},)):
                (rooms,) = await ana.request("watch", *fields)
                assert rooms.get("id") == (fields[0]["id"] if fields else None)
                assert [entry["room"]["slug"] for entry in rooms["rooms"]] == ["club"]
            (connection,) = [
                c for c in (await server.current()).registry.connections if c.user.id == user["id"]
            ]
            assert not connection.out._replies
            await ion.send("hello")
            (changed,) = (await ana.next("rooms"))["rooms"]
            assert changed["unread"] == 1

    async def test_a_message_reaches_clients_of_both_transports_and_sockets(self):
        ion_polls = client(ION, transport="polling")
        async with connect("Mara") as mara, client(ANA) as ana, ion_polls as ion:
            await mara.join("lobby")
            await ion.emit("send", message("from Ion"))
            for reader in (ana, ion):
                assert (await reader.next("message"))["message"]["body"] == "from Ion"
            await mara.receives_messages("from Ion")
            await mara.send("from Mara")
            assert (await ion.next("message"))["message"]["body"] == "from Mara"

    async def test_a_send_without_an_id_gets_one(self):
        async with client(ANA) as ana:
            (ack,) = await ana.request("send", {"room": "lobby", "body": "hello"})
            assert ack["id"]

    async def test_no_id_is_a_new_one_also_after_a_lost_connection(self):
        auth = ANA
        for body in ("one", "two"):
            async with client(auth) as ana:
                sent = {"room": "lobby", "id": None, "body": body}
                assert (await ana.request("send", sent))[0]["type"] == "ack"
                auth = ANA | {"pid": ana.connected["pid"]}

    async def test_nothing_is_kept_of_a_command_with_an_invalid_id(self):
        async with client(ANA) as ana:
            (connection,) = (await server.current()).registry.connections
            for value in ("x" * 65, "x" * 60_000, "", "\n", 7, {}, []):
                for command in ({"room": "lobby", "id": value}, {"id": value}):
                    (refusal,) = await ana.request("typing", command)
                    assert refusal["code"] == "bad_request"
                    await ana.request("ping")
            assert connection.out._replies == {}

    async def test_a_refusal_goes_to_the_acknowledgement(self):
        async with client(ANA) as ana:
            (refusal,) = await ana.request("send", {"room": "elsewhere", "body": "hello"})
            assert (refusal["type"], refusal["code"]) == ("error", "forbidden")
            for malformed in ({"rom": "lobby"}, "lobby", None, 7):
                (refusal,) = await ana.request("join", malformed)
                assert refusal["code"] == "bad_request"
                await ana.request("ping")

    async def test_a_refusal_without_an_acknowledgement_is_an_event(self):
        async with client(ANA) as ana:
            await ana.emit("send", {"room": "elsewhere", "body": "hello"})
            refusal = await ana.next("error_message")
            assert refusal["code"] == "forbidden"
            assert refusal["message"].endswith(".")

    async def test_a_name_that_is_taken_refuses_the_client(self):
        async with client(ANA), client(ANA) as other:
            assert other.refused["data"]["code"] == "name_taken"
            assert other.refused["data"]["suggestion"] == "Ana 2"
            assert other.refused["message"] == other.refused["data"]["message"]

    async def test_an_unknown_token_refuses_the_client(self):
        async with client({"token": "no such token"}) as charlie:
            assert charlie.refused["data"]["code"] == "unauthorized"
            await charlie.ends()

    async def test_a_refused_client_may_connect_as_another(self):
        for refused in ({"name": "a: b"}, {"name": "Ana", "room": "...", "after": -1}):
            for auth, event in (
                ({}, ("new-user", "Ana")),
                ({"serverOffset": 0}, ("chat message", "hello")),
                ({"name": "Ana", "room": "lobby"}, ("send", message("hello"))),
            ):
                with self.subTest(refused, auth=auth):
                    async with client(refused) as ana:
                        assert ana.refused
                        await ana.send(f"40{json.dumps(auth)}")
                        await ana._until(lambda: ana.connected, "a connection")
                        assert [e["type"] for e in await ana.request(*event)] in ([], ["ack"])

    async def test_other_namespaces_are_refused(self):
        async with client(ANA) as ana:
            await ana.send("40/admin,")
            await ana._until(lambda: ana.refused, "a refusal")
            assert ana.refused["message"] == "Invalid namespace"


class ReturnTests(SocketTestCase):
    async def test_a_client_resumes_with_what_it_missed(self):
        async with client(ANA) as ana:
            welcome, joined = await ana.next("welcome"), await ana.next("joined")
            (ack,) = await ana.request("send", message("first"))
        async with client(ION) as ion:
            await ion.request("send", message("missed"))
        known = {"token": welcome["token"], "after": ack["version"]}
        async with client(known | {"room": "lobby", "epoch": joined["room"]["epoch"]}) as ana:
            joined = await ana.next("joined")
            assert joined["reset"] is False
            assert [m["body"] for m in joined["messages"]] == ["missed"]

    async def test_a_client_that_connects_again_is_the_same_guest(self):
        async with client(ANA) as ana:
            before, pid = await ana.next("welcome"), ana.connected["pid"]
        async with client(ANA | {"pid": pid}) as ana:
            assert (await ana.next("welcome"))["user"] == before["user"]
            # The same one would be a promise that nothing was missed.
            assert ana.connected["pid"] != pid

    async def test_an_unknown_pid_is_a_new_client(self):
        for pid in (f"{'x' * 32}.abc", "x", 7, {"a": 1}):
            async with client({"pid": pid, "offset": "new-user lobby"}) as ana:
                assert ana.connected["pid"] != pid


class EndTests(SocketTestCase):
    async def test_what_is_no_packet_ends_the_connection(self):
        for packet in ("9", "4", "4x", "42", "42[", "42{}", "42[7]", "451-[]", "42\x00", "bAAAA"):
            for transport in TRANSPORTS:
                with self.subTest(packet, transport=transport):
                    async with client(ANA, transport=transport) as charlie:
                        await charlie.send(packet)
                        await charlie.ends(for_good=True)

    async def test_an_event_before_the_connection_ends_it(self):
        wire = WebSocketWire(Options())
        charlie = Client(wire)
        await wire.open()
        await charlie.emit("hello", {"name": "Charlie"})
        await charlie.ends()

    async def test_three_malformed_commands_end_it_for_good(self):
        async with client(ANA) as charlie:
            for _ in range(3):
                await charlie.emit("join", {"rom": 1})
            await charlie.ends(for_good=True)
            assert charlie.wire.close_code == 4400

    async def test_a_blocked_person_is_told_and_does_not_return(self):
        for transport in TRANSPORTS:
            with self.subTest(transport):
                name = f"Charlie {transport}"
                async with client({"name": name, "room": "x"}, transport=transport) as charlie:
                    welcome = await charlie.next("welcome")
                    await block(welcome["user"]["id"])
                    assert (await charlie.next("error_message"))["code"] == "forbidden"
                    await charlie.ends(for_good=True)
                async with client({"token": welcome["token"]}, transport=transport) as charlie:
                    assert charlie.refused["data"]["code"] == "forbidden"

    async def test_over_polling_the_reason_comes_in_a_response_before_the_end(self):
        async with client({"name": "Charlie", "room": "x"}, transport="polling") as charlie:
            welcome = await charlie.next("welcome")
            await charlie.next("joined")
            await block(welcome["user"]["id"])
            packets = await charlie.wire.receive()
            assert "error_message" in packets[-2]
            assert packets[-1] == "41"
            await charlie.ends()
        assert not sessions._sessions

    async def test_nobody_writes_in_a_closed_room(self):
        for transport in TRANSPORTS:
            with self.subTest(transport):
                room = f"club-{transport}"
                async with client(
                    {"name": "Charlie", "room": room}, transport=transport
                ) as charlie:
                    await change_room(room, closed=True)
                    (refusal,) = await charlie.request("send", {"room": room, "body": "hello?"})
                    assert refusal["code"] == "forbidden"

    async def test_who_signs_out_is_sent_away_for_good(self):
        for transport in TRANSPORTS:
            with self.subTest(transport):
                session = await sign_in(f"Mara {transport}")
                who = {"session": session, "origin": OWN_ORIGIN, "transport": transport}
                async with client({"name": "x", "room": "lobby"}, **who) as mara:
                    assert (await mara.next("welcome"))["user"]["kind"] == "member"
                    await (await Session.objects.aget(pk=session)).adelete()
                    assert (await mara.next("error_message"))["code"] == "unauthorized"
                    await mara.ends(for_good=True)

    async def test_a_closed_session_is_forgotten(self):
        async with client(ANA, transport="polling") as ana:
            sid = ana.wire.sid
        assert (await fetch("GET", f"{EIO}polling&sid={sid}")).status == 400
        assert not sessions._sessions
        assert not (await server.current()).registry.connections

    async def test_nothing_of_a_client_that_is_gone_waits_for_the_garbage_collector(self):
        for auth in (ANA, None):
            for transport in TRANSPORTS:
                with self.subTest(auth=auth, transport=transport):
                    gc.disable()
                    self.addCleanup(gc.enable)
                    async with client(auth, transport=transport) as ana:
                        await ana.emit("new-user", "Ana")
                        (session,) = sessions._sessions.values()
                        gone = [weakref.ref(session), weakref.ref(session.on_end.__self__)]
                        del session
                    del ana
                    await asyncio.sleep(0.05)
                    assert [each() for each in gone] == [None, None]

    async def test_a_client_that_ends_its_poll_is_gone(self):
        async with client(ANA, transport="polling") as ana:
            poll = await ana.wire.request("GET")
            await poll.communicator.receive_nothing()
            await poll.leave()
            assert not sessions._sessions


class OriginTests(SocketTestCase):
    async def test_a_foreign_page_is_refused(self):
        response = await fetch("GET", f"{EIO}polling", origin=FOREIGN)
        assert (response.status, json.loads(response.text)["code"]) == (403, 4)
        assert "access-control-allow-origin" not in response.headers
        assert not await WebSocketWire(Options(FOREIGN)).open()

    async def test_a_foreign_page_opens_no_session_with_an_image(self):
        before = set(sessions._sessions)
        for site in ("cross-site", "same-site"):
            response = await fetch("GET", f"{EIO}polling", site=site)
            assert (response.status, json.loads(response.text)["code"]) == (403, 4)
        assert set(sessions._sessions) == before
        await configure(allowed_origins=FOREIGN)
        assert (
            await fetch("GET", f"{EIO}polling", origin=FOREIGN, site="cross-site")
        ).status == 200
        for site in ("same-origin", "none"):
            assert (await fetch("GET", f"{EIO}polling", site=site)).status == 200

    async def test_a_foreign_page_opens_no_session_over_plain_http(self):
        image, before = "image/avif,image/webp,*/*;q=0.8", set(sessions._sessions)
        for options in ({"page": f"{FOREIGN}/a.html"}, {"accept": image}):
            assert (await fetch("GET", f"{EIO}polling", **options)).status == 403
        assert set(sessions._sessions) == before
        for options in (
            {"page": f"{OWN_ORIGIN}/rooms/lobby/", "accept": "*/*"},
            {"page": "about:client", "accept": "text/html,*/*;q=0.8"},
            {"accept": "*/*"},
        ):
            assert (await fetch("GET", f"{EIO}polling", **options)).status == 200
        await configure(allowed_origins=FOREIGN)
        assert (await fetch("GET", f"{EIO}polling", page=f"{FOREIGN}/a.html")).status == 200

    async def test_a_foreign_page_neither_reads_nor_writes_in_somebodys_session(self):
        async with client(ANA, transport="polling") as ana:
            await ana.next("joined")
            query = f"{EIO}polling&sid={ana.wire.sid}"
            sent = f"42{json.dumps(['send', message('of Charlie')])}"
            for method, packet in (("GET", ""), ("POST", sent)):
                assert (await fetch(method, query, packet, origin=FOREIGN)).status == 403
            socket = WebSocketWire(Options(FOREIGN), f"{EIO}websocket&sid={ana.wire.sid}")
            assert not await socket.open()
            (ack,) = await ana.request("send", message("of Ana"))
            assert ack["seq"] == 1

    async def test_a_page_on_the_list_may_read_responses(self):
        await configure(allowed_origins=FOREIGN)
        for method in ("GET", "OPTIONS"):
            response = await fetch(method, f"{EIO}polling", origin=FOREIGN)
            assert response.status == 200
            assert response.headers["access-control-allow-origin"] == FOREIGN
        async with client(ANA, origin=FOREIGN) as ana:
            assert ana.connected

    async def test_a_refusal_can_be_read_by_a_page_on_the_list(self):
        await configure(allowed_origins=FOREIGN)
        response = await fetch("GET", f"{EIO}polling&sid=gone", origin=FOREIGN)
        assert response.headers["access-control-allow-origin"] == FOREIGN

    async def test_no_response_is_a_script(self):
        """A page that is not on the list could load it, with the cookies of whoever visits it."""
        assert (await fetch("GET", f"{EIO}polling&j=0")).status == 400

    async def test_a_session_counts_on_our_own_page_alone(self):
        await configure(allowed_origins=FOREIGN)
        session = await sign_in("Mara")
        for origin, kind in ((OWN_ORIGIN, "member"), (FOREIGN, "guest"), (None, "guest")):
            for transport in TRANSPORTS:
                name = {"name": f"Charlie {transport}{len(origin or '')}"}
                who = {"session": session, "origin": origin, "transport": transport}
                with self.subTest(**who):
                    async with client(name, **who) as mara:
                        assert (await mara.next("welcome"))["user"]["kind"] == kind


class RequestTests(SocketTestCase):
    async def test_an_unknown_session_is_refused_with_what_to_do(self):
        for method in ("GET", "POST"):
            response = await fetch(method, f"{EIO}polling&sid=elsewhere")
            assert response.status == 400
            assert json.loads(response.text)["code"] == 1
            assert "transports" in json.loads(response.text)["message"]
        assert not await WebSocketWire(Options(), f"{EIO}websocket&sid=elsewhere").open()

    async def test_other_protocols_and_methods_are_refused(self):
        for query in ("EIO=3&transport=polling", "transport=polling", f"{EIO}x", ""):
            assert (await fetch("GET", query)).status == 400
        for method in ("PUT", "HEAD", "POST"):
            assert (await fetch(method, f"{EIO}polling")).status == 400
        assert not await WebSocketWire(Options(), "EIO=3&transport=websocket").open()

    async def test_a_body_that_is_too_large_ends_the_session(self):
        for body in ("4" * 300_000, "3\x1e" * 1000):
            async with client(ANA, transport="polling") as charlie:
                assert (await charlie.wire.fetch("POST", body)).status == 413
                await charlie.ends(for_good=True)
        assert (await fetch("GET", f"{EIO}polling", "x" * 10)).status == 413

    async def test_of_two_polls_at_once_none_is_served(self):
        async with client(ANA, transport="polling") as charlie:
            await charlie.next("joined")
            first = await charlie.wire.request("GET")
            await first.communicator.receive_nothing()
            assert (await charlie.wire.fetch("GET")).status == 400
            assert (await first.response()).text == "1"

    async def test_a_hundred_packets_in_one_request_are_all_handled(self):
        async with client(ANA, transport="polling") as ana:
            packets = [f"42{json.dumps(['send', message(f'{n}', n)])}" for n in range(100)]
            await ana.send("\x1e".join(packets))
            bodies = [(await ana.next("message"))["message"]["body"] for _ in packets]
            assert bodies == [str(number) for number in range(100)]

    @override_settings(CHAT_RATE_LIMITS=True)
    async def test_an_address_over_the_limit_of_connections_is_refused(self):
        await configure(address_sockets=1)
        async with client(ANA) as ana:
            response = await fetch("GET", f"{EIO}polling")
            assert (response.status, "retry-after" in response.headers) == (429, True)
            assert not await WebSocketWire(Options()).open()
            assert await ana.request("ping")

    @override_settings(CHAT_RATE_LIMITS=True)
    async def test_packets_in_a_flood_end_the_connection(self):
        async with client(ANA) as charlie:
            for _ in range(1100):
                await charlie.send("3")
            await charlie.ends(for_good=True)
            assert charlie.wire.close_code == 4429

    @override_settings(CHAT_RATE_LIMITS=True)
    async def test_commands_in_a_flood_end_the_connection(self):
        await configure(socket_rate=1, socket_burst=2)
        async with client(ANA) as charlie:
            for number in range(40):
                await charlie.emit("send", message("flood", number))
            assert (await charlie.next("error_message"))["code"] == "rate_limited"
            await charlie.ends(for_good=True)


class UpgradeTests(SocketTestCase):
    async def test_nothing_is_lost_or_doubled_by_the_upgrade(self):
        async with client(ANA, transport="polling") as ana, client(ION) as ion:
            await ana.next("joined")
            socket = WebSocketWire(Options(), f"{EIO}websocket&sid={ana.wire.sid}")
            assert await socket.open()
            await ana.next("presence")
            poll = await ana.wire.request("GET")
            await socket.send("2probe")
            assert await socket.receive() == ["3probe"]
            await ion.request("send", message("meanwhile", 1))
            # Its end, or what came just before that.
            for packet in (await poll.response()).text.split("\x1e"):
                await ana._take(packet)
            await socket.send("5")
            await ion.request("send", message("after", 2))
            polling, ana.wire = ana.wire, socket
            bodies = [(await ana.next("message"))["message"]["body"] for _ in range(2)]
            assert bodies == ["meanwhile", "after"]
            assert (await polling.fetch("GET")).status == 400

    async def test_of_two_sockets_for_an_upgrade_one_is_accepted(self):
        async with client(ANA, transport="polling") as ana:
            await ana.next("joined")
            query = f"{EIO}websocket&sid={ana.wire.sid}"
            silent = WebSocketWire(Options(), query)
            assert await silent.open()
            for _ in range(3):
                assert not await WebSocketWire(Options(), query).open()
            await silent.close()
            ana.wire = await upgraded(ana.wire.sid)
            assert await ana.request("ping")
            assert not await WebSocketWire(Options(), query).open()

    async def test_a_poll_from_before_the_upgrade_ends_nothing(self):
        for is_left in (True, False):
            async with client(ANA, transport="polling") as ana:
                await ana.next("joined")
                poll = Request("GET", ana.wire._query)
                await poll.communicator.receive_nothing()  # Its end is under way.
                ana.wire = await upgraded(ana.wire.sid)
                if is_left:
                    await poll.leave()
                else:
                    assert (await (await poll.begin()).response()).text == "6"
                assert await ana.request("ping")

    async def test_after_the_upgrade_no_packets_come_by_requests(self):
        async with client(ANA, transport="polling") as ana:
            await ana.next("joined")
            polling, ana.wire = ana.wire, await upgraded(ana.wire.sid)
            assert await ana.request("ping")
            assert (await polling.fetch("POST", "41")).status == 400
            assert await ana.request("ping")

    async def test_a_client_whose_upgrade_fails_goes_on_polling(self):
        async with client(ANA, transport="polling") as ana, client(ION) as ion:
            await ana.next("joined")
            for packets in ((), ("2probe",), ("x",), ("2probe", "x")):
                socket = WebSocketWire(Options(), f"{EIO}websocket&sid={ana.wire.sid}")
                assert await socket.open()
                for packet in packets:
                    await socket.send(packet)
                await socket.close()
            await ion.request("send", message("still here"))
            assert (await ana.next("message"))["message"]["body"] == "still here"


class SlowReaderTests(SocketTestCase):
    async def test_a_client_that_does_not_poll_costs_bounded_memory(self):
        async with client(ANA, transport="polling") as ana, client(ION) as ion:
            await ana.next("joined")
            transport = sessions.find_session(ana.wire.sid).transport
            assert isinstance(transport, PollingTransport)
            text, count = "x" * 3000, 100
            for number in range(count):
                await ion.request("send", message(f"{number} {text}", number))
            assert transport.size < 2 * MOST_WAITING
            seen = [(await ana.next("message"))["message"]["seq"] for _ in range(20)]
            while len(seen) < count and (event := await self._missed(ana)):
                seen += event
            assert sorted(seen) == list(range(1, count + 1))

    @staticmethod
    async def _missed(ana: Client) -> list[int]:
        """Return the seqs of the next event: a message, or what was missed in one."""
        await ana._until(lambda: any(e[0] in ("message", "joined") for e in ana.unread), "more")
        name, event = next(e for e in ana.unread if e[0] in ("message", "joined"))
        ana.unread.remove([name, event])
        found = event["messages"] if name == "joined" else [event["message"]]
        return [message["seq"] for message in found]

    async def test_a_socket_that_is_not_read_lags_and_misses_nothing(self):
        wire = WebSocketWire(Options(), buffer=2)
        async with client(ANA, wire=wire) as ana, client(ION) as ion:
            await ana.next("joined")
            connection = next(
                each
                for each in (await server.current()).registry.connections
                if each.user.name == "Ana"
            )
            count = 300
            for number in range(count):
                await ion.request("send", message("x" * 300, number))
            assert len(connection.out._writer.transport._waiting) < count / 2
            seen = []
            while len(seen) < count:
                seen += await self._missed(ana)
            assert sorted(seen) == list(range(1, count + 1))

    async def test_of_a_client_that_does_not_poll_no_more_is_handled(self):
        async with client(ANA, transport="polling") as ana:
            await ana.next("joined")
            (await ana.request("send", message("x" * 3000)))
            page = json.dumps(["history", {"room": "lobby", "before": 9}])
            wire = PollingWire(Options())
            wire._query = ana.wire._query
            post = await wire.request("POST", "\x1e".join([f"42{page}"] * 100))
            await asyncio.sleep(0.2)
            assert not post.communicator.future.done()
            assert sessions.find_session(ana.wire.sid).transport.size < 2 * MOST_WAITING
            for _ in range(100):
                await ana.next("history")
            assert (await post.response()).status == 200

    async def test_a_frame_is_packed_once_for_all_readers(self):
        running = await server.current()
        async with client(ANA) as ana, client(ION):
            await ana.next("joined")
            outputs = [connection.out for connection in running.registry.connections]
            frame = Frame(['{"type":"heads","rooms":{}}'])
            one, other = [out.dialect.room_packets(frame) for out in outputs]
            assert one is other
