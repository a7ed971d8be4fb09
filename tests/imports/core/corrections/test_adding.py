"""The example in docs/adding-a-correction.md works as it stands there."""

import re
from pathlib import Path

from imports.core.corrections.contract import CorrectionKind
from imports.core.problems import Problem

PAGE = Path(__file__).parents[4] / "docs" / "adding-a-correction.md"


def test_the_example_is_a_kind_that_passes_its_own_test() -> None:
    module, test = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(module, "set_domain.py", "exec"), names)  # noqa: S102  # our own page
    exec(compile(test, "test_set_domain.py", "exec"), names)  # noqa: S102  # our own page

    kind = names["KIND"]
    assert isinstance(kind, CorrectionKind)
    assert kind.applies(Problem("invalid_email", "profile.email"))
    names["test_addresses_are_completed_with_the_domain"]()
