"""Who prepared each job, out of its timeline."""

import django.contrib.postgres.fields
from django.db import migrations, models

# As `imports.services.jobs.transitions` has it.
NOT_SHAPING = (
    "check",
    "stop checking",
    "approve",
    "reject",
    "pause",
    "cancel",
    "limit",
    "download",
    "undo",
    "stop undoing",
    "save template",
    "create group",
    "create role",
    "close",
    "try directory",
)
FILL = """
    UPDATE imports_importjob AS job SET preparers = ARRAY(
        SELECT job.created_by_id UNION SELECT event.actor_id FROM imports_jobevent AS event
        WHERE event.job_id = job.id AND event.actor_id IS NOT NULL AND event.action <> ALL(%s))
"""


class Migration(migrations.Migration):
    dependencies = [("imports", "0018_records_by_phone")]

    operations = [
        migrations.AddField(
            model_name="importjob",
            name="preparers",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, editable=False, size=None
            ),
        ),
        migrations.RunSQL([(FILL, [list(NOT_SHAPING)])], migrations.RunSQL.noop),
    ]
