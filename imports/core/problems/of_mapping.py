"""What the mapping does with a record that its operator should know."""

from __future__ import annotations

from functools import partial

from imports.core.problems.kinds import ProblemKind, Severity, Stage

info = partial(ProblemKind, Stage.MAP, Severity.INFO)

SUBJECT_ID_MADE = info(
    "subject_id_made",
    "The subject id was made",
    "The record has no subject id of its own; one was made of the name of the source and its"
    " e-mail address, user name or phone number.",
    "Nothing to do: another import under the same name finds the user again. Should the source"
    " give them an id one day, their record fails instead of making a second account.",
)
LEFT_OUT = info(
    "left_out",
    "Left out on purpose",
    "{reason}",
    "To import such records after all, take the filter away on the check page.",
    "To import such records after all, import this file again without the filter: in the mode"
    " “skip”, users imported already stay as they are.",
    grouped_by="reason",
)
GROUP_IGNORED = info(
    "group_ignored",
    "A group was left behind",
    "The mapping leaves the group “{key}” behind.",
    "Nothing to do, unless the user should be in it: then add them to a group by hand.",
    grouped_by="key",
    membership="group",
)
ROLE_IGNORED = info(
    "role_ignored",
    "A role was left behind",
    "The mapping leaves the role “{key}” behind.",
    "Nothing to do, unless the user should have it: then give them a role by hand.",
    grouped_by="key",
    membership="role",
)
