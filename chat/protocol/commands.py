"""The commands that a client sends, and the parser of their frames."""

from typing import Annotated, Literal, Self

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError, from_json

from chat.protocol.objects import Format
from chat.rules.errors import ChatError
from chat.rules.mentions import MAX_MENTIONS
from chat.rules.names import MAX_NAME

PAGE = 50
MAX_PAGE = 100
MAX_SEQS = 50

# Without NUL, which PostgreSQL cannot be asked for.
NO_CONTROLS = r"^[^\x00-\x1f\x7f]+$"
CommandId = Annotated[str, Field(min_length=1, max_length=64, pattern=NO_CONTROLS)]
Slug = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        description="A room's address, or what a person types for it.",
        examples=["lobby"],
    ),
]
Count = Annotated[int, Field(ge=0, lt=2**63)]
# A pattern for the documents only: `clean_name` (chat/rules/names.py) decides, with a better error.
PersonName = Annotated[
    str,
    Field(
        description=f"1 to {MAX_NAME} visible characters.",
        examples=["Ana"],
        json_schema_extra={"minLength": 1, "maxLength": MAX_NAME, "pattern": r"\S"},
    ),
]
# As above: `clean_body` (chat/access/policies.py) decides, with a better error.
Text = Annotated[
    str,
    Field(
        description="The message's text.",
        examples=["Hello!"],
        json_schema_extra={"minLength": 1, "pattern": r"\S"},
    ),
]
# As above: `clean_emoji` (chat/rules/emojis.py) decides.
Emoji = Annotated[
    str,
    Field(
        description="One emoji, with or without U+FE0F.",
        examples=["👍"],
        json_schema_extra={"minLength": 1, "maxLength": 64},
    ),
]
PersonId = Annotated[str, Field(min_length=1, max_length=32, pattern=NO_CONTROLS)]
PersonIds = Annotated[
    list[PersonId],
    Field(
        max_length=MAX_MENTIONS,
        description="The ids of the people who are meant. Without it, names behind an @ in the "
        "text say who.",
    ),
]
MentionNames = Annotated[
    bool, Field(description="Whether names behind an @ mean somebody beside `mentions`, too.")
]
PageSize = Annotated[int, Field(ge=1, le=MAX_PAGE)]
# Where a page of history is, by the name of the field that says it.
PLACES = ("before", "after", "around")

# The type of an error that concerns several fields: its message is the sentence for a person.
SENTENCE = "sentence"
# In place of a regular expression.
PATTERN_OF_SEQS = gettext_noop("Write numbers with commas between them.")
PATTERN_OF_IDS = gettext_noop("Leave out what cannot be printed.")
ONE_PLACE = gettext_noop("A page is in one place. Say before, after or around.")


class Command(BaseModel):
    """A command from a client; the reply to it has the same `id`."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    id: CommandId | None = Field(default=None, description="The reply to the command has the same.")


class Hello(Command):
    """Identify the client; the first command. Without `token` or a session, as a new guest."""

    type: Literal["hello"]
    name: PersonName | None = Field(default=None, description="The name of a new guest.")
    token: str | None = Field(default=None, description="The token of an existing guest or bot.")


class Join(Command):
    """Join a room, or resume it after version `after` of `epoch`."""

    type: Literal["join"]
    room: Slug
    after: Count | None = Field(default=None, description="The last version applied.")
    epoch: str | None = Field(default=None, description="The epoch that `after` belongs to.")
    password: str | None = Field(default=None, description="For rooms that ask for one.")


class Leave(Command):
    """Leave a room."""

    type: Literal["leave"]
    room: Slug


class Send(Command):
    """Write a message; repeating it under the same `id` is safe."""

    type: Literal["send"]
    id: CommandId = Field(
        description="The idempotency key: new for each message of its author in that room."
    )
    room: Slug
    body: Text
    reply_to: Count | None = Field(
        default=None, description="The seq of the message in the room that it replies to."
    )
    format: Format | None = Field(
        default=None, description="`plain`: to be shown as it is, without marks."
    )
    mentions: PersonIds | None = None
    mention_names: MentionNames = False


class Edit(Command):
    """Replace the text of one's own message; repeating it is safe."""

    type: Literal["edit"]
    id: CommandId
    room: Slug
    seq: Count
    body: Text
    base: Count | None = Field(
        default=None,
        description="The version of the message that was edited: refused where it has another "
        "text since.",
    )
    mentions: PersonIds | None = None
    mention_names: MentionNames = False


class Delete(Command):
    """Delete one's own message; repeating it is safe."""

    type: Literal["delete"]
    id: CommandId
    room: Slug
    seq: Count


class React(Command):
    """Put an emoji under a message, or take one's own back; repeating it is safe."""

    type: Literal["react"]
    id: CommandId
    room: Slug
    seq: Count
    emoji: Emoji
    on: bool = Field(description="Whether it is to be there.")


