"""Find the tables in the JSON that phpMyAdmin exports: a list of them, each with its name.

Shape of its plugin ExportJson: [{"type": "header"…}, {"type": "table", "name": …, "data": […]}].
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from imports.core.readers.json_files.paths import ELEMENT, Path, Walk
from imports.core.readers.json_files.splitter import Splitter

START = re.compile(rb'\s*\[\s*\{[^{}]*"type"\s*:\s*"header"[^{}]*phpMyAdmin', re.IGNORECASE)
ROWS: Path = (ELEMENT, "data")
# Names that a path cannot hold.
UNWRITABLE = re.compile(r"[\]\[=.]")
ROWS_LOOKED_AT = 20


def is_list_of_tables(head: bytes) -> bool:
    """Return whether the file that begins like this was written by phpMyAdmin."""
    return START.match(head) is not None


def find_json_tables(blocks: Iterable[bytes]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield name, path and columns of each table, as far as the text goes."""
    splitter = Splitter(iter(blocks))
    walk = Walk(splitter, lambda steps: steps == ROWS[: len(steps)])
    for steps in walk.find_lists():
        if steps != ROWS or walk.levels[1].members.get("type") != "table":
            continue
        name = str(walk.levels[1].members.get("name", ""))
        splitter.advance(splitter.cursor)
        rows = list(islice(splitter.read_elements(), ROWS_LOOKED_AT))
        columns = dict.fromkeys(column for row in rows for column in row.values or ())
        if name and not UNWRITABLE.search(name):
            yield name, f"[name={name}].data", tuple(columns)
