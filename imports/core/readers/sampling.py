"""Read the first rows of a file from its head alone, however large it is."""

from __future__ import annotations

from typing import BinaryIO

from imports.core.readers.containers.kinds import Container
from imports.core.readers.containers.opening import open_container
from imports.core.readers.joined.joining import sample_joined
from imports.core.readers.joined.merging import merge_adjacent
from imports.core.readers.rows import RawRow, ReaderOptions


def read_sample(file: BinaryIO, options: ReaderOptions) -> list[RawRow]:
    """Return the first rows, at most 200 out of 2 MB, or more if no record ends in them.

    Raise FileFormatError when there are none.
    """
    with open_container(file) as container:
        return sample_container(container, options)


def sample_container(container: Container, options: ReaderOptions) -> list[RawRow]:
    """Return the first rows of an open container."""
    rows = sample_joined(container, options) if options.tables else container.sample(options)
    return list(merge_adjacent(iter(rows), options.merge_on)) if options.merge_on else rows