class Sync(Command):
    """Ask for the messages that changed in a room after a version."""

    type: Literal["sync"]
    room: Slug
    after: Count
    epoch: str


class History(Command):
    """Ask for a page of the messages before, after or around a seq: say one of the three."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": [name]} for name in PLACES]}
    )

    type: Literal["history"]
    room: Slug
    before: Count | None = Field(default=None, description="The messages before this seq.")
    after: Count | None = Field(default=None, description="The messages after this seq.")
    around: Count | None = Field(
        default=None, description="The message with this seq, and those on both sides of it."
    )
    limit: PageSize = PAGE

    @model_validator(mode="after")
    def _check_place(self) -> Self:
        if sum(getattr(self, name) is not None for name in PLACES) != 1:
            raise PydanticCustomError(SENTENCE, ONE_PLACE)
        return self


class Get(Command):
    """Ask for messages by their seqs."""

    type: Literal["get"]
    room: Slug
    seqs: list[Count] = Field(min_length=1, max_length=MAX_SEQS)


class Read(Command):
    """Record up to which message one has read a room: what is unread is counted from there."""

    type: Literal["read"]
    room: Slug
    seq: Count = Field(description="Of the last message that was seen.")


class Watch(Command):
    """Ask for the list of one's own rooms, and for its changes from then on."""

    type: Literal["watch"]


class Typing(Command):
    """Show the room that the user is typing."""

    type: Literal["typing"]
    room: Slug


class Received(Command):
    """Confirm the highest version applied: flow control for clients that read slowly."""

    type: Literal["received"]
    room: Slug
    version: Count


class Ping(Command):
    """Check that the connection is alive."""

    type: Literal["ping"]


COMMANDS = (
    Hello,
    Join,
    Leave,
    Send,
    Edit,
    Delete,
    React,
    Sync,
    History,
    Get,
    Read,
    Watch,
    Typing,
    Received,
    Ping,
)
# More errors than this in one frame are not described one by one: thousands took 40 ms.
MANY_FAULTS = 20
KNOWN_TYPES = ", ".join(command.__name__.lower() for command in COMMANDS)

_commands = TypeAdapter(
    Annotated[
        Hello
        | Join
        | Leave
        | Send
        | Edit
        | Delete
        | React
        | Sync
        | History
        | Get
        | Read
        | Watch
        | Typing
        | Received
        | Ping,
        Field(discriminator="type"),
    ]
)


class Malformed(ChatError):
    """A frame that is no valid command; `id` is the command's, where it could be read."""

    def __init__(self, message: str, id: str | None = None):
        super().__init__("bad_request", message)
        self.id = id


def parse_command(text: str) -> Command:
    """Read one frame as a command.

    Raises Malformed for anything else. The parser is pydantic's, in Rust: it limits nesting and
    integers and refuses lone surrogates, where `json.loads` raises errors of other types.
    """
    try:
        return _commands.validate_json(text)
    except ValidationError as error:
        raise Malformed(_explain(error), _readable_id(text)) from None


def _explain(error: ValidationError) -> str:
    """Return one sentence that says what is wrong with a frame, without repeating its content."""
    if error.error_count() > MANY_FAULTS:
        return _("A command has a few fields only. Leave out all others.")
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    kind, where = first["type"], ".".join(str(part) for part in first["loc"][1:])
    if kind == SENTENCE:
        return _(first["msg"])
    if kind == "json_invalid":
        return _("This is not JSON. Send one object with a type.")
    if kind.startswith("union_tag") or not where:
        return _("A command is an object whose type is one of %(types)s.") % {"types": KNOWN_TYPES}
    return explain_field(
        kind, where, first["msg"], _("This command has no field %(field)s. Leave it out.")
    )


def explain_field(kind: str, where: str, message: str, unknown: str) -> str:
    """Return what is wrong with a field, by pydantic's error type and its message, in English.

    `unknown` says it of a field that there is not, with a place for its name.
    """
    if kind == "extra_forbidden":
        return unknown % {"field": repr(where[:64])}
    if kind == "string_pattern_mismatch":
        message = _(PATTERN_OF_SEQS if where.endswith("seqs") else PATTERN_OF_IDS)
    values = {"field": repr(where), "reason": message.rstrip(".")}
    return _("The field %(field)s is not right. %(reason)s.") % values


def _readable_id(text: str) -> str | None:
    """Return the id of a malformed command, so that its sender can tell which one it was."""
    try:
        value = from_json(text)
    except (ValueError, TypeError):
        # TypeError: text that is not Unicode, with half of a surrogate pair.
        return None
    claimed = value.get("id") if isinstance(value, dict) else None
    try:
        return Command(id=claimed).id
    except ValidationError:
        return None
