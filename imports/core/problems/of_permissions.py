"""What those who run an import may not do, or what they would have to create first."""

from __future__ import annotations

from functools import partial

from imports.core.problems.conflict_kinds import Reason, Resolution
from imports.core.problems.kinds import ProblemKind, ProblemStage, Severity

error = partial(ProblemKind, ProblemStage.MATCH, Severity.ERROR)

GROUP_MISSING = error(
    "group_missing",
    "The group does not exist",
    "There is no group “{key}”.",
    "Create the group, use another one instead, or drop it.",
    "Create the group, use another one instead, or drop it; then retry the record.",
    grouped_by="key",
    membership="group",
)
ROLE_MISSING = error(
    "role_missing",
    "The role does not exist",
    "There is no role “{key}”.",
    "Create the role, use another one instead, or drop it.",
    "Create the role, use another one instead, or drop it; then retry the record.",
    grouped_by="key",
    membership="role",
)
MISSING_MEMBERSHIPS = (GROUP_MISSING, ROLE_MISSING)
ROLE_NOT_GRANTABLE = error(
    "role_not_grantable",
    "The role may not be granted",
    "The role “{key}” has permissions that {operator} does not have.",
    "That person prepared or started this import. Have it prepared and run only by people who"
    " have these permissions, or drop the role.",
    grouped_by="key",
    membership="role",
)
GROUP_NOT_GRANTABLE = error(
    "group_not_grantable",
    "The group may not be granted",
    "The group “{key}” has permissions that {operator} does not have.",
    "That person prepared or started this import. Have it prepared and run only by people who"
    " have these permissions, or drop the group.",
    grouped_by="key",
    membership="group",
)
PROTECTED_ACCOUNT = error(
    "protected_account",
    "The account belongs to an administrator",
    "This record matches an administrator's account, which no import may change.",
    "Change the account in the admin.",
    reason=Reason.PROFILE_EXISTS,
    resolution=Resolution.FAIL,
)
CREATE_NOT_ALLOWED = error(
    "create_not_allowed",
    "The operator may not add users",
    "{operator}, who prepared or started this import, may not add users.",
    "You need the permission “Add users” (accounts.add_user), like everybody who prepares or"
    " starts an import. Ask an administrator for a role with it, or have the file uploaded,"
    " mapped and run by people who have it.",
    "You need the permission “Add users” (accounts.add_user), like everybody who prepares or"
    " starts an import. Ask an administrator for a role with it, then retry the record; or have"
    " the file imported again by people who have it.",
)
CHANGE_NOT_ALLOWED = error(
    "change_not_allowed",
    "The operator may not change users",
    "{operator}, who prepared or started this import, may not change users.",
    "You need the permission “Change users” (accounts.change_user), like everybody who"
    " prepares or starts an import. Ask an administrator for a role with it, or have the file"
    " uploaded, mapped and run by people who have it. To keep existing users unchanged, choose"
    " the mode “skip”.",
    "You need the permission “Change users” (accounts.change_user), like everybody who"
    " prepares or starts an import. Ask an administrator for a role with it, then retry the"
    " record; or have the file imported again by people who have it.",
    reason=Reason.PROFILE_EXISTS,
    resolution=Resolution.FAIL,
)
USER_MORE_POWERFUL = error(
    "user_more_powerful",
    "The user has more permissions than the operator",
    "This user has permissions that {operator}, who prepared or started this import, does not"
    " have.",
    "Have the file uploaded, mapped and run by people who have all permissions of this user,"
    " or exclude the record.",
    "Have the record imported by people who have all permissions of this user, or change the"
    " user in the admin.",
    reason=Reason.PROFILE_EXISTS,
    resolution=Resolution.FAIL,
)
