"""What can be wrong with the password or second factor that a record brings."""

from __future__ import annotations

from functools import partial

from imports.core.problems.kinds import ANOTHER_MAPPING, Correction, ProblemKind, Severity, Stage

error = partial(ProblemKind, Stage.VALIDATE, Severity.ERROR)
info = partial(ProblemKind, Stage.VALIDATE, Severity.INFO)

HASH_UNRECOGNISED = error(
    "hash_unrecognised",
    "The password hash is not recognised",
    "The value is not a password hash of a known format.",
    "Choose the format on the mapping page, or import these users without a password.",
    "Import these users without a password; or edit the record, if its hash was cut short or"
    f" garbled. If all hashes are of a format that has to be said, {ANOTHER_MAPPING}",
    summary_label="Hash that cannot be read",
)
HASH_INVALID = error(
    "hash_invalid",
    "The password hash cannot be used",
    "{detail}",
    "Nobody could sign in with it. Export it again, whole; or say its format on the mapping"
    " page, where “Test a password” finds it out; or leave it out.",
    "Nobody could sign in with it. Repair its cause: set another format, where these hashes"
    " could be of one, or import without the password. Or edit the record: give it the whole"
    " hash.",
    grouped_by="detail",
    corrections=frozenset({Correction.FORMAT}),
    summary_label="Hash that cannot be read",
)
HASH_FORMAT_STATED = info(
    "hash_format_stated",
    "The hash says itself which format it has",
    "The hash begins as those of {format} do, and was read so, not as declared.",
    "Nothing to do if hashes of several kinds are in one column. To be sure, test a password"
    " that one of them is of on the mapping page.",
    "Nothing to do if hashes of several kinds are in one column: their users sign in with the"
    " passwords they have.",
    grouped_by="format",
)
HASH_TOO_COSTLY = error(
    "hash_too_costly",
    "Verifying the password hash costs too much",
    "{detail}",
    "Leave the hash out and send a reset; or, if the web servers can afford such sign-ins, have"
    " PASSWORD_CPU_SECONDS or PASSWORD_MEMORY_MIB raised there and on the workers.",
    "Import these users without the password and send a reset; or, if the web servers can"
    " afford such sign-ins, have PASSWORD_CPU_SECONDS or PASSWORD_MEMORY_MIB raised there and"
    " on the workers, and retry.",
    grouped_by="detail",
    summary_label="Hash that costs too much to verify",
)
PASSWORD_AMBIGUOUS = error(
    "password_ambiguous",
    "There is both a hash and a plain password",
    "Give either a password hash or a plain password, not both.",
    "Map only one of the two columns.",
    f"Edit the record, and empty one of the two. If all have both, {ANOTHER_MAPPING}",
)
PASSWORD_TOO_LONG = error(
    "password_too_long",
    "The plain password is too long",
    "The password has more than {limit} bytes as UTF-8; no sign-in takes a longer one.",
    "Check that the column holds passwords. If it does, leave this one out and send a reset.",
    "Edit the record and empty the password: the user then chooses one by a reset. If another"
    f" column is meant, {ANOTHER_MAPPING}",
)
INVALID_TOTP_SECRET = error(
    "invalid_totp_secret",
    "The TOTP secret is not valid",
    "The secret is not base32 text.",
    "Check whether the source exports it in base32, and map that column.",
    "Edit the record, or import without the secret: then the user sets up the app anew. If all"
    f" secrets are in hexadecimal or another column, {ANOTHER_MAPPING}",
)
