"""The catalogue of problems: each code with a title, a text and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from imports.core.decisions.registry import KINDS


class Severity(StrEnum):
    """An error fails the record; a warning changes it; information only explains it."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class ProblemCode:
    """What all problems of one kind have in common.

    `message` is a format string over the problem's params. `advice` tells the operator what to do;
    `afterwards`, where that differs, what is left to do when the import has begun, which locks its
    mapping and rules.
    """

    code: str
    severity: Severity
    title: str
    message: str
    advice: str
    afterwards: str = ""

    def advise(self, *, has_begun: bool) -> str:
        """Return what to do about the problem, before or after its import has begun."""
        return self.afterwards if has_begun and self.afterwards else self.advice


def _error(code: str, title: str, message: str, advice: str, afterwards: str = "") -> ProblemCode:
    return ProblemCode(code, Severity.ERROR, title, message, advice, afterwards)


def _warning(code: str, title: str, message: str, advice: str, afterwards: str = "") -> ProblemCode:
    return ProblemCode(code, Severity.WARNING, title, message, advice, afterwards)


def _info(
    code: str, title: str, message: str, advice: str = "", afterwards: str = ""
) -> ProblemCode:
    return ProblemCode(code, Severity.INFO, title, message, advice, afterwards)


# What a repair does not do takes another mapping, and so another import.
ANOTHER_MAPPING = (
    "import this file again with another mapping: in the mode “skip”, users imported already stay"
    " as they are."
)


_FILE = [
    _error(
        "file_empty",
        "The file is empty",
        "The file has no content.",
        "Export it again and check its size before uploading.",
    ),
    _error(
        "file_no_records",
        "The file has no records",
        "The file has a header or an opening bracket, but no record.",
        "Check the filter of the export: it selected nobody.",
    ),
    _error(
        "file_not_text",
        "The file is not text",
        "The file is not CSV, JSON, NDJSON or LDIF: {detail}.",
        "Upload the export itself; save a spreadsheet that is no .xlsx as one, or as CSV (UTF-8).",
    ),
    _error(
        "file_other_kind",
        "The file is of a kind that is not read",
        "It is {kind}. {instead}",
        "Export the users as CSV, JSON, NDJSON or LDIF, and upload that.",
    ),
    _error(
        "file_without_users",
        "The export has no users",
        "It is {kind}, and has no users in it. {how}",
        "Export it again with the users in it, and upload that; nothing was imported.",
    ),
    _error(
        "file_wrong_shape",
        "The file has another shape than expected",
        "{detail}",
        "Choose another syntax or the path of the list under the options, or export a list of"
        " users.",
    ),
    _error(
        "file_no_users",
        "The file is not a list of users",
        "{detail}",
        "Upload the file that lists the users. If this is that file, map the column that identifies"
        " them on the mapping page, or in a file for --mapping.",
    ),
    _error(
        "file_wrong_encoding",
        "The file is in another encoding",
        "The file cannot be read as {encoding}: {detail}.",
        "Choose the encoding that the export was written in.",
    ),
    _error(
        "file_list_missing",
        "The list is not in the file",
        "There is no list “{path}” in the JSON.",
        "Look up the path in the file and choose it on the mapping page, or leave it empty.",
    ),
    _error(
        "file_altered",
        "The stored file was altered",
        "The stored file cannot be read: {detail}.",
        "The disk that holds the uploads damaged or changed it, or its key is gone. Upload the"
        " file again.",
    ),
    _error(
        "reading_stopped",
        "The reading of the file was stopped",
        "The reading of the file was stopped: {detail}.",
        "Export the users as CSV or NDJSON and upload that; nothing was imported from this file.",
    ),
    _error(
        "archive_refused",
        "The archive is not taken",
        "The archive is not taken: {detail}.",
        "Unpack it on your computer if in doubt, and upload the export file from inside.",
    ),
    _error(
        "archive_damaged",
        "The compressed file is damaged",
        "{member} cannot be read to its end: {detail}.",
        "The download or copy was cut short or damaged. Fetch or pack it again; what was read"
        " before the damage is whole.",
    ),
    _error(
        "member_unreadable",
        "One part of the file cannot be read",
        "“{member}” in the file cannot be read: {detail}",
        "Mend or export that part again, or choose another one to be read by itself.",
    ),
    _error(
        "table_orphans",
        "Rows of a table belong to nobody",
        "{detail}.",
        "They were not imported. If those users were deleted there is nothing to do; else the"
        " table of users is not whole: export it again.",
    ),
    _error(
        "table_row_unreadable",
        "A row of a table cannot be read",
        "A row of {table} cannot be read: {detail}",
        "Whom it belongs to cannot be told. Mend it in the export, and import the file again.",
    ),
]

