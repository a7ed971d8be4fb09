"""What the catalogue of problems tells a person to do, before an import and after it has begun."""

import pytest

from imports.core.problems import CODES, ProblemKind

# The mapping and the policies are locked once the import has begun.
LOCKED = ("mapping page", "dry-run page", "map ", "Map ", "Have the job", "choose the mode")
# There are no records to correct before it.
UNBORN = ("retry", "edit the record", "Edit the record", "error group")


# A file that cannot be read is never imported, so its mapping page stays open.
IMPORTED = [kind for kind in CODES.values() if not kind.code.startswith("file_")]


@pytest.mark.parametrize("kind", IMPORTED, ids=lambda kind: kind.code)
def test_advice_after_the_run_asks_for_nothing_that_is_locked(kind: ProblemKind) -> None:
    assert not any(words in kind.advise(has_begun=True) for words in LOCKED)


def test_advice_before_the_run_asks_for_no_correction_of_records_that_are_not_there() -> None:
    # These arise only when records are written, retried or skipped.
    later = {"concurrent_change", "concurrent_change_skipped", "job_stopped", "crashes_workers",
             "errored", "repeated_in_file", "duplicate_in_file_skipped", "value_taken_skipped",
             "login_taken_skipped", "passkey_taken_skipped",
             "sign_in_name_taken_skipped"}  # fmt: skip
    wrong = {
        kind.code
        for kind in CODES.values()
        if any(words in kind.advise(has_begun=False) for words in UNBORN)
    }

    assert wrong <= later


def test_advice_that_holds_at_any_time_is_written_once() -> None:
    said = [kind for kind in CODES.values() if kind.afterwards]

    assert [kind.code for kind in said if kind.advice == kind.afterwards] == []
