"""What is wrong with a whole column of a file."""

from __future__ import annotations

from functools import partial

from imports.core.problems.kinds import ProblemKind, ProblemStage, Severity

warning = partial(ProblemKind, ProblemStage.MAP, Severity.WARNING)

VALUES_MISSING = warning(
    "values_missing",
    "Some values of the file are not imported",
    "“{label}”: the file has a value in {stands} records, but only {arrives} of them get one.",
    "Do not import the file yet. Check the source column of this field on the mapping page: a"
    " nested column, or two columns for one field, are the usual causes. Map another column, or"
    " set it to “Do not import” if you do not need it. If the mapping is right, this is a fault"
    " of Userferry: report it with the row of an example.",
    "Undo the import, correct the mapping and run it again. If the mapping is right, this is a"
    " fault of Userferry: report it with the row of an example.",
)
COLUMN_SCIENTIFIC = warning(
    "column_scientific",
    "A spreadsheet cut long numbers short",
    "Numbers are written as 1.23E+10: their last digits are lost for good.",
    "Export again straight to CSV, and do not open the file in a spreadsheet before you upload"
    " it; or format the column as text first.",
)
COLUMN_SHORT_DATES = warning(
    "column_short_dates",
    "A spreadsheet may have turned ids into dates",
    "Values such as 03-Feb or Jun-23 were probably ids such as 3-2 or JUN23.",
    "Compare them with the source system. Export again straight to CSV, without a spreadsheet.",
)
COLUMN_LOST_ZEROS = warning(
    "column_lost_zeros",
    "Leading zeros seem to be lost",
    "Most numbers have {length} digits, some have fewer, and none starts with a zero.",
    "Compare one of these rows with the source system. If zeros are lost, export again with"
    " the column as text, and do not open the file in a spreadsheet.",
    grouped_by="length",
)
COLUMN_MOJIBAKE = warning(
    "column_mojibake",
    "Letters were garbled by a wrong encoding",
    "Values contain pairs such as Ã© instead of a letter such as é.",
    "If all rows are affected, choose another encoding on the mapping page. If only some are,"
    " they were garbled in the source system: correct them there.",
    "If all rows are affected, undo the import and run it again with another encoding. If only"
    " some are, they were garbled in the source system: correct them here.",
)
COLUMN_REPLACED = warning(
    "column_replaced",
    "Letters were lost to a wrong encoding",
    "Values contain the character \ufffd, which a program wrote in place of letters it could not"
    " read.",
    "The letters are not in the file any more. Export it again as UTF-8.",
)
COLUMN_LEGACY_UUIDS = warning(
    "column_legacy_uuids",
    "MongoDB UUIDs do not say the order of their bytes",
    "Values are UUIDs of MongoDB's old binary subtype 3. The drivers for Python, Java and C# each"
    " wrote the bytes in another order, so the values are kept as they are, such as"
    ' BinData(3,"…").',
    "If other systems know these users by their UUID, have the application that wrote the UUIDs"
    " export them as text, and import that file. Otherwise import the values as they are: they"
    " tell the users apart and stay the same.",
    "If other systems know these users by their UUID, undo the import, have the application that"
    " wrote the UUIDs export them as text, and import that file.",
)
IMPLAUSIBLE_DATE = warning(
    "implausible_date",
    "Dates are implausible",
    "Dates are before 1971 or after 2100. A number was probably read in the wrong unit, such"
    " as Excel days as seconds; some systems write 1970, 1601 or the year 1 for “never”.",
    "On the mapping page, add the transform “Read a number as a date” with the right unit, or"
    " “Drop placeholders” for values that mean “never”; or leave the column unmapped.",
    "Undo the import and run it again with a transform for the column: “Read a number as a"
    " date”, or “Drop placeholders” for values that mean “never”.",
)
COLUMN_CARDS = warning(
    "column_cards",
    "Looks like payment card numbers",
    "Values have the length, prefix and checksum of card numbers.",
    "Leave the column unmapped: storing card numbers brings the whole system under PCI DSS.",
    "If the column was imported, undo the import and run it again without it: storing card"
    " numbers brings the whole system under PCI DSS.",
)
COLUMN_NATIONAL_IDS = warning(
    "column_national_ids",
    "Looks like national identity numbers",
    "Values have the form of the {what}, and its checksum where it has one.",
    "Import it only if you have a legal ground for it; otherwise leave the column unmapped.",
    "If the column was imported without a legal ground, undo the import and run it again"
    " without the column.",
    grouped_by="what",
)
COLUMN_SPECIAL = warning(
    "column_special",
    "Sounds like specially protected data",
    "The name of the column suggests health, religion, origin or the like (GDPR, Article 9).",
    "Import it only if you have a legal ground for it; otherwise leave the column unmapped.",
    "If the column was imported without a legal ground, undo the import and run it again"
    " without the column.",
)
