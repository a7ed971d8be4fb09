"""Gives everything that people sign in with one namespace, which triggers keep."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.db import migrations, models

SHOWN = 20
# As `accounts.identifiers.read_as_contact`.
FUNCTIONS = r"""
CREATE FUNCTION accounts_read_as_contact(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN name LIKE '%@%' THEN lower(upper(name))
        WHEN name LIKE '%+%'
            AND regexp_replace(name, '[\s().\-/\u2010-\u2015\u00a0]', '', 'g')
                ~ '^\+[1-9][0-9]{6,14}$'
        THEN regexp_replace(name, '[\s().\-/\u2010-\u2015\u00a0]', '', 'g')
    END
$$;

CREATE FUNCTION accounts_list_names(email text, phone text, username text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_remove(ARRAY[email, phone, accounts_read_as_contact(username)], NULL)
$$;

CREATE FUNCTION accounts_claim_names(claimant bigint, names text[]) RETURNS void
LANGUAGE sql SET enable_seqscan = off AS $$
    INSERT INTO accounts_signinname (key, user_id)
    SELECT DISTINCT name, claimant FROM unnest(names) AS name
    WHERE (SELECT n.user_id FROM accounts_signinname n WHERE n.key = name OFFSET 0)
        IS DISTINCT FROM claimant
$$;

-- Those that the user has in another place are kept.
CREATE FUNCTION accounts_release_names(holder bigint, names text[]) RETURNS void
LANGUAGE sql SET enable_seqscan = off AS $$
    DELETE FROM accounts_signinname
    WHERE key = ANY(names) AND user_id = holder
        AND key <> ALL(ARRAY(SELECT e.email FROM account_emailaddress e WHERE e.user_id = holder))
        AND key <> ALL(COALESCE(
            (SELECT accounts_list_names(u.email, u.phone, u.username)
             FROM accounts_user u WHERE u.id = holder), '{}'))
$$;

CREATE FUNCTION accounts_names_of_new_users() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO accounts_signinname (key, user_id)
    SELECT email, id FROM added WHERE email IS NOT NULL
    UNION ALL SELECT phone, id FROM added WHERE phone IS NOT NULL
    UNION ALL SELECT name, id
    FROM (SELECT id, email, phone, accounts_read_as_contact(username) AS name FROM added) AS named
    WHERE name IS NOT NULL AND name IS DISTINCT FROM email AND name IS DISTINCT FROM phone;
    RETURN NULL;
END $$;

CREATE FUNCTION accounts_names_of_changed_user() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM accounts_release_names(
        OLD.id, accounts_list_names(OLD.email, OLD.phone, OLD.username));
    PERFORM accounts_claim_names(
        NEW.id, accounts_list_names(NEW.email, NEW.phone, NEW.username));
    RETURN NULL;
END $$;

CREATE FUNCTION accounts_names_of_deleted_users() RETURNS trigger
LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    DELETE FROM accounts_signinname WHERE key = ANY(ARRAY(
        SELECT unnest(accounts_list_names(email, phone, username)) FROM gone));
    RETURN NULL;
END $$;

CREATE FUNCTION accounts_names_of_emptied_table() RETURNS trigger
LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    DELETE FROM accounts_signinname n WHERE n.key <> ALL(COALESCE(
        (SELECT accounts_list_names(u.email, u.phone, u.username)
         FROM accounts_user u WHERE u.id = n.user_id OFFSET 0), '{}'));
    RETURN NULL;
END $$;

-- One look-up for each address: that of a new user is there already.
CREATE FUNCTION accounts_names_of_new_addresses() RETURNS trigger
LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    INSERT INTO accounts_signinname (key, user_id)
    SELECT a.email, a.user_id FROM added a
    WHERE (SELECT n.user_id FROM accounts_signinname n WHERE n.key = a.email OFFSET 0)
        IS DISTINCT FROM a.user_id;
    RETURN NULL;
END $$;

CREATE FUNCTION accounts_names_of_changed_address() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM accounts_release_names(OLD.user_id, ARRAY[OLD.email]);
    PERFORM accounts_claim_names(NEW.user_id, ARRAY[NEW.email]);
    RETURN NULL;
END $$;

CREATE FUNCTION accounts_names_of_deleted_addresses() RETURNS trigger
LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    DELETE FROM accounts_signinname WHERE key = ANY(ARRAY(
        SELECT g.email FROM gone g WHERE COALESCE(
            (SELECT g.email <> ALL(accounts_list_names(u.email, u.phone, u.username))
             FROM accounts_user u WHERE u.id = g.user_id OFFSET 0), TRUE)));
    RETURN NULL;
END $$;
"""
DROP_FUNCTIONS = """
DROP FUNCTION accounts_names_of_deleted_addresses, accounts_names_of_changed_address,
    accounts_names_of_new_addresses, accounts_names_of_emptied_table, accounts_names_of_deleted_users,
    accounts_names_of_changed_user, accounts_names_of_new_users, accounts_release_names,
    accounts_claim_names, accounts_list_names, accounts_read_as_contact
"""
# Users and addresses that come in sets are looked at as sets; changes of one, which seldom are of
# a name, by row.
TRIGGERS = """
CREATE TRIGGER accounts_names_added AFTER INSERT ON accounts_user
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_names_of_new_users();
CREATE TRIGGER accounts_names_changed AFTER UPDATE OF email, phone, username ON accounts_user
    FOR EACH ROW WHEN (
        OLD.email IS DISTINCT FROM NEW.email OR OLD.phone IS DISTINCT FROM NEW.phone
        OR OLD.username IS DISTINCT FROM NEW.username)
    EXECUTE FUNCTION accounts_names_of_changed_user();
CREATE TRIGGER accounts_names_deleted AFTER DELETE ON accounts_user
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_names_of_deleted_users();
CREATE TRIGGER accounts_names_emptied AFTER TRUNCATE ON accounts_user
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_names_of_emptied_table();
CREATE TRIGGER accounts_names_added AFTER INSERT ON account_emailaddress
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_names_of_new_addresses();
CREATE TRIGGER accounts_names_changed AFTER UPDATE OF email, user_id ON account_emailaddress
    FOR EACH ROW WHEN (
        OLD.email IS DISTINCT FROM NEW.email OR OLD.user_id IS DISTINCT FROM NEW.user_id)
    EXECUTE FUNCTION accounts_names_of_changed_address();
CREATE TRIGGER accounts_names_deleted AFTER DELETE ON account_emailaddress
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_names_of_deleted_addresses();
CREATE TRIGGER accounts_names_emptied AFTER TRUNCATE ON account_emailaddress
    FOR EACH STATEMENT EXECUTE FUNCTION accounts_names_of_emptied_table();
"""
DROP_TRIGGERS = """
DROP TRIGGER accounts_names_added ON accounts_user;
DROP TRIGGER accounts_names_changed ON accounts_user;
DROP TRIGGER accounts_names_deleted ON accounts_user;
DROP TRIGGER accounts_names_emptied ON accounts_user;
DROP TRIGGER accounts_names_added ON account_emailaddress;
DROP TRIGGER accounts_names_changed ON account_emailaddress;
DROP TRIGGER accounts_names_deleted ON account_emailaddress;
DROP TRIGGER accounts_names_emptied ON account_emailaddress;
"""
HELD = """
    SELECT email AS key, id AS user_id, 'e-mail address' AS kind FROM accounts_user
    WHERE email IS NOT NULL
    UNION ALL SELECT phone, id, 'phone number' FROM accounts_user WHERE phone IS NOT NULL
    UNION ALL SELECT accounts_read_as_contact(username), id, 'user name' FROM accounts_user
    WHERE accounts_read_as_contact(username) IS NOT NULL
    UNION ALL SELECT email, user_id, 'e-mail address' FROM account_emailaddress
"""
COLLISIONS = f"""
    SELECT string_agg(DISTINCT kind || ' of ' || u.subject_id, ', '), count(*) OVER ()
    FROM ({HELD}) AS held JOIN accounts_user u ON u.id = held.user_id
    GROUP BY key HAVING count(DISTINCT held.user_id) > 1 ORDER BY 1 LIMIT {SHOWN}
"""
FILL = f"INSERT INTO accounts_signinname (key, user_id) SELECT DISTINCT key, user_id FROM ({HELD})"


def claim_existing_names(apps: Any, schema_editor: Any) -> None:
    """Write the names that there are; raises CommandError if one leads to several users."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(COLLISIONS)
        found = cursor.fetchall()
        if found:
            raise CommandError(describe_collisions([row[0] for row in found], found[0][1]))
        cursor.execute(f"{FILL} AS held")


def describe_collisions(shown: list[str], count: int) -> str:
    lines = [f"  {each}" for each in shown]
    if count > len(shown):
        lines.append(f"  and {count - len(shown)} more")
    return "\n".join(
        [
            f"{count} names to sign in with lead to more than one user. From this version on each"
            " leads to one. Change one of each, with the version before, then migrate again:",
            *lines,
        ]
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_rights"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [
        migrations.CreateModel(
            name="SignInName",
            fields=[
                (
                    "key",
                    models.CharField(
                        db_collation="C", max_length=256, primary_key=True, serialize=False
                    ),
                ),
                ("user_id", models.BigIntegerField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        migrations.RunPython(claim_existing_names, migrations.RunPython.noop),
        migrations.RunSQL(TRIGGERS, DROP_TRIGGERS),
    ]
