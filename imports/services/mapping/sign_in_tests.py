"""Test on one record that its password or codes will work, keeping nothing of what is typed."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from accounts import hashing
from accounts.authenticators.code_search import CodeReading, search_code
from accounts.authenticators.totp import Parameters
from accounts.hashing.labels import read_label
from accounts.hashing.search import COUNT_NAMES, Attempt, search
from accounts.models import User
from accounts.passwords.turns import take_turn
from accounts.selectors.attributes import read_rules
from imports.core.errors import ImporterError
from imports.core.inspection.inspection import Inspection
from imports.core.inspection.untrusted import read_rows
from imports.core.mapping import Mapping as ColumnMapping
from imports.core.mapping import RecordMapper, Rule
from imports.core.planning.conflicts import Mode
from imports.core.readers import RawRow, ReaderOptions
from imports.core.readers.rows import decode_row
from imports.core.records.targets import PASSWORD_FORMAT, PASSWORD_PARAMS
from imports.core.records.validation import read_username
from imports.core.transforms.families.notations import Base32
from imports.engine.answers import read_mapping
from imports.engine.context import read_samples, unpack_chunk
from imports.engine.files.job_files import open_file
from imports.models import ImportJob
from imports.services.mapping.mappings import JobOptions, save_mapping

PASSWORD_HASH, TOTP = "authenticators.password.hash", "authenticators.totp"
# A page waits for both.
LOOK_SECONDS = 5.0
SEARCH_SECONDS = 5.0
# Settings that the costs of a hash tell by other names.
TOLD_AS = {"digest": {"prf"}, "factor": {"rounds", "iterations", "cost"}}


@dataclass(frozen=True, slots=True)
class PasswordTest:
    """The result of testing a password; `settings` are the parameters that are not secret."""

    row_number: int
    tried: int
    is_complete: bool
    format_id: str = ""
    label: str = ""
    costs: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    is_as_mapped: bool = False

    @property
    def further_settings(self) -> dict[str, str]:
        """The settings that the costs do not tell already."""
        return {
            name: value
            for name, value in self.settings.items()
            if self.costs.keys().isdisjoint({name, *TOLD_AS.get(name, ())})
        }


@sensitive_variables()
def run_password_test(job: ImportJob, wanted: str, password: str) -> PasswordTest:
    """Find out how the hash of a record was made, which is given by row number or identifier.

    Raises ImporterError when there is no such record, or it has no hash.
    """
    mapper = RecordMapper(read_mapping(job), read_rules(), read_samples(job))
    row = _find_row(job, wanted, mapper)
    values = mapper.read_values(row)
    part = _get_part(_get_part(values, "authenticators"), "password")
    value = part.get("hash")
    params = hashing.add_username(_get_part(part, "params"), read_username(values))
    if not value:
        raise ImporterError(f"Row {row.row_number} has no password hash under this mapping.")
    declared = str(part.get("format") or "")
    declared, params = read_label(str(value), declared, params)
    settled, own_params = hashing.settle_format(str(value), declared, params)
    with take_turn():
        found = search(
            str(value), password, format_id=settled, params=own_params, seconds=SEARCH_SECONDS
        )
    if found.attempt is None:
        return PasswordTest(row.row_number, found.tried, found.is_complete)
    # While a decision about the hash is open, the mapping reads it in no way yet.
    decided = mapper.map_row(row).decided
    is_open = any(each.is_open and each.concern.field == PASSWORD_HASH for each in decided)
    is_as_mapped = bool(settled) and not is_open and found.tried == 1
    return _describe(
        row.row_number, str(value), found.attempt, found.tried, is_as_mapped=is_as_mapped
    )


def _get_part(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a part of an unchecked record; an empty one when it is no object."""
    part = values.get(name)
    return part if isinstance(part, dict) else {}


def _describe(
    row_number: int, value: str, attempt: Attempt, tried: int, *, is_as_mapped: bool
) -> PasswordTest:
    stored = hashing.encode(attempt.format_id, value, attempt.params)
    return PasswordTest(
        row_number,
        tried,
        is_complete=True,
        format_id=attempt.format_id,
        label=hashing.FORMATS[attempt.format_id].label,
        costs=hashing.describe(stored).parameters,
        settings=pick_settings(attempt.format_id, attempt.params),
        is_as_mapped=is_as_mapped,
    )


def pick_settings(format_id: str, params: Mapping[str, Any]) -> dict[str, str]:
    """Return the parameters that are the same for all users of a source: no salt and no key."""
    return {
        parameter.name: str(params[parameter.name])
        for parameter in hashing.FORMATS[format_id].parameters
        if parameter.name in params and (parameter.choices or parameter.name in COUNT_NAMES)
    }


