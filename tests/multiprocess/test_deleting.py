"""A room is deleted while somebody comes into it, in another process."""

import pytest

BEGIN = """
from threading import Event, Thread
from time import sleep

from django.db import connections, transaction

from chat import log
from chat.access.memberships import NewMembership, add_newcomers
from chat.models import Membership, Person, Room

owner = Person.objects.create(name="Owner of " + {room!r}, kind="bot")
member = Person.objects.create(name="Member of " + {room!r}, kind="bot")
room = Room.objects.create(slug={room!r}, name="Club")
Membership.objects.create(room=room, person=owner, role="owner")
is_done, outcomes = Event(), []

def come():
    outcomes.extend(add_newcomers([NewMembership(room.pk, member.pk)]))

def delete():
    log.delete_room(room.pk, owner)

def held(do):
    with transaction.atomic():
        do()
        is_done.set()
        # Until the other one waits for the commit.
        sleep(1)
    connections.close_all()

first, second = {order}
thread = Thread(target=held, args=[first])
thread.start()
is_done.wait()
second()
thread.join()
print([outcome and outcome.code for outcome in outcomes], Room.objects.filter(pk=room.pk).count())
"""


@pytest.mark.parametrize(
    ("order", "outcome"), [("come, delete", "[None] 0"), ("delete, come", "['not_found'] 0")]
)
def test_a_room_is_deleted_with_those_who_come_in_meanwhile(two, room, order, outcome):
    script = BEGIN.format(room=room, order=order)
    assert two[0].manage("shell", "--no-imports", "-c", script).strip() == outcome
