"""The jobs of the other import tests, for pages to show."""

from tests.imports.conftest import make_job, operator, run_job

__all__ = ["make_job", "operator", "run_job"]
