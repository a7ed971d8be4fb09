"""The people, programs and browsers of the tests of imports."""

from __future__ import annotations

from tests.imports.api.conftest import make_program, program
from tests.imports.conftest import make_clerk, make_job, operator, run_job
from tests.imports.views.conftest import admin, sign_in

__all__ = [
    "admin",
    "make_clerk",
    "make_job",
    "make_program",
    "operator",
    "program",
    "run_job",
    "sign_in",
]
