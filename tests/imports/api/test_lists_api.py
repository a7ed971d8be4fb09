"""Lists by API: filters, pages by key, and what can be changed in them."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import AttributeDefinition, Group, GroupMembership, Role, RoleAssignment, User
from imports.directory_client.registry import KINDS
from imports.models import (
    ImportJob,
    Invitation,
    InvitationCampaign,
    LegacyDirectory,
    SourceDay,
    Webhook,
)
from imports.services.directories.directories import encrypt_directory_secret, save_directory
from tests.imports.api.conftest import MakeProgram, Program

GROUP = {"key": "staff", "name": "Staff"}


def read_all(program: Program, path: str, name: str, limit: int = 2) -> list[Any]:
    """Return what all pages of a list have, each page as far as it goes."""
    found: list[Any] = []
    after = ""
    while True:
        sign = "&" if "?" in path else "?"
        page = program.call("GET", f"{path}{sign}limit={limit}{after}").body
        assert len(page[name]) <= limit
        found += page[name]
        if page["next"] is None:
            return found
        assert len(page[name]) == limit
        after = f"&after={page['next']}"


@pytest.fixture
def people(db: None) -> list[User]:
    users = [
        User(
            subject_id=f"s{number}",
            email=f"user{number}@example.com",
            source="okta" if number else "",
            is_active=number != 3,
            attributes={"level": number, "scim": {"resource": {}}},
            password="argon2$secret",
        )
        for number in range(5)
    ]
    return User.objects.bulk_create(users)


class TestUsers:
    """Users are listed, searched and read."""

    def test_pages_have_each_user_once(self, program: Program, people: list[User]) -> None:
        listed = read_all(program, "/users", "users")

        assert [each["id"] for each in listed] == sorted(User.objects.values_list("pk", flat=True))

    def test_user_is_listed_with_profile_and_without_secrets(
        self, program: Program, people: list[User]
    ) -> None:
        [user] = program.call("GET", "/users?search=s2").body["users"]

        assert (user["subject_id"], user["email"]) == ("s2", "user2@example.com")
        assert (user["active"], user["source"], user["attributes"]) == (True, "okta", {"level": 2})
        assert user["created_at"].endswith("+00:00")
        assert "secret" not in str(user)

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("source=okta", ["s1", "s2", "s3", "s4"]),
            ("source=okta&active=false", ["s3"]),
            ("group=staff", ["s1"]),
            ("role=editor", ["s4"]),
            ("group=nobody", []),
            ("search=user2@", ["s2"]),
        ],
    )
    def test_filters_hold_together(
        self, program: Program, people: list[User], query: str, found: list[str]
    ) -> None:
        group, role = Group.objects.create(key="staff"), Role.objects.create(key="editor")
        GroupMembership.objects.create(user=people[1], group=group)
        RoleAssignment.objects.create(user=people[4], role=role)

        listed = program.call("GET", f"/users?{query}").body["users"]

        assert [each["subject_id"] for each in listed] == found

    def test_user_is_read_with_groups_and_roles(self, program: Program, people: list[User]) -> None:
        group, role = Group.objects.create(key="staff"), Role.objects.create(key="editor")
        group.roles.add(role)
        GroupMembership.objects.create(user=people[1], group=group)

        user = program.call("GET", f"/users/{people[1].pk}").body

        assert (user["groups"], user["roles"], user["effective_roles"]) == (
            ["staff"],
            [],
            ["editor"],
        )
        assert user["email_verified"] is False

    @pytest.mark.parametrize("number", [0, 2**63, 10**30])
    def test_unknown_user_is_not_found(self, program: Program, number: int) -> None:
        assert program.call("GET", f"/users/{number}").status == 404


class TestGroups:
    """Groups, roles and definitions are changed as on the pages."""

    def test_group_is_created_changed_and_deleted(self, program: Program) -> None:
        Role.objects.create(key="editor")
        made = program.call("POST", "/groups", GROUP | {"roles": ["editor"]})
        path = f"/groups/{made.body['id']}"

        changed = program.call("PATCH", path, {"name": "All"}, If_Match=made.headers["ETag"])

        assert (made.status, made.body["roles"]) == (201, ["editor"])
        assert (changed.body["key"], changed.body["name"]) == ("staff", "All")
        assert changed.body["roles"] == ["editor"]
        assert program.call("DELETE", path).status == 204
        assert program.call("GET", path).status == 404

    def test_change_of_what_was_changed_meanwhile_is_refused(self, program: Program) -> None:
        path = f"/groups/{program.call('POST', '/groups', GROUP).body['id']}"
        read = program.call("GET", path)
        Group.objects.update(name="Other")

        for method in ("PATCH", "DELETE"):
            answer = program.call(method, path, {}, If_Match=read.headers["ETag"])
            assert (answer.status, answer.body["code"]) == (412, "changed_meanwhile")
        assert Group.objects.get().name == "Other"

    @pytest.mark.parametrize(
        ("path", "body", "place"),
        [
            ("/groups", {"key": "taken"}, "body.key"),
            ("/groups", {"key": "new", "roles": ["nobody"]}, "body.roles"),
            ("/roles", {"key": "new", "permissions": ["accounts.nothing"]}, "body.permissions"),
            ("/attributes", {"name": "a", "pattern": "("}, "body.pattern"),
            ("/webhooks", {"name": "a", "url": "http://127.0.0.1/"}, "body.url"),
        ],
    )
    def test_what_cannot_be_stored_is_refused_by_its_field(
        self, program: Program, path: str, body: object, place: str
    ) -> None:
        Group.objects.create(key="taken")

        answer = program.call("POST", path, body)

        assert (answer.status, answer.body["code"]) == (422, "request_invalid")
        assert answer.body["faults"][0]["at"] == place

    def test_nobody_hands_out_what_they_do_not_hold(self, make_program: MakeProgram) -> None:
        program = make_program("accounts.add_role", "accounts.add_group")
        role = {"key": "r", "permissions": ["accounts.delete_user"]}

        answer = program.call("POST", "/roles", role)

        assert (answer.status, answer.body["faults"][0]["at"]) == (422, "body.permissions")
        make_program(is_superuser=True).call("POST", "/roles", role)
        refused = program.call("POST", "/groups", {"key": "g", "roles": ["r"]})
        assert (refused.status, refused.body["faults"][0]["at"]) == (422, "body.roles")
        assert not Group.objects.exists()

    def test_definition_becomes_unique_only_if_values_are(
        self, program: Program, people: list[User]
    ) -> None:
        User.objects.update(attributes={"level": 1})
        program.call("POST", "/attributes", {"name": "level", "type": "integer"})

        answer = program.call("PATCH", "/attributes/level", {"unique": True})

        assert (answer.status, answer.body["faults"][0]["at"]) == (422, "body.unique")
        assert AttributeDefinition.objects.get().unique is False

    def test_webhook_shows_its_secret_once(self, program: Program, settings: Any) -> None:
        settings.WEBHOOK_HOSTS = ["hooks.example.com"]
        new = {"name": "HR", "url": "https://hooks.example.com/a"}

        made = program.call("POST", "/webhooks", new)
        path = f"/webhooks/{made.body['id']}"
        renewed = program.call("POST", f"{path}/secret")
        changed = program.call("PATCH", path, {"active": False})

        assert made.body["secret"]
        assert renewed.body["secret"] not in {"", made.body["secret"]}
        assert (changed.body["active"], "secret" in changed.body) == (False, False)
        assert program.call("DELETE", path).status == 204


class TestPages:
    """Every list goes by pages, and has each entry once."""

    @pytest.fixture
    def full(self, finished_job: ImportJob) -> ImportJob:
        operator = finished_job.created_by
        for number in range(3):
            Group.objects.create(key=f"g{number}")
            Role.objects.create(key=f"r{number}")
            AttributeDefinition.objects.create(name=f"a{number}")
            Webhook.objects.create(name=f"w{number}", url="https://example.com")
            campaign = InvitationCampaign.objects.create(name="c", created_by=operator)
            counts = dict.fromkeys(
                ["users", "returned", "current", "foreign", "without_password", "locked_out"], 1
            )
            SourceDay.objects.create(
                source=f"s{number}",
                day="2026-11-30",
                counted_at="2026-11-30T00:00:00Z",
                **counts,
            )
        for number in range(3):
            Invitation.objects.create(
                campaign=campaign, user_id=number, email="a@b.c", due_at="2026-11-30T00:00:00Z"
            )
        return finished_job

    def test_every_list_has_each_entry_once(self, program: Program, full: ImportJob) -> None:
        campaign = InvitationCampaign.objects.first()
        job = f"/jobs/{full.pk}"
        lists = {
            "/groups": ("groups", 3),
            "/roles?search=r": ("roles", 4),
            "/attributes": ("attributes", 3),
            "/webhooks": ("webhooks", 3),
            "/campaigns": ("campaigns", 3),
            f"/campaigns/{campaign.pk}/recipients": ("recipients", 3),
            "/sources": ("sources", None),
            f"{job}/activity": ("entries", full.events.count()),
            f"{job}/records?status=failed": ("records", 15),
            f"{job}/reasons": ("reasons", None),
            f"{job}/error-groups": ("error_groups", None),
            "/formats?search=argon2": ("formats", None),
            "/providers?search=auth": ("providers", None),
        }
        for path, (name, count) in lists.items():
            listed = [str(each) for each in read_all(program, path, name)]

            assert len(set(listed)) == len(listed)
            assert len(listed) == count if count else len(listed) > 2, path

    def test_page_behind_an_entry_that_is_gone_is_refused(
        self, program: Program, finished_job: ImportJob
    ) -> None:
        answer = program.call("GET", f"/jobs/{finished_job.pk}/reasons?after=nothing")

        assert (answer.status, answer.body["faults"][0]["at"]) == (422, "query.after")

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ("state=completed", 1),
            ("state=paused", 0),
            ("provider=auth0", 0),
            ("search=MISTAK", 1),
        ],
    )
    def test_jobs_are_filtered(
        self, program: Program, finished_job: ImportJob, query: str, count: int
    ) -> None:
        assert len(program.call("GET", f"/jobs?{query}").body["jobs"]) == count

    def test_format_says_what_it_needs(self, program: Program) -> None:
        found = program.call("GET", "/formats/pbkdf2_raw").body

        assert {"name", "help", "required"} == found["parameters"][0].keys()
        assert program.call("GET", "/formats/nothing").status == 404

    def test_provider_says_how_to_export(self, program: Program) -> None:
        assert program.call("GET", "/providers/okta").body["how_to_export"]


class TestMigration:
    """Directories and campaigns are watched and switched."""

    @pytest.fixture
    def directory(self, operator: User, settings: Any) -> LegacyDirectory:
        settings.LEGACY_DIRECTORY_HOSTS = ["old.example.com"]
        directory = LegacyDirectory(
            name="Old", kind="http", source="old", url="https://old.example.com/"
        )
        directory.secret = encrypt_directory_secret("s")
        save_directory(directory, KINDS["http"].mapping, actor=operator)
        return directory

    def test_mode_of_a_directory_is_set_as_it_was_read(
        self, program: Program, directory: LegacyDirectory
    ) -> None:
        path = f"/directories/{directory.pk}"
        read = program.call("GET", path)

        set_ = program.call("PUT", f"{path}/mode", {"mode": "shadow"}, If_Match=read.body["digest"])
        again = program.call("PUT", f"{path}/mode", {"mode": "on"}, If_Match=read.body["digest"])

        assert (set_.status, set_.body["mode"]) == (200, "shadow")
        assert (again.status, again.body["code"]) == (412, "changed_meanwhile")

    def test_campaign_is_started_paused_and_repeated(
        self, program: Program, people: list[User]
    ) -> None:
        campaign = InvitationCampaign.objects.create(
            name="First", subject="s", body="{link}", created_by=program.user
        )
        path = f"/campaigns/{campaign.pk}"

        started = program.call("POST", f"{path}/start")
        again = program.call("POST", f"{path}/start")
        paused = program.call("POST", f"{path}/pause")
        nobody = program.call("POST", f"{path}/reminders")

        assert (started.status, started.body["state"]) == (202, "running")
        assert (again.status, again.body["code"]) == (409, "refused")
        assert paused.body["state"] == "paused"
        assert (nobody.status, nobody.body["code"]) == (409, "refused")
