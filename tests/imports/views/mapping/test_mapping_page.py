"""The mapping page: what it shows of a file, what it saves, and what it refuses."""

import dataclasses
import re
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AttributeDefinition, Group, Role, User
from imports.core.mapping.drafts import name_column
from imports.core.planning.conflicts import Mode
from imports.core.providers import PROVIDERS, Question
from imports.core.records.targets import PASSWORD_FORMAT
from imports.models import ImportJob
from imports.services.files import uploads
from imports.services.runs import runs
from tests.imports.conftest import MakeJob, drain
from tests.imports.views.conftest import SignIn
from tests.imports.views.posting import read_form

HASH = "$2b$10$hpMtJEhdKUpCTQx4oaSiLOB2mQ9E8IikzItHnM8cHrQFzzsvH2Vge"


def show(client: Client, job: ImportJob) -> str:
    return client.get(reverse("imports:mapping", args=[job.pk])).content.decode()


def post(client: Client, job: ImportJob, targets: dict[str, str], **fields: Any) -> Any:
    """Send the form as the page has it, with other targets for some columns."""
    form = read_form(show(client, job))
    form |= {f"{name_column(column)}-0": target for column, target in targets.items()}
    return client.post(reverse("imports:mapping", args=[job.pk]), {**form, **fields})


def save(client: Client, job: ImportJob, targets: dict[str, str], **fields: Any) -> Any:
    return post(client, job, targets, **{"save": "", **fields})


@pytest.fixture
def job(operator: User) -> ImportJob:
    content = f"id,email,shoe,pass\n1,ada@example.com,38,{HASH}\n2,bo@example.com,41,{HASH}\n"
    return uploads.create_job(ContentFile(content.encode(), name="people.csv"), actor=operator)


def test_the_page_says_what_was_recognised_and_why(admin: Client, job: ImportJob) -> None:
    page = show(admin, job)

    assert "Another system" in page
    assert "they are mapped by their names" in page
    assert "ada@example.com" in page
    assert "Unmapped:</strong> shoe" in page


def test_secrets_are_masked_in_the_samples(admin: Client, job: ImportJob) -> None:
    page = show(admin, job)

    assert HASH not in page
    assert "$2b$10…" in page


def test_a_column_mapped_to_a_secret_field_is_masked_from_then_on(
    admin: Client, job: ImportJob
) -> None:
    save(admin, job, {"shoe": "authenticators.password.plaintext", "pass": ""})
    job.refresh_from_db()

    assert ">38<" not in show(admin, job).replace("\n", "")
    assert "38<br>" not in show(admin, job)


def test_what_was_chosen_is_saved(admin: Client, job: ImportJob) -> None:
    response = save(
        admin,
        job,
        {"shoe": "profile.display_name"},
        mode="update",
        source_name="old shop",
        chunk_rows="500",
    )

    job.refresh_from_db()
    targets = {rule["source"]: rule["target"] for rule in job.mapping["rules"]}
    assert response.headers["Location"] == reverse("imports:mapping", args=[job.pk])
    assert targets["shoe"] == "profile.display_name"
    assert (job.mode, job.chunk_rows, job.mapping["source_name"]) == (Mode.UPDATE, 500, "old shop")


def test_a_column_that_is_not_wanted_is_excluded(admin: Client, job: ImportJob) -> None:
    save(admin, job, {"pass": ""})

    job.refresh_from_db()
    assert set(job.mapping["ignored"]) == {"shoe", "pass"}


def test_an_attribute_can_be_a_target(admin: Client, job: ImportJob) -> None:
    AttributeDefinition.objects.create(name="shoe_size", type="integer")

    save(admin, job, {"shoe": "profile.attributes.shoe_size"})

    job.refresh_from_db()
    targets = {rule["source"]: rule["target"] for rule in job.mapping["rules"]}
    assert targets["shoe"] == "profile.attributes.shoe_size"


