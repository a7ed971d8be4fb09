"""What all chunks of a job share while they are worked on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.attributes import AttributeRule
from accounts.models import User
from accounts.selectors.attributes import read_rules
from imports.core.column_samples import ColumnSample
from imports.core.columns import ColumnReader, Table
from imports.core.corrections import (
    Correction,
    RunCorrections,
    correct_mapping,
    correct_row,
    read_corrections,
)
from imports.core.dry_run import ColumnUse
from imports.core.dry_run.unread import UnreadParts
from imports.core.mapping import MappedRow, Mapping, RecordMapper
from imports.core.planning.conflicts import ConflictPolicy, Mode, Resolver, build_table
from imports.core.planning.field_policies import build_policies
from imports.core.planning.matching import check_matching_key
from imports.core.planning.plans import Duplicate, PlanOptions
from imports.core.problems import Problem
from imports.core.readers import RawRow
from imports.core.readers.rows import decode_row
from imports.engine.answers import read_mapping
from imports.engine.files.corrected_rows import mark_corrected, read_run_corrections
from imports.engine.files.payloads import unpack_encoded
from imports.engine.grants import read_job_authority
from imports.models import ImportChunk, ImportJob


@dataclass(frozen=True, slots=True)
class JobContext:
    """A job's mapping and options, ready to use.

    `rules` are those of the attributes. Rows are mapped with the corrections that they have;
    `run_corrections` are those for which the present attempt finds the rows.
    """

    mapping: Mapping
    rules: dict[str, AttributeRule]
    corrections: list[Correction]
    run_corrections: RunCorrections
    samples: dict[str, ColumnSample]
    mapper: RecordMapper
    columns: ColumnReader
    column_use: ColumnUse
    options: PlanOptions
    source: str
    # Whether the dry run keeps its plans to be approved, and whether the run has to keep to them.
    keeps_plans: bool
    applies_plan: bool
    # Whether the run tells what is not carried, as no dry run of the same file did.
    tells_losses: bool
    _corrected: dict[tuple[int, ...], RecordMapper] = field(default_factory=dict)

    def map_row(self, row: RawRow, *, with_source: bool = True) -> MappedRow:
        """Return the record that a row makes, or why it makes none."""
        if not row.corrections:
            return self.mapper.map_row(row, with_source=with_source)
        corrected = correct_row(row, self._choose(row.corrections))
        mapped = self.find_mapper(row.corrections).map_row(corrected, with_source=with_source)
        return replace(mapped, corrections=row.corrections)

    def find_mapper(self, numbers: tuple[int, ...]) -> RecordMapper:
        """Return the mapper for rows for which these corrections hold."""
        if numbers not in self._corrected:
            mapping = correct_chosen(self.mapping, self.corrections, numbers)
            self._corrected[numbers] = RecordMapper(mapping, self.rules, self.samples)
        return self._corrected[numbers]

    def _choose(self, numbers: tuple[int, ...]) -> list[Correction]:
        return choose_corrections(self.corrections, numbers)


def choose_corrections(
    corrections: Iterable[Correction], numbers: tuple[int, ...]
) -> list[Correction]:
    """Return those corrections that have these numbers."""
    return [each for each in corrections if each.number in numbers]


def correct_chosen(
    mapping: Mapping, corrections: Iterable[Correction], numbers: tuple[int, ...]
) -> Mapping:
    """Return the mapping of rows that have the corrections of these numbers."""
    return correct_mapping(mapping, choose_corrections(corrections, numbers))


def read_samples(job: ImportJob) -> dict[str, ColumnSample]:
    """Return what the inspection of a job's file found, by column; nothing for one without file."""
    inspected = job.inspected
    return inspected.by_name if inspected else {}


def load_resolver() -> Resolver | None:
    """Return the resolver that the settings name; raises ImportError if there is none."""
    if not settings.IMPORT_CONFLICT_RESOLVER:
        return None
    resolver: Resolver = import_string(settings.IMPORT_CONFLICT_RESOLVER)()
    return resolver


