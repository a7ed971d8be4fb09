"""Hold the house to its measures: no crowded folder, no function longer than a page."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("accounts", "imports", "exports", "interfaces", "importer_site")
MOST_MODULES, MOST_LINES = 20, 45
# Folders of plug-ins, which are found by themselves: docs/architecture.md.
PLUG_INS = {"accounts/hashing/families", "imports/core/providers/systems"}


def list_modules() -> Iterator[Path]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def test_no_folder_but_those_of_plug_ins_has_more_than_twenty_modules() -> None:
    counts = Counter(
        path.parent.relative_to(ROOT).as_posix()
        for path in list_modules()
        if path.name != "__init__.py"
    )

    crowded = {folder: count for folder, count in counts.items() if count > MOST_MODULES}
    assert set(crowded) == PLUG_INS


def test_no_function_is_longer_than_can_be_seen_at_once() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for path in list_modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= MOST_LINES
    ]
    assert not long, "\n".join(long)


def test_no_two_modules_of_tests_have_the_same_name() -> None:
    """pytest imports each by its name alone, and refuses the second."""
    counts = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))

    assert [name for name, count in counts.items() if count > 1] == []
