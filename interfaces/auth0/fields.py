"""The fields that users can be searched by, and what each makes of a term or range."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial, reduce
from operator import or_
from typing import Any

import orjson
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, TextField, Value

from accounts.identifiers import normalise_phone
from imports.core.providers.login_names import name_provider
from imports.core.providers.systems.auth0 import DATABASE
from interfaces.auth0.errors import Refusal, refuse_query
from interfaces.auth0.resources import ATTRIBUTE, METADATA, Composer, names_of

# A literal behind a leading wildcard is at least so long, as with Auth0.
LEAST_LITERAL = 3
EVERYBODY = Q(pk__isnull=False)


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase: what stands between its wildcards, which is all of it without any."""

    parts: tuple[str, ...]

    @property
    def text(self) -> str:
        """Return the whole; raises Refusal where there are wildcards."""
        if len(self.parts) > 1:
            raise _refuse(f"Wildcards are not possible in “{'*'.join(self.parts)[:50]}”")
        return self.parts[0]

    @property
    def pattern(self) -> str:
        return ".*".join(map(re.escape, self.parts))


@dataclass(frozen=True, slots=True)
class Range:
    """What lies between two bounds, of which “*” is none."""

    start: str
    end: str
    has_start: bool
    has_end: bool


# Whatever there is, if only there is something.
ANYTHING = Term(("", ""))
Expression = Term | Range
Match = Callable[[Expression], Q]


def _refuse(message: str) -> Refusal:
    return refuse_query(f"{message} on property q")


def find_matcher(name: str, composer: Composer) -> Match:
    """Return what a field makes of an expression; raises Refusal for an unknown one."""
    root, _, rest = name.partition(".")
    if root in METADATA and rest:
        return partial(_match_metadata, name, composer)
    if name == "identities.connection":
        return partial(_match_connection, names_of(composer.connection))
    if name not in MATCHERS:
        known = ", ".join([*MATCHERS, "identities.connection", *METADATA])
        raise _refuse(f"Users cannot be searched by “{name[:50]}”. Possible: {known}")
    return MATCHERS[name]


def match_anywhere(expression: Expression, composer: Composer) -> Q:
    """Return who has a term in one of the fields that Auth0 has of everybody."""
    return reduce(or_, (MATCHERS[name](expression) for name in ANYWHERE))


def _match_text(column: str, expression: Expression, *, folds: bool = True) -> Q:
    """Return who has a text in a column; with `folds`, in capitals or not."""
    term = _require_term(expression)
    if term is ANYTHING:
        return ~Q(**{f"{column}__isnull": True}) & ~Q(**{column: ""})
    fold = "i" if folds else ""
    if len(term.parts) == 1:
        return Q(**{f"{column}__{fold}exact": term.parts[0]})
    if not term.parts[0] and len(max(term.parts, key=len)) < LEAST_LITERAL:
        raise _refuse(f"At least {LEAST_LITERAL} letters are required behind a leading wildcard")
    if len(term.parts) == 2 and not term.parts[1]:
        return Q(**{f"{column}__{fold}startswith": term.parts[0]})
    return Q(**{f"{column}__{fold}regex": f"^{term.pattern}$"})


def _match_exact(column: str, expression: Expression) -> Q:
    return _match_text(column, expression, folds=False)


def _match_email(expression: Expression) -> Q:
    """Return who has an address, which is stored in lower case: so its index serves."""
    term = _require_term(expression)
    if term is not ANYTHING:
        term = Term(tuple(part.lower() for part in term.parts))
    return _match_text("email", term, folds=False)


def _match_name(expression: Expression) -> Q:
    """Return who has a full name, for which the address stands where there is none."""
    own = _match_text("display_name", expression)
    return own | (Q(display_name="") & _match_email(expression))


def _match_nickname(expression: Expression) -> Q:
    """Return who has a nickname, for which the address up to the @ stands where there is none."""
    column = f"attributes__{ATTRIBUTE}__nickname"
    term = _require_term(expression)
    if term is ANYTHING:
        return Q(**{f"{column}__isnull": False}) | _match_email(ANYTHING)
    local = Q(email__startswith=f"{term.parts[0].lower()}@")
    if len(term.parts) > 1:
        local = Q(email__iregex=f"^{term.pattern}@")
    return _match_text(column, term) | (Q(**{f"{column}__isnull": True}) & local)


def _match_phone(expression: Expression) -> Q:
    term = _require_term(expression)
    if len(term.parts) == 1:
        return Q(phone=normalise_phone(term.text))
    return _match_text("phone", term, folds=False)


def _match_domain(expression: Expression) -> Q:
    return Q(email__endswith=f"@{_require_term(expression).text.lower()}")


def _match_flag(is_so: Q, expression: Expression) -> Q:
    word = _require_term(expression).text
    if word not in ("true", "false"):
        raise _refuse(f"Expected true or false but found “{word[:50]}”")
    return is_so if word == "true" else ~is_so


