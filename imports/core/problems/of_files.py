"""What can be wrong with a file as a whole."""

from __future__ import annotations

from functools import partial

from imports.core.problems.kinds import ProblemKind, Severity, Stage

error = partial(ProblemKind, Stage.READ, Severity.ERROR)

FILE_EMPTY = error(
    "file_empty",
    "The file is empty",
    "The file has no content.",
    "Export it again and check its size before uploading.",
    is_empty_list=True,
)
FILE_NO_RECORDS = error(
    "file_no_records",
    "The file has no records",
    "The file has a header or an opening bracket, but no record.",
    "Check the filter of the export: it selected nobody.",
    is_empty_list=True,
)
FILE_NOT_TEXT = error(
    "file_not_text",
    "The file is not text",
    "The file is not CSV, JSON, NDJSON or LDIF: {detail}.",
    "Upload the export itself; save a spreadsheet that is no .xlsx as one, or as CSV (UTF-8).",
)
FILE_OTHER_KIND = error(
    "file_other_kind",
    "The file is of a kind that is not read",
    "It is {kind}. {instead}",
    "Export the users as CSV, JSON, NDJSON or LDIF, and upload that.",
)
FILE_WITHOUT_USERS = error(
    "file_without_users",
    "The export has no users",
    "It is {kind}, and has no users in it. {how}",
    "Export it again with the users in it, and upload that; nothing was imported.",
)
FILE_WRONG_SHAPE = error(
    "file_wrong_shape",
    "The file has another shape than expected",
    "{detail}",
    "Choose another syntax or the path of the list under the options, or export a list of users.",
)
FILE_NO_USERS = error(
    "file_no_users",
    "The file is not a list of users",
    "{detail}",
    "Upload the file that lists the users. If this is that file, map the column that identifies"
    " them on the mapping page, or in a file for --mapping.",
)
FILE_WRONG_ENCODING = error(
    "file_wrong_encoding",
    "The file is in another encoding",
    "The file cannot be read as {encoding}: {detail}.",
    "Choose the encoding that the export was written in.",
)
FILE_LIST_MISSING = error(
    "file_list_missing",
    "The list is not in the file",
    "There is no list “{path}” in the JSON.",
    "Look up the path in the file and choose it on the mapping page, or leave it empty.",
    is_empty_list=True,
)
FILE_ALTERED = error(
    "file_altered",
    "The stored file was altered",
    "The stored file cannot be read: {detail}.",
    "The disk that holds the uploads damaged or changed it, or its key is gone. Upload the"
    " file again.",
)
READING_STOPPED = error(
    "reading_stopped",
    "The reading of the file was stopped",
    "The reading of the file was stopped: {detail}.",
    "Export the users as CSV or NDJSON and upload that; nothing was imported from this file.",
)
ARCHIVE_REFUSED = error(
    "archive_refused",
    "The archive is not taken",
    "The archive is not taken: {detail}.",
    "Unpack it on your computer if in doubt, and upload the export file from inside.",
)
ARCHIVE_DAMAGED = error(
    "archive_damaged",
    "The compressed file is damaged",
    "{member} cannot be read to its end: {detail}.",
    "The download or copy was cut short or damaged. Fetch or pack it again; what was read"
    " before the damage is whole.",
)
MEMBER_UNREADABLE = error(
    "member_unreadable",
    "One part of the file cannot be read",
    "“{member}” in the file cannot be read: {detail}",
    "Mend or export that part again, or choose another one to be read by itself.",
)
TABLE_ORPHANS = error(
    "table_orphans",
    "Rows of a table belong to nobody",
    "{detail}.",
    "They were not imported. If those users were deleted there is nothing to do; else the"
    " table of users is not whole: export it again.",
    grouped_by="detail",
)
TABLE_ROW_UNREADABLE = error(
    "table_row_unreadable",
    "A row of a table cannot be read",
    "A row of {table} cannot be read: {detail}",
    "Whom it belongs to cannot be told. Mend it in the export, and import the file again.",
)
