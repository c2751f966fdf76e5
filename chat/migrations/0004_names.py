"""Fill in the skeletons, free the names of deleted accounts, make the person of every account.

Names that look alike already stay: only those that are given here are free.
"""

import re

from django.conf import settings
from django.db import migrations

from chat.rules.lookalikes import skeleton_key
from chat.rules.names import TakenNames, former, name_key, name_of_account, variants

BATCH = 1000
FORMER = re.compile(r" \(former\)( [0-9]+)?$")


def store_names(apps, schema_editor):
    person_model = apps.get_model("chat", "Person")
    user_model = apps.get_model(settings.AUTH_USER_MODEL)
    members = person_model.objects.filter(kind="member")
    left = [p for p in members.filter(user__isnull=True) if not FORMER.search(p.name)]
    taken = TakenNames(members.exclude(pk__in=[p.pk for p in left]).values_list("name", flat=True))
    for person in left:
        person.name = free(former(person.name), taken)
        person.name_key = name_key(person.name)
        person.save(update_fields=["name", "name_key"])
    store_skeletons(person_model)
    make_members(person_model, user_model, taken)


def free(wanted, taken):
    name = next(name for name in variants(wanted) if name not in taken)
    taken.add(name)
    return name


def store_skeletons(person_model):
    some = []
    for person in person_model.objects.only("pk", "name").iterator(BATCH):
        person.skeleton = skeleton_key(person.name)
        some.append(person)
        if len(some) == BATCH:
            person_model.objects.bulk_update(some, ["skeleton"])
            some.clear()
    person_model.objects.bulk_update(some, ["skeleton"])


def make_members(person_model, user_model, taken):
    for user in user_model.objects.filter(person__isnull=True).iterator(BATCH):
        name = free(name_of_account(user.username), taken)
        person_model.objects.create(
            name=name,
            name_key=name_key(name),
            skeleton=skeleton_key(name),
            kind="member",
            user=user,
        )


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0003_skeletons"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.RunPython(store_names, migrations.RunPython.noop)]
