"""What clients were told, beside what the model says is so."""

from collections.abc import Iterable, Iterator, Sequence

from tests.fuzz.model import Site, shown
from tests.fuzz.tabs import Tab, View


def told(answer: dict) -> dict:
    """What an answer says of messages, in the model's form."""
    kept = {name: answer[name] for name in ("reset", "more") if name in answer}
    return kept | {"messages": [shown(message) for message in answer["messages"]]}


def differences(site: Site, tabs: Sequence[Tab]) -> list[str]:
    """Give what is wrong with what somebody sees."""
    assert not any(tab.close_code for tab in tabs)
    return [
        f"{tab.person.name}: {what}"
        for tab in tabs
        for slug, view in tab.views.items()
        for what in _wrong(site, tabs, slug, view)
    ]


def _wrong(site: Site, tabs: Iterable[Tab], slug: str, view: View) -> Iterator[str]:
    room = site.rooms[slug]
    if view.version != room.version:
        yield f"at {view.version} of {slug}, which is at {room.version}"
    here = {tab.person.id for tab in tabs if slug in tab.views}
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
