"""List what concerns a file as a whole, ahead of its records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from imports.core.dry_run.causes import describe_root_cause
from imports.core.dry_run.disabled import describe_disabled
from imports.core.dry_run.shapes import FileReport
from imports.core.inspection.recognition import Rival
from imports.core.planning.matching import SUBJECT_ID
from imports.core.problems.of_mapping import EXCLUDED
from imports.core.providers.contract import Provider
from imports.core.readers.surroundings import Surroundings
from imports.core.records.password_summary import PasswordSummary

MOST_SIGNS = 5
WITHOUT_LOGINS = (
    "Nobody could sign in: no record has an e-mail address, a user name, a phone number or a login"
    " at another provider. Groups, roles, applications and devices are not users: export the users."
)
ALL_PAGES = (
    "Export all pages and upload them as one file, either as a single list or with the pages "
    "one after another."
)


@dataclass(frozen=True, slots=True)
class FileFinding:
    """A code, what it means for this file, and the id of the job that the text names."""

    code: str
    text: str
    job: int | None = None


@dataclass(frozen=True, slots=True)
class EarlierImport:
    """A job that imported the same file; `finished_at` is in UTC."""

    job: int
    name: str
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class LeaverCount:
    """How many of the active users of a source system are missing from the file."""

    missing: int
    users: int
    source: str


def list_file_findings(
    report: FileReport | None,
    surroundings: Surroundings,
    provider: Provider,
    rivals: Sequence[Rival],
    earlier: Sequence[EarlierImport] = (),
    matching_key: str = SUBJECT_ID,
    leavers: LeaverCount | None = None,
) -> list[FileFinding]:
    """Return the findings about a file as a whole, the gravest first.

    `report` is that of the dry run, if there was one. `earlier` imports are the latest first.
    """
    found: list[tuple[str, str]] = []
    if report and (cause := report["root_cause"]):
        told = describe_root_cause(cause, report["matches"], matching_key)
        found.append(("root_cause", told))
    if rivals:
        found.append(("source_system_ambiguous", describe_rivals(rivals)))
    if surroundings.more:
        found.append(("more_records", describe_more(surroundings.more, provider)))
    if report and (excluded := describe_without_users(report, provider)):
        found.append(("without_users", excluded))
    if earlier:
        found.append(("imported_before", describe_earlier(earlier)))
    if report and (without := describe_without_logins(report)):
        found.append(("without_logins", without))
    if report and (disabled := describe_disabled(report)):
        found.append(("arrive_disabled", disabled))
    if leavers:
        found.append(("users_missing", describe_leavers(leavers)))
    jobs = {"imported_before": earlier[0].job} if earlier else {}
    return [FileFinding(code, text, jobs.get(code)) for code, text in found]


def describe_leavers(leavers: LeaverCount) -> str:
    """Say how many users of the source system are missing from the file, and that they stay."""
    verb = "is" if leavers.missing == 1 else "are"
    return (
        f"{leavers.missing:,} of the {leavers.users:,} active users of {leavers.source} {verb}"
        " missing from the file. The import leaves them as they are."
    )


def describe_earlier(earlier: Sequence[EarlierImport]) -> str:
    """Say that the same file was imported before, by which job and when."""
    latest = earlier[0]
    more = f", and by {len(earlier) - 1:,} before it" if len(earlier) > 1 else ""
    return (
        f"The same file was imported before, by job {latest.job} (“{latest.name}”), completed on"
        f" {latest.finished_at:%-d %b %Y at %H:%M} UTC{more}."
    )


def describe_without_users(report: FileReport, provider: Provider) -> str:
    """Say that every record is excluded, why, and how to export users; empty where one is not."""
    problems = report["problems"]
    excluded = [each for each in problems if each["code"] == EXCLUDED.code]
    if not excluded or _count_users(report):
        return ""
    reasons = [each.get("params", {}).get("reason", "") for each in excluded[:MOST_SIGNS]]
    count = sum(each["count"] for each in excluded)
    steps = f" {provider.label}: {provider.how_to_export}" if provider.how_to_export else ""
    extent = f"all {count:,} records are excluded" if count > 1 else "its record is excluded"
    return f"The file brings no users: {extent}. {' '.join(reasons)}{steps}"


def _count_users(report: FileReport) -> int:
    """Return how many records are not excluded: those of which the passwords are counted."""
    return PasswordSummary.from_json(report["passwords"]).total


def describe_without_logins(report: FileReport) -> str:
    """Say how many arriving records have nothing to sign in with; empty where all have."""
    people = report["people"]
    without, total = people.get("without_logins", 0), sum(people["last_sign_ins"].values())
    if not without:
        return ""
    if without == total == _count_users(report):
        return WITHOUT_LOGINS
    subject = "1 user" if without == 1 else f"{without:,} users"
    return (
        f"{subject} of {total:,} could not sign in: their records have no e-mail address, user"
        " name, phone number or login at another provider."
    )


def describe_rivals(rivals: Sequence[Rival]) -> str:
    """Say which source systems a file fits equally well, and by what it fits each."""
    listed = " ".join(f"{each.label}: {' '.join(each.reasons)}" for each in rivals)
    return (
        "Several source systems fit the file equally well, and none of them was chosen. Choose the"
        f" one it was exported from. {listed}"
    )


def describe_more(signs: Sequence[str], provider: Provider) -> str:
    """Say that the file is not everybody, by which signs, and how to get the rest."""
    named = list(signs[:MOST_SIGNS])
    if len(signs) > MOST_SIGNS:
        named.append(f"and {len(signs) - MOST_SIGNS:,} further signs")
    steps = f" {provider.label}: {provider.how_to_export}" if provider.how_to_export else ""
    return f"The file is not everybody: more records exist. {'; '.join(named)}. {ALL_PAGES}{steps}"
