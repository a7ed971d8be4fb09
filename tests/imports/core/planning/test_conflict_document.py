"""The tables of docs/conflicts.md say what the rows say."""

import pytest

from imports.core.planning.document import PAGE, fill_page


def test_tables_of_the_page_about_conflicts_are_up_to_date() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert page == fill_page(page), "Run python -m imports.core.planning.document."


def test_page_that_has_lost_a_table_is_refused() -> None:
    page = PAGE.read_text(encoding="utf-8").replace("<!-- table: modes -->", "")

    with pytest.raises(ValueError, match="no marks for the table “modes”"):
        fill_page(page)