_ROW = [
    _error(
        "row_truncated",
        "The file ends in the middle of a record",
        "The file ends before this record does: {detail}.",
        "The download or copy was cut short. Export the file again; records before this are whole.",
    ),
    _error(
        "row_unreadable",
        "The record cannot be read",
        "This record cannot be read as {syntax}: {detail}.",
        "Mend the record in the source file, and upload that again.",
        "Edit the record: type it in anew from that line of the file.",
    ),
    _error(
        "row_is_a_change",
        "The entry is a change",
        "This LDIF entry changes another one ({change}); it is no user.",
        "Export the entries themselves, with ldapsearch or slapcat, not a log of changes.",
    ),
    _error(
        "row_not_an_object",
        "The record is not an object",
        "Expected a JSON object with named fields here, found {found}.",
        'Each record has to be an object such as {"email": …}.',
    ),
    _error(
        "row_unclosed_quote",
        "A quote is never closed",
        "The quoted cell that starts in line {line} is not closed.",
        "Close or double the quotation mark in that line.",
        "Edit the record, or download such records and mend them in a spreadsheet.",
    ),
    _error(
        "row_too_many_cells",
        "The row has more cells than the header",
        "The row has {cells} cells, the header {columns}.",
        "A value probably holds the delimiter without being quoted: quote it, or take it out of the"
        " file; or import the others first, and repair these rows together afterwards.",
        "If the surplus cells are empty, leave them out. Else a value probably holds the delimiter"
        " without being quoted, and all after it stand in the wrong columns: join the value again,"
        " or edit the record.",
    ),
    _error(
        "row_too_few_cells",
        "The row has fewer cells than the header",
        "The row has {cells} cells, the header {columns}.",
        "A line break inside a value, or a missing delimiter, probably cut the row in two.",
        "A line break inside a value, or a missing delimiter, probably cut the row in two: edit"
        " the record, or download such records and mend them in a spreadsheet.",
    ),
    _error(
        "row_too_large",
        "The record is too large",
        "The record is larger than {limit}.",
        "No user needs that much: a quote is probably unclosed, or the value belongs elsewhere.",
    ),
    _error(
        "row_too_deep",
        "The record is nested too deeply",
        "The record is nested more than {limit} levels deep.",
        "Flatten the value, or leave it out of the export.",
    ),
    _error(
        "invalid_encoding",
        "The text is damaged",
        "The text is not valid {encoding} (byte {byte} at position {position} of the row).",
        "The file mixes encodings. Export it again as UTF-8, or mend this row.",
    ),
    _error(
        "invalid_character",
        "The text holds a character that cannot be stored",
        "The value holds {character}.",
        "Remove it from the value; it is invisible in most editors.",
    ),
]

