"""Frames that a client may send: commands, commands with a fault, other JSON, anything."""

import json

from hypothesis import strategies as st

ids = st.text("abc", min_size=1, max_size=3)
rooms = st.sampled_from(["lobby", "tea", "Chess Club", "nowhere", "...", "\u202e", "x" * 201])
versions = st.one_of(st.integers(0, 9), st.just(2**63 - 1))


def command(type: str, **fields) -> st.SearchStrategy[dict]:
    return st.fixed_dictionaries({"type": st.just(type)}, optional={"id": ids, **fields})


# No `hello` here: with an unknown token it closes the socket, as it should.
commands = st.one_of(
    command("join", room=rooms, after=versions, epoch=ids, password=ids),
    command("leave", room=rooms),
    command("send", room=rooms, body=st.text(max_size=9), reply_to=versions),
    command("edit", room=rooms, seq=versions, body=st.text(max_size=9), base=versions),
    command("delete", room=rooms, seq=versions),
    command("react", room=rooms, seq=versions, emoji=st.text(max_size=3), on=st.booleans()),
    command("sync", room=rooms, after=versions, epoch=ids),
    command("history", room=rooms, before=versions, limit=st.integers(-1, 101)),
    command("history", room=rooms, after=versions, around=versions),
    command("get", room=rooms, seqs=st.lists(versions, max_size=51)),
    command("typing", room=rooms),
    command("received", room=rooms, version=versions),
    command("ping"),
)

# What JSON lacks and Python writes nevertheless; halves of surrogate pairs.
odd = st.sampled_from(
    [
        float("nan"),
        float("inf"),
        -float("inf"),
        2**63,
        2**64,
        -1,
        10**4000,
        "\ud800",
        "\0",
        "\u2028",
    ]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | odd,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@st.composite
def mutated(draw) -> str:
    """A command with another value in a field, or a field that is extra, missing or doubled."""
    fields = dict(draw(commands))
    name = draw(st.sampled_from([*fields, "extra", "__class__", "type "]))
    change = draw(st.sampled_from(["another", "missing", "twice"]))
    value = draw(values)
    if change == "missing":
        fields.pop(name, None)
    elif change == "another":
        fields[name] = value
    text = json.dumps(fields, ensure_ascii=draw(st.booleans()))
    if change == "twice":
        text = f"{text[:-1]}, {json.dumps(name)}: {json.dumps(value)}}}"
    return text


@st.composite
def damaged(draw) -> str:
    """A command's text, a part of which is replaced."""
    text = json.dumps(draw(commands))
    begin = draw(st.integers(0, len(text)))
    end = min(len(text), begin + draw(st.integers(0, 5)))
    put = draw(st.one_of(st.text(max_size=3), st.sampled_from(["1e999", "NaN", "[" * 5000, "\\u"])))
    return text[:begin] + put + text[end:]


nested = st.builds(
    lambda opening, closing, depth: opening * depth + closing * depth,
    st.sampled_from(["[", '{"type":', '{"id":[', '[{"a":']),
    st.sampled_from(["", "]", "}", "]}"]),
    st.integers(1, 5000),
)
long = st.builds(
    lambda text, times: text * times, st.text(min_size=1, max_size=3), st.integers(1, 30_000)
)

texts = st.one_of(
    commands.map(json.dumps),
    mutated(),
    mutated(),
    damaged(),
    values.map(json.dumps),
    st.text(),
    nested,
    long,
)
frames = st.one_of(texts, texts, texts, st.binary(max_size=50))
