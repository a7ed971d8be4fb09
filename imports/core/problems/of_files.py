"""What can be wrong with a file as a whole."""

from __future__ import annotations

from functools import partial

from imports.core.problems.kinds import ProblemKind, ProblemStage, Severity

error = partial(ProblemKind, ProblemStage.READ, Severity.ERROR)

FILE_EMPTY = error(
    "file_empty",
    "The file is empty",
    "The file has no content.",
    "Export it again, and check its size before you upload it.",
    is_empty_list=True,
)
FILE_NO_RECORDS = error(
    "file_no_records",
    "The file has no records",
    "The file has a header or an opening bracket, but no records.",
    "Check the filter of the export: it selected no users. Then export again.",
    is_empty_list=True,
)
FILE_NOT_TEXT = error(
    "file_not_text",
    "The file is not text",
    "The file is not CSV, JSON, NDJSON or LDIF: {detail}.",
    "Upload the export itself. Save a spreadsheet as .xlsx or as CSV (UTF-8) first.",
)
FILE_OTHER_KIND = error(
    "file_other_kind",
    "This kind of file cannot be read",
    "This is {kind}. {instead}",
    "Export the users as CSV, JSON, NDJSON or LDIF, and upload that file.",
)
FILE_WITHOUT_USERS = error(
    "file_without_users",
    "The export has no users",
    "This is {kind} without users. {how}",
    "Export again with the users included, and upload that file. Nothing was imported.",
)
FILE_WRONG_SHAPE = error(
    "file_wrong_shape",
    "The file does not have the expected structure",
    "{detail}",
    "Choose another syntax, or the path of the list of users, under the reading options; or"
    " export a list of users.",
)
DUMP_TABLE_UNCLEAR = error(
    "dump_table_unclear",
    "The dump has no one table of users",
    "{detail}",
    "Enter the name of the table as the path to users, under the reading options (--read path=NAME)"
    "; or dump that table alone, such as with pg_dump --table or mysqldump"
    " DATABASE TABLE.",
)
FILE_NO_USERS = error(
    "file_no_users",
    "The file is not a list of users",
    "{detail}",
    "Upload the file that lists the users. If this is the right file, map the column that"
    " identifies them on the mapping page, or in the file for --mapping.",
)
FILE_WRONG_ENCODING = error(
    "file_wrong_encoding",
    "The file has another encoding",
    "The file cannot be read as {encoding}: {detail}.",
    "Choose the encoding that the export was written in.",
)
FILE_LIST_MISSING = error(
    "file_list_missing",
    "The list is not in the file",
    "The JSON has no list “{path}”.",
    "Look up the path of the list in the file and choose it on the mapping page, or leave the"
    " path empty.",
    is_empty_list=True,
)
FILE_ALTERED = error(
    "file_altered",
    "The stored file was altered",
    "The stored file cannot be read: {detail}.",
    "The disk with the uploads damaged or changed it, or its encryption key is missing. Check"
    " both, then upload the file again.",
)
READING_STOPPED = error(
    "reading_stopped",
    "Reading the file was stopped",
    "Reading the file was stopped: {detail}.",
    "Export the users as CSV or NDJSON, and upload that file. Nothing was imported from this one.",
)
ARCHIVE_REFUSED = error(
    "archive_refused",
    "The archive was rejected",
    "The archive was rejected: {detail}.",
    "If you trust the archive, unpack it on your computer and upload the export file inside it.",
)
ARCHIVE_DAMAGED = error(
    "archive_damaged",
    "The compressed file is damaged",
    "{member} cannot be read to its end: {detail}.",
    "The download or copy was cut short or damaged. Download or compress it again. Everything"
    " before the damage was read completely.",
)
MEMBER_UNREADABLE = error(
    "member_unreadable",
    "Part of the file cannot be read",
    "“{member}” in the file cannot be read: {detail}",
    "Correct or export that part again, or choose to read another part on its own.",
)
TABLE_ORPHANS = error(
    "table_orphans",
    "Rows of a table belong to no user",
    "{detail}.",
    "These rows were not imported. If their users were deleted, there is nothing to do."
    " Otherwise the table of users is incomplete: export it again.",
    grouped_by="detail",
)
TABLE_ROW_UNREADABLE = error(
    "table_row_unreadable",
    "A row of a table cannot be read",
    "A row of {table} cannot be read: {detail}",
    "The user it belongs to is unknown. Correct the row in the export, and import the file again.",
)
