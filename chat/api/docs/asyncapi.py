"""The AsyncAPI 3.0 document of the sockets, from a client's side: it sends commands and receives
frames of events. Everything is made from the types and tables of chat/protocol/."""

from functools import cache
from http import HTTPStatus
from typing import Any

from django.conf import settings

from chat import protocol
from chat.api.docs.examples import LINES, example_of
from chat.protocol import Command, contract
from chat.protocol.contract import CLOSES, COMMANDS, EVENTS, REPLIES, type_of
from chat.protocol.schemas import reference, schemas
from chat.rules.errors import ChatError
from chat.rules.mentions import MAX_MENTIONS

BINDING = {"method": "GET", "bindingVersion": "0.1.0"}
CHAT, LINES_IN_ROOM, LINES_AT_ROOT = "chat", "lines", "linesInDefaultRoom"
LINE_CHANNELS = (LINES_IN_ROOM, LINES_AT_ROOT)

ORIGIN = {
    "type": "object",
    "properties": {
        "Origin": {
            "type": "string",
            "description": "What a browser sends: the site's own, or one on the admin's list. "
            "Anything else is refused with HTTP 403.",
        }
    },
}
LINES_QUERY = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "description": "Without it, Guest-PORT."},
        "history": {
            "type": "integer",
            "minimum": 0,
            "maximum": protocol.PAGE,
            "default": 0,
            "description": "How many of the newest messages come first.",
        },
    },
}


def document(host: str, secure: bool) -> dict[str, Any]:
    """Return the document, for a client that asked for it at `host`."""
    server = {
        "host": host,
        "protocol": "wss" if secure else "ws",
        "description": "This site. Who is signed in on its own pages needs no token; "
        "all others are guests, or send a token in `hello`.",
        "security": [_reference("securitySchemes", "Session")],
    }
    return _document() | {"servers": {"site": server}}


@cache
def _document() -> dict[str, Any]:
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Chatsite",
            "version": "1",
            "description": "What a client sends and receives over a WebSocket. "
            "docs/protocol.md says what it means, and has the rules of delivery.",
        },
        "defaultContentType": "application/json",
        "channels": _channels(),
        "operations": _operations(),
        "components": {
            "schemas": schemas(COMMANDS, EVENTS) | _frames(),
            "messages": _messages(),
            "securitySchemes": {
                "Session": {
                    "type": "httpApiKey",
                    "in": "cookie",
                    "name": settings.SESSION_COOKIE_NAME,
                    "description": "Counts with the site's own Origin only.",
                }
            },
        },
        "x-error-codes": _error_codes(),
        "x-numbers": _numbers(),
    }


def _error_codes() -> list[dict[str, Any]]:
    return [
        {
            "code": code,
            "httpStatus": HTTPStatus(status).value,
            "temporary": code in contract.TEMPORARY,
        }
        for code, status in ChatError.STATUS.items()
    ]


def _numbers() -> dict[str, int]:
    """Return the numbers that clients go by, in the units that their names say."""
    return {
        "frameBytes": protocol.MAX_FRAME,
        "heartbeatSeconds": protocol.HEARTBEAT,
        "helloWithinSeconds": contract.HELLO_WITHIN,
        "historyMessages": protocol.PAGE,
        "historyMessagesAtMost": protocol.MAX_PAGE,
        "mentionsAtMost": MAX_MENTIONS,
        "membersAtMost": protocol.MAX_MEMBERS,
        "missedMessagesAtMost": protocol.MAX_CHANGES,
        "receiptMessages": contract.RECEIPT_MESSAGES,
        "receiptSeconds": contract.RECEIPT_SECONDS,
        "seqsAtMost": protocol.MAX_SEQS,
        "typingSeconds": contract.TYPING_SECONDS,
        "unreceivedBytesAtMost": contract.WINDOW_BYTES,
        "unreceivedEventsAtMost": contract.WINDOW_EVENTS,
    }


def _channels() -> dict[str, dict]:
    room = {
        "description": "A slug, or what a person types for it, percent-encoded.",
        "examples": ["lobby"],
    }
    in_room = _lines(
        "/ws/plain/{room}",
        "Lines of text in one room, for a terminal.",
        parameters={"room": room},
    )
    at_root = _lines("/", "Lines of text in the default room.")
    return {CHAT: _chat(), LINES_IN_ROOM: in_room, LINES_AT_ROOT: at_root}


