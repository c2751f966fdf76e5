"""Comparison of what clients received with the model."""

from collections.abc import Iterator, Sequence

from tests.fuzz.model import Room, Site, shown
from tests.fuzz.readers import Reader, View
from tests.fuzz.terminals import TerminalTab


def content_of(reply: dict) -> dict:
    """Return the messages of a reply, in the model's form."""
    kept = {name: reply[name] for name in ("reset", "more", "newer") if name in reply}
    refs = {int(seq): shown(message) for seq, message in reply.get("refs", {}).items()}
    messages = [shown(message) for message in reply["messages"]]
    return kept | {"messages": messages} | ({"refs": refs} if refs else {})


def differences(
    site: Site, readers: Sequence[Reader], terminals: Sequence[TerminalTab] = ()
) -> list[str]:
    """Return the differences between what clients have and the model."""
    here = {room.pk: people_in(room, readers, terminals) for room in site.rooms.values()}
    found = [
        f"{reader.person.name}, {type(reader).__name__}: {what}"
        for reader in readers
        for slug, view in reader.views.items()
        for what in _wrong(site, slug, here, view)
    ]
    return found + [
        f"{terminal.person.name}: {what}"
        for terminal in terminals
        for what in terminal.wrong(site, here[terminal.room.pk])
    ]


def people_in(
    room: Room, readers: Sequence[Reader], terminals: Sequence[TerminalTab] = ()
) -> set[str]:
    """Return who is in a room, over any transport."""
    reading = {reader.person.id for reader in readers if room.slug in reader.views}
    return reading | {terminal.person.id for terminal in terminals if terminal.room is room}


def _wrong(site: Site, slug: str, present: dict[int, set[str]], view: View) -> Iterator[str]:
    room = site.rooms.get(slug)
    if room is None:
        yield f"still in {slug}"
        return
    here = present[room.pk]
    if view.version != room.version:
        yield f"at {view.version} of {slug}, which is at {room.version}"
    if (view.people, view.count) != (here, len(here)):
        yield f"{view.count} people in {slug} are {view.people}, not {here}"
    settings = {name: view.room[name] for name in ("slug", "topic", "closed", "epoch")}
    if settings != {name: room.shown[name] for name in settings}:
        yield f"{slug} is {settings}"
    now = {message.seq: message.shown for message in room.messages}
    due = {seq for seq in now if seq >= view.first or now[seq]["version"] > view.base}
    for seq in due:
        if view.messages.get(seq) != now[seq]:
            yield f"has {view.messages.get(seq)} for {now[seq]} of {slug}"
    if extra := view.messages.keys() - now.keys():
        yield f"has {extra} of {slug}, which nobody sent"
