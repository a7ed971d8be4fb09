"""Corrections: how failed records are corrected, in their rows or by what their mapping does.

The kinds are files in `kinds/`; `contract` says what each has to say about itself.
"""

from imports.core.corrections.choosing import Choice, list_kinds, make_changes
from imports.core.corrections.contract import Asks, Change, CorrectionKind, Failure, Words
from imports.core.corrections.fields import find_target
from imports.core.corrections.for_run import RunCorrections
from imports.core.corrections.registry import KINDS
from imports.core.corrections.stored import (
    Correction,
    correct_mapping,
    correct_row,
    read_corrections,
)

__all__ = [
    "KINDS",
    "Asks",
    "Change",
    "Choice",
    "Correction",
    "CorrectionKind",
    "Failure",
    "RunCorrections",
    "Words",
    "correct_mapping",
    "correct_row",
    "find_target",
    "list_kinds",
    "make_changes",
    "read_corrections",
]