def test_transforms_that_were_suggested_outlast_a_save(admin: Client, operator: User) -> None:
    content = b"id,email,blocked\n1,ada@example.com,true\n2,bo@example.com,false\n"
    job = uploads.create_job(ContentFile(content, name="people.csv"), actor=operator)

    save(admin, job, {})

    job.refresh_from_db()
    rule = next(rule for rule in job.mapping["rules"] if rule["source"] == "blocked")
    step = rule["transforms"][0]
    assert (step["kind"], step["means"]) == ("account_state", "disabled")
    assert "Read as a flag, or a date, that says it is disabled" in show(admin, job)


def test_the_format_of_bare_hashes_can_be_chosen(admin: Client, job: ImportJob) -> None:
    save(admin, job, {}, password_format="bcrypt")

    job.refresh_from_db()
    assert job.mapping["constants"] == {"authenticators.password.format": "bcrypt"}


def test_preset_is_chosen_by_name_and_asks_for_its_secret(admin: Client, job: ImportJob) -> None:
    page = show(admin, job)
    assert '<option value="Grafana">' in page

    save(admin, job, {}, password_preset="moodle BEFORE 2.5", password_format="")
    job.refresh_from_db()
    assert job.mapping["password_preset"] == "Moodle before 2.5"
    hexadecimal = "5f4dcc3b5aa765d61d8327deb882cf99"
    content = f"id,email,pass\n1,ada@example.com,{hexadecimal}\n"
    bare = uploads.create_job(ContentFile(content.encode(), name="m.csv"), actor=job.created_by)
    target = {"pass": "authenticators.password.hash"}
    save(admin, bare, target, password_preset="Moodle before 2.5")
    assert "$CFG-&gt;passwordsaltmain of config.php" in show(admin, bare)

    save(admin, bare, {}, **{"answer-preset_secret_salt": "grain of salt"})
    bare.refresh_from_db()
    assert "grain of salt" not in str(bare.mapping) + bare.secret_answers + show(admin, bare)
    assert "An answer is stored encrypted" in show(admin, bare)


def test_preset_replaces_a_format_that_was_chosen_before(admin: Client, job: ImportJob) -> None:
    save(admin, job, {}, password_format="unsalted_md5")
    save(admin, job, {}, password_preset="Matomo")
    job.refresh_from_db()
    assert PASSWORD_FORMAT not in job.mapping["constants"]

    save(admin, job, {}, password_format="unsalted_md5")
    job.refresh_from_db()
    assert job.mapping["constants"][PASSWORD_FORMAT] == "unsalted_md5"


def test_name_of_no_preset_is_refused(admin: Client, job: ImportJob) -> None:
    page = save(admin, job, {}, password_preset="nonesuch").content.decode()
    assert "There is no such preset. Choose one from the list." in page


def test_everybody_can_be_made_to_choose_a_new_password(admin: Client, job: ImportJob) -> None:
    save(admin, job, {}, must_change="on")

    job.refresh_from_db()
    assert job.mapping["constants"] == {"authenticators.password.must_change": True}
    assert re.search(r'name="must_change"[^>]* checked', show(admin, job))
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    drain(job)
    assert User.objects.filter(password_expires_at__lt=timezone.now()).count() == 2


def test_the_new_password_is_not_asked_for_once_the_box_is_cleared(
    admin: Client, job: ImportJob
) -> None:
    save(admin, job, {}, must_change="on")
    save(admin, job, {})

    job.refresh_from_db()
    assert job.mapping["constants"] == {}


def test_faults_are_said_above_and_at_their_columns(admin: Client, job: ImportJob) -> None:
    response = save(admin, job, {"shoe": "profile.email"})

    page = response.content.decode()
    assert response.status_code == 422
    assert page.count("go to “E-mail”") == 3  # in the list, and at both columns
    job.refresh_from_db()
    assert job.state == "draft"


def test_a_mapping_without_any_identifier_is_refused(admin: Client, job: ImportJob) -> None:
    response = save(admin, job, {"id": "", "email": ""})

    assert "Map a column to one of them" in response.content.decode()


