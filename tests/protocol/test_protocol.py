"""Any frame is parsed to a command or refused; and events are encoded as documented."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chat import models, protocol
from chat.protocol import COMMANDS, Command, ErrorEvent, Malformed, MessageEvent, parse_command
from chat.rules.errors import ChatError

PLAIN = {
    "hello": {"name": "Ana", "token": "t"},
    "join": {"room": "lobby", "after": 3, "epoch": "e", "password": "p"},
    "leave": {"room": "lobby"},
    "send": {"id": "1", "room": "lobby", "body": "hi"},
    "edit": {"id": "1", "room": "lobby", "seq": 4, "body": "hi", "base": 5},
    "delete": {"id": "1", "room": "lobby", "seq": 4},
    "react": {"id": "1", "room": "lobby", "seq": 4, "emoji": "👍", "on": True},
    "sync": {"room": "lobby", "after": 0, "epoch": "e"},
    "history": {"room": "lobby", "before": 9, "limit": 100},
    "get": {"room": "lobby", "seqs": [1, 9]},
    "read": {"room": "lobby", "seq": 4},
    "watch": {},
    "typing": {"room": "lobby"},
    "received": {"room": "lobby", "version": 7},
    "ping": {},
}
types = sorted(PLAIN)
fields = sorted({"id", "type", "x", *(field for command in PLAIN.values() for field in command)})
texts = st.text(st.characters(codec="utf-8"))
# JSON that may be sent, more than Python itself would write.
json_texts = st.recursive(
    st.sampled_from(
        [
            "null",
            "true",
            "NaN",
            "-Infinity",
            "1e999",
            "-0",
            "1.5",
            "9" * 5000,
            f"{2**63}",
            '"\\ud800"',
        ]
    )
    | st.integers().map(str)
    | texts.map(json.dumps),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{','.join(items)}]")
        | st.dictionaries(texts, inner, max_size=3).map(lambda pairs: in_braces(pairs))
    ),
    max_leaves=8,
)


def in_braces(pairs: dict[str, str]) -> str:
    """Return an object of values that are JSON already."""
    return "{" + ",".join(f"{json.dumps(key)}:{value}" for key, value in pairs.items()) + "}"


def frame_of(type: str, changes: dict[str, str]) -> str:
    """Return a command with some fields changed to other JSON."""
    proper = {"type": type, **PLAIN[type]}
    return in_braces({key: json.dumps(value) for key, value in proper.items()} | changes)


def is_read_or_refused(text: str) -> Command | Malformed:
    """What comes of a frame: one of the two, and nothing else is ever raised."""
    try:
        outcome = parse_command(text)
    except Malformed as error:
        outcome = error
    if isinstance(outcome, Malformed):
        assert outcome.code == "bad_request"
        assert 0 < len(outcome.message) < 300
    else:
        assert isinstance(outcome, COMMANDS)
    assert outcome.id is None or 1 <= len(outcome.id) <= 64
    return outcome


class TestParsing:
    @pytest.mark.parametrize("type", types)
    def test_every_command_is_read_with_all_its_fields(self, type):
        command = parse_command(json.dumps({"type": type, "id": "1", **PLAIN[type]}))
        assert command.model_dump(exclude_unset=True) == {"type": type, "id": "1", **PLAIN[type]}

    def test_the_commands_are_those_of_the_protocol(self):
        assert {command.model_fields["type"].annotation.__args__[0] for command in COMMANDS} == set(
            PLAIN
        )

    @pytest.mark.parametrize(
        ("type", "required"),
        [
            ("join", {"room"}),
            ("leave", {"room"}),
            ("send", {"id", "room", "body"}),
            ("edit", {"id", "room", "seq", "body"}),
            ("delete", {"id", "room", "seq"}),
            ("react", {"id", "room", "seq", "emoji", "on"}),
            ("sync", {"room", "after", "epoch"}),
            ("history", {"room", "before"}),
            ("get", {"room", "seqs"}),
            ("read", {"room", "seq"}),
            ("typing", {"room"}),
            ("received", {"room", "version"}),
        ],
    )
    def test_a_command_needs_its_fields_and_no_others(self, type, required):
        needed = {field: PLAIN[type][field] for field in required}
        parse_command(json.dumps({"type": type, **needed}))
        for field in required:
            less = {name: value for name, value in needed.items() if name != field}
            with pytest.raises(Malformed, match=field):
                parse_command(json.dumps({"type": type, **less}))

    @given(st.text())
    @example('{"type": "ping", "id": "\ud800"}')
    @example('\ufeff{"type": "ping"}')
    def test_any_text_is_a_command_or_refused(self, text):
        is_read_or_refused(text)

    @given(json_texts)
    def test_any_json_is_a_command_or_refused(self, text):
        is_read_or_refused(text)

    @given(st.sampled_from(types), st.dictionaries(st.sampled_from(fields), json_texts, max_size=3))
    def test_anything_like_a_command_is_one_or_refused(self, type, changes):
        is_read_or_refused(frame_of(type, changes))

    @given(st.sampled_from(types), texts, json_texts)
    def test_an_unknown_field_is_refused(self, type, name, value):
        frame = frame_of(type, {f"{name}?": value})
        assert isinstance(is_read_or_refused(frame), Malformed)

    def test_thousands_of_errors_are_not_described_one_by_one(self):
        frame = frame_of("ping", {f"{number:x}": "1" for number in range(7000)})
        refused = is_read_or_refused(frame)
        assert refused.message == "A command has a few fields only. Leave out all others."

    @given(st.text(min_size=1, max_size=64).filter(lambda text: min(text) > "\x7f"))
    def test_a_refusal_carries_any_id_that_a_command_may_have(self, id):
        parse_command(json.dumps({"type": "ping", "id": id}))
        with pytest.raises(Malformed) as refusal:
            parse_command(json.dumps({"type": "dance", "id": id}))
        assert refusal.value.id == id


class TestEvents:
    author = models.Person(public_id="p1", name="Ana")

    def message(self, **fields) -> models.Message:
        when = datetime(2026, 11, 20, 18, 30, 15, 250_000, tzinfo=UTC)
        return models.Message(
            seq=3,
            version=7,
            author=self.author,
            client_id="c1",
            body="</script>\u2028 \U0001f600",
            created_at=when,
            **fields,
        )

    def test_a_message_event_is_as_the_protocol_says(self):
        event = json.loads(MessageEvent.of("lobby", self.message()).encode())
        assert event == {
            "type": "message",
            "room": "lobby",
            "version": 7,
            "message": {
                "seq": 3,
                "version": 7,
                "id": "c1",
                "author": {"id": "p1", "name": "Ana", "kind": "guest"},
                "body": "</script>\u2028 \U0001f600",
                "at": "2026-11-20T18:30:15.250000Z",
                "edited_at": None,
                "deleted": False,
            },
        }

    def test_a_deleted_message_is_sent_without_its_body(self):
        deleted = self.message(deleted_at=datetime(2026, 11, 21, tzinfo=UTC))
        text = MessageEvent.of("lobby", deleted).encode()
        message = json.loads(text)["message"]
        assert (message["deleted"], message["body"]) == (True, "")
        assert "script" not in text

    def test_fields_without_a_value_are_left_out(self):
        event = json.loads(ErrorEvent.of(ChatError("forbidden", "No.")).encode())
        assert event == {"type": "error", "code": "forbidden", "message": "No."}

    def test_an_error_carries_retry_after_and_suggestion(self):
        error = ChatError("name_taken", "No.", retry_after=2.5, suggestion="Ana 2")
        event = json.loads(ErrorEvent.of(error, "c9").encode())
        assert (event["id"], event["retry_after"], event["suggestion"]) == ("c9", 2.5, "Ana 2")

    @given(st.lists(st.text(), min_size=1))
    def test_a_frame_is_an_array_of_its_events(self, names):
        events = [protocol.LeftEvent(room=name) for name in names]
        frame = json.loads(protocol.Frame(event.encode() for event in events).text)
        assert [event["room"] for event in frame] == names
