from django.db import migrations


class Migration(migrations.Migration):
    """An index on allauth's table: an import asks whose a passkey is by its credential id."""

    dependencies = [
        ("accounts", "0002_user_source"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX mfa_passkey_credential ON mfa_authenticator"
            " ((data #>> '{credential,id}')) WHERE type = 'webauthn'",
            "DROP INDEX mfa_passkey_credential",
        ),
    ]
