"""What a record meets in the store or in its own file, by what is done about it."""

from __future__ import annotations

from functools import partial

from imports.core.problems.conflict_kinds import Reason, Resolution
from imports.core.problems.kinds import ProblemKind, ProblemStage, Severity

error = partial(ProblemKind, ProblemStage.MATCH, Severity.ERROR)
warning = partial(ProblemKind, ProblemStage.MATCH, Severity.WARNING)
info = partial(ProblemKind, ProblemStage.MATCH, Severity.INFO)

DUPLICATE_IN_FILE = error(
    "duplicate_in_file",
    "Another row of the file has the same value",
    "Row {row} comes first and has the same {what}.",
    "Decide which of the two rows is right. Remove the other one, or change its value.",
    "Decide which of the two rows is right. If both are, edit this record and change the"
    " value. If only this one is, change the imported user in the admin.",
    grouped_by="what",
    resolution=Resolution.FAIL,
)
REPEATED_IN_FILE = info(
    "repeated_in_file",
    "Another row of the file has the same subject id",
    "Row {row} comes first and has the same subject id; that row is imported.",
    "If it is the same person, there is nothing to do. If not, open the record, give it a"
    " subject id of its own, and retry it.",
    reason=Reason.PROFILE_EXISTS,
    resolution=Resolution.SKIP,
    is_collision=True,
)
JOINED_IN_FILE = info(
    "joined_in_file",
    "Joined with an earlier row",
    "Row {row} is the same person, and has the sign-ins, attributes, groups and roles of this"
    " row as well: its status applies to both.",
    "Nothing to do.",
)
JOINED_VALUES_DROPPED = warning(
    "joined_values_dropped",
    "Values of a joined row are not imported",
    "Row {row} is the same person and has other values in these fields: {fields}. The values of"
    " that row are imported.",
    "If the values of this row are the right ones, correct the file and upload it again. Tell"
    " people who sign in with the user name or password of this row.",
    "If the values of this row are the right ones, change the user in the admin. Tell people who"
    " sign in with the user name or password of this row.",
    grouped_by="fields",
)
DUPLICATE_IN_FILE_SKIPPED = warning(
    "duplicate_in_file_skipped",
    "Another row of the file has the same value",
    "Row {row} comes first and has the same {what}; this row was skipped, as the conflict"
    " policy says.",
    "Decide which of the two rows is right; no user was imported for the skipped one. If both"
    " are, open the record, change the value, and retry it.",
    resolution=Resolution.SKIP,
    variant_of="duplicate_in_file",
    is_collision=True,
)
PROFILE_EXISTS = info(
    "profile_exists",
    "The user already exists",
    "A user with this {what} already exists.",
    "Nothing to do. To update existing users, import the file again in the mode “update”. If it is"
    " another person, give this row a value of its own.",
    grouped_by="what",
    reason=Reason.PROFILE_EXISTS,
    resolution=Resolution.SKIP,
)
PROFILE_EXISTS_FAILED = error(
    "profile_exists_failed",
    "The user already exists",
    "A user with this {what} already exists, and the conflict policy fails such records.",
    "If that is expected, choose the mode “skip” or “update”.",
    "If that is expected, there is nothing to do; to update the user, import the file again in"
    " the mode “update”. If it is another person, edit the record and give it a value of its own.",
    grouped_by="what",
    reason=Reason.PROFILE_EXISTS,
    resolution=Resolution.FAIL,
    variant_of="profile_exists",
)
MATCH_UNVERIFIED = error(
    "match_unverified",
    "The value that matched is not verified",
    "A user has the {what} of the record, but it is {how}. It could have been entered by somebody"
    " else, who would get the account, or what the record brings.",
    "If the source system has verified its addresses and numbers, map a column or a constant that"
    " says so. Otherwise match users by another key, or have the job skip such records.",
    "Make sure that they are the same person, then change the user in the admin.",
    grouped_by="how",
    reason=Reason.MATCH_UNVERIFIED,
    resolution=Resolution.FAIL,
)
MATCH_UNVERIFIED_SKIPPED = warning(
    "match_unverified_skipped",
    "The value that matched is not verified",
    "A user has the {what} of the record, but it is {how}; the record was skipped, as the conflict"
    " policy says.",
    "Make sure that they are the same person, then change the user in the admin.",
    grouped_by="how",
    reason=Reason.MATCH_UNVERIFIED,
    resolution=Resolution.SKIP,
    variant_of="match_unverified",
    is_collision=True,
)
MATCH_UNVERIFIED_OVERWRITTEN = info(
    "match_unverified_overwritten",
    "Updated although the value that matched is not verified",
    "The user has the {what} of the record, which is {how}; they are updated all the same, as the"
    " conflict policy says.",
    grouped_by="how",
    reason=Reason.MATCH_UNVERIFIED,
    resolution=Resolution.OVERWRITE,
    variant_of="match_unverified",
)
VALUE_TAKEN = error(
    "value_taken",
    "Another user has this value",
    "{what} is already in use by another user (subject id {owner}).",
    "Find out whether they are the same person, then change one of the two.",
    grouped_by="what",
    reason=Reason.VALUE_TAKEN,
    resolution=Resolution.FAIL,
)
SIGN_IN_NAME_TAKEN = error(
    "sign_in_name_taken",
    "Another user signs in with this name",
    "{what} is already the {holder} of another user (subject id {owner}). People sign in with"
    " user name, e-mail address or phone number, so each of these must lead to one user only.",
    "Find out whether they are the same person, then change one of the two.",
    grouped_by="what",
    reason=Reason.VALUE_TAKEN,
    resolution=Resolution.FAIL,
)
LOGIN_TAKEN = error(
    "login_taken",
    "Another user has this external login",
    "The {provider} login is already in use by another user (subject id {owner}).",
    "Find out whether they are the same person, then remove one of the two logins.",
    grouped_by="provider",
    reason=Reason.AUTHENTICATOR_TAKEN,
    resolution=Resolution.FAIL,
)
PASSKEY_TAKEN = error(
    "passkey_taken",
    "Another user has this passkey",
    "The passkey is already in use by another user (subject id {owner}).",
    "Find out whether they are the same person, then remove one of the two passkeys.",
    reason=Reason.AUTHENTICATOR_TAKEN,
    resolution=Resolution.FAIL,
)
VALUE_TAKEN_SKIPPED = warning(
    "value_taken_skipped",
    "Another user has this value",
    "{what} is already in use by another user (subject id {owner}); the record was skipped, as"
    " the conflict policy says.",
    "Find out whether they are the same person; no user was imported for this record. If not,"
    " open it, change the value, and retry it.",
    reason=Reason.VALUE_TAKEN,
    resolution=Resolution.SKIP,
    variant_of="value_taken",
    is_collision=True,
)
SIGN_IN_NAME_TAKEN_SKIPPED = warning(
    "sign_in_name_taken_skipped",
    "Another user signs in with this name",
    "{what} is already the {holder} of another user (subject id {owner}); the record was"
    " skipped, as the conflict policy says.",
    "Find out whether they are the same person; no user was imported for this record. If not,"
    " open it, change the value, and retry it.",
    reason=Reason.VALUE_TAKEN,
    resolution=Resolution.SKIP,
    variant_of="sign_in_name_taken",
    is_collision=True,
)
LOGIN_TAKEN_SKIPPED = warning(
    "login_taken_skipped",
    "Another user has this external login",
    "The {provider} login is already in use by another user (subject id {owner}); the record"
    " was skipped, as the conflict policy says.",
    "Find out whether they are the same person; no user was imported for this record. If not,"
    " open it, change the value, and retry it.",
    reason=Reason.AUTHENTICATOR_TAKEN,
    resolution=Resolution.SKIP,
    variant_of="login_taken",
    is_collision=True,
)
PASSKEY_TAKEN_SKIPPED = warning(
    "passkey_taken_skipped",
    "Another user has this passkey",
    "The passkey is already in use by another user (subject id {owner}); the record was"
    " skipped, as the conflict policy says.",
    "Find out whether they are the same person; no user was imported for this record. If not,"
    " open it, change the value, and retry it.",
    reason=Reason.AUTHENTICATOR_TAKEN,
    resolution=Resolution.SKIP,
    variant_of="passkey_taken",
    is_collision=True,
)
AUTHENTICATOR_EXISTS = info(
    "authenticator_exists",
    "The user already has such an authenticator",
    "The user keeps their {what}; the one in the file was dropped.",
    "Nothing to do, unless the one in the file is newer.",
    grouped_by="what",
    reason=Reason.AUTHENTICATOR_EXISTS,
    resolution=Resolution.SKIP,
)
AUTHENTICATOR_REPLACED = info(
    "authenticator_replaced",
    "The user's authenticator was replaced",
    "The {what} of the user was replaced by the one in the file.",
    grouped_by="what",
    reason=Reason.AUTHENTICATOR_EXISTS,
    resolution=Resolution.OVERWRITE,
    variant_of="authenticator_exists",
)
AUTHENTICATOR_EXISTS_FAILED = error(
    "authenticator_exists_failed",
    "The user already has such an authenticator",
    "The user already has a {what}, and the conflict policy fails such records.",
    "Have the job skip or overwrite existing authenticators, or remove the user's own.",
    "Import without it, or remove the user's own and retry. To skip or overwrite existing"
    " authenticators, import the file again with another conflict policy.",
    grouped_by="what",
    reason=Reason.AUTHENTICATOR_EXISTS,
    resolution=Resolution.FAIL,
    variant_of="authenticator_exists",
)
MEMBERSHIP_EXISTS = info(
    "membership_exists",
    "The user is already a member",
    "The user already has {what}.",
    reason=Reason.MEMBERSHIP_EXISTS,
    resolution=Resolution.SKIP,
)
MEMBERSHIP_EXISTS_FAILED = error(
    "membership_exists_failed",
    "The user is already a member",
    "The user already has {what}, and the conflict policy fails such records.",
    "Have the job skip existing memberships, or remove them from the file.",
    "Edit the record and remove the membership. To skip existing memberships, import the file"
    " again with another conflict policy.",
    reason=Reason.MEMBERSHIP_EXISTS,
    resolution=Resolution.FAIL,
    variant_of="membership_exists",
)
CONCURRENT_CHANGE = error(
    "concurrent_change",
    "Somebody else changed the same data",
    "Another import or person repeatedly changed the same data at the same time.",
    "Retry the record.",
    reason=Reason.CONCURRENT_CHANGE,
    resolution=Resolution.FAIL,
)
CONCURRENT_CHANGE_SKIPPED = warning(
    "concurrent_change_skipped",
    "Somebody else changed the same data",
    "Another import or person repeatedly changed the same data at the same time; the record"
    " was skipped, as the conflict policy says.",
    "Retry the record: no user was imported for it.",
    reason=Reason.CONCURRENT_CHANGE,
    resolution=Resolution.SKIP,
    variant_of="concurrent_change",
    is_collision=True,
)
