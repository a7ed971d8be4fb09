"""django-import-export over the same users: as it comes, and tuned as far as its options go."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import orjson
import tablib

from benchmarks import jobs, users

COLUMNS = ("subject_id", "username", "email", "password", "given_name", "family_name", "login")
# Rows of the measured part: at its defaults, the whole file would take all day.
DEFAULT_ROWS, TUNED_ROWS = 500, 10_000


def measure(path: Path, *, tuned: bool) -> tuple[float, float]:
    """Return rows per second of a first import, and of importing the same rows again."""
    jobs.empty_tables()
    dataset = read_dataset(path, TUNED_ROWS if tuned else DEFAULT_ROWS)
    return run(dataset, tuned=tuned), run(dataset, tuned=tuned)


def read_dataset(path: Path, limit: int) -> tablib.Dataset:
    dataset = tablib.Dataset(headers=COLUMNS)
    with path.open("rb") as file:
        for _, line in zip(range(limit), file, strict=False):
            record = orjson.loads(line)
            profile, given = record["profile"], record["authenticators"]
            logins = given.get("external_logins", [])
            dataset.append(
                [
                    record["subject_id"],
                    *(profile["username"], profile["email"]),
                    f"aspnet_identity_v3${given['password']['hash']}",
                    *(profile["given_name"], profile["family_name"]),
                    logins[0]["subject"] if logins else "",
                ]
            )
    return dataset


def run(dataset: tablib.Dataset, *, tuned: bool) -> float:
    resource = make_resource(tuned=tuned)
    started = time.perf_counter()
    resource.import_data(dataset, raise_errors=True, use_transactions=True)
    return len(dataset) / (time.perf_counter() - started)


def make_resource(*, tuned: bool) -> Any:
    """Return a resource that writes what an import of the same record writes, outcome apart."""
    from allauth.account.models import EmailAddress
    from allauth.socialaccount.models import SocialAccount
    from import_export.resources import ModelResource

    from accounts.models import Role, RoleAssignment, User

    role = Role.objects.get(key=users.ROLE)

    class UserResource(ModelResource):
        class Meta:
            model = User
            import_id_fields = ["subject_id"]
            fields = [name for name in COLUMNS if name != "login"]

        def after_save_instance(self, instance: User, row: Any, **_: Any) -> None:
            EmailAddress.objects.get_or_create(
                user=instance, email=instance.email, verified=True, primary=True
            )
            RoleAssignment.objects.get_or_create(user=instance, role=role)
            if row["login"]:
                SocialAccount.objects.get_or_create(
                    user=instance, provider="google", uid=row["login"]
                )

    class TunedResource(ModelResource):
        class Meta(UserResource.Meta):
            use_bulk = True
            batch_size = 1000
            skip_diff = True
            skip_html_diff = True
            report_skipped = False
            clean_model_instances = False

        def after_import(self, dataset: tablib.Dataset, result: Any, **_: Any) -> None:
            write_parts(dataset, role)

    return TunedResource() if tuned else UserResource()


def write_parts(dataset: tablib.Dataset, role: Any) -> None:
    """Write what belongs to the users of a dataset, in bulk."""
    from allauth.account.models import EmailAddress
    from allauth.socialaccount.models import SocialAccount

    from accounts.models import RoleAssignment, User

    found = User.objects.filter(subject_id__in=dataset["subject_id"])
    ids = dict(found.values_list("subject_id", "id"))
    rows = [(ids[row["subject_id"]], row) for row in dataset.dict]
    addresses = [
        EmailAddress(user_id=pk, email=row["email"], verified=True, primary=True)
        for pk, row in rows
    ]
    assignments = [RoleAssignment(user_id=pk, role=role) for pk, _ in rows]
    logins = [
        SocialAccount(user_id=pk, provider="google", uid=row["login"])
        for pk, row in rows
        if row["login"]
    ]
    for model, parts in (
        (EmailAddress, addresses),
        (RoleAssignment, assignments),
        (SocialAccount, logins),
    ):
        model.objects.bulk_create(parts, batch_size=1000, ignore_conflicts=True)
