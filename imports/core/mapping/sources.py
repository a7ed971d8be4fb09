"""Where in a row a rule finds its value: columns, paths into nested values, and templates."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from collections.abc import Mapping as MappingType
from typing import Any, NamedTuple

from imports.core.transforms.contract import write_scalar

Values = MappingType[str, Any]
Read = Callable[[Values], Any]

PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
# What follows a dot or bracket of a path: a key, or a place in a list, from the end if negative.
STEP = re.compile(r"\.?([^.\[\]]+)|\[(-?\d{1,6})\]")
SPACES = re.compile(r"\s{2,}")


class Step(NamedTuple):
    """A key or a place in a list; the path from it on; longer keys, with the step after each."""

    step: str | int
    rest: str
    longer_keys: tuple[tuple[str, int], ...]


def list_placeholders(template: str) -> tuple[str, ...]:
    """Return the columns and paths that a template names, each once."""
    return tuple(dict.fromkeys(name.strip() for name in PLACEHOLDER.findall(template)))


def split_path(path: str) -> list[tuple[str | int, str]]:
    """Return the steps of a path, each with the rest of the path that starts at it.

    `a[0].b` is a key, a place in a list, and a key.
    """
    steps: list[tuple[str | int, str]] = []
    for found in STEP.finditer(path):
        key, place = found.groups()
        rest = path[found.start() :].removeprefix(".")
        steps.append((int(place) if place else key, rest))
    return steps


def find_column(source: str, columns: Collection[str]) -> str | None:
    """Return the column that a source reads or reaches into; None when there is none."""
    if source in columns:
        return source
    # From the longest: a key may hold dots or brackets itself.
    for _, rest in reversed(split_path(source)[1:]):
        above = source.removesuffix(rest).removesuffix(".")
        if above in columns:
            return above
    return None


def compile_source(source: str) -> Read:
    """Return a function that reads a column or path; None is its answer for what is not there.

    A key that holds dots is found as it is, at every level, before it is taken for a path.
    """
    path = compile_path(source)

    def read_column(values: Values) -> Any:
        return values.get(source)

    def read_path(values: Values) -> Any:
        value = values.get(source)
        return walk(values, path) if value is None else value

    return read_path if len(path) > 1 else read_column


def compile_path(source: str) -> tuple[Step, ...]:
    """Return the steps of a path with the longer keys that each may be the start of.

    Of `a.b.c`, the first is `a`; or `a.b`, as of a claim whose name is a URL, and `c` follows.
    """
    path = split_path(source)
    return tuple(
        Step(step, rest, tuple(_list_longer_keys(path, index)))
        for index, (step, rest) in enumerate(path)
    )


def _list_longer_keys(
    path: Sequence[tuple[str | int, str]], index: int
) -> Iterator[tuple[str, int]]:
    """Yield every key of several steps from one on, the longest first, and the step after it."""
    whole = path[index][1]
    for end in range(len(path) - 1, index + 1, -1):
        yield whole.removesuffix(path[end][1]).removesuffix("."), end


def walk(value: Any, path: Sequence[Step], start: int = 0) -> Any:
    """Return what a path leads to from one of its steps on; None where it leads nowhere."""
    for index in range(start, len(path)):
        step, rest, longer_keys = path[index]
        if isinstance(step, int):
            is_there = isinstance(value, list) and -len(value) <= step < len(value)
            value = value[step] if is_there else None
        elif isinstance(value, dict):
            if rest in value:
                return value[rest]
            for key, end in longer_keys:
                if key in value and (found := walk(value[key], path, end)) is not None:
                    return found
            value = value.get(step)
        else:
            return None
    return value


def compile_template(template: str) -> Read:
    """Return a function that fills in a template; blank when every placeholder is.

    White space around blank parts is taken away: `{First} {Last}` of somebody without a last name
    is the first name alone. Lists and objects count as blank: a template is a line of text.
    """
    readers = {name: compile_source(name) for name in list_placeholders(template)}

    def read_template(values: Values) -> Any:
        texts = {name: (write_scalar(read(values)) or "").strip() for name, read in readers.items()}
        if not any(texts.values()):
            return None
        filled = PLACEHOLDER.sub(lambda found: texts[found[1].strip()], template)
        return SPACES.sub(" ", filled).strip()

    return read_template
