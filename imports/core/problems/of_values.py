"""What can be wrong with a value of a record."""

from __future__ import annotations

from functools import partial

from imports.core.problems.kinds import ANOTHER_MAPPING, Correction, ProblemKind, Severity, Stage

error = partial(ProblemKind, Stage.VALIDATE, Severity.ERROR)

MISSING_REQUIRED = error(
    "missing_required",
    "A required value is missing",
    "{label} is required and has no value.",
    "Fill it in, or map another column to it.",
    "Give all records of the cause one value, if one is right for all, or edit them. If another"
    f" column has it, {ANOTHER_MAPPING}",
    grouped_by="label",
    corrections=frozenset({Correction.DEFAULT}),
)
WRONG_TYPE = error(
    "wrong_type",
    "The value has the wrong type",
    "Expected {expected}.",
    "Mend the value, map another column, or add a transform to this one on the mapping page.",
    "Replace the value in all records of the cause, leave the field out, or edit the record. If"
    f" it takes another column or a transform, {ANOTHER_MAPPING}",
    grouped_by="expected",
)
ID_CUT_SHORT = error(
    "id_cut_short",
    "A spreadsheet has cut the id short",
    "The subject id is written as 1.23E+10: only its first digits are left.",
    "Other users may have the same ones, and no later file would find this user again. Export"
    " straight to CSV, without opening the file in a spreadsheet, or leave out the column, so"
    " that ids are made.",
    "Other users may have the same ones, and no later file would find this user again. Export"
    " straight to CSV, without opening the file in a spreadsheet, and import that; or edit the"
    " record, and give it the whole id.",
)
DATE_OUT_OF_RANGE = error(
    "date_out_of_range",
    "The date is out of range",
    "{detail}.",
    "On the mapping page, give the column the transform “Read a number as a date” in the unit"
    " that its source counts in, or “Drop placeholders” for what stands for no date.",
    "Replace the value in all records of the cause, or leave the field out. If the whole column"
    f" is read in the wrong unit, {ANOTHER_MAPPING}",
    grouped_by="detail",
)
DATE_IMPOSSIBLE = error(
    "date_impossible",
    "There is no such date",
    "No calendar has this day or time, such as 31 February.",
    "Correct the date in the file; or import the record, and replace the date or leave it out"
    " when the record has failed.",
    "Correct the date in the record; or repair its cause: replace it, or leave it out, in all"
    " records at once.",
)
TOO_LONG = error(
    "too_long",
    "The value is too long",
    "The value has more than {limit} characters.",
    "Shorten it, or map another column.",
    "Shorten it in the record, or leave the field out. If another column is meant,"
    f" {ANOTHER_MAPPING}",
)
INVALID_VALUE = error(
    "invalid_value",
    "The value is not valid",
    "{detail}",
    "Mend the value, or map another column.",
    "Replace the value in all records of the cause, leave the field out, or edit the record. If"
    f" another column is meant, {ANOTHER_MAPPING}",
    grouped_by="detail",
)
INVALID_EMAIL = error(
    "invalid_email",
    "The e-mail address is not valid",
    "This is not an e-mail address that can receive mail.",
    "Mend the address; without one, leave the value empty.",
)
INVALID_PHONE = error(
    "invalid_phone",
    "The phone number is not valid",
    "This is not an international phone number such as +441632960001.",
    "Write it with + and the country code, or say on the mapping page which country numbers"
    " without one are of; what is no number, leave empty.",
    "Write it with + and the country code: replace the value in all records of the cause, or"
    " edit the record. What is no number, leave out. If all numbers lack the country code,"
    f" {ANOTHER_MAPPING}",
)
UNKNOWN_FIELD = error(
    "unknown_field",
    "The record has a field that is not known",
    "The field “{name}” is not part of the record format.{hint}",
    "Check its spelling; values of your own belong under profile.attributes.",
    grouped_by="name",
    corrections=frozenset({Correction.IGNORE}),
)
ATTRIBUTE_UNKNOWN = error(
    "attribute_unknown",
    "The attribute is not defined",
    "There is no attribute definition “{name}”.",
    "Create the definition, or do not map this column.",
    "Create the definition, and retry; or import without the attribute.",
    grouped_by="name",
    corrections=frozenset({Correction.IGNORE}),
)
ATTRIBUTE_INVALID = error(
    "attribute_invalid",
    "The attribute's value is not allowed",
    "The attribute “{name}” {detail}.",
    "Mend the value, or change the attribute's definition.",
    grouped_by="name",
)
