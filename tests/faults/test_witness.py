"""The witness finds violations: each false log here breaks one promise."""

from dataclasses import replace
from itertools import count

import pytest

from tests.faults.witness import Barred, Evidence, Journal, Note, Row, Shown, check, examine
from tests.faults.witness.evidence import MOST_LINES, View
from tests.faults.witness.member import Member


def truth(messages: int = 6) -> Evidence:
    """Return a correct log: Ana and Ion send in turn, Mara receives; everybody has everything."""
    ticks = count()
    notes, rows, shown = [], [], {}
    for seq in range(1, messages + 1):
        author = ("Ana", "Ion")[seq % 2]
        key, body = f"{author}-{seq}", f"line {seq}"
        numbers = {"id": key, "seq": seq, "version": seq}
        notes.append(Note(next(ticks), author, "send", id=key, text=body))
        notes.append(Note(next(ticks), author, "ack", **numbers, text="noon"))
        notes += [Note(next(ticks), who, "hear", **numbers) for who in ("Ana", "Ion", "Mara")]
        rows.append(Row(seq, seq, author, key, body))
        shown[seq] = Shown(author, key, body)
    views = {who: View(1, messages, dict(shown)) for who in ("Ana", "Ion", "Mara")}
    return Evidence(notes, rows, views, {"Ana", "Ion"})


def found(evidence: Evidence) -> set[str]:
    return {violation.invariant for violation in examine(evidence)}


def test_a_correct_log_is_accepted():
    check(truth())


def test_an_acknowledged_message_missing_in_the_database_is_found():
    evidence = truth()
    evidence.rows.pop()
    for view in evidence.views.values():
        del view.messages[6]
    assert "I1" in found(evidence)


def test_a_message_that_one_client_did_not_receive_is_found():
    evidence = truth()
    del evidence.views["Mara"].messages[4]
    assert found(evidence) == {"I1"}


def test_a_late_client_need_not_have_earlier_messages():
    evidence = truth()
    late = evidence.views["Mara"]
    late.first = 4
    for seq in (1, 2, 3):
        del late.messages[seq]
    check(evidence)


def test_a_message_that_nobody_sent_is_found():
    evidence = truth()
    evidence.rows[2] = evidence.rows[2]._replace(body="something else")
    assert "I1" in found(evidence)


def test_a_message_stored_twice_is_found():
    evidence = truth()
    evidence.rows.append(evidence.rows[0]._replace(seq=7, version=7))
    assert "I2" in found(evidence)


@pytest.mark.parametrize("change", [{"seq": 9}, {"text": "one o'clock"}, {}])
def test_a_repeat_acknowledged_differently_or_as_new_is_found(change):
    evidence = truth()
    first = next(note for note in evidence.notes if note.what == "ack")
    evidence.notes.append(replace(first, at=99, duplicate=bool(change), **change))
    assert "I2" in found(evidence)


def test_a_repeat_with_the_same_ack_is_accepted():
    evidence = truth()
    first = next(note for note in evidence.notes if note.what == "ack")
    evidence.notes.append(replace(first, at=99, duplicate=True))
    check(evidence)


def test_a_message_shown_twice_is_found():
    evidence = truth()
    view = evidence.views["Ion"]
    view.messages[7] = view.messages[2]
    assert "I2" in found(evidence)


def test_a_view_that_differs_from_the_log_is_found():
    evidence = truth()
    messages = evidence.views["Ion"].messages
    messages[3], messages[5] = messages[5], messages[3]
    assert "I3" in found(evidence)


def test_a_gap_in_the_log_is_found():
    evidence = truth()
    del evidence.rows[2]
    assert "I3" in found(evidence)


def test_a_message_received_under_two_seqs_is_found():
    evidence = truth()
    heard = next(note for note in evidence.notes if note.what == "hear")
    evidence.notes.append(replace(heard, who="Mara", seq=5))
    assert "I3" in found(evidence)


def test_reordered_messages_of_one_sender_are_found():
    evidence = truth()
    sends = [note for note in evidence.notes if note.what == "send" and note.who == "Ana"]
    rest = [note for note in evidence.notes if note not in sends]
    evidence.notes[:] = [sends[1], sends[0], *sends[2:], *rest]
    assert found(evidence) == {"I4"}


def test_the_shortest_story_is_reported_with_who_received_it():
    evidence = truth()
    evidence.notes += [Note(100 + n, "Ana", "refusal", id="Ana-2") for n in range(MOST_LINES)]
    evidence.views["Mara"].messages.pop(2)
    evidence.views["Ion"].messages.pop(5)
    with pytest.raises(AssertionError) as failure:
        check(evidence)
    told = str(failure.value)
    assert "2 violations" in told
    assert "Ion misses 1 messages, first Ion-5" in told
    assert "Ana          hear Ion-5 seq 5" in told
    assert "Ana-2" not in told


THUMB = ("👍", 1)


def changed_truth() -> Evidence:
    """Return the correct log in which Ana edited 2 and deleted 4, and Mara reacted to 5."""
    evidence, done = truth(), {}
    for who, seq, text in (
        ("Ana", 2, "edit better"),
        ("Ana", 4, "delete"),
        ("Mara", 5, "react 👍 off"),
        ("Mara", 5, "react 👍 on"),
    ):
        key = f"change-{len(done)}"
        done[key] = Note(50 + len(done), who, "change", id=key, seq=seq, text=text)
        evidence.notes += [done[key], Note(60 + len(done), who, "done", id=key, seq=seq)]
    rows = evidence.rows
    rows[1] = rows[1]._replace(body="better", version=7)
    rows[3] = rows[3]._replace(deleted=True, version=8)
    rows[4] = rows[4]._replace(reactions=(THUMB,), version=9)
    evidence.reacted.add((5, "👍", "Mara"))
    for view in evidence.views.values():
        view.messages.update({row.seq: row.shown for row in rows})
    return evidence


