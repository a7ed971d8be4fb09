from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("imports", "0016_undo_surveys"),
    ]

    operations = [
        migrations.RemoveField(model_name="importchunk", name="keys"),
        migrations.RemoveField(model_name="importchunk", name="key_rows"),
        migrations.AddField(
            model_name="importchunk",
            name="keys",
            field=models.BinaryField(db_default=b""),
        ),
        migrations.AddField(
            model_name="importchunk",
            name="key_rows",
            field=models.BinaryField(db_default=b""),
        ),
        migrations.AlterField(
            model_name="importchunk",
            name="duplicates",
            field=models.JSONField(db_default={}, default=dict),
        ),
    ]