def _match_date(column: str, expression: Expression) -> Q:
    """Return who has a date; a year, a month or a day is all of it."""
    if expression is ANYTHING:
        return Q(**{f"{column}__isnull": False})
    if isinstance(expression, Term):
        start, end = _read_date(expression.text)
        return Q(**{f"{column}__gte": start, f"{column}__lt": end})
    found = Q(**{f"{column}__isnull": False})
    if expression.start != "*":
        start, end = _read_date(expression.start)
        found &= Q(**{f"{column}__gte": start if expression.has_start else end})
    if expression.end != "*":
        start, end = _read_date(expression.end)
        found &= Q(**{f"{column}__lt": end if expression.has_end else start})
    return found


def _read_date(text: str) -> tuple[datetime, datetime]:
    """Return when a year, month, day or moment begins and when it is over; raises Refusal."""
    try:
        if re.fullmatch(r"\d{4}", text):
            year = int(text)
            return datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
        if found := re.fullmatch(r"(\d{4})-(\d\d)", text):
            start = datetime(int(found[1]), int(found[2]), 1, tzinfo=UTC)
            return start, (start + timedelta(days=31)).replace(day=1)
        start = datetime.fromisoformat(text)
        start = start.replace(tzinfo=UTC) if start.tzinfo is None else start
        length = timedelta(days=1) if len(text) <= 10 else timedelta(microseconds=1)
        return start, start + length
    except (ValueError, OverflowError):
        raise _refuse(f"Expected a date such as 2026-11-30 but found “{text[:50]}”") from None


def _match_provider(expression: Expression) -> Q:
    """Return who signs in with a provider; everybody is in the database of users."""
    kind = _require_term(expression).text
    if kind == DATABASE:
        return EVERYBODY
    return _has_login(provider=name_provider(kind))


def _match_own_id(expression: Expression) -> Q:
    value = _require_term(expression).text
    return Q(subject_id__in=[value, f"{DATABASE}|{value}"]) | _has_login(uid=value)


def _match_connection(own: tuple[str, ...], expression: Expression) -> Q:
    name = _require_term(expression).text
    return EVERYBODY if name in own else _has_login(provider=name_provider(name))


def _has_login(**which: str) -> Q:
    return Q(Exists(SocialAccount.objects.filter(user=OuterRef("pk"), **which)))


def _match_metadata(name: str, composer: Composer, expression: Expression) -> Q:
    """Return who has a value in the metadata, in whatever lists it may stand.

    Where the mapping of the connection makes an attribute of it, that counts.
    """
    if isinstance(expression, Range) or (expression is not ANYTHING and len(expression.parts) > 1):
        raise _refuse(f"Neither wildcards nor ranges are possible in “{name[:50]}”")
    attribute = composer.attributes.get(name)
    steps = [attribute] if attribute else [ATTRIBUTE, *name.split(".")]
    path = "$" + "".join(f".{orjson.dumps(step).decode()}" for step in steps)
    if expression is ANYTHING:
        return Q(_find_by_path(f"{path} ? (@ != null)", {}))
    text = expression.parts[0]
    return Q(_find_by_path(f"{path} ? (@ == $text || @ == $value)", _read_value(text)))


def _read_value(text: str) -> dict[str, Any]:
    """Return a value as text, and as the number or flag that it may be."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        value = text
    return {"text": text, "value": value if isinstance(value, int | float) else text}


def _find_by_path(path: str, values: Mapping[str, Any]) -> Func:
    written = Value(orjson.dumps(values).decode(), output_field=TextField())
    return Func(
        F("attributes"),
        Func(Value(path, output_field=TextField()), template="(%(expressions)s)::jsonpath"),
        Func(written, template="(%(expressions)s)::jsonb"),
        function="jsonb_path_exists",
        output_field=BooleanField(),
    )


def _require_term(expression: Expression) -> Term:
    if isinstance(expression, Range):
        raise _refuse("Ranges are possible for dates alone")
    return expression


VERIFIED_EMAIL = Q(
    Exists(EmailAddress.objects.filter(user=OuterRef("pk"), email=OuterRef("email"), verified=True))
)
MATCHERS: Mapping[str, Match] = {
    "user_id": partial(_match_exact, "subject_id"),
    "email": _match_email,
    "email.domain": _match_domain,
    "email_verified": partial(_match_flag, VERIFIED_EMAIL),
    "username": partial(_match_text, "username"),
    "phone_number": _match_phone,
    "phone_verified": partial(_match_flag, Q(phone_verified=True)),
    "name": _match_name,
    "given_name": partial(_match_text, "given_name"),
    "family_name": partial(_match_text, "family_name"),
    "nickname": _match_nickname,
    "picture": partial(_match_exact, "picture"),
    "blocked": partial(_match_flag, Q(is_active=False)),
    "created_at": partial(_match_date, "created_at"),
    "updated_at": partial(_match_date, "updated_at"),
    "last_login": partial(_match_date, "signed_in_at"),
    "identities.provider": _match_provider,
    "identities.user_id": _match_own_id,
}
ANYWHERE = [
    "user_id",
    "email",
    "username",
    "phone_number",
    "name",
    "given_name",
    "family_name",
    "nickname",
]
