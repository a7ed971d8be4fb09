"""Records of plain values with a few odd ones, of the patterns that types and columns go by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from hypothesis import strategies as st

from accounts.hashing.heads import HEADS
from accounts.identifiers import E164
from imports.core.columns.checks import TIMESTAMP
from imports.core.records.records import DOMAIN, EMAIL_LOCAL_PART, SCIENTIFIC

ODD: list[Any] = [
    *(
        "",
        " ",
        "a",
        " a ",
        "A\u00a0",
        "\u2003x",
        "\u200bx",
        "\u0085x",
        "x\x1c",
        "\x1c",
        "\x1fa\x1f",
    ),
    *("\0", "a\0b", "é\n", "a\tb", "\\N", "\\", "ß", "\u0130", "\u212a", "x" * 35, "x" * 36),
    *("x" * 64, "x" * 65, "x" * 191, "x" * 192, "x" * 200, "x" * 201, "x" * 256, "x" * 257),
    *("x" * 400, "x" * 401, "x" * 2000, "x" * 2001, "é" * 200, " " + "x" * 200, "1E+5", "4,2E+11"),
    *(
        None,
        0,
        1,
        12,
        -1,
        True,
        False,
        1.5,
        1e20,
        [],
        ["a"],
        [""],
        [None],
        {},
        {"a": 1},
        "[]",
        "{}",
    ),
    *(
        "true",
        "True",
        "yes",
        "no",
        "on",
        "1",
        "0",
        "2",
        "null",
        "a;b",
        "a,b",
        '["a","b"]',
        "a|b\nc",
    ),
    *("a_b c_d", "cn=x,dc=y", [["a"]], [{"name": "x"}], ["a", 1], ["a", True], ["a", "a"]),
]
EMAILS = [
    *("u@example.com", " U@Example.COM ", "u@ex_ample.com", "u@-x.com", "a b@x.com", "ü@x.de"),
    *("u@ü.de", "u@x", "@x", "u@", "u@x.com\n", "u@x..com", "a'b+c@x.com", "u@x.com.", "a@b@c.de"),
    *("u" * 64 + "@x.com", "u" * 65 + "@x.com", "u@" + "x" * 63 + ".com", "İ@x.com", "u\x85@x.com"),
    *("u@" + ".".join(["x" * 60] * 4) + ".com", "u@" + ".".join(["x" * 62] * 4), "\x1cu@x.com\x1c"),
]
PHONES = [
    "+441632960001",
    "+44 1632 960001",
    "0123",
    "+0123456789",
    "+٤٤١٦٣٢٩٦٠٠٠١",
    " +4416329600 ",
]
DATES = [
    *("2021-03-04T09:30:00Z", "2021-03-04T09:30:00+02:00", "2021-03-04 09:30:00", "2021-03-04"),
    *(
        "2021-02-31T00:00:00Z",
        "2021-03-04T24:00:00Z",
        "2021-03-04T09:30:60Z",
        "0001-01-01T00:00:00Z",
    ),
    *("1900-01-01T00:00:00+23:59", "2021-03-04T09:30:00.1Z", "2021-03-04t09:30:00z", "never", "0"),
    *(1614850200, 1614850200000, "1614850200", 1614850200.5, "2021-03-04T09:30:00.1234567Z", "-1"),
    *("1601-01-01T00:00:00Z", "2099-12-31 23:59:59+14:00", "2021-03-04T09:30", "04.03.2021 09:30"),
]
HASHES = [
    "$2b$10$IAR9BgIsPUrqWifxDemZVuxmM48ymmmnw0FnqYU51yj3HcsoyrZr.",
    "$2x$10$IAR9BgIsPUrqWifxDemZVuxmM48ymmmnw0FnqYU51yj3HcsoyrZr.",
    "$2b$31$IAR9BgIsPUrqWifxDemZVuxmM48ymmmnw0FnqYU51yj3HcsoyrZr.",
    "5f4dcc3b5aa765d61d8327deb882cf99",
    "{SSHA}x",
    "{noop}secret",
    "{PLAIN}secret",
    "nonsense",
    "AQAAAA" + "A" * 60,
    "AQAAAAEAACcQAAAAEA==",
    "*",
    "secret",
    "Ab1cD2eF3gH4i",
]
FORMATS = [*HEADS, "md5", "digest", "nope", " bcrypt", "", None, 1, "django_bcrypt"]
EMAIL = re.compile(f"(?:{EMAIL_LOCAL_PART.pattern})@(?:{DOMAIN.pattern})")


# Odd values of fields' own kinds, by the ends of their names.
OWN: dict[str, list[Any]] = {
    "username": [*EMAILS, *PHONES],
    "email": EMAILS,
    "phone": PHONES,
    "at": DATES,
    "hash": HASHES,
    "format": FORMATS,
    "plaintext": [*HASHES, "****", "Ab1!xY", " x "],
}


def draw_from(pattern: re.Pattern[str]) -> st.SearchStrategy[str]:
    """Return texts that match a pattern, some of them with white space or capitals."""
    plain = st.from_regex(pattern, fullmatch=True)
    return plain | plain.map(lambda text: f" {text}\n") | plain.map(str.upper)


def odd(*own: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return odd values of a field's own kind, or of any other."""
    return st.one_of(*own, st.sampled_from(ODD))


