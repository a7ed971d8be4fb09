"""What an update of an existing user leaves as it is, or overwrites."""

from __future__ import annotations

from functools import partial

from imports.core.problems.conflict_kinds import Reason, Resolution
from imports.core.problems.kinds import ProblemKind, ProblemStage, Severity

warning = partial(ProblemKind, ProblemStage.MATCH, Severity.WARNING)
info = partial(ProblemKind, ProblemStage.MATCH, Severity.INFO)

FIELDS_KEPT = info(
    "fields_kept",
    "Fields were kept",
    "The file has other values for {fields}; the field policies keep the user's.",
    grouped_by="fields",
)
PASSWORD_KEPT = info(
    "password_kept",
    "The user's own password was kept",
    "The user has signed in or chosen a password here since; the password was not changed.",
    reason=Reason.AUTHENTICATOR_EXISTS,
    resolution=Resolution.SKIP,
)
CREDENTIALS_KEPT = warning(
    "credentials_kept",
    "Credentials in use were kept",
    "The user has signed in or chosen a password here, and {operator} may not overwrite the"
    " credentials of such users: {fields} were not changed.",
    "Nothing to do if these users are to sign in as before. To overwrite their credentials,"
    " you need the permission “Overwrite passwords, e-mail addresses and authenticators of"
    " users who have signed in” (accounts.overwrite_credentials): ask an administrator for a"
    " role with it.",
)
OWN_PASSWORD_OVERWRITTEN = warning(
    "own_password_overwritten",
    "A password in use is overwritten",
    "The user has signed in or chosen a password here; the password in the file replaces it,"
    " as the field policies say.",
    "To keep such passwords, choose “Overwrite until they sign in here” for the password. An"
    " undo restores them, except for users who choose another password meanwhile.",
    "To restore the password, undo the record; that does not help if the user has chosen"
    " another one since.",
)
UNCHANGED = info(
    "unchanged",
    "Nothing to change",
    "The user already has everything in this record.",
)