@pytest.mark.parametrize(
    ("field", "value"), [("chunk_rows", "0"), ("mode", "perhaps"), ("password_format", "rot13")]
)
def test_a_value_that_the_form_does_not_offer_is_refused(
    admin: Client, job: ImportJob, field: str, value: str
) -> None:
    response = save(admin, job, {}, **{field: value})

    assert response.status_code == 422
    assert "errorlist" in response.content.decode()


def test_save_and_dry_run_starts_the_dry_run(admin: Client, job: ImportJob) -> None:
    response = save(admin, job, {}, dry_run="")

    job.refresh_from_db()
    assert response.headers["Location"] == reverse("imports:dry_run", args=[job.pk])
    assert job.state == "dry_running"


def test_the_mapping_of_an_import_that_began_is_shown_but_not_changed(
    admin: Client, finished_job: ImportJob
) -> None:
    assert "the mapping is locked" in show(admin, finished_job)

    response = save(admin, finished_job, {}, follow=True)
    page = admin.get(response.headers["Location"]).content.decode()
    assert "cannot change its mapping" in page


def test_the_file_can_be_read_in_another_way(admin: Client, operator: User) -> None:
    content = "id,email,name\n1,ada@example.com,J\u00fcrgen\n".encode("windows-1252")
    job = uploads.create_job(ContentFile(content, name="people.csv"), actor=operator)

    admin.post(
        reverse("imports:read_again", args=[job.pk]),
        {
            "provider": "generic",
            "syntax": "csv",
            "encoding": "windows-1252",
            "delimiter": ",",
            "has_header": "on",
        },
    )

    assert "J\u00fcrgen" in show(admin, job)


def test_a_reading_that_fails_changes_nothing_and_says_why(admin: Client, job: ImportJob) -> None:
    response = admin.post(
        reverse("imports:read_again", args=[job.pk]),
        {"provider": "generic", "syntax": "json", "encoding": "utf-8", "delimiter": ","},
    )

    job.refresh_from_db()
    assert response.status_code == 422
    assert "uf-field__error" in response.content.decode()
    assert job.reader_options["syntax"] == "csv"


def test_a_busy_job_is_not_read_again(admin: Client, make_job: MakeJob) -> None:
    job = make_job([{"subject_id": "1"}])
    runs.start_dry_run(job, actor=job.created_by)

    response = admin.post(
        reverse("imports:read_again", args=[job.pk]),
        {"provider": "native", "syntax": "ndjson", "encoding": "utf-8", "delimiter": ","},
        follow=True,
    )

    assert "cannot be read in another way" in response.content.decode()


def test_the_passwords_of_the_first_records_are_counted_by_format(
    admin: Client, make_job: MakeJob
) -> None:
    hashed = "$2b$10$IAR9BgIsPUrqWifxDemZVuxmM48ymmmnw0FnqYU51yj3HcsoyrZr."
    job = make_job(f"id,email,password_hash\n1,a@example.com,{hashed}\n".encode(), name="users.csv")

    page = admin.get(reverse("imports:mapping", args=[job.pk])).content.decode()

    assert "Passwords of the first 1 record<" in page
    assert "cost 10" in page
    assert hashed[-20:] not in str(job.inspection)


def act(client: Client, job: ImportJob, action: str, targets: dict[str, str], **fields: Any) -> str:
    return post(client, job, targets, action=action, **fields).content.decode()


def test_transform_is_added_filled_in_and_saved(admin: Client, job: ImportJob) -> None:
    key = f"{name_column('shoe')}-0"
    targets = {"shoe": "profile.locale"}
    page = act(admin, job, f"add-step:{key}", targets, **{f"{key}-add": "lookup"})
    form = read_form(page) | {f"{key}-step-0-table": "38 = en\n41 = de", "save": ""}
    admin.post(reverse("imports:mapping", args=[job.pk]), form)

    job.refresh_from_db()
    rule = next(rule for rule in job.mapping["rules"] if rule["source"] == "shoe")
    assert rule["transforms"][0]["table"] == {"38": "en", "41": "de"}
    assert "38 = en" in show(admin, job)


