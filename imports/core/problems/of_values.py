"""What can be wrong with a value of a record."""

from __future__ import annotations

from functools import partial

from imports.core.problems.kinds import ANOTHER_MAPPING, ProblemKind, ProblemStage, Severity

error = partial(ProblemKind, ProblemStage.VALIDATE, Severity.ERROR)

MISSING_REQUIRED = error(
    "missing_required",
    "A required value is missing",
    "{label} is required and has no value.",
    "Fill it in, or map another column to it.",
    "Set one value for the whole error group if it is right for all records, or edit them. If"
    f" another column has the value, {ANOTHER_MAPPING}",
    grouped_by="label",
)
WRONG_TYPE = error(
    "wrong_type",
    "The value has the wrong type",
    "Expected {expected}.",
    "Correct the value, map another column, or add a transform to this one on the mapping page.",
    "Replace the value in the whole error group, drop the field, or edit the record. If the"
    f" field needs another column or a transform, {ANOTHER_MAPPING}",
    grouped_by="expected",
)
ID_CUT_SHORT = error(
    "id_cut_short",
    "A spreadsheet cut the id short",
    "The subject id is written as 1.23E+10: only its first digits are left.",
    "Other users may have the same digits, and no later file would match this user. Export"
    " straight to CSV, without opening the file in a spreadsheet; or leave the column unmapped,"
    " so that ids are generated.",
    "Other users may have the same digits, and no later file would match this user. Export"
    " straight to CSV, without opening the file in a spreadsheet, and import that file; or edit"
    " the record and enter the complete id.",
)
DATE_OUT_OF_RANGE = error(
    "date_out_of_range",
    "The date is out of range",
    "{detail}.",
    "On the mapping page, add the transform “Read a number as a date” with the unit of the"
    " source system; or “Drop placeholders”, if the value stands for no date.",
    "Replace the value in the whole error group, or drop the field. If the whole column is"
    f" read in the wrong unit, {ANOTHER_MAPPING}",
    grouped_by="detail",
)
DATE_IMPOSSIBLE = error(
    "date_impossible",
    "The date does not exist",
    "No calendar has this day or time, such as 31 February.",
    "Correct the date in the file; or import the record, and replace or drop the date once the"
    " record has failed.",
    "Correct the date in the record; or replace or drop it in the whole error group.",
)
TOO_LONG = error(
    "too_long",
    "The value is too long",
    "The value has more than {limit} characters.",
    "Shorten it, or map another column.",
    "Shorten it in the record, or drop the field. If another column is the right one,"
    f" {ANOTHER_MAPPING}",
)
INVALID_VALUE = error(
    "invalid_value",
    "The value is not valid",
    "{detail}",
    "Correct the value, or map another column.",
    "Replace the value in the whole error group, drop the field, or edit the record. If"
    f" another column is the right one, {ANOTHER_MAPPING}",
    grouped_by="detail",
)
INVALID_EMAIL = error(
    "invalid_email",
    "The e-mail address is not valid",
    "This is not an e-mail address that can receive mail.",
    "Correct the address or clear it.",
)
INVALID_PHONE = error(
    "invalid_phone",
    "The phone number is not valid",
    "This is not an international phone number such as +441632960001.",
    "Add + and the country code; or choose, on the mapping page, the country of numbers"
    " without a code. Clear values that are not phone numbers.",
    "Add + and the country code, in the whole error group or in the record. Drop values that are"
    " not phone numbers. If all numbers lack the country code,"
    f" {ANOTHER_MAPPING}",
)
UNKNOWN_FIELD = error(
    "unknown_field",
    "The record has an unknown field",
    "The record format has no field “{name}”.{hint}",
    "Check its spelling. Put values of your own under profile.attributes.",
    grouped_by="name",
)
ATTRIBUTE_UNKNOWN = error(
    "attribute_unknown",
    "The attribute is not defined",
    "There is no attribute definition “{name}”.",
    "Create the definition, or do not map this column.",
    "Create the definition and retry, or import without the attribute.",
    grouped_by="name",
)
ATTRIBUTE_INVALID = error(
    "attribute_invalid",
    "The attribute's value is not allowed",
    "The attribute “{name}” {detail}.",
    "Correct the value, or change the attribute definition.",
    grouped_by="name",
)
