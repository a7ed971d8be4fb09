"""What is wrong with a whole column of a file."""

from __future__ import annotations

from functools import partial

from imports.core.problems.kinds import ProblemKind, Severity, Stage

warning = partial(ProblemKind, Stage.MAP, Severity.WARNING)

VALUES_MISSING = warning(
    "values_missing",
    "Values of the file do not arrive",
    "“{label}”: the file has a value in {stands} records, and {arrives} of them get one.",
    "Do not import the file yet. On the mapping page, look where this field comes from: a"
    " column within another one, or two columns for one field, are the usual causes. Map it"
    " from another column, or set it to “Do not import” if it is not wanted. If the mapping is"
    " right, this is a fault of Userferry: report it with the row of an example.",
    "Undo the import, correct the mapping and run it again. If the mapping is right, this is"
    " a fault of Userferry: report it with the row of an example.",
)
COLUMN_SCIENTIFIC = warning(
    "column_scientific",
    "A spreadsheet has cut long numbers short",
    "Numbers are written as 1.23E+10: their last digits are lost for good.",
    "Export again straight to CSV, and do not open the file in a spreadsheet before uploading"
    " it; or format the column as text first.",
)
COLUMN_SHORT_DATES = warning(
    "column_short_dates",
    "A spreadsheet may have made dates of ids",
    "Values such as 03-Feb or Jun-23 were probably ids such as 3-2 or JUN23.",
    "Compare them with the old system. Export again straight to CSV, without a spreadsheet.",
)
COLUMN_LOST_ZEROS = warning(
    "column_lost_zeros",
    "Leading zeros seem to be lost",
    "Most numbers have {length} digits, some have fewer, and none begins with a zero.",
    "Compare one of these rows with the old system. If the zeros are lost, export again with"
    " the column as text, and do not open the file in a spreadsheet.",
    grouped_by="length",
)
COLUMN_MOJIBAKE = warning(
    "column_mojibake",
    "Letters were garbled by a wrong encoding",
    "Values hold pairs such as Ã© where a letter such as é was meant.",
    "If all rows are so, have the file read in another encoding on the mapping page. If only"
    " some are, they were garbled in the old system: mend them there.",
    "Undo the import and run it again, with the file read in another encoding, if all rows are"
    " so. If only some are, they were garbled in the old system: mend them here.",
)
COLUMN_REPLACED = warning(
    "column_replaced",
    "Letters were lost to a wrong encoding",
    "Values hold the sign \ufffd, which a program put where it could not read a letter.",
    "The letters are gone from the file. Export it again as UTF-8.",
)
IMPLAUSIBLE_DATE = warning(
    "implausible_date",
    "Dates that cannot be right",
    "Dates lie before 1971 or after 2100. A number was probably read in the wrong unit, such as"
    " days of Excel as seconds; some systems write 1970, 1601 or the year 1 for never.",
    "On the mapping page, give the column the transform “Read a number as a date” in its unit,"
    " or “Drop placeholders” for what means never; or leave the column out.",
    "Undo the import and run it again with a transform for the column: “Read a number as a"
    " date”, or “Drop placeholders” for what means never.",
)
COLUMN_CARDS = warning(
    "column_cards",
    "Looks like payment card numbers",
    "Values have the length, prefix and checksum of card numbers.",
    "Leave the column out: storing card numbers brings the whole system under PCI DSS.",
    "Where it was carried, undo the import and run it again without the column: storing card"
    " numbers brings the whole system under PCI DSS.",
)
COLUMN_NATIONAL_IDS = warning(
    "column_national_ids",
    "Looks like national identity numbers",
    "Values have the form of the {what}, and its checksum where it has one.",
    "Carry it only if there is a legal ground for it; otherwise leave the column out.",
    "Where it was carried without a legal ground, undo the import and run it again without the"
    " column.",
    grouped_by="what",
)
COLUMN_SPECIAL = warning(
    "column_special",
    "Sounds like specially protected data",
    "The name of the column speaks of health, religion, origin or the like (GDPR, Article 9).",
    "Carry it only if there is a legal ground for it; otherwise leave the column out.",
    "Where it was carried without a legal ground, undo the import and run it again without the"
    " column.",
)
