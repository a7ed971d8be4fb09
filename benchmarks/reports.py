"""What the benchmarks print: a JSON line for every row, and Markdown tables to paste."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field


@dataclass
class Table:
    """Rows of figures under a title; the first column names the row."""

    title: str
    header: tuple[str, ...]
    rows: list[tuple[str | float | int | None, ...]] = field(default_factory=list)

    def add(self, *row: str | float | int | None) -> None:
        """Add a row, and print it as a line of JSON at once: a long run shows where it is."""
        self.rows.append(row)
        line = {"table": self.title} | dict(zip(self.header, row, strict=True))
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


def show(table: Table) -> None:
    """Print a table in Markdown."""
    sys.stdout.write("\n" + render(table) + "\n")
    sys.stdout.flush()


def render(table: Table) -> str:
    cells = [list(table.header), *([_write(value) for value in row] for row in table.rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(table.header))]
    lines = [_join(row, widths) for row in cells]
    rule = (
        "|"
        + "|".join(
            "-" * (widths[0] + 2) if not i else "-" * (w + 1) + ":" for i, w in enumerate(widths)
        )
        + "|"
    )
    return f"**{table.title}**\n\n" + "\n".join([lines[0], rule, *lines[1:]]) + "\n"


def _join(row: list[str], widths: list[int]) -> str:
    first = row[0].ljust(widths[0])
    rest = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
    return "| " + " | ".join([first, *rest]) + " |"


def _write(value: str | float | int | None) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return (
            f"{value:,.2f}"
            if abs(value) < 10
            else f"{value:,.0f}"
            if abs(value) >= 1000
            else f"{value:,.1f}"
        )
    return f"{value:,}" if isinstance(value, int) else value
