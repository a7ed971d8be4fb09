"""What an update of an existing user leaves as it is, or overwrites."""

from __future__ import annotations

from functools import partial

from imports.core.problems.conflict_kinds import Reason, Resolution
from imports.core.problems.kinds import ProblemKind, Severity, Stage

warning = partial(ProblemKind, Stage.MATCH, Severity.WARNING)
info = partial(ProblemKind, Stage.MATCH, Severity.INFO)

FIELDS_KEPT = info(
    "fields_kept",
    "Fields were left as they are",
    "The file has other values for {fields}; by the job's field policies the user's stay.",
    grouped_by="fields",
)
PASSWORD_KEPT = info(
    "password_kept",
    "The user's own password was kept",
    "The user has signed in or chosen a password here since; it was not touched.",
    reason=Reason.AUTHENTICATOR_EXISTS,
    resolution=Resolution.SKIP,
)
CREDENTIALS_KEPT = warning(
    "credentials_kept",
    "Credentials that are in use were kept",
    "The user has signed in or chosen a password here, and {operator} may not overwrite the"
    " credentials of such users: {fields} stayed as they are.",
    "To overwrite them, you need the permission “Overwrite passwords, e-mail addresses and"
    " authenticators of users who have signed in” (accounts.overwrite_credentials): ask an"
    " administrator for a role that carries it. Otherwise nothing is left to do: these users"
    " sign in as before.",
)
OWN_PASSWORD_OVERWRITTEN = warning(
    "own_password_overwritten",
    "A password that is in use is overwritten",
    "The user has signed in or chosen a password here; the password of the file replaces it,"
    " as the job's field policies say.",
    "To keep such passwords, choose “Overwrite until they sign in here” for the password. An"
    " undo gives back what was replaced, except to those who choose another one meanwhile.",
    "Undo the record to give the password back, unless its user has chosen another one since.",
)
UNCHANGED = info(
    "unchanged",
    "Nothing to change",
    "Everything in this record is as the user has it already.",
)