@lru_cache(maxsize=4)
def recall_unread(job_id: int, file_sha256: str, mapping: str) -> UnreadParts:
    """Return what this process knows of the parts of a job's rows, for its next chunk."""
    return UnreadParts(Mapping.model_validate_json(mapping))


def load_context(job: ImportJob, *, actor: User | None = None) -> JobContext:
    """Return the context of a job as it is now; with `actor`, as if they were to go on with it."""
    rules = read_rules()
    unique_attributes = frozenset(name for name, rule in rules.items() if rule.unique)
    # An attribute may have stopped to be unique since it was chosen.
    check_matching_key(job.matching_key, unique_attributes)
    mapping = read_mapping(job)
    samples = read_samples(job)
    corrections = read_corrections(job.corrections)
    return JobContext(
        mapping=mapping,
        rules=rules,
        corrections=corrections,
        run_corrections=read_run_corrections(job),
        samples=samples,
        mapper=RecordMapper(mapping, rules, samples),
        columns=ColumnReader(mapping, rules, samples),
        column_use=ColumnUse(
            mapping,
            rules,
            [name for name, sample in samples.items() if sample.looks_secret],
            recall_unread(job.pk, job.file_sha256, mapping.model_dump_json()),
            partial(correct_chosen, mapping, corrections),
        ),
        options=PlanOptions(
            conflicts=ConflictPolicy(build_table(Mode(job.mode), job.conflicts), load_resolver()),
            fields=build_policies(job.field_policies),
            authority=read_job_authority(job, actor=actor),
            unique_attributes=unique_attributes,
            salt=bytes(job.salt),
            matching_key=job.matching_key,
        ),
        source=job.source,
        keeps_plans=settings.IMPORT_APPROVAL == "required",
        # Retried are records whose status was not as planned: who retries them is looked at.
        applies_plan=job.import_plan_id is not None and job.attempt == 1,
        tells_losses=job.dry_run is None and job.attempt == 1,
    )


def unpack_chunk(chunk: ImportChunk) -> list[bytes]:
    """Return the chunk's rows as they were read, each encoded, with the corrections that it has.

    `decode_row` reads one.
    """
    encoded = unpack_uncorrected(chunk)
    return mark_corrected(encoded, chunk) if read_run_corrections(chunk.job) else encoded


def unpack_uncorrected(chunk: ImportChunk) -> list[bytes]:
    """Return the same of the rows as they were staged; those of a retry have their corrections."""
    if chunk.payload is None:
        raise ValueError(f"The rows of chunk {chunk.pk} were dropped: it is done.")
    return unpack_encoded(chunk.payload)


def map_rows(
    encoded: Iterable[bytes], chunk: ImportChunk, context: JobContext, *, with_source: bool = False
) -> Iterator[MappedRow]:
    """Yield the rows of a chunk as records; a row that makes workers crash is not looked at.

    Each is decoded only when its turn comes: what is still in the processor's cache is mapped in
    two thirds of the time.
    """
    for row in map(decode_row, encoded):
        if chunk.is_poison:
            row = replace(row, values=None, problems=(Problem("crashes_workers"),))
        yield context.map_row(row, with_source=with_source)


def read_columns(encoded: Sequence[bytes], chunk: ImportChunk, context: JobContext) -> Table:
    """Return those rows of a chunk that are accepted as columns; none of a retry's."""
    is_read = chunk.attempt == 1 and not chunk.is_poison
    return context.columns.read(encoded) if is_read else Table()


def read_duplicates(chunk: ImportChunk) -> dict[int, Duplicate]:
    """Return the chunk's rows that repeat a value of an earlier row."""
    return {
        int(row): Duplicate(earlier, bytes.fromhex(digest), unlike)
        for row, (earlier, digest, unlike) in chunk.duplicates.items()
    }
