"""What the first rows of a file have in one column, and what that looks like."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ColumnSample:
    """What the first rows have in one column.

    `filled` is the share of rows with a value, from 0 to 1. `shape` is one of those that the
    inspection knows, or "hash", or empty; `hash_format` is the format that nearly all of its
    hashes have. `date_formats` and `number_unit` are those in which all values can be read as
    dates, if they can, but for `no_dates`, which stand for none. `nulls` are values that
    databases write where there is none. `vocabulary` are all values of a column that may say who
    can sign in, if they are few; empty for any other. The samples of a column that looks secret
    are masked already.
    """

    name: str
    samples: tuple[str, ...]
    filled: float
    looks_secret: bool = False
    shape: str = ""
    hash_format: str = ""
    date_formats: tuple[str, ...] = ()
    number_unit: str = ""
    no_dates: tuple[str, ...] = ()
    nulls: tuple[str, ...] = ()
    vocabulary: tuple[str, ...] = ()