def test_transform_with_a_wrong_option_is_not_saved(admin: Client, job: ImportJob) -> None:
    key = f"{name_column('shoe')}-0"
    targets = {"shoe": "profile.phone"}
    page = act(admin, job, f"add-step:{key}", targets, **{f"{key}-add": "phone"})
    form = read_form(page) | {f"{key}-step-0-region": "ZZ", "save": ""}
    response = admin.post(reverse("imports:mapping", args=[job.pk]), form)

    assert response.status_code == 422
    assert "“ZZ” is not a country such as DE" in response.content.decode()
    job.refresh_from_db()
    assert job.state == "draft"


def test_transform_just_added_asks_for_its_options_and_complains_only_once_it_was_sent(
    admin: Client, job: ImportJob
) -> None:
    key = f"{name_column('shoe')}-0"
    targets = {"shoe": "profile.phone"}
    added = act(admin, job, f"add-step:{key}", targets, **{f"{key}-add": "phone"})
    assert "Say which country" not in added
    assert "Nothing is imported from here until you complete this transform." in added
    assert "1 of them incomplete" in added

    form = read_form(added) | {"save": ""}
    saved = admin.post(reverse("imports:mapping", args=[job.pk]), form).content.decode()
    assert "Say which country, such as DE" in saved


def test_transform_that_is_removed_is_gone(admin: Client, operator: User) -> None:
    content = b"id,email,blocked\n1,ada@example.com,true\n"
    job = uploads.create_job(ContentFile(content, name="people.csv"), actor=operator)
    page = act(admin, job, f"remove-step:{name_column('blocked')}-0:0", {})
    admin.post(reverse("imports:mapping", args=[job.pk]), read_form(page) | {"save": ""})

    job.refresh_from_db()
    rule = next(rule for rule in job.mapping["rules"] if rule["source"] == "blocked")
    assert rule["transforms"] == []


def test_column_goes_to_two_fields(admin: Client, job: ImportJob) -> None:
    key = name_column("email")
    page = act(admin, job, f"add-field:{key}", {})
    form = read_form(page) | {f"{key}-1": "profile.username", "save": ""}
    admin.post(reverse("imports:mapping", args=[job.pk]), form)

    job.refresh_from_db()
    targets = [rule["target"] for rule in job.mapping["rules"] if rule["source"] == "email"]
    assert targets == ["profile.email", "profile.username"]


def test_columns_are_put_together_by_a_template(admin: Client, job: ImportJob) -> None:
    fields = {"extra-0-source": "{email} ({shoe})", "extra-0": "profile.display_name"}
    save(admin, job, {}, **fields)

    job.refresh_from_db()
    assert job.mapping["rules"][-1]["template"] == "{email} ({shoe})"
    assert job.mapping["ignored"] == []
    assert "ada@example.com (38)" in show(admin, job)


def test_attribute_is_created_from_a_column_with_the_type_of_its_values(
    admin: Client, job: ImportJob
) -> None:
    page = act(admin, job, f"create-attribute:{name_column('shoe')}", {})

    definition = AttributeDefinition.objects.get()
    assert (definition.name, definition.type, definition.label) == ("shoe", "integer", "shoe")
    assert read_form(page)[f"{name_column('shoe')}-0"] == "profile.attributes.shoe"


def test_who_may_not_create_attributes_is_not_offered_it_and_cannot(
    sign_in: SignIn, job: ImportJob
) -> None:
    client = sign_in("imports.add_importjob")
    assert "Create attribute" not in show(client, job)
    act(client, job, f"create-attribute:{name_column('shoe')}", {})
    assert not AttributeDefinition.objects.exists()


