"""The file formats of exports, with formulas made harmless where a spreadsheet would run them.

import-export's own setting for this knows "=" alone, and takes it away, in JSON as well.
"""

from __future__ import annotations

from typing import Any

from import_export.formats.base_formats import CSV, JSON, XLSX
from tablib import Dataset

from accounts.spreadsheets import neutralise_formula


class Neutralised:
    """Put before a spreadsheet format."""

    def export_data(self, dataset: Dataset, **kwargs: Any) -> Any:
        safe = Dataset(headers=dataset.headers, title=dataset.title)
        for row in dataset:
            safe.append([neutralise_formula(cell) for cell in row])
        return super().export_data(safe, **kwargs)  # type: ignore[misc]


class NeutralisedCSV(Neutralised, CSV):
    """CSV."""


class NeutralisedXLSX(Neutralised, XLSX):
    """Excel."""


EXPORT_FORMATS = [NeutralisedCSV, NeutralisedXLSX, JSON]
IMPORT_FORMATS = [CSV, XLSX, JSON]
