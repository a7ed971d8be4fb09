"""Give all sign-in names one namespace, which triggers keep, and find passkeys by index."""

from django.db import migrations

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
# Users and addresses that come in sets are looked at as sets; changes of one, which seldom are of
# a name, by row. Whoever empties the table of users empties that of addresses, which refers to it.
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
# On allauth's table: an import asks whose a passkey is by its credential id.
PASSKEY_INDEX = """
CREATE INDEX mfa_passkey_credential ON mfa_authenticator ((data #>> '{credential,id}'))
    WHERE type = 'webauthn'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS),
        migrations.RunSQL(TRIGGERS),
        migrations.RunSQL(PASSKEY_INDEX),
    ]