def _chat() -> dict[str, Any]:
    return {
        "address": "/ws/",
        "description": "One command a frame, a JSON object, to the server. From the server, "
        "one or more events a frame, in order, as a JSON array. `hello` is the first command.",
        "messages": {
            name: _reference("messages", name) for name in map(_message_name, (*COMMANDS, *EVENTS))
        },
        "bindings": {"ws": BINDING | {"headers": ORIGIN}},
        "x-close-codes": [close._asdict() for close in CLOSES],
    }


def _lines(address: str, description: str, **more: Any) -> dict[str, Any]:
    return {
        "address": address,
        "description": description,
        "messages": {name: _reference("messages", name) for name in ("text", "line")},
        "bindings": {"ws": BINDING | {"query": LINES_QUERY, "headers": ORIGIN}},
        "x-close-codes": [close._asdict() for close in CLOSES],
        **more,
    }


def _operations() -> dict[str, dict]:
    commands = {type_of(command): _command_operation(command) for command in COMMANDS}
    events = {
        f"on{type_of(event).title()}": _operation("receive", CHAT, _message_name(event))
        for event in EVENTS
    }
    lines = {
        f"{verb}{channel[0].upper()}{channel[1:]}": _operation(action, channel, message)
        for channel in LINE_CHANNELS
        for verb, action, message in (("write", "send", "text"), ("read", "receive", "line"))
    }
    return commands | events | lines


def _command_operation(command: type[Command]) -> dict[str, Any]:
    """Return the operation of a command: its direct reply has its `id`, and may be an error."""
    operation = _operation("send", CHAT, _message_name(command))
    replies = [REPLIES[command]] if command in REPLIES else []
    names = map(_message_name, (*replies, protocol.ErrorEvent))
    reply = {
        "channel": {"$ref": f"#/channels/{CHAT}"},
        "messages": [_of_channel(CHAT, name) for name in names],
    }
    return operation | {"summary": command.__doc__, "reply": reply}


def _operation(action: str, channel: str, message: str) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [_of_channel(channel, message)],
    }


def _messages() -> dict[str, dict]:
    commands = {
        _message_name(command): _message(command, reference(command), example_of(command))
        for command in COMMANDS
    }
    events = {
        _message_name(event): _message(
            event, _reference("schemas", _frame_name(event)), [example_of(event)]
        )
        for event in EVENTS
    }
    return (
        commands
        | events
        | {
            "text": _line(
                "A message, without the end of its line. It is not echoed.", LINES[1][5:]
            ),
            "line": _line(
                "`NAME: text`, `* what happened`, or `! what was refused`; further lines of a text "
                "are indented by two spaces.",
                *LINES,
            ),
        }
    )


def _message(model: type, payload: dict, example: Any) -> dict[str, Any]:
    return {
        "name": type_of(model),
        "summary": model.__doc__,
        "payload": payload,
        "examples": [{"payload": example}],
    }


def _line(description: str, *examples: str) -> dict[str, Any]:
    return {
        "contentType": "text/plain",
        "description": description,
        "payload": {"type": "string"},
        "examples": [{"payload": example} for example in examples],
    }


def _frames() -> dict[str, dict]:
    """Return the schemas of any event, of a frame, and of frames with each event in them."""
    any_event = {
        "oneOf": [reference(event) for event in EVENTS],
        "description": "One of the events. More may be added: ignore what you do not know.",
    }
    frame = {"type": "array", "minItems": 1, "items": _reference("schemas", "AnyEvent")}
    with_event = {
        _frame_name(event): {
            "allOf": [_reference("schemas", "Frame")],
            "contains": reference(event),
            "description": f"A frame with `{type_of(event)}` in it, alone or among others.",
        }
        for event in EVENTS
    }
    return {"AnyEvent": any_event, "Frame": frame} | with_event


def _message_name(model: type) -> str:
    """Return the name of a message: commands and events can have the same type."""
    return type_of(model) if issubclass(model, Command) else f"{type_of(model)}Event"


def _frame_name(event: type) -> str:
    return f"FrameWith{event.__name__}"


def _of_channel(channel: str, message: str) -> dict[str, str]:
    return {"$ref": f"#/channels/{channel}/messages/{message}"}


def _reference(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}