def set_format(
    job: ImportJob,
    format_id: str,
    params: Mapping[str, str],
    *,
    actor: User,
    shown: str | None = None,
) -> None:
    """Have the mapping say which format all hashes have.

    Its parameters, too, unless the file has some of its own. Raises ImporterError, and changes
    nothing, where that would make hashes unreadable that can be read now.
    """
    if format_id not in hashing.FORMATS:
        raise ImporterError("This hash format does not exist.")
    readable = _list_formats(job)
    mapping = ColumnMapping.model_validate(job.mapping)
    constants = {**mapping.constants, PASSWORD_FORMAT: format_id}
    settings = pick_settings(format_id, params)
    if settings and not any(rule.target == PASSWORD_PARAMS for rule in mapping.rules):
        constants[PASSWORD_PARAMS] = settings
    options = JobOptions(Mode(job.mode), job.chunk_rows)
    with transaction.atomic():
        changed = mapping.model_copy(update={"constants": constants})
        save_mapping(job, changed, options, actor=actor, shown=shown)
        if lost := readable - _list_formats(job) - {format_id}:
            labels = " and ".join(sorted(hashing.FORMATS[each].label for each in lost))
            raise ImporterError(
                f"Other hashes of this file are read as {labels}, and could not be read as"
                f" {hashing.FORMATS[format_id].label}: the mapping was not changed. Run the "
                "import, then fix"
                " the failed records by choosing this format on the page of their error group."
            )


def _list_formats(job: ImportJob) -> set[str]:
    """Return the formats of the hashes that can be read among the first records."""
    return {kind.format_id for kind in Inspection.from_json(job.inspection).password_summary.kinds}


@dataclass(frozen=True, slots=True)
class CodeTest:
    """The result of testing a code; without readings, the code is wrong in all of them."""

    row_number: int
    readings: tuple[CodeReading, ...]
    is_as_mapped: bool


@sensitive_variables()
def run_code_test(job: ImportJob, wanted: str, code: str) -> CodeTest:
    """Find out how the secret of a record is written and used, from a code its app shows now.

    Raises ImporterError when there is no such record, or it has no secret.
    """
    mapper = RecordMapper(read_mapping(job), read_rules(), read_samples(job))
    row = _find_row(job, wanted, mapper)
    part = _get_part(_get_part(mapper.read_values(row), "authenticators"), "totp")
    if not part.get("secret"):
        raise ImporterError(
            f"Row {row.row_number} has no secret of an authenticator app under this mapping."
        )
    readings = search_code(str(part["secret"]), code, time.time())
    mapped = CodeReading("base32", _read_parameters(part), drift=0)
    is_as_mapped = any(replace(reading, drift=0) == mapped for reading in readings)
    return CodeTest(row.row_number, tuple(readings), is_as_mapped)


def _read_parameters(part: Mapping[str, Any]) -> Parameters:
    usual = Parameters()
    return Parameters(
        str(part.get("algorithm") or usual.algorithm),
        int(part.get("digits") or usual.digits),
        int(part.get("period") or usual.period),
    )


def set_code_reading(
    job: ImportJob, reading: CodeReading, *, actor: User, shown: str | None = None
) -> None:
    """Have the mapping say how all secrets are written and used. Raises ImporterError."""
    mapping = ColumnMapping.model_validate(job.mapping)
    rules = [_set_notation(rule, reading.notation) for rule in mapping.rules]
    if reading.notation != "base32" and rules == mapping.rules:
        raise ImporterError(
            "The secret is not mapped from a single column, so it cannot be converted. Export "
            "the secrets in base32."
        )
    given = {rule.target for rule in rules}
    found = {
        f"authenticators.totp.{name}": value for name, value in asdict(reading.parameters).items()
    }
    constants = mapping.constants | {
        target: value for target, value in found.items() if target not in given
    }
    options = JobOptions(Mode(job.mode), job.chunk_rows)
    changed = mapping.model_copy(update={"rules": rules, "constants": constants})
    save_mapping(job, changed, options, actor=actor, shown=shown)


def _set_notation(rule: Rule, notation: str) -> Rule:
    """Return the rule; that of the secret with the transform that its notation needs."""
    if rule.target != f"{TOTP}.secret" or notation not in {"text", "hex"}:
        return rule
    transform = Base32.model_validate({"notation": notation})
    return rule.model_copy(update={"transforms": [*rule.transforms, transform]})


def _find_row(job: ImportJob, wanted: str, mapper: RecordMapper) -> RawRow:
    text = wanted.strip()
    number = int(text) if text.isdecimal() and len(text) < 19 else None
    rows = _read_chunk(job, number) if number is not None else []
    for row in rows or _read_within(job, LOOK_SECONDS):
        if number is not None:
            if row.row_number == number:
                return row
        elif text.casefold() in _list_identifiers(mapper, row):
            return row
    raise ImporterError(
        f"No such record was found within {LOOK_SECONDS:.0f} s of reading the file."
    )


def _read_chunk(job: ImportJob, row_number: int) -> list[RawRow]:
    """Return the rows staged together with this one; none while they are not, or not any more."""
    chunk = job.chunks.filter(
        first_row__lte=row_number, last_row__gte=row_number, payload__isnull=False
    ).first()
    return list(map(decode_row, unpack_chunk(chunk))) if chunk else []


def _read_within(job: ImportJob, seconds: float) -> Iterator[RawRow]:
    if not job.file:
        raise ImporterError(
            "The file was deleted because its job is done or its retention period has ended."
        )
    deadline = time.monotonic() + seconds
    with open_file(job) as file:
        for row in read_rows(file, ReaderOptions.from_json(job.reader_options)):
            yield row
            if time.monotonic() > deadline:
                return


def _list_identifiers(mapper: RecordMapper, row: RawRow) -> Iterable[str]:
    return {text.casefold() for text in mapper.map_row(row).identifiers.values()}
