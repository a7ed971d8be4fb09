"""What the mapping does with a record that its operator should know."""

from __future__ import annotations

from functools import partial

from imports.core.problems.kinds import ProblemKind, ProblemStage, Severity

info = partial(ProblemKind, ProblemStage.MAP, Severity.INFO)

SUBJECT_ID_MADE = info(
    "subject_id_made",
    "The subject id was generated",
    "The record has no subject id. One was generated from the name of the source and the"
    " e-mail address, user name or phone number.",
    "Nothing to do: another import under the same source name matches the user again. If the"
    " source system starts to export ids, such a record fails instead of creating a second"
    " account.",
)
EXCLUDED = info(
    "excluded",
    "Excluded by the filter",
    "{reason}",
    "To import these records, remove the filter on the dry-run page.",
    "To import these records, import the file again without the filter; in mode “skip”, users"
    " already imported are not changed.",
    grouped_by="reason",
)
GROUP_IGNORED = info(
    "group_ignored",
    "A group was dropped",
    "The mapping drops the group “{key}”.",
    "Nothing to do, unless the user needs it: then add them to a group in the admin.",
    grouped_by="key",
    membership="group",
)
ROLE_IGNORED = info(
    "role_ignored",
    "A role was dropped",
    "The mapping drops the role “{key}”.",
    "Nothing to do, unless the user needs it: then give them a role in the admin.",
    grouped_by="key",
    membership="role",
)
