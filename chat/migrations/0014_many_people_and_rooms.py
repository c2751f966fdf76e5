import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0013_former_addresses"),
    ]

    operations = [
        migrations.CreateModel(
            name="NameStart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.BinaryField()),
                ("is_whole", models.BooleanField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="name_starts",
                        to="chat.person",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_whole", True)),
                        fields=["text", "person"],
                        name="names_by_start",
                    ),
                    models.Index(
                        condition=models.Q(("is_whole", False)),
                        fields=["text", "person"],
                        name="names_by_word",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="room",
            index=models.Index(fields=["name", "id"], name="rooms_by_name"),
        ),
        migrations.AddIndex(
            model_name="room",
            index=models.Index(
                condition=models.Q(("kind", "public"), ("password", "")),
                fields=["name", "id"],
                name="open_rooms_by_name",
            ),
        ),
    ]
