import re
from functools import cache

from tests.support.javascript import Run
from tests.support.servers import ROOT

SCRIPTS = ROOT / "static" / "chat"

# The calls by which a message goes from the composer to the server, and from the server to the
# page: whoever searches for one of these names finds the one place where it is defined.
OUTGOING = {
    "page/parts/composer.js": ["sendText"],
    "client/chat.js": ["send"],
    "client/room/room.js": ["sendMessage", "transmit", "requestInRoom"],
    "client/room/outbox.js": ["enqueue", "sendNext"],
    "client/requests.js": ["sendRequest"],
    "client/link/link.js": ["sendCommand"],
    # Where a WebSocket cannot be had:
    "client/link/transports/http.js": ["execute", "postMessage"],
    "client/link/transports/endpoints.js": ["fetchJson"],
}
INCOMING = {
    "client/link/transports/websocket.js": ["receiveFrame"],
    "client/link/transports/parsing.js": ["parseFrame"],
    "client/link/transports/stream.js": ["receiveStreamed"],
    "client/link/transports/poll.js": ["receivePolled"],
    "client/link/transports/http.js": ["onRoomEvents", "deliver"],
    "client/link/link.js": ["onEvents", "receiveEvents"],
    "client/chat.js": ["onEvent", "receiveEvent"],
    "client/requests.js": ["settleReply"],
    "client/rooms.js": ["dispatch"],
    "client/room/room.js": ["onMessage", "onApplied", "emitEvent", "confirmOwn"],
    "client/room/synchroniser.js": ["applyLive"],
    "client/room/roomlog.js": ["advance"],
    "client/room/outbox.js": ["acknowledge", "confirmStored"],
    "client/emitter.js": ["emit"],
    "page/messages/messages.js": ["showMessage"],
    "page/messages/list.js": ["putMessage"],
    "page/messages/view.js": ["showStored"],
}
# The one call with a definition in each kind of transport.
TRANSMIT = [f"client/link/transports/{name}.js" for name in ("http", "websocket")]


def test_the_client_library_and_the_page_logic(needs):
    """Run the tests of the JavaScript modules in Node; show their report when one fails."""
    run = Run(needs("Node"))
    assert "tests 0" not in run.report
    assert run.passed, run.report


def test_each_call_on_the_path_of_a_message_has_one_definition():
    for calls in (OUTGOING, INCOMING):
        for path, names in calls.items():
            for name in names:
                assert definitions(name) == [path], name
    assert definitions("transmitCommand") == TRANSMIT


def definitions(name: str) -> list[str]:
    """Return the files under static/chat/ that define a function, method or callback."""
    method = rf"^ +(?:async |get |static )?#?{name}\([^;]*\) \{{"
    function = rf"\bfunction {name}\(|\bconst {name} = (?:async )?\("
    defined = re.compile(rf"{method}|{function}|\b{name}: (?:async )?\(", re.MULTILINE)
    texts = {path: text for path, text in scripts().items() if name in text}
    return [path for path, text in texts.items() for _ in defined.findall(text)]


@cache
def scripts() -> dict[str, str]:
    """Return the text of each file under static/chat/."""
    files = sorted(SCRIPTS.rglob("*.js"))
    return {path.relative_to(SCRIPTS).as_posix(): path.read_text() for path in files}
