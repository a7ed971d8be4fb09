from django.db import migrations, models
import django.db.models.deletion


def forget_keys_of_clients(apps, schema_editor):
    """Delete the keys of clients: what they made is not the answer that is stored from now on."""
    apps.get_model("imports", "RequestKey").objects.filter(connection=None).delete()


class Migration(migrations.Migration):

    dependencies = [
        ("imports", "0007_connected_groups"),
    ]

    operations = [
        migrations.RunPython(forget_keys_of_clients, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="requestkey", name="request_key_unique"),
        migrations.RemoveField(model_name="requestkey", name="user"),
        migrations.AlterField(
            model_name="requestkey",
            name="connection",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="imports.connection",
            ),
        ),
        migrations.CreateModel(
            name="StoredAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("client_id", models.CharField(max_length=100)),
                ("key", models.CharField(max_length=200)),
                ("digest", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField()),
                ("etag", models.TextField(blank=True)),
                ("body", models.BinaryField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("client_id", "key"), name="stored_answer_unique")],
            },
        ),
    ]
