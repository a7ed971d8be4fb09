"""What can be wrong with the password or second factor that a record brings."""

from __future__ import annotations

from functools import partial

from imports.core.problems.kinds import ANOTHER_MAPPING, ProblemKind, ProblemStage, Severity

error = partial(ProblemKind, ProblemStage.VALIDATE, Severity.ERROR)
info = partial(ProblemKind, ProblemStage.VALIDATE, Severity.INFO)

HASH_UNRECOGNISED = error(
    "hash_unrecognised",
    "The password hash is not recognised",
    "The value is not a password hash of a known format.",
    "On the mapping page, choose the source system's password preset or the format; “Test sign-in”"
    " finds it from one known password. Or import these users without a password, and send an"
    " invitation, or have the old system queried at their first sign-in (just-in-time migration).",
    "Import these users without a password, and send an invitation; or edit the record if its hash"
    " was cut short or garbled. If the format of these hashes has to be declared,"
    f" {ANOTHER_MAPPING}",
    summary_label="Hash that cannot be read",
)
HASH_UNSUPPORTED = error(
    "hash_unsupported",
    "The password hash is of an unsupported kind",
    "This looks like a hash of {detail}.",
    "Import these users without a password, and let them choose one by a password reset or an"
    " invitation campaign; or have the old system queried at their first sign-in (just-in-time"
    " migration). If the hashes are of another kind, choose the password format on the mapping"
    " page.",
    "Import these users without a password and send a password reset; or have the old system"
    f" queried at their first sign-in. If the hashes are of another kind, {ANOTHER_MAPPING}",
    grouped_by="detail",
    summary_label="Hash of an unsupported kind",
)
HASH_INVALID = error(
    "hash_invalid",
    "The password hash cannot be used",
    "{detail}",
    "Nobody could sign in with it. Export it again, complete; or choose the source system's "
    "password preset or the format on the mapping page, where “Test sign-in” finds it. Or leave "
    "the column unmapped, and send an invitation, or have the old system queried at the first "
    "sign-in (just-in-time migration).",
    "Nobody could sign in with it. For the whole error group, set another format that these"
    " hashes could have, or import without the password. Or edit the record and enter the"
    " complete hash.",
    grouped_by="detail",
    summary_label="Hash that cannot be read",
)
HASH_FORMAT_STATED = info(
    "hash_format_stated",
    "The hash states its own format",
    "The hash starts like a {format} hash, and was read as one instead of as declared.",
    "If the column mixes several formats, there is nothing to do. To be sure, use “Test sign-in” "
    "on the mapping page with one of these users.",
    "If the column mixes several formats, there is nothing to do: these users sign in with"
    " their passwords.",
    grouped_by="format",
)
HASH_TOO_COSTLY = error(
    "hash_too_costly",
    "Verifying the password hash costs too much",
    "{detail}",
    "Leave the hash unmapped and send a password reset. If the web servers can afford such"
    " sign-ins, have PASSWORD_CPU_SECONDS or PASSWORD_MEMORY_MIB raised on them and on the"
    " workers instead.",
    "Import these users without the password and send a password reset. If the web servers can"
    " afford such sign-ins, have PASSWORD_CPU_SECONDS or PASSWORD_MEMORY_MIB raised on them and"
    " on the workers, and retry.",
    grouped_by="detail",
    summary_label="Hash that costs too much to verify",
)
PASSWORD_AMBIGUOUS = error(
    "password_ambiguous",
    "There is both a hash and a plain password",
    "A record can have a password hash or a plain password, not both.",
    "Map only one of the two columns.",
    f"Edit the record and clear one of the two. If all records have both, {ANOTHER_MAPPING}",
)
PASSWORD_TOO_LONG = error(
    "password_too_long",
    "The plain password is too long",
    "The password has more than {limit} bytes in UTF-8; no sign-in accepts a longer one.",
    "Check that the column contains passwords. If it does, clear this one and send a password"
    " reset.",
    "Edit the record and clear the password; the user then chooses one by a password reset. If"
    f" another column is the right one, {ANOTHER_MAPPING}",
)
INVALID_TOTP_SECRET = error(
    "invalid_totp_secret",
    "The TOTP secret is not valid",
    "The secret is not base32 text.",
    "Check whether the source system exports the secret in base32, and map that column.",
    "Edit the record, or import without the secret: the user then sets up the authenticator"
    f" app again. If all secrets are hexadecimal or in another column, {ANOTHER_MAPPING}",
)