def test_fixed_groups_roles_and_values_reach_every_record(admin: Client, job: ImportJob) -> None:
    Group.objects.create(key="staff")
    Role.objects.create(key="reader")
    fixed = {"fixed-0": "profile.locale", "fixed-0-value": "en-GB"}
    save(admin, job, {}, groups="staff", roles="reader", **fixed)

    job.refresh_from_db()
    assert job.mapping["constants"] == {
        "profile.locale": "en-GB",
        "memberships.groups": ["staff"],
        "memberships.roles": ["reader"],
    }
    form = read_form(show(admin, job))
    assert (form["groups"], form["fixed-0-value"]) == ("staff", "en-GB")


def test_fixed_role_that_does_not_exist_is_refused(admin: Client, job: ImportJob) -> None:
    response = save(admin, job, {}, roles="nobody's")
    assert response.status_code == 422
    assert "These keys do not exist: nobody&#x27;s." in response.content.decode()


def test_preview_shows_what_would_be_stored_and_saves_nothing(
    admin: Client, job: ImportJob
) -> None:
    form = read_form(show(admin, job)) | {f"{name_column('shoe')}-0": "profile.phone"}
    before = ImportJob.objects.values().get()
    page = admin.post(reverse("imports:preview_mapping", args=[job.pk]), form).content.decode()

    assert "ada@example.com" in page
    assert "The phone number is not valid" in page
    assert f'id="found-{name_column("shoe")}" hx-swap-oob="true"' in page
    assert HASH not in page
    assert ImportJob.objects.values().get() == before


def test_passwords_of_the_first_records_follow_the_mapping_before_it_is_saved(
    admin: Client, job: ImportJob
) -> None:
    form = read_form(show(admin, job)) | {f"{name_column('pass')}-0": ""}
    page = admin.post(reverse("imports:preview_mapping", args=[job.pk]), form).content.decode()

    assert 'id="mapping-password_summary" hx-swap-oob="true"' in page
    assert re.findall(r'<th scope="row">(.*)</th>', page) == ["None"]


def test_passwords_of_a_file_that_was_purged_are_those_that_were_counted_before(
    admin: Client, job: ImportJob
) -> None:
    job.file.delete()

    assert "Passwords of the first 2 records" in show(admin, job)


