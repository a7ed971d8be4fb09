"""Name the earlier rows that examples of a dry run's report collide with."""

from __future__ import annotations

from imports.core.dry_run import FileReport, name_row
from imports.core.readers.rows import decode_row
from imports.engine.context import load_context, unpack_chunk
from imports.models import ImportJob

# Each costs a look into a chunk.
MAX_ROWS = 50


def name_earlier_rows(job: ImportJob, report: FileReport) -> None:
    """Give examples that name an earlier row of the file the identifier of it, as `other`."""
    pairs = [
        example
        for problem in report["problems"]
        for example in problem["examples"]
        if "row" in example.get("params", {})
    ]
    wanted = sorted({pair["params"]["row"] for pair in pairs[:MAX_ROWS]})
    names = _read_names(job, wanted) if wanted else {}
    for pair in pairs:
        if name := names.get(pair["params"]["row"]):
            pair["other"] = name


def _read_names(job: ImportJob, row_numbers: list[int]) -> dict[int, str]:
    context = load_context(job)
    names: dict[int, str] = {}
    chunks = job.chunks.filter(attempt=job.attempt)
    for number in row_numbers:
        if number in names:
            continue
        chunk = chunks.filter(first_row__lte=number, last_row__gte=number).first()
        for row in map(decode_row, unpack_chunk(chunk)) if chunk else ():
            if row.row_number in row_numbers:
                names[row.row_number] = name_row(context.map_row(row))["who"]
    return names
