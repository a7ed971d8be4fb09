"""Reads rows as columns and accepts those whose values are plainly valid; says no to none.

What is accepted equals what `RecordMapper` makes of the row, field for field. Every other row is
for the mapper, which alone says what is wrong with it.
"""

from imports.core.columns.reader import ColumnReader
from imports.core.columns.table import Table

__all__ = ["ColumnReader", "Table"]