def test_secret_answer_is_never_shown(
    admin: Client, operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = Question("key", "Signer key", "From the console.", is_secret=True)
    provider = dataclasses.replace(PROVIDERS["generic"], questions=(question,))
    monkeypatch.setitem(PROVIDERS, "generic", provider)
    file = ContentFile(b"id,email\n1,a@example.com\n", name="people.csv")
    job = uploads.create_job(file, actor=operator)

    save(admin, job, {}, **{"answer-key": "geheim"})
    save(admin, job, {})

    job.refresh_from_db()
    assert job.state == "mapped"
    assert "geheim" not in show(admin, job) + str(ImportJob.objects.values().get())
    assert "Leave empty to keep it" in show(admin, job)


def test_column_that_is_a_part_of_a_secret_is_masked(admin: Client, job: ImportJob) -> None:
    fields = {"extra-0-source": "{shoe}-{email}", "extra-0": "authenticators.password.plaintext"}
    page = post(admin, job, {"pass": ""}, preview="", **fields).content.decode()
    assert "<li>38</li>" not in page
    assert "38-ada" not in page
    assert "<li>38</li>" in show(admin, job)


def test_problems_of_the_sample_are_told_in_whole_sentences(
    admin: Client, draft_job: ImportJob
) -> None:
    page = admin.get(reverse("imports:mapping", args=[draft_job.pk])).content.decode()

    assert "The value contains a NUL character (U+0000)" in page
    assert not re.search(r"\{(character|encoding|byte|line|detail|syntax)\}", page)


def test_records_that_get_their_id_made_are_told_and_are_no_fault(
    admin: Client, make_job: MakeJob
) -> None:
    page = show(admin, make_job(b"id,email\n1,a@example.com\n,b@example.com\n", name="a.csv"))

    assert '<p class="uf-map__hint"><strong>The subject id was generated.</strong>' in page
    assert "uf-map__problem" not in page
    assert "the first 2 records are valid" in page


def test_source_without_any_ids_is_told_so(admin: Client, make_job: MakeJob) -> None:
    page = show(admin, make_job(b"email,nick\na@example.com,ann\n", name="a.csv"))

    assert "No column is mapped to “Subject id”" in page


def test_country_of_phone_numbers_is_asked_for_and_its_answer_is_used(
    admin: Client, make_job: MakeJob
) -> None:
    job = make_job(
        [
            {
                "id": "00u1",
                "status": "ACTIVE",
                "created": "2023-01-02T03:04:05.000Z",
                "profile": {"login": "a@example.com", "mobilePhone": "0171 3920012"},
            }
        ]
    )

    before = show(admin, job)
    after = post(admin, job, {}, **{"answer-phone_country": "DE", "preview": ""})

    assert "Action required" in before
    assert "Country of phone numbers" in before
    assert "A question about the source system is not answered" in before
    assert "+491713920012" in after.content.decode()


def test_country_of_phone_numbers_is_not_asked_for_where_all_have_one(
    admin: Client, make_job: MakeJob
) -> None:
    profile = {"login": "a@example.com", "mobilePhone": "+49 171 3920012"}
    user = {"id": "00u1", "status": "ACTIVE", "created": "2023-01-02T03:04:05.000Z"}

    assert "Country of phone numbers" not in show(admin, make_job([user | {"profile": profile}]))


def test_question_that_only_the_dry_run_found_to_be_needed_is_asked_then(
    admin: Client, make_job: MakeJob
) -> None:
    user = {"status": "ACTIVE", "created": "2023-01-02T03:04:05.000Z"}
    people = [
        user | {"id": f"00u{n}", "profile": {"login": f"u{n}@example.com", "mobilePhone": phone}}
        for n, phone in enumerate(["+49 171 3920012"] * 200 + ["0171 3920013"])
    ]
    job = make_job(people)
    before = show(admin, job)

    runs.start_dry_run(job, actor=job.created_by)
    drain(job)

    page = admin.get(reverse("imports:dry_run", args=[job.pk])).content.decode()
    assert "Country of phone numbers" not in before
    assert "Country of phone numbers (phone_country)" in page
    assert f'href="{reverse("imports:mapping", args=[job.pk])}">Answer on the mapping page' in page
    assert "Country of phone numbers" in show(admin, job)


RECORDS = (
    b'[{"subject_id": "1", "profile": {"email": "ada@example.com"}, "authenticators": {},'
    b' "memberships": []}, {"subject_id": "2", "profile": {"nick": "bo"}, "authenticators":'
    b' {"password": {"plaintext": "correct horse"}}, "memberships": {"roles": ["clerk"]}}]'
)


def test_empty_part_of_a_record_is_not_a_column_that_takes_the_others_with_it(
    admin: Client, operator: User
) -> None:
    job = uploads.create_job(ContentFile(RECORDS, name="users.json"), actor=operator)
    save(admin, job, {})

    job.refresh_from_db()
    columns = {column["name"] for column in job.inspection["columns"]}
    assert columns.isdisjoint({"authenticators", "memberships"})
    assert job.mapping["ignored"] == []
    assert "correct horse" not in show(admin, job)


def test_unknown_field_of_a_record_is_only_excluded_when_that_is_chosen(
    admin: Client, operator: User
) -> None:
    job = uploads.create_job(ContentFile(RECORDS, name="users.json"), actor=operator)
    assert "Unknown field (records fail)" in show(admin, job)
    save(admin, job, {"profile.nick": "-"})

    job.refresh_from_db()
    assert job.mapping["ignored"] == ["profile.nick"]
    key = f"{name_column('profile.nick')}-0"
    assert read_form(show(admin, job))[key] == "-"


def test_what_is_excluded_and_no_column_of_the_head_stays_excluded(
    admin: Client, operator: User
) -> None:
    job = uploads.create_job(ContentFile(RECORDS, name="users.json"), actor=operator)
    job.mapping["ignored"] = ["authenticators.totp"]
    job.save()
    save(admin, job, {})

    job.refresh_from_db()
    assert job.mapping["ignored"] == ["authenticators.totp"]
