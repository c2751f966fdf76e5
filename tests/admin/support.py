"""Staff and other accounts, rows for them to see, and what they do in the admin."""

from itertools import count

from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chat import log
from chat.access import identity
from chat.models import Message, Person, Room
from chat.rules.slugs import slug_of

MODELS = ("configuration", "room", "membership", "invitation", "person", "message")

_numbers = count(1)


def alice() -> Client:
    """Return a client signed in as Alice, who may do everything."""
    return _sign_in("alice", is_staff=True, is_superuser=True)


def bob(*codenames: str) -> Client:
    """Return a client signed in as Bob, of the staff: views everything, and has `codenames`."""
    codenames = (*(f"view_{model}" for model in MODELS), *codenames)
    return _sign_in("bob", codenames, is_staff=True)


def carol() -> Client:
    """Return a client signed in as Carol, of the staff without any permission."""
    return _sign_in("carol", is_staff=True)


def charlie() -> Client:
    """Return a client signed in as Charlie, not of the staff, whatever was granted to him."""
    return _sign_in("charlie", [f"change_{model}" for model in MODELS])


def _sign_in(username: str, codenames=(), **flags) -> Client:
    user = get_user_model().objects.create_user(username, **flags)
    user.user_permissions.set(
        Permission.objects.filter(content_type__app_label="chat", codename__in=codenames)
    )
    client = Client()
    client.force_login(user)
    return client


def room(name: str = "Chess Club", **fields) -> Room:
    return Room.objects.create(**{"slug": slug_of(name), "name": name, **fields})


def guest(name: str = "Ana") -> Person:
    return Person.objects.create(name=name)


def member(name: str) -> Person:
    return Person.objects.create(name=name, kind=Person.Kind.MEMBER)


def write(room: Room, author: Person, *bodies: str) -> list[Message]:
    """Store messages of a person in a room, a member as signed in; return them."""
    sign_in = _session_of(author)
    drafts = [
        log.Draft(room.pk, author.pk, f"m{next(_numbers)}", body, sign_in=sign_in)
        for body in bodies
    ]
    seqs = [receipt.seq for receipt in log.commit_writes(drafts)]
    return list(Message.objects.filter(room=room, seq__in=seqs).order_by("seq"))


def _session_of(author: Person) -> identity.SignIn | None:
    if author.user is None:
        return None
    browser = Client()
    browser.force_login(author.user)
    return identity.sign_in_of(author, browser.session.session_key)


def list_of(model: str) -> str:
    return reverse(f"admin:chat_{model}_changelist")


def form_of(row) -> str:
    return reverse(f"admin:chat_{row._meta.model_name}_change", args=[row.pk])


def edit(client: Client, row, **changes):
    """Open a row's form, change some fields (None clears one), and save."""
    form = client.get(form_of(row)).context["adminform"].form
    fields = {name: form[name].value() for name in form.fields} | changes
    data = {name: value for name, value in fields.items() if value not in (None, False)}
    return client.post(form_of(row), data)


def open_form(client: Client, row) -> dict:
    """Return what a browser sends for a row's form: each field, and what it has shown in it."""
    form = client.get(form_of(row)).context["adminform"].form
    data = {}
    for name in form.fields:
        value = form[name].value()
        data[form[name].html_initial_name] = "" if value is None else str(value)
        if value not in (None, False):
            data[name] = value
    return data


def act(client: Client, action: str, *rows, **more):
    """Select rows in their list and run an action on them."""
    data = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    return client.post(list_of(rows[0]._meta.model_name), data, follow=True)


def listed(client: Client, model: str, **query) -> set[str]:
    """Return the rows that a list shows, as text."""
    return {str(row) for row in client.get(list_of(model), query).context["cl"].result_list}


def queries(client: Client, method: str, *request) -> list[str]:
    """Send a request; return the SQL that its response took."""
    with CaptureQueriesContext(connection) as captured:
        response = getattr(client, method)(*request)
    assert response.status_code in {200, 302}
    return [query["sql"] for query in captured]


def errors(response) -> dict[str, list[str]]:
    """Return the errors of a refused form by field."""
    return dict(response.context["adminform"].form.errors)


def history(row) -> list[str]:
    """Return the entries of a row's history, the oldest first."""
    entries = LogEntry.objects.filter(
        content_type__model=row._meta.model_name, object_id=str(row.pk)
    )
    return [entry.get_change_message() for entry in entries.order_by("pk")]