def test_a_correct_log_with_changes_is_accepted():
    check(changed_truth())


@pytest.mark.parametrize(
    ("seq", "as_if_not_done"),
    [
        (2, {"body": "line 2"}),
        (4, {"deleted": False}),
        (5, {"reactions": ()}),
    ],
)
def test_a_change_that_was_acknowledged_and_is_not_kept_is_found(seq, as_if_not_done):
    evidence = changed_truth()
    evidence.rows[seq - 1] = row = evidence.rows[seq - 1]._replace(**as_if_not_done)
    if seq == 5:
        evidence.reacted.clear()
    for view in evidence.views.values():
        view.messages[seq] = row.shown
    assert found(evidence) == {"I9"}


def test_a_change_that_one_client_does_not_have_is_found():
    evidence = changed_truth()
    messages = evidence.views["Ion"].messages
    messages[5] = messages[5]._replace(reactions=())
    assert found(evidence) == {"I3"}


def test_a_wrong_count_is_found():
    evidence = changed_truth()
    evidence.reacted.add((5, "👍", "Ion"))
    assert found(evidence) == {"I9"}


def test_a_change_without_an_ack_may_be_kept_or_not():
    evidence = changed_truth()
    evidence.notes.append(Note(99, "Mara", "change", id="late", seq=5, text="react 👍 off"))
    check(evidence)


def test_a_reply_to_another_message_or_to_none_is_found():
    evidence = truth()
    for reply_to in (1, 2):
        first = next(note for note in evidence.notes if note.what == "send" and note.id == "Ana-4")
        evidence.notes[evidence.notes.index(first)] = replace(first, seq=1)
        evidence.rows[3] = row = evidence.rows[3]._replace(reply_to=reply_to)
        for view in evidence.views.values():
            view.messages[4] = row.shown
        assert found(evidence) == ({"I1"} if reply_to == 2 else set())
    evidence.views["Ion"].messages[4] = row.shown._replace(reply_to=None)
    assert found(evidence) == {"I1", "I3"}


@pytest.mark.parametrize("refs", [{}, {"refs": {"1": {}}}])
def test_a_reply_without_what_it_replies_to_is_noted(refs):
    journal = Journal()
    member = Member(journal, "Ana", "lobby", window=1)
    author = {"name": "Ion"}
    reply = {"seq": 2, "version": 1, "id": "m", "author": author, "body": "yes", "reply_to": 1}
    member.take({"type": "message", "version": 1, "message": reply | {"deleted": False}, **refs})
    assert len(journal.of("alone")) == (not refs)
    evidence = truth()
    evidence.notes += journal.notes
    assert ("I3" in found(evidence)) == (not refs)


def test_a_refused_change_is_none():
    evidence = changed_truth()
    late = Note(98, "Mara", "change", id="late", seq=5, text="react 👍 off")
    evidence.notes += [late, Note(99, "Mara", "declined", id="late", text="bad_request")]
    check(evidence)
    evidence.reacted.clear()
    assert "I9" in found(evidence)


def barred_truth(what: str) -> Evidence:
    """Return the correct log, in which Mara may not read, or not write, after the third message."""
    evidence = truth()
    third = next(note for note in evidence.notes if note.id == "Ion-3")
    evidence.barred.append(Barred("Mara", what, since=third.at, within=0))
    del evidence.views["Mara"]
    evidence.notes = [n for n in evidence.notes if n.who != "Mara" or n.seq <= 3]
    return evidence


def test_who_hears_nothing_after_being_taken_out_is_accepted():
    check(barred_truth("read"))


@pytest.mark.parametrize("device", ["Mara", "Mara/2"])
@pytest.mark.parametrize("what", ["hear", "listed"])
def test_what_reaches_somebody_who_was_taken_out_is_found(device, what):
    evidence = barred_truth("read")
    evidence.notes.append(Note(99, device, what, id="Ion-5" if what == "hear" else "", seq=5))
    assert found(evidence) == {"I5"}
    evidence.barred[0].within = 99
    check(evidence)
    evidence.barred[0].within, evidence.barred[0].until = 0, 98
    check(evidence)


def test_what_was_sent_before_somebody_was_taken_out_may_reach_them_later():
    evidence = barred_truth("read")
    evidence.notes.append(Note(99, "Mara", "hear", id="Ana-2", seq=2))
    check(evidence)


@pytest.mark.parametrize("what", ["read", "write"])
def test_what_is_stored_of_who_may_not_write_is_found(what):
    evidence = barred_truth(what)
    evidence.barred[0] = replace(evidence.barred[0], who="Ana")
    evidence.notes = [note for note in evidence.notes if note.what != "hear"]
    assert found(evidence) == {"I5"}
    evidence.barred[0].until = evidence.barred[0].since
    check(evidence)


def test_a_device_that_counts_unread_messages_wrongly_is_found():
    evidence = truth()
    evidence.places = {"Mara": {"club": (4, 2, 1)}}
    evidence.lists = {"Mara": {"club": (4, 2, 1)}, "Mara/2": {"club": (4, 2, 1)}}
    check(evidence)
    for wrong in ({"club": (4, 1, 1)}, {}, {"club": (4, 2, 1), "gone": (0, 0, 0)}):
        evidence.lists["Mara/2"] = wrong
        assert found(evidence) == {"I10"}
