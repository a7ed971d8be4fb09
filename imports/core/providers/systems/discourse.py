"""Discourse: the list of users that its administrators export, and its tables.

Columns as in app/jobs/regular/export_csv_file.rb and app/models/user.rb of
https://github.com/discourse/discourse; hashes as in lib/pbkdf2.rb.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from imports.core.providers.account_states import Account, combine_states, read_account_state
from imports.core.providers.contract import Answers, Evidence, Preset, Provider, Values, certain
from imports.core.providers.values import drop_blanks, list_objects, read_text
from imports.core.providers.web_tables import fold_all, fold_row, omit_folded
from imports.core.readers.related_tables import Link, Table

SIGNATURE = frozenset({"username", "trustlevel"})
# The list of users has both of the first; the table users has had the last from the start.
OF_LIST, OF_TABLE = frozenset({"staged", "silencedtill"}), "usernamelower"
OF_USER = (Link("user_id", "id"),)
EMAILS, PASSWORDS = "user_emails", "user_passwords"
TABLES = Table(
    "users",
    ("username", "username_lower", "trust_level"),
    children=(
        Table(EMAILS, ("user_id", "email", "primary"), OF_USER),
        Table(PASSWORDS, ("user_id", "password_hash", "password_salt"), OF_USER),
    ),
)
ALGORITHM = re.compile(r"\$pbkdf2-(sha\d+)\$i=(\d+)")
# Before Discourse kept the algorithm beside the hash.
OLD_ITERATIONS = "64000"
NOT_APPROVED = "not approved"
TRUE = frozenset({"true", "t", "1"})
# Every user of a trust level is in its group.
AUTOMATIC = re.compile(r"trust_level_\d|everyone")
CONSUMED = frozenset(
    {
        *("active", "approved", "staged", "suspendedtill", "suspendedat", "email", "groupnames"),
        *("passwordhash", "salt", "passwordalgorithm", "useremails", "userpasswords"),
    }
)

PRESETS = {
    "id": Preset("subject_id", "The id of the user."),
    "username": Preset("profile.username", "The name users sign in with."),
    "name": Preset("profile.display_name", "The name."),
    "(email)": Preset("profile.email", "The primary e-mail address."),
    "(email verified)": Preset(
        "profile.email_verified", "active, which Discourse sets when the address is confirmed."
    ),
    "(further emails)": Preset("profile.emails", "The other addresses in user_emails."),
    "(active)": Preset(
        "profile.active",
        "False for users who are not activated, staged, or suspended until a future date. The "
        "dry run asks about users who are not approved.",
    ),
    "createdat": Preset("profile.created_at", "When the account was created."),
    "lastseenat": Preset("profile.last_login", "When the user was last seen."),
    "(groups)": Preset("memberships.groups", "group_names, without the trust level groups."),
    "(password hash)": Preset("authenticators.password.hash", "From user_passwords or users."),
    "(hash format)": Preset("authenticators.password.format", "PBKDF2."),
    "(hash parameters)": Preset("authenticators.password.params", "Its salt and algorithm."),
}
NOT_CARRIED = {
    "admin": "An import never creates administrators.",
    "moderator": "An import never creates administrators.",
    "trustlevel": "The trust level in the forum.",
    "approved": "Whether staff approved the account. The dry run asks about those who are not.",
    "suspendedat": "When a suspension began.",
    "silencedtill": "Silenced users can sign in but not post.",
    "usernamelower": "The user name in lower case.",
    "externalid": "The user's id in the DiscourseConnect system.",
}
LACKS = (
    "The user list has no password hashes. They are in the tables users and user_passwords.",
    "If a forum does not require approval, approved is false for every user, so the dry run asks.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise trust levels beside staged and silenced users."""
    names = fold_all(columns)
    if not names >= SIGNATURE or not (names >= OF_LIST or OF_TABLE in names):
        return None
    return certain("The users have names and a trust_level, as those of Discourse alone.")


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with addresses, state, groups and password."""
    row = fold_row(values)
    is_active = read_account_state(row.get("active"), "enabled")
    addresses = list(map(fold_row, list_objects(row.get("useremails"))))
    addresses.sort(key=lambda each: str(each.get("primary")).lower() not in TRUE)
    emails = [read_text(each.get("email")) for each in addresses] or [read_text(row.get("email"))]
    derived = {
        "(email)": emails[0],
        "(email verified)": is_active if isinstance(is_active, bool) and emails[0] else None,
        "(further emails)": [{"email": email} for email in emails[1:] if email],
        "(active)": combine_states(
            is_active,
            read_approval(row.get("approved")),
            read_account_state(row.get("staged"), "disabled"),
            read_account_state(row.get("suspendedtill"), "disabled_until"),
        ),
        "(groups)": read_groups(row.get("groupnames")),
        **read_password(row),
    }
    return {**omit_folded(values, CONSUMED), **drop_blanks(derived)}


def read_approval(value: object) -> Account:
    """Return what approved says; where a forum approves nobody, it is false for everybody."""
    is_approved = read_account_state(value, "enabled")
    return NOT_APPROVED if is_approved is False else None


def read_groups(names: object) -> list[str]:
    found = [name.strip() for name in read_text(names).split(";")]
    return [name for name in found if name and not AUTOMATIC.fullmatch(name)]


def read_password(row: Values) -> Values:
    """Return the hash, of the table of passwords or, before that, of the user's own columns."""
    kept = next(map(fold_row, list_objects(row.get("userpasswords"))), {})
    password = read_text(kept.get("passwordhash")) or read_text(row.get("passwordhash"))
    salt = read_text(kept.get("passwordsalt")) or read_text(row.get("salt"))
    named = kept.get("passwordalgorithm") or row.get("passwordalgorithm")
    algorithm = ALGORITHM.match(read_text(named))
    if not password:
        return {}
    digest, iterations = algorithm.groups() if algorithm else ("sha256", OLD_ITERATIONS)
    return {
        "(password hash)": password,
        "(hash format)": "pbkdf2_raw",
        "(hash parameters)": {
            "digest": digest,
            "iterations": iterations,
            "salt": salt,
            "salt_encoding": "utf8",
            "hash_encoding": "hex",
        },
    }


PROVIDER = Provider(
    name="discourse",
    label="Discourse",
    how_to_export=(
        "Choose Admin > Users > Export, and download the file from the message that Discourse "
        "sends when it is ready. For the password hashes, upload the database dump of a "
        "backup (dump.sql.gz) instead. Userferry reads its tables users, user_emails and "
        "user_passwords."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    tables=TABLES,
    not_carried=NOT_CARRIED,
    reads_states=frozenset(
        {"active", "approved", "staged", "suspendedtill", "suspendedat", "silencedtill"}
    ),
    lacks=LACKS,
)
