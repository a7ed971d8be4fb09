"""What can be wrong with one row of a file."""

from __future__ import annotations

from functools import partial

from imports.core.problems.kinds import ProblemKind, ProblemStage, Severity

error = partial(ProblemKind, ProblemStage.READ, Severity.ERROR)

ROW_TRUNCATED = error(
    "row_truncated",
    "The file ends in the middle of a record",
    "The file ends before this record does: {detail}.",
    "The download or copy was cut short. Export the file again. The records before this one"
    " are complete.",
)
ROW_UNREADABLE = error(
    "row_unreadable",
    "The record cannot be read",
    "This record cannot be read as {syntax}: {detail}.",
    "Correct the record in the source file, and upload the file again.",
    "Edit the record: enter it again from that line of the file.",
)
ROW_IS_A_CHANGE = error(
    "row_is_a_change",
    "The entry is a change, not a user",
    "This LDIF entry changes another entry ({change}).",
    "Export the entries themselves with ldapsearch or slapcat, not a change log.",
)
ROW_NOT_AN_OBJECT = error(
    "row_not_an_object",
    "The record is not an object",
    "Expected a JSON object with named fields, found {found}.",
    'Export each record as an object such as {"email": …}.',
)
ROW_UNCLOSED_QUOTE = error(
    "row_unclosed_quote",
    "A quotation mark is never closed",
    "The quoted cell that starts in line {line} is not closed.",
    "Close the quotation mark in that line, or double it if it is part of the value.",
    "Edit the record, or download these records and correct them in a spreadsheet.",
    hides_columns=True,
)
ROW_TOO_MANY_CELLS = error(
    "row_too_many_cells",
    "The row has more cells than the header",
    "The row has {cells} cells, the header {columns}.",
    "A value probably contains the delimiter without being quoted: quote it, or remove the"
    " delimiter from the file. Or import the other records first, and correct these rows"
    " together afterwards.",
    "If the extra cells are empty, drop them. Otherwise a value probably contains the"
    " delimiter without being quoted, and every value after it is in the wrong column: join the"
    " value again, or edit the record.",
    hides_columns=True,
)
ROW_TOO_FEW_CELLS = error(
    "row_too_few_cells",
    "The row has fewer cells than the header",
    "The row has {cells} cells, the header {columns}.",
    "A line break inside a value, or a missing delimiter, probably cut the row in two: correct"
    " it in the file.",
    "A line break inside a value, or a missing delimiter, probably cut the row in two: edit"
    " the record, or download these records and correct them in a spreadsheet.",
    hides_columns=True,
)
ROW_TOO_LARGE = error(
    "row_too_large",
    "The record is too large",
    "The record is larger than {limit}.",
    "No user needs that much data. Look for a quotation mark that is not closed, or remove the"
    " large value from the export.",
)
ROW_TOO_DEEP = error(
    "row_too_deep",
    "The record is nested too deeply",
    "The record is nested more than {limit} levels deep.",
    "Flatten the value, or remove it from the export.",
)
VALUE_COMPUTED = error(
    "value_computed",
    "The value is not in the dump",
    "The dump does not have this value, but tells the database how to compute it.",
    "Export the table with its values, with pg_dump --data-only, mysqldump or as CSV.",
    "Replace the value, or import the record without it.",
)
INVALID_ENCODING = error(
    "invalid_encoding",
    "The text is damaged",
    "The text is not valid {encoding} (byte {byte} at position {position} of the row).",
    "The file mixes encodings. Export it again as UTF-8, or correct this row.",
)
INVALID_CHARACTER = error(
    "invalid_character",
    "The text contains a character that cannot be stored",
    "The value contains {character}.",
    "Remove the character from the value. Most editors do not show it.",
)