_VALUE = [
    _error(
        "missing_required",
        "A required value is missing",
        "{label} is required and has no value.",
        "Fill it in, or map another column to it.",
        "Give all records of the cause one value, if one is right for all, or edit them. If another"
        f" column has it, {ANOTHER_MAPPING}",
    ),
    _error(
        "wrong_type",
        "The value has the wrong type",
        "Expected {expected}.",
        "Mend the value, map another column, or add a transform to this one on the mapping page.",
        "Replace the value in all records of the cause, leave the field out, or edit the record. If"
        f" it takes another column or a transform, {ANOTHER_MAPPING}",
    ),
    _error(
        "id_cut_short",
        "A spreadsheet has cut the id short",
        "The subject id is written as 1.23E+10: only its first digits are left.",
        "Other users may have the same ones, and no later file would find this user again. Export"
        " straight to CSV, without opening the file in a spreadsheet, or leave out the column, so"
        " that ids are made.",
        "Other users may have the same ones, and no later file would find this user again. Export"
        " straight to CSV, without opening the file in a spreadsheet, and import that; or edit the"
        " record, and give it the whole id.",
    ),
    _error(
        "date_out_of_range",
        "The date is out of range",
        "{detail}.",
        "On the mapping page, give the column the transform “Read a number as a date” in the unit"
        " that its source counts in, or “Drop placeholders” for what stands for no date.",
        "Replace the value in all records of the cause, or leave the field out. If the whole column"
        f" is read in the wrong unit, {ANOTHER_MAPPING}",
    ),
    _error(
        "date_impossible",
        "There is no such date",
        "No calendar has this day or time, such as 31 February.",
        "Correct the date in the file; or import the record, and replace the date or leave it out"
        " when the record has failed.",
        "Correct the date in the record; or repair its cause: replace it, or leave it out, in all"
        " records at once.",
    ),
    _error(
        "too_long",
        "The value is too long",
        "The value has more than {limit} characters.",
        "Shorten it, or map another column.",
        "Shorten it in the record, or leave the field out. If another column is meant,"
        f" {ANOTHER_MAPPING}",
    ),
    _error(
        "invalid_value",
        "The value is not valid",
        "{detail}",
        "Mend the value, or map another column.",
        "Replace the value in all records of the cause, leave the field out, or edit the record. If"
        f" another column is meant, {ANOTHER_MAPPING}",
    ),
    _error(
        "invalid_email",
        "The e-mail address is not valid",
        "This is not an e-mail address that can receive mail.",
        "Mend the address; without one, leave the value empty.",
    ),
    _error(
        "invalid_phone",
        "The phone number is not valid",
        "This is not an international phone number such as +441632960001.",
        "Write it with + and the country code, or say on the mapping page which country numbers"
        " without one are of; what is no number, leave empty.",
        "Write it with + and the country code: replace the value in all records of the cause, or"
        " edit the record. What is no number, leave out. If all numbers lack the country code,"
        f" {ANOTHER_MAPPING}",
    ),
    _error(
        "unknown_field",
        "The record has a field that is not known",
        "The field “{name}” is not part of the record format.{hint}",
        "Check its spelling; values of your own belong under profile.attributes.",
    ),
    _error(
        "attribute_unknown",
        "The attribute is not defined",
        "There is no attribute definition “{name}”.",
        "Create the definition, or do not map this column.",
        "Create the definition, and retry; or import without the attribute.",
    ),
    _error(
        "attribute_invalid",
        "The attribute's value is not allowed",
        "The attribute “{name}” {detail}.",
        "Mend the value, or change the attribute's definition.",
    ),
    _error(
        "hash_unrecognised",
        "The password hash is not recognised",
        "The value is not a password hash of a known format.",
        "Choose the format on the mapping page, or import these users without a password.",
        "Import these users without a password; or edit the record, if its hash was cut short or"
        f" garbled. If all hashes are of a format that has to be said, {ANOTHER_MAPPING}",
    ),
    _error(
        "hash_invalid",
        "The password hash cannot be used",
        "{detail}",
        "Nobody could sign in with it. Export it again, whole; or say its format on the mapping"
        " page, where “Test a password” finds it out; or leave it out.",
        "Nobody could sign in with it. Repair its cause: set another format, where these hashes"
        " could be of one, or import without the password. Or edit the record: give it the whole"
        " hash.",
    ),
    _info(
        "hash_format_stated",
        "The hash says itself which format it has",
        "The hash begins as those of {format} do, and was read so, not as declared.",
        "Nothing to do if hashes of several kinds are in one column. To be sure, test a password"
        " that one of them is of on the mapping page.",
        "Nothing to do if hashes of several kinds are in one column: their users sign in with the"
        " passwords they have.",
    ),
    _error(
        "hash_too_costly",
        "Verifying the password hash costs too much",
        "{detail}",
        "Leave the hash out and send a reset; or, if the web servers can afford such sign-ins, have"
        " PASSWORD_CPU_SECONDS or PASSWORD_MEMORY_MIB raised there and on the workers.",
        "Import these users without the password and send a reset; or, if the web servers can"
        " afford such sign-ins, have PASSWORD_CPU_SECONDS or PASSWORD_MEMORY_MIB raised there and"
        " on the workers, and retry.",
    ),
    _error(
        "password_ambiguous",
        "There is both a hash and a plain password",
        "Give either a password hash or a plain password, not both.",
        "Map only one of the two columns.",
        f"Edit the record, and empty one of the two. If all have both, {ANOTHER_MAPPING}",
    ),
    _error(
        "password_too_long",
        "The plain password is too long",
        "The password has more than {limit} bytes as UTF-8; no sign-in takes a longer one.",
        "Check that the column holds passwords. If it does, leave this one out and send a reset.",
        "Edit the record and empty the password: the user then chooses one by a reset. If another"
        f" column is meant, {ANOTHER_MAPPING}",
    ),
    _error(
        "invalid_totp_secret",
        "The TOTP secret is not valid",
        "The secret is not base32 text.",
        "Check whether the source exports it in base32, and map that column.",
        "Edit the record, or import without the secret: then the user sets up the app anew. If all"
        f" secrets are in hexadecimal or another column, {ANOTHER_MAPPING}",
    ),
]

