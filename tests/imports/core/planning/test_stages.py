"""What a record's problems tell of each of its stages."""

import pytest

from imports.core.planning.stages import find_conflict, report_stages
from imports.core.problems import CODES, Problem, ProblemKind, tell
from imports.core.problems.conflict_kinds import Met, Reason, RecordStage, Resolution


def test_steps_of_an_update_tell_what_was_met_and_how_much_changed() -> None:
    problems = [
        Problem("authenticator_exists", "authenticators.totp"),
        Problem("membership_exists", "memberships"),
    ]

    profile, authenticators, memberships = report_stages(
        "updated", problems, ["profile.given_name", "profile.locale"]
    )

    assert (profile.changes, profile.met) == (
        2,
        (Met(Reason.PROFILE_EXISTS, Resolution.OVERWRITE),),
    )
    assert authenticators.met == (Met(Reason.AUTHENTICATOR_EXISTS, Resolution.SKIP),)
    assert memberships.met == (Met(Reason.MEMBERSHIP_EXISTS, Resolution.SKIP),)


def test_steps_of_a_record_that_stopped_the_job_say_so() -> None:
    problems = [Problem("login_taken", "authenticators.external_logins"), Problem("job_stopped")]

    stages = {stage.stage: stage.met for stage in report_stages("failed", problems, [])}

    assert stages[RecordStage.AUTHENTICATORS] == (Met(Reason.AUTHENTICATOR_TAKEN, Resolution.STOP),)
    assert stages[RecordStage.PROFILE] == ()


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ("subject_id", Reason.PROFILE_EXISTS),
        ("profile.email", Reason.VALUE_TAKEN),
        ("authenticators.passkeys", Reason.AUTHENTICATOR_TAKEN),
    ],
)
def test_duplicate_in_the_file_belongs_to_the_step_of_its_field(field: str, reason: Reason) -> None:
    assert find_conflict(Problem("duplicate_in_file", field)) == Met(reason, Resolution.FAIL)


def test_every_reason_is_told_by_some_kind_of_problem() -> None:
    told = {kind.reason for kind in CODES.values() if kind.resolution}

    assert told >= set(Reason)


@pytest.mark.parametrize(
    "kind", [kind for kind in CODES.values() if kind.variant_of], ids=lambda kind: kind.code
)
def test_variant_tells_of_the_conflict_of_its_kind(kind: ProblemKind) -> None:
    base = CODES[kind.variant_of]

    assert (kind.reason, base.variant_of) == (base.reason, "")
    assert kind.resolution is not None
    assert tell(base, kind.resolution) is kind
