"""Templates keep a mapping in versions, without its secrets, and fit it to other files."""

import pytest
from django.core.files.base import ContentFile
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from imports.core.errors import ImporterError
from imports.core.inspection.inspection import Inspection
from imports.core.mapping import Mapping
from imports.core.mapping.templates import TemplateFile
from imports.models import ImportJob, MappingTemplate
from imports.services.files import uploads
from imports.services.mapping import templates
from tests.imports.conftest import MakeJob
from tests.imports.core.test_transforms import EXAMPLES

CONTENT = b"Nr,Mail,Team\n1,a@example.com,IT\n"


def upload(actor: User, content: bytes = CONTENT) -> ImportJob:
    return uploads.create_job(ContentFile(content, name="people.csv"), actor=actor)


def make(*rules: tuple[str, str], **options) -> Mapping:
    made = [{"source": source, "target": target} for source, target in rules]
    return Mapping.model_validate({"rules": made, **options})


MAPPING = make(("Nr", "subject_id"), ("Mail", "profile.email"), ignored=["Team"])


def test_saving_again_under_a_name_makes_the_next_version(make_job: MakeJob) -> None:
    job = make_job(CONTENT, name="people.csv")

    first = templates.save_template(job, "HR", actor=job.created_by)
    same = templates.save_template(job, " HR ", actor=job.created_by)
    job.mapping["source_name"] = "other"
    second = templates.save_template(job, "HR", actor=job.created_by)

    job.refresh_from_db()
    assert (first, first.number, second.number) == (same, 1, 2)
    assert job.template_version == second
    assert job.events.last().detail == {"template": "HR, version 2"}


@pytest.mark.parametrize("name", ["", "  ", "x" * 201])
def test_template_without_a_proper_name_is_refused(operator: User, name: str) -> None:
    with pytest.raises(ImporterError, match="1 to 200"):
        templates.add_version(name, MAPPING, [], actor=operator)


def test_template_is_found_by_name_and_version(operator: User) -> None:
    first = templates.add_version("HR", MAPPING, [], actor=operator)
    second = templates.add_version("HR", make(("Nr", "subject_id")), [], actor=operator)

    assert templates.find_version("HR") == second
    assert templates.find_version("HR@1") == first
    for unknown in ("HR@3", "hr", "@1", "HR@x"):
        with pytest.raises(ImporterError, match="no mapping template"):
            templates.find_version(unknown)


def test_template_is_fitted_to_the_file(operator: User) -> None:
    rules = (("Nr", "subject_id"), ("Mail", "profile.email"), ("Old", "profile.locale"))
    version = templates.add_version("HR", make(*rules, ignored=["Gone"]), [], actor=operator)
    job = upload(operator)

    fitted = templates.apply_template(job, version, actor=operator)

    job.refresh_from_db()
    assert (fitted.missing, fitted.new) == (("Old",), ("Team",))
    assert [rule["source"] for rule in job.mapping["rules"]] == ["Nr", "Mail"]
    assert job.mapping["ignored"] == ["Team"]
    assert job.template_version == version


def test_templates_that_fit_a_file_are_proposed_the_best_first(operator: User) -> None:
    templates.add_version("all", MAPPING, [], actor=operator)
    templates.add_version(
        "most", make(("Nr", "subject_id"), ("Mail", "profile.email"), ("X", "profile.locale")), [],
        actor=operator,
    )  # fmt: skip
    templates.add_version("none", make(("a", "subject_id"), ("b", "profile.email")), [],
                          actor=operator)  # fmt: skip
    inspection = Inspection.from_json(upload(operator).inspection)

    found = templates.propose_templates(inspection)

    assert [(each.version.template.name, round(each.share, 2)) for each in found] == [
        ("all", 1.0),
        ("most", 0.67),
    ]


def test_exported_template_is_imported_as_the_same_version(operator: User) -> None:
    version = templates.add_version(
        "HR", MAPPING, ["Nr"], actor=operator, description="staff status"
    )
    content = templates.export_template(version)

    assert templates.import_template(content, actor=operator) == version
    MappingTemplate.objects.all().delete()
    again = templates.import_template(content, actor=operator)

    assert (again.template.name, again.template.description) == ("HR", "staff status")
    assert (again.mapping, again.columns) == (version.mapping, version.columns)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"\xff", b'{"name": "x"}', b'{"name": "x", "mapping": {"rules": 1}}']
)
def test_file_that_is_no_template_is_refused_with_the_reason(
    operator: User, content: bytes
) -> None:
    with pytest.raises(ImporterError, match="not a mapping template"):
        templates.import_template(content, actor=operator)


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=9)
RULES = st.builds(
    lambda source, target, steps: {"source": source, "target": target, "transforms": steps},
    NAMES,
    st.sampled_from(["subject_id", "profile.email", "profile.attributes.x"]),
    st.lists(st.sampled_from(EXAMPLES), max_size=3),
)


@given(
    name=NAMES,
    columns=st.lists(NAMES, max_size=3),
    rules=st.lists(RULES, max_size=4),
    constants=st.dictionaries(NAMES, st.text(max_size=3) | st.booleans() | st.lists(st.integers())),
)
def test_template_survives_being_written_as_json(name, columns, rules, constants) -> None:
    mapping = Mapping.model_validate({"rules": rules, "constants": constants})
    written = TemplateFile(name=name, columns=columns, mapping=mapping)
    assert TemplateFile.model_validate_json(written.model_dump_json()) == written