_STORE = [
    _info(
        "subject_id_made",
        "The subject id was made",
        "The record has no subject id of its own; one was made of the name of the source and its"
        " e-mail address, user name or phone number.",
        "Nothing to do: another import under the same name finds the user again. Should the source"
        " give them an id one day, their record fails instead of making a second account.",
    ),
    _info(
        "left_out",
        "Left out on purpose",
        "{reason}",
        "To import such records after all, take the filter away on the check page.",
        "To import such records after all, import this file again without the filter: in the mode"
        " “skip”, users imported already stay as they are.",
    ),
    _info(
        "group_ignored",
        "A group was left behind",
        "The mapping leaves the group “{key}” behind.",
        "Nothing to do, unless the user should be in it: then add them to a group by hand.",
    ),
    _info(
        "role_ignored",
        "A role was left behind",
        "The mapping leaves the role “{key}” behind.",
        "Nothing to do, unless the user should have it: then give them a role by hand.",
    ),
    _error(
        "duplicate_in_file",
        "Another row of the file is the same person",
        "Row {row} comes first and has the same {what}.",
        "Decide which of the two rows is right and remove the other, or change the value.",
        "Decide which of the two rows is right. If both are, edit this record and change the value;"
        " if this one is, change that user by hand.",
    ),
    _info(
        "repeated_in_file",
        "Another row of the file has the same subject id",
        "Row {row} came first and has the same subject id; that row counts.",
        "Nothing to do if it is the same person. If it is another one, open the record, give it a"
        " subject id of its own, and retry it.",
    ),
    _warning(
        "duplicate_in_file_skipped",
        "Another row of the file has the same value",
        "Row {row} comes first and has the same {what}; this row was skipped, as the job's table"
        " of conflicts says.",
        "Decide which of the two rows is right; the skipped one is in no account. If both are,"
        " open the record, change the value, and retry it.",
    ),
    _info(
        "profile_exists",
        "The user exists",
        "A user with this subject id exists already.",
        "Nothing to do, or choose the mode “update” in another import to bring existing users up to"
        " date. If it is another person, their row needs a subject id of its own.",
    ),
    _error(
        "profile_exists_failed",
        "The user exists",
        "A user with this subject id exists already, and the job fails such records.",
        "Choose the mode “skip” or “update” if that is expected.",
        "If that is expected, there is nothing to do, or import this file again in the mode"
        " “update”. If it is another person, edit the record: give it a subject id of its own.",
    ),
    _error(
        "value_taken",
        "Another user has this value",
        "{what} belongs to another user already (subject id {owner}).",
        "Find out whether they are the same person; then change one of the two.",
    ),
    _error(
        "sign_in_name_taken",
        "Another user signs in with this name",
        "{what} is the {holder} of another user already (subject id {owner}). Everybody signs in"
        " with user name, e-mail address or phone number, so each of them leads to one user only.",
        "Find out whether they are the same person; then change one of the two.",
    ),
    _error(
        "login_taken",
        "Another user has this external login",
        "The {provider} login belongs to another user already (subject id {owner}).",
        "Find out whether they are the same person; then remove one of the two logins.",
    ),
    _error(
        "passkey_taken",
        "Another user has this passkey",
        "The passkey belongs to another user already (subject id {owner}).",
        "Find out whether they are the same person; then remove one of the two passkeys.",
    ),
    _warning(
        "value_taken_skipped",
        "Another user has this value",
        "{what} belongs to another user already (subject id {owner}); the record was skipped, as"
        " the job's table of conflicts says.",
        "Find out whether they are the same person: nobody was imported for this record. If not,"
        " open it, change the value, and retry it.",
    ),
    _warning(
        "sign_in_name_taken_skipped",
        "Another user signs in with this name",
        "{what} is the {holder} of another user already (subject id {owner}); the record was"
        " skipped, as the job's table of conflicts says.",
        "Find out whether they are the same person: nobody was imported for this record. If not,"
        " open it, change the value, and retry it.",
    ),
    _warning(
        "login_taken_skipped",
        "Another user has this external login",
        "The {provider} login belongs to another user already (subject id {owner}); the record was"
        " skipped, as the job's table of conflicts says.",
        "Find out whether they are the same person: nobody was imported for this record. If not,"
        " open it, change the value, and retry it.",
    ),
    _warning(
        "passkey_taken_skipped",
        "Another user has this passkey",
        "The passkey belongs to another user already (subject id {owner}); the record was skipped,"
        " as the job's table of conflicts says.",
        "Find out whether they are the same person: nobody was imported for this record. If not,"
        " open it, change the value, and retry it.",
    ),
    _info(
        "authenticator_exists",
        "The user has such an authenticator already",
        "The user keeps the {what} they have; the one in the file was left out.",
        "Nothing to do, unless the one in the file is the newer one.",
    ),
    _info(
        "authenticator_replaced",
        "The user's authenticator was replaced",
        "The {what} of the user was replaced by the one in the file.",
    ),
    _error(
        "authenticator_exists_failed",
        "The user has such an authenticator already",
        "The user has a {what}, and the job fails such records.",
        "Have the job skip or overwrite authenticators that exist, or remove the user's own.",
        "Import without it, or remove the user's own and retry. To have those that exist skipped or"
        " overwritten, import this file again with other rules.",
    ),
    _info(
        "membership_exists",
        "The user is a member already",
        "The user has {what} already.",
    ),
    _error(
        "membership_exists_failed",
        "The user is a member already",
        "The user has {what} already, and the job fails such records.",
        "Have the job skip memberships that exist, or leave them out of the file.",
        "Edit the record, and take the membership out. To have those that exist skipped, import"
        " this file again with other rules.",
    ),
    _info(
        "fields_kept",
        "Fields were left as they are",
        "The file has other values for {fields}; by the job's field policies the user's stay.",
    ),
    _info(
        "password_kept",
        "The user's own password was kept",
        "The user has signed in or chosen a password here since; it was not touched.",
    ),
    _warning(
        "credentials_kept",
        "Credentials that are in use were kept",
        "The user has signed in or chosen a password here, and {operator} may not overwrite the"
        " credentials of such users: {fields} stayed as they are.",
        "To overwrite them, you need the permission “Overwrite passwords, e-mail addresses and"
        " authenticators of users who have signed in” (accounts.overwrite_credentials): ask an"
        " administrator for a role that carries it. Otherwise nothing is left to do: these users"
        " sign in as before.",
    ),
    _warning(
        "own_password_overwritten",
        "A password that is in use is overwritten",
        "The user has signed in or chosen a password here; the password of the file replaces it,"
        " as the job's field policies say.",
        "To keep such passwords, choose “Overwrite until they sign in here” for the password. An"
        " undo gives back what was replaced, except to those who choose another one meanwhile.",
        "Undo the record to give the password back, unless its user has chosen another one since.",
    ),
    _info(
        "unchanged",
        "Nothing to change",
        "Everything in this record is as the user has it already.",
    ),
    _error(
        "group_missing",
        "The group does not exist",
        "There is no group “{key}”.",
        "Create the group, use another instead, or leave it behind.",
        "Create the group, use another instead, or leave it behind; then retry the record.",
    ),
    _error(
        "role_missing",
        "The role does not exist",
        "There is no role “{key}”.",
        "Create the role, use another instead, or leave it behind.",
        "Create the role, use another instead, or leave it behind; then retry the record.",
    ),
    _error(
        "role_not_grantable",
        "The role may not be granted",
        "The role “{key}” carries permissions that {operator} does not have.",
        "They prepared or started this import. Have it prepared and run only by people who hold"
        " those permissions, or drop the role.",
    ),
    _error(
        "group_not_grantable",
        "The group may not be granted",
        "The group “{key}” carries permissions that {operator} does not have.",
        "They prepared or started this import. Have it prepared and run only by people who hold"
        " those permissions, or drop the group.",
    ),
    _error(
        "protected_account",
        "The account is an administrator's",
        "This record is about an administrator's account, which no import may change.",
        "Change the account by hand in the admin.",
    ),
    _error(
        "create_not_allowed",
        "The operator may not add users",
        "{operator}, who prepared or started this import, may not add users.",
        "You need the permission “Add users” (accounts.add_user), like everybody who prepares or"
        " starts an import. Ask an administrator for a role that carries it, or have the file"
        " uploaded, mapped and run by people who hold it.",
        "You need the permission “Add users” (accounts.add_user), like everybody who prepares or"
        " starts an import. Ask an administrator for a role that carries it, then retry the"
        " record; or have the file imported anew by people who hold it.",
    ),
    _error(
        "change_not_allowed",
        "The operator may not change users",
        "{operator}, who prepared or started this import, may not change users.",
        "You need the permission “Change users” (accounts.change_user), like everybody who prepares"
        " or starts an import. Ask an administrator for a role that carries it, or have the file"
        " uploaded, mapped and run by people who hold it. To keep existing users"
        " as they are, choose the mode “skip”.",
        "You need the permission “Change users” (accounts.change_user), like everybody who prepares"
        " or starts an import. Ask an administrator for a role that carries it, then retry the"
        " record; or have the file imported anew by people who hold it.",
    ),
    _error(
        "user_more_powerful",
        "The user may do more than the operator",
        "This user holds permissions that {operator}, who prepared or started this import, does not"
        " hold.",
        "Have the file uploaded, mapped and run by people who hold all permissions of this user, or"
        " exclude the record.",
        "Have the record imported by people who hold all permissions of this user, or change the"
        " user by hand in the admin.",
    ),
    _error(
        "deleted_here",
        "The user was deleted here",
        "A user with this subject id was deleted here, so the legacy directory's is not migrated.",
        "If that was a mistake, remove the id from the deleted users; then they can sign in.",
    ),
    _error(
        "concurrent_change",
        "Somebody else changed the same data",
        "Another import or person changed the same data at the same moment, repeatedly.",
        "Retry the record.",
    ),
    _warning(
        "concurrent_change_skipped",
        "Somebody else changed the same data",
        "Another import or person changed the same data at the same moment, repeatedly; the record"
        " was skipped, as the job's table of conflicts says.",
        "Retry the record: it is in no account.",
    ),
    _error(
        "job_stopped",
        "The job stopped here",
        "The job's table of conflicts says to stop at this conflict.",
        "Settle the conflict, let the job go on, and retry the record at its end.",
    ),
    _error(
        "crashes_workers",
        "The record makes workers crash",
        "Whenever a worker began with this record, it died; so the record was left out.",
        "Look at the workers' log, and report it with the job's number and this row; retrying is"
        " safe.",
    ),
    _error(
        "errored",
        "An error in Userferry",
        "The record could not be imported because of an error in Userferry: {detail}.",
        "Report it with the job's number and this row; retrying is safe.",
    ),
]

