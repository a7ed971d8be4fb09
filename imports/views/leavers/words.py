"""What pages say of missing users who are kept, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.authority import CHANGE_USER
from imports.core.planning.leavers import KeptReason

# In a list, beside the user.
NOTES: Mapping[KeptReason, str] = {
    KeptReason.PROTECTED: "administrator",
    KeptReason.IMPORTED_LATER: "imported by a later job",
    KeptReason.OTHER_SOURCE: "from another source system",
    KeptReason.MAY_NOT_CHANGE: "may not be changed",
    KeptReason.MORE_POWERFUL: "more powerful",
}
# Of all who are kept for a reason: what they are, and why.
REASONS: Mapping[KeptReason, tuple[str, str]] = {
    KeptReason.PROTECTED: (
        "administrators",
        "Imports never change administrators. Disable them by hand if needed.",
    ),
    KeptReason.IMPORTED_LATER: (
        "imported by a later job",
        "A job that was uploaded after this one has these users. Decide about missing users on the"
        " page of the latest job.",
    ),
    KeptReason.OTHER_SOURCE: (
        "from other source systems",
        "Another import, or an administrator, created these users. This source system has a"
        " subject id of each.",
    ),
    KeptReason.MAY_NOT_CHANGE: (
        "you cannot change",
        "Everybody who prepared this import, and you, need the permission “Change users”"
        f" ({CHANGE_USER}). Ask an administrator for a role that includes it.",
    ),
    KeptReason.MORE_POWERFUL: (
        "with permissions beyond yours",
        "These users have permissions that you, or somebody who prepared this import, do not have.",
    ),
}
