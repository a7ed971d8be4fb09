"""The whole examples of docs/adding-a-*.md do what their pages say, in a copy of the project.

A block below the name of a file is that file, or goes below the line that is named with it. The
commands of the page are run then, and the files that have changed are counted. All pages share one
copy, one after the other. No generated page may be stale after that.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
PAGES = (
    "adding-a-password-format",
    "adding-a-source-system",
    "adding-a-transform",
    "adding-a-directory-kind",
)
COPIED = (
    "accounts",
    "imports",
    "exports",
    "interfaces",
    "importer_site",
    "samples",
    "tests",
    "docs",
)
ALONE = ("pyproject.toml", "manage.py")
# Writes all generated pages, in one process and without servers.
GENERATE = """\
import os, runpy

import django

from importer_site import embedded

embedded.stand_in()
os.environ["DJANGO_SETTINGS_MODULE"] = "importer_site.settings"
django.setup()
from imports.api.document import write_page

write_page()
for module in (
    "accounts.hashing.document",
    "imports.core.providers.document",
    "imports.core.problems.document",
    "imports.core.planning.document",
    "imports.core.records.schema",
):
    runpy.run_module(module, run_name="__main__")
"""
LINE = r"(?P<mark>`{1,2}) ?(?P<above>[^\n]+?) ?(?P=mark)"
FILE = rf"^`(?P<path>[\w./-]+)`(?:, below the line (?:that begins )?{LINE})?:$"
BLOCK = re.compile(rf"{FILE}\n\n```\w+\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"`([\w-]+/[\w./-]+)`")
COMMANDS = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COUNT = re.compile(r"\*\*(\d+) files(?:\s+and\s+(\d+)\s+fixtures)?\*\*")


def read_page(name: str) -> str:
    return (PROJECT / "docs" / f"{name}.md").read_text("utf-8")


@dataclass(frozen=True)
class Written:
    """A copy of the project with the examples of all pages, and which files each has changed."""

    copy: Path
    changed: dict[str, set[str]]

    def list_all(self) -> list[str]:
        return sorted(set().union(*self.changed.values()))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """A copy, with what was compiled, so that it starts as quickly."""
    copy = tmp_path_factory.mktemp("copy")
    for name in COPIED:
        shutil.copytree(PROJECT / name, copy / name)
    for name in ALONE:
        shutil.copy(PROJECT / name, copy)
    changed, before = {}, read_files(copy)
    for page in PAGES:
        write_example(read_page(page), copy)
        run_commands("".join(COMMANDS.findall(read_page(page))), copy)
        after = read_files(copy)
        changed[page] = {path for path, content in after.items() if before.get(path) != content}
        before = after
    return Written(copy, changed)


def write_example(page: str, copy: Path) -> None:
    for block in BLOCK.finditer(page):
        path = copy / block["path"]
        text = block["text"]
        if above := block["above"]:
            before, found, after = path.read_text("utf-8").partition(f"\n{above}")
            assert found, f"{block['path']} has no line that begins {above}"
            rest, _, after = after.partition("\n")
            text = f"{before}{found}{rest}\n{text}{after}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def run_commands(commands: str, copy: Path) -> None:
    for command in commands.splitlines():
        program, *arguments = shlex.split(command)
        assert program == "python"
        run_python(arguments, copy)


def run_python(arguments: list[str], copy: Path) -> None:
    ours = ("PYTEST_", "COV_")
    environment = {name: text for name, text in os.environ.items() if not name.startswith(ours)}
    run = subprocess.run(  # noqa: S603
        [sys.executable, *arguments],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, f"{shlex.join(arguments)}\n{run.stdout}{run.stderr}"


def read_files(copy: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(copy)): path.read_bytes()
        for name in COPIED
        for path in (copy / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def list_stale(copy: Path) -> Iterator[str]:
    """Yield the pages of the copy that their generators write otherwise."""
    written = {path: path.read_text("utf-8") for path in (copy / "docs").glob("*.md")}
    run_python(["-c", GENERATE], copy)
    for path, text in written.items():
        if path.read_text("utf-8") != text:
            yield path.name


@pytest.mark.parametrize("name", PAGES)
def test_example_works_and_touches_as_many_files_as_the_page_says(
    name: str, written: Written
) -> None:
    [(files, fixtures)] = COUNT.findall(read_page(name))

    changed = written.changed[name]
    made = [path for path in changed if path.startswith("tests/fixtures/")]
    assert (len(changed) - len(made), len(made)) == (int(files), int(fixtures or 0)), changed


def test_examples_leave_no_generated_page_stale(written: Written) -> None:
    assert list(list_stale(written.copy)) == []


def test_examples_are_written_as_the_linter_wants_them(written: Written) -> None:
    paths = [path for path in written.list_all() if path.endswith(".py")]
    for check in (["check", "--no-cache"], ["format", "--check", "--no-cache"]):
        run = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "ruff", *check, *paths],
            cwd=written.copy,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("name", ["adding-small-things", "adding-a-correction"])
def test_page_without_a_whole_example_names_files_and_commands_that_exist(name: str) -> None:
    page = read_page(name)
    words = shlex.split(" ".join(COMMANDS.findall(page)))
    modules = [word for flag, word in pairwise(words) if flag == "-m" and word != "pytest"]
    named = [
        *NAMED.findall(page),
        *(word for word in words if word.startswith("tests/")),
        *(f"{module.replace('.', '/')}.py" for module in modules),
    ]

    assert [path for path in named if not (PROJECT / path).exists()] == []