_COLUMN = [
    _warning(
        "values_missing",
        "Values of the file do not arrive",
        "“{label}”: the file has a value in {stands} records, and {arrives} of them get one.",
        "Do not import the file yet. On the mapping page, look where this field comes from: a"
        " column within another one, or two columns for one field, are the usual causes. Map it"
        " from another column, or set it to “Do not import” if it is not wanted. If the mapping is"
        " right, this is a fault of Userferry: report it with the row of an example.",
        "Undo the import, correct the mapping and run it again. If the mapping is right, this is"
        " a fault of Userferry: report it with the row of an example.",
    ),
    _warning(
        "column_scientific",
        "A spreadsheet has cut long numbers short",
        "Numbers are written as 1.23E+10: their last digits are lost for good.",
        "Export again straight to CSV, and do not open the file in a spreadsheet before uploading"
        " it; or format the column as text first.",
    ),
    _warning(
        "column_short_dates",
        "A spreadsheet may have made dates of ids",
        "Values such as 03-Feb or Jun-23 were probably ids such as 3-2 or JUN23.",
        "Compare them with the old system. Export again straight to CSV, without a spreadsheet.",
    ),
    _warning(
        "column_lost_zeros",
        "Leading zeros seem to be lost",
        "Most numbers have {length} digits, some have fewer, and none begins with a zero.",
        "Compare one of these rows with the old system. If the zeros are lost, export again with"
        " the column as text, and do not open the file in a spreadsheet.",
    ),
    _warning(
        "column_mojibake",
        "Letters were garbled by a wrong encoding",
        "Values hold pairs such as Ã© where a letter such as é was meant.",
        "If all rows are so, have the file read in another encoding on the mapping page. If only"
        " some are, they were garbled in the old system: mend them there.",
        "Undo the import and run it again, with the file read in another encoding, if all rows are"
        " so. If only some are, they were garbled in the old system: mend them here.",
    ),
    _warning(
        "column_replaced",
        "Letters were lost to a wrong encoding",
        "Values hold the sign \ufffd, which a program put where it could not read a letter.",
        "The letters are gone from the file. Export it again as UTF-8.",
    ),
    _warning(
        "implausible_date",
        "Dates that cannot be right",
        "Dates lie before 1971 or after 2100. A number was probably read in the wrong unit, such as"
        " days of Excel as seconds; some systems write 1970, 1601 or the year 1 for never.",
        "On the mapping page, give the column the transform “Read a number as a date” in its unit,"
        " or “Drop placeholders” for what means never; or leave the column out.",
        "Undo the import and run it again with a transform for the column: “Read a number as a"
        " date”, or “Drop placeholders” for what means never.",
    ),
    _warning(
        "column_cards",
        "Looks like payment card numbers",
        "Values have the length, prefix and checksum of card numbers.",
        "Leave the column out: storing card numbers brings the whole system under PCI DSS.",
        "Where it was carried, undo the import and run it again without the column: storing card"
        " numbers brings the whole system under PCI DSS.",
    ),
    _warning(
        "column_national_ids",
        "Looks like national identity numbers",
        "Values have the form of the {what}, and its checksum where it has one.",
        "Carry it only if there is a legal ground for it; otherwise leave the column out.",
        "Where it was carried without a legal ground, undo the import and run it again without the"
        " column.",
    ),
    _warning(
        "column_special",
        "Sounds like specially protected data",
        "The name of the column speaks of health, religion, origin or the like (GDPR, Article 9).",
        "Carry it only if there is a legal ground for it; otherwise leave the column out.",
        "Where it was carried without a legal ground, undo the import and run it again without the"
        " column.",
    ),
]

