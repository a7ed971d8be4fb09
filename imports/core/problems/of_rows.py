"""What can be wrong with one row of a file."""

from __future__ import annotations

from functools import partial

from imports.core.problems.kinds import Correction, ProblemKind, Severity, Stage

error = partial(ProblemKind, Stage.READ, Severity.ERROR)

ROW_TRUNCATED = error(
    "row_truncated",
    "The file ends in the middle of a record",
    "The file ends before this record does: {detail}.",
    "The download or copy was cut short. Export the file again; records before this are whole.",
)
ROW_UNREADABLE = error(
    "row_unreadable",
    "The record cannot be read",
    "This record cannot be read as {syntax}: {detail}.",
    "Mend the record in the source file, and upload that again.",
    "Edit the record: type it in anew from that line of the file.",
)
ROW_IS_A_CHANGE = error(
    "row_is_a_change",
    "The entry is a change",
    "This LDIF entry changes another one ({change}); it is no user.",
    "Export the entries themselves, with ldapsearch or slapcat, not a log of changes.",
)
ROW_NOT_AN_OBJECT = error(
    "row_not_an_object",
    "The record is not an object",
    "Expected a JSON object with named fields here, found {found}.",
    'Each record has to be an object such as {"email": …}.',
)
ROW_UNCLOSED_QUOTE = error(
    "row_unclosed_quote",
    "A quote is never closed",
    "The quoted cell that starts in line {line} is not closed.",
    "Close or double the quotation mark in that line.",
    "Edit the record, or download such records and mend them in a spreadsheet.",
    hides_columns=True,
)
ROW_TOO_MANY_CELLS = error(
    "row_too_many_cells",
    "The row has more cells than the header",
    "The row has {cells} cells, the header {columns}.",
    "A value probably holds the delimiter without being quoted: quote it, or take it out of the"
    " file; or import the others first, and repair these rows together afterwards.",
    "If the surplus cells are empty, leave them out. Else a value probably holds the delimiter"
    " without being quoted, and all after it stand in the wrong columns: join the value again,"
    " or edit the record.",
    corrections=frozenset({Correction.CELLS}),
    hides_columns=True,
)
ROW_TOO_FEW_CELLS = error(
    "row_too_few_cells",
    "The row has fewer cells than the header",
    "The row has {cells} cells, the header {columns}.",
    "A line break inside a value, or a missing delimiter, probably cut the row in two.",
    "A line break inside a value, or a missing delimiter, probably cut the row in two: edit"
    " the record, or download such records and mend them in a spreadsheet.",
    hides_columns=True,
)
ROW_TOO_LARGE = error(
    "row_too_large",
    "The record is too large",
    "The record is larger than {limit}.",
    "No user needs that much: a quote is probably unclosed, or the value belongs elsewhere.",
)
ROW_TOO_DEEP = error(
    "row_too_deep",
    "The record is nested too deeply",
    "The record is nested more than {limit} levels deep.",
    "Flatten the value, or leave it out of the export.",
)
INVALID_ENCODING = error(
    "invalid_encoding",
    "The text is damaged",
    "The text is not valid {encoding} (byte {byte} at position {position} of the row).",
    "The file mixes encodings. Export it again as UTF-8, or mend this row.",
)
INVALID_CHARACTER = error(
    "invalid_character",
    "The text holds a character that cannot be stored",
    "The value holds {character}.",
    "Remove it from the value; it is invisible in most editors.",
)
