"""A file is recognised by its content, and what is left of one is never taken for another's."""

import csv
import dataclasses
import io
import json
import random
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.core.errors import FileFormatError
from imports.core.inspection import inspection, reading
from imports.core.inspection.inspection import inspect_file
from imports.core.inspection.recognition import recognise_provider
from imports.core.providers import GENERIC, PROVIDERS, Provider
from imports.core.providers.contract import Evidence, certain, strong, weak
from imports.core.readers import ReaderOptions
from imports.core.readers.related_tables import Link, Table
from tests.fixtures.make_golden import list_fixtures

FIXTURES = list_fixtures()
# Archives, workbooks and databases cannot be cut or re-ordered as text can.
BINARY_STARTS = (b"PK", b"\x1f\x8b", b"SQLite format 3\x00")
TEXTS = [path for path in FIXTURES if not path.read_bytes().startswith(BINARY_STARTS)]
CUTS = 40


def by_name(path: Path) -> str:
    return f"{path.parent.name}-{path.name}"


def recognise(content: bytes, name: str = "export") -> str:
    return inspect_file(io.BytesIO(content), file_name=name).provider


def read_options(content: bytes) -> ReaderOptions:
    return inspect_file(io.BytesIO(content), file_name="export").options


@pytest.mark.parametrize("name", PROVIDERS)
def test_provider_has_a_fixture(name: str) -> None:
    assert any(path.parent.name == name for path in FIXTURES), (
        f"Put a small export of the real shape into tests/fixtures/{name}/, with sign_in.json."
    )


@pytest.mark.each_case("name", ["users.csv", "users.txt", "download", "Ünïcode (1).export"])
@pytest.mark.parametrize("path", FIXTURES, ids=by_name)
def test_renamed_file_is_recognised(path: Path, name: str) -> None:
    content = path.read_bytes()
    if name.endswith(".csv") and content.lstrip()[:1] in b"[{":
        name = "users.json"
    assert recognise(content, name) == path.parent.name


@pytest.mark.each_case("seed", range(3))
@pytest.mark.parametrize("path", FIXTURES, ids=by_name)
def test_order_of_the_providers_does_not_matter(
    monkeypatch: pytest.MonkeyPatch, path: Path, seed: int
) -> None:
    shuffle_providers(monkeypatch, seed)
    found = inspect_file(io.BytesIO(path.read_bytes()), file_name="export")
    assert (found.provider, found.rivals) == (path.parent.name, ())