# A record that a decision concerns fails until somebody has taken it.
_DECISION = [
    _error(kind.code, kind.title, kind.message, kind.advice, kind.afterwards)
    for kind in KINDS.values()
]

CODES: dict[str, ProblemCode] = {
    kind.code: kind for kind in [*_FILE, *_ROW, *_VALUE, *_STORE, *_COLUMN, *_DECISION]
}

# By which parameter problems of a code are told apart when they are counted.
GROUPED_BY = {
    "role_missing": "key",
    "group_missing": "key",
    "role_not_grantable": "key",
    "group_not_grantable": "key",
    "group_ignored": "key",
    "role_ignored": "key",
    "left_out": "reason",
    "duplicate_in_file": "what",
    "value_taken": "what",
    "sign_in_name_taken": "what",
    "login_taken": "provider",
    "attribute_unknown": "name",
    "attribute_invalid": "name",
    "unknown_field": "name",
    "authenticator_exists": "what",
    "authenticator_exists_failed": "what",
    "authenticator_replaced": "what",
    "fields_kept": "fields",
    "column_lost_zeros": "length",
    "column_national_ids": "what",
    "hash_invalid": "detail",
    "hash_format_stated": "format",
    "hash_too_costly": "detail",
    "invalid_value": "detail",
    "missing_required": "label",
    "wrong_type": "expected",
    "date_out_of_range": "detail",
    "table_orphans": "detail",
    **dict.fromkeys(KINDS, "value"),
}