EMAIL_VALUES = odd(draw_from(EMAIL), st.sampled_from(EMAILS))
MOMENTS = odd(draw_from(TIMESTAMP), st.sampled_from(DATES))
KEYS = odd(st.lists(st.sampled_from(["a", " a ", "b"]), max_size=3))
LOGIN = st.fixed_dictionaries(
    {},
    optional={
        "provider": st.sampled_from(["google", "google", " google ", "apple", "x y", None]),
        "subject": st.sampled_from(["1", " 1", "2", 3, "z" * 191, "z" * 192]),
        "display_name": st.sampled_from([None, "D", " ", 5]),
        "more": st.just(1),
    },
)
TEXTS = ("given_name", "family_name", "display_name", "locale", "zoneinfo", "picture")
FLAGS = ("email_verified", "phone_verified", "active")
DATED = ("created_at", "last_login", "updated_at")
PASSWORD = "authenticators.password"
# A plain value of each field, and odd ones.
FIELDS: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {
    "subject_id": ("id", odd(draw_from(SCIENTIFIC))),
    "profile.username": ("Plain", odd(EMAIL_VALUES, draw_from(E164), st.sampled_from(PHONES))),
    "profile.email": ("U@example.com", EMAIL_VALUES),
    "profile.phone": ("+441632960001", odd(draw_from(E164), st.sampled_from(PHONES))),
    **{f"profile.{name}": ("plain", odd()) for name in TEXTS},
    **{f"profile.{name}": (True, odd()) for name in FLAGS},
    **{f"profile.{name}": ("2021-03-04T09:30:00Z", MOMENTS) for name in DATED},
    f"{PASSWORD}.hash": (
        HASHES[0],
        odd(*map(draw_from, HEADS.values()), st.sampled_from(HASHES)),
    ),
    f"{PASSWORD}.format": ("bcrypt", odd(st.sampled_from(FORMATS))),
    f"{PASSWORD}.plaintext": (None, odd(st.sampled_from([*HASHES, "****", "Ab1!xY", " x "]))),
    f"{PASSWORD}.must_change": (None, odd()),
    f"{PASSWORD}.expires_at": (None, MOMENTS),
    "authenticators.external_logins": (
        [{"provider": "google", "subject": "1"}],
        odd(st.lists(LOGIN, max_size=3), st.just('[{"provider":"google","subject":"1"}]')),
    ),
    "memberships.roles": (["member"], KEYS),
    "memberships.groups": (["a", "b"], KEYS),
    "profile.emails": (None, odd(st.sampled_from([["a@x.com"], "a@x.com"]))),
    "profile.attributes": (None, odd()),
    "profile.nick": (None, odd()),
    "authenticators.totp": (None, odd(st.just({"secret": "JBSWY3DPEHPK3PXP"}))),
    "authenticators.recovery_codes": (None, odd()),
    **{name: (None, odd()) for name in ("profile", "authenticators", PASSWORD, "memberships")},
}
# Those that a row of a table has as columns.
COLUMNS = tuple(
    name
    for name in FIELDS
    if "." in name and name.rpartition(".")[2] not in {"password", "totp", "nick", "attributes"}
)


@st.composite
def draw_values(draw: st.DrawFn, names: tuple[str, ...] = tuple(FIELDS)) -> dict[str, Any]:
    """Return some plain values by the paths of their fields, and up to two odd ones."""
    kept = draw(st.lists(st.sampled_from(names), unique=True))
    plain = {name: FIELDS[name][0] for name in kept if FIELDS[name][0] is not None}
    changed = draw(st.lists(st.sampled_from(names), max_size=2))
    changes = {name: draw(FIELDS[name][1]) for name in changed}
    return {"subject_id": FIELDS["subject_id"][0], **plain, **changes}


def nest(values: dict[str, Any]) -> dict[str, Any]:
    """Return values at their places in a record; what finds its place taken is left out."""
    record: dict[str, Any] = {}
    for path, value in values.items():
        *above, leaf = path.split(".")
        node: Any = record
        for step in above:
            node = node.setdefault(step, {}) if isinstance(node, dict) else None
        if isinstance(node, dict):
            node[leaf] = value
    return record


# Fields that rules read in a way of their own.
READ_BY_RULES = tuple(
    name for name in COLUMNS if not name.startswith("profile.") or name == "profile.active"
)
# As NDJSON holds them, as a table does, and rows of a table whose columns go to all fields.
RECORDS = draw_values().map(nest)
FLAT_RECORDS = draw_values()
ROWS = draw_values(("subject_id", *COLUMNS))


def list_odd_rows(names: Iterable[str], odd_names: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield a row for each odd value of a field, otherwise plain, and one without the field."""
    plain = {name: FIELDS[name][0] for name in names if FIELDS[name][0] is not None}
    for name in odd_names:
        yield {path: value for path, value in plain.items() if path != name}
        own = next((values for end, values in OWN.items() if name.endswith(end)), [])
        yield from (plain | {name: value} for value in (*ODD, *own))