def shuffle_providers(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    names = random.Random(seed).sample(sorted(PROVIDERS), len(PROVIDERS))  # noqa: S311
    use_providers(monkeypatch, *(PROVIDERS[name] for name in names))


def use_providers(monkeypatch: pytest.MonkeyPatch, *providers: Provider) -> None:
    """Have only these providers, in this order."""
    by_name = {each.name: each for each in providers}
    monkeypatch.setattr(reading, "PROVIDERS", by_name)
    monkeypatch.setattr(
        inspection,
        "recognise_provider",
        lambda names, rows: recognise_provider(names, rows, by_name.values()),
    )


def give_evidence(name: str, evidence: Evidence | None) -> Provider:
    """Return a provider that has the evidence for whatever it sees."""
    return dataclasses.replace(PROVIDERS[name], recognise=lambda columns, rows: evidence)


@pytest.mark.parametrize("order", [1, -1])
def test_stronger_evidence_counts_wherever_the_provider_stands(order: int) -> None:
    providers = [
        give_evidence("okta", weak("a")),
        give_evidence("scim", certain("b", "c")),
        give_evidence("clerk", strong("d")),
        give_evidence("logto", None),
    ][::order]

    found = recognise_provider(["id"], [], providers)

    assert (found.provider, found.reasons, found.rivals) == ("scim", ("b", "c"), ())


@pytest.mark.parametrize("order", [1, -1])
def test_tie_of_the_strongest_leaves_the_provider_open_with_the_evidence_for_both(
    order: int,
) -> None:
    providers = [
        give_evidence("okta", strong("Looks like Okta.")),
        give_evidence("auth0", strong("Looks like Auth0.")),
        give_evidence("scim", weak("Looks like SCIM.")),
    ][::order]

    found = recognise_provider(["id"], [], providers)

    assert found.provider == GENERIC.name
    assert [(each.provider, each.reasons) for each in found.rivals] == [
        ("auth0", ("Looks like Auth0.",)),
        ("okta", ("Looks like Okta.",)),
    ]


@pytest.mark.parametrize("order", [1, -1])
def test_tables_that_two_providers_could_have_written_leave_the_provider_open(
    monkeypatch: pytest.MonkeyPatch, order: int
) -> None:
    tables = Table(
        "users", ("id",), children=(Table("roles", ("user_id",), (Link("user_id", "id"),)),)
    )
    rivals = [
        dataclasses.replace(PROVIDERS[name], tables=tables, recognise=lambda columns, rows: None)
        for name in ("okta", "clerk")
    ]
    use_providers(monkeypatch, *rivals[::order], GENERIC)
    content = json.dumps({"users": [{"id": "1"}], "roles": [{"user_id": "1", "role": "a"}]})

    found = inspect_file(io.BytesIO(content.encode()), file_name="export.json")

    assert (found.provider, found.options.tables) == (GENERIC.name, None)
    assert [each.provider for each in found.rivals] == ["clerk", "okta"]
    assert found.rivals[0].reasons == ("It holds the tables users, roles, which are joined.",)


# The columns of AspNetUsers, and those of Django's auth_user.
TIED = (
    b"id,username,passwordhash,securitystamp,password,last_login,is_active,date_joined\n"
    b"1,ada,,x,,,true,\n"
)


def test_rivals_are_stored_with_the_inspection_until_one_is_chosen() -> None:
    tied = inspect_file(io.BytesIO(TIED), file_name="export")
    chosen = inspect_file(io.BytesIO(TIED), file_name="export", provider="django_auth")

    assert [each.provider for each in tied.rivals] == ["aspnet_identity", "django_auth"]
    assert inspection.Inspection.from_json(tied.to_json()).rivals == tied.rivals
    assert (chosen.provider, chosen.rivals) == ("django_auth", ())


@pytest.mark.parametrize("path", TEXTS, ids=by_name)
def test_file_with_a_byte_order_mark_is_recognised(path: Path) -> None:
    content = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    if read_options(content).encoding == "utf-8":
        assert recognise(b"\xef\xbb\xbf" + content) == path.parent.name


@pytest.mark.parametrize("path", TEXTS, ids=by_name)
def test_file_with_its_columns_in_another_order_is_recognised(path: Path) -> None:
    content = path.read_bytes()
    options = read_options(content)
    if options.encoding == "utf-8" and options.has_header:
        assert recognise(reorder(content, options)) == path.parent.name


@pytest.mark.parametrize("path", TEXTS, ids=by_name)
def test_cut_file_is_never_taken_for_that_of_another_provider(path: Path) -> None:
    content = path.read_bytes()
    found = set()
    for length in range(1, len(content), max(1, len(content) // CUTS)):
        try:
            found.add(recognise(content[:length]))
        except FileFormatError:
            continue
    assert found <= {path.parent.name, "generic"}


def reorder(content: bytes, options: ReaderOptions) -> bytes:
    """Return the file with the columns, keys or attributes of each record in reverse order."""
    text = content.decode().removeprefix("\ufeff")
    if options.syntax == "json":
        return orjson.dumps(reverse_keys(json.loads(text)))
    if options.syntax == "ndjson":
        lines = [line for line in text.splitlines() if line.strip()]
        return b"\n".join(orjson.dumps(reverse_keys(json.loads(line))) for line in lines)
    if options.syntax == "csv":
        file = io.StringIO()
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=options.delimiter)
        # A line with one cell stands before the header and stays as it is.
        csv.writer(file, delimiter=options.delimiter).writerows(row[::-1] for row in rows)
        return file.getvalue().encode()
    return content


def reverse_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: reverse_keys(item) for key, item in reversed(value.items())}
    return [reverse_keys(item) for item in value] if isinstance(value, list) else value


# Names and values that providers look for, at places where they do not expect them.
KNOWN = sorted(
    {
        step
        for provider in PROVIDERS.values()
        for column in (*provider.presets, *provider.not_carried)
        for step in column.split(".")
    }
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(
        ["$2b$10$x", "{SSHA}x", "NULL", "true", "1700000000000", "[{}]", "otpauth://["]
    )
)
NESTED = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KNOWN) | st.text(max_size=10), inner, max_size=4)
    ),
    max_leaves=8,
)
SAMPLES = [
    row
    for path in TEXTS
    if path.suffix == ".json"
    for row in [json.loads(path.read_text("utf-8-sig"))]
]


def list_shapes(value: Any) -> list[dict[str, Any]]:
    """Return every object in a fixture, for its keys to get odd values."""
    if isinstance(value, dict):
        return [value, *(each for item in value.values() for each in list_shapes(item))]
    return [each for item in value for each in list_shapes(item)] if isinstance(value, list) else []


OBJECTS = [each for sample in SAMPLES for each in list_shapes(sample) if each]


@st.composite
def draw_values(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a row: an object of a fixture with some of its values replaced, or one made up."""
    values = dict(draw(st.sampled_from(OBJECTS))) if draw(st.booleans()) else {}
    keys = st.sampled_from(sorted(values) or KNOWN) | st.sampled_from(KNOWN)
    return values | draw(st.dictionaries(keys, NESTED, max_size=5))


@pytest.mark.parametrize("provider", PROVIDERS.values(), ids=lambda each: each.name)
@given(values=draw_values(), answer=st.text(max_size=10))
def test_no_values_make_a_provider_raise_or_change_them(
    provider: Provider, values: dict[str, Any], answer: str
) -> None:
    before = orjson.dumps(values)
    answers = {question.name: answer for question in provider.questions}
    normalised = provider.normalise(values, answers)
    provider.excludes(normalised)
    provider.recognise(list(normalised), [values, normalised])
    assert orjson.dumps(values) == before
    orjson.dumps(normalised)


@pytest.mark.parametrize("odd", [[], ["ACTIVE"], {}, {"value": "ACTIVE"}, None, True, 1])
def test_odd_state_of_okta_says_nothing_of_its_system(odd: Any) -> None:
    user = {"profile": {"login": "ada"}, "status": odd, "created": "2024-05-01T10:00:00.000Z"}

    assert PROVIDERS["okta"].recognise(list(user), [user]) is None
