"""docs/problems.md says what the catalogue says."""

from imports.core.problems.document import PAGE, render_page


def test_page_of_problems_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == render_page(), (
        "Run python -m imports.core.problems.document."
    )
