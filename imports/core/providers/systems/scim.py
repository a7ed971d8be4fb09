"""SCIM 2.0 users (RFC 7643): a list response, a bulk request (RFC 7644), or a bare array.

Names of attributes are compared without regard to case, as the standard says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from accounts.identifiers import E164
from imports.core.providers.contract import (
    Answers,
    Evidence,
    Preset,
    Provider,
    Values,
    certain,
    weak,
)
from imports.core.providers.phones import COUNTRY_OF_PHONES, write_phone
from imports.core.providers.values import (
    drop_blanks,
    list_objects,
    list_texts,
    pick_first,
    read_text,
)

URN = "urn:ietf:params:scim:"
USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:user"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user"
# Of a row that a program sends through a connection: what is kept of it, and what there was.
SENT, BEFORE, KEPT = "resource", "before", "(resource)"
# Extensions of vendors whose users have a source system of their own.
IBM = "urn:ietf:params:scim:schemas:extension:ibm:"
# The longest language tag that is stored, as that of a canonical record.
LOCALE_LENGTH = 35
USER_METHODS = frozenset({"", "POST", "PUT"})
CONSUMED = frozenset(
    {
        "id",
        "externalid",
        "schemas",
        "meta",
        "username",
        "name",
        "displayname",
        "emails",
        "phonenumbers",
        "photos",
        "preferredlanguage",
        "locale",
        "timezone",
        "active",
        "password",
        "groups",
        "roles",
    }
)
OPERATION = frozenset({"method", "path", "bulkid", "version"})

PRESETS = {
    "(subject id)": Preset("subject_id", "id, or externalId if there is no id yet."),
    "(user name)": Preset("profile.username", "userName."),
    "(email)": Preset("profile.email", "The primary value of emails, or else the first."),
    "(further emails)": Preset("profile.emails", "The other values of emails."),
    "(phone)": Preset(
        "profile.phone",
        "The primary value of phoneNumbers, or else the first of type mobile, in E.164. For "
        "numbers without a country code, Userferry uses the country of the address, or else "
        "the country you choose.",
    ),
    "(given name)": Preset("profile.given_name", "name.givenName."),
    "(family name)": Preset("profile.family_name", "name.familyName."),
    "(display name)": Preset("profile.display_name", "displayName, or else name.formatted."),
    "(picture)": Preset("profile.picture", "The primary value of photos, or else the first."),
    "(locale)": Preset("profile.locale", "locale, or else the first of preferredLanguage."),
    "(time zone)": Preset("profile.zoneinfo", "timezone."),
    "(active)": Preset("profile.active", "active."),
    "(created)": Preset("profile.created_at", "meta.created."),
    "(updated)": Preset("profile.updated_at", "meta.lastModified."),
    "(password)": Preset(
        "authenticators.password.plaintext", "password, only in requests that create users."
    ),
    "(groups)": Preset("memberships.groups", "The display names of groups, or else their ids."),
    "(roles)": Preset("memberships.roles", "The values of roles."),
}
NOT_CARRIED = {
    "externalid": "externalId, the user's id in the provisioning system.",
    "externalidofclient": "externalId, the user's id in the provisioning system.",
    "addresses": "Userferry has no field for postal addresses. Create an attribute for them.",
    "ims": "Userferry has no field for instant messaging. Create an attribute for it.",
    "entitlements": "Entitlements in another system.",
    "x509certificates": "Userferry does not support sign-in with certificates.",
    "resourcetype": "Distinguishes users from other resources.",
    "schemas": "Distinguish users from other resources.",
    "version": "The version of the user in the old system.",
    "data": "The changes of a bulk operation.",
    "members": "Of a group in a bulk request.",
    "profileurl": "The URL of the user's profile page in another system.",
    "otherphones": "A user has only one phone number.",
    "method": "The method of a bulk operation.",
    "path": "The path of a bulk operation.",
    "bulkid": "The id of a bulk operation.",
}
LACKS = (
    "SCIM never returns passwords or hashes. Users choose a new password at the first sign-in.",
    "SCIM has no verified flags, external logins, multi-factor authentication or sign-in times.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the schemas that every SCIM resource names, or its unmistakable parts."""
    resources = [each for each in map(read_resource, rows) if not changes_resource(each)]
    users = [each for each in resources if is_resource(each)]
    if not users or len(users) * 2 < len(resources):
        return None
    found = f"{len(users)} of {len(resources)} records in the sample are SCIM resources"
    is_of_vendor = any(is_of(row, IBM) for row in rows)
    if all(map(names_core_schema, users)) and not is_of_vendor:
        return certain(f"{found}, by their schemas.")
    return weak(f"{found}, by their schemas or by userName beside the resource type User.")


def is_of(row: Values, extension: str) -> bool:
    """Return whether a resource has or names an extension, by the start of its name."""
    resource = read_resource(row)
    named = (text.lower() for text in list_texts(resource.get("schemas")))
    return any(name.startswith(extension) for name in (*resource, *named))


def read_resource(values: Values) -> Values:
    """Return the resource by lower-case names, out of the operation of a bulk request or not."""
    outer = {name.lower(): value for name, value in values.items()}
    data = outer.get("data")
    if "method" in outer and isinstance(data, dict):
        inner = {name.lower(): value for name, value in data.items()}
        operation = {name: item for name, item in outer.items() if name in OPERATION}
        return {**operation, **inner}
    return outer


def names_core_schema(resource: Values) -> bool:
    """Return whether one of the schemas is a core one of SCIM, of any version."""
    schemas = [text.lower() for text in list_texts(resource.get("schemas"))]
    return any(text.startswith(URN) and ":core:" in text for text in schemas)


def is_resource(resource: Values) -> bool:
    if names_core_schema(resource):
        return True
    kind = read_text(lower_keys(resource.get("meta")).get("resourcetype")).lower()
    return "username" in resource and kind == "user"


def changes_resource(resource: Values) -> bool:
    """Return whether an operation of a bulk request brings no resource of its own."""
    method = read_text(resource.get("method")).upper()
    return bool(method) and method not in USER_METHODS and "path" in resource


def names_export(names: Collection[str]) -> str:
    """Say that an object is a group, which names its users by their ids."""
    is_group = {"schemas", "displayname", "members"} <= set(names) and "username" not in names
    return "a SCIM group" if is_group else ""


def lower_keys(value: Any) -> Values:
    return {name.lower(): item for name, item in value.items()} if isinstance(value, dict) else {}


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user as columns; extensions are split, because their names hold dots."""
    resource = read_resource(values)
    name, meta = lower_keys(resource.get("name")), lower_keys(resource.get("meta"))
    emails = list_values(resource.get("emails"))
    phones = [each.lower().removeprefix("tel:") for each in list_phones(resource)]
    language = read_text(resource.get("preferredlanguage")).partition(",")[0].partition(";")[0]
    derived = {
        "(subject id)": pick_first(
            resource.get("id"), find_path_id(resource), resource.get("externalid")
        ),
        "(external id of client)": resource.get("externalid"),
        "(user name)": resource.get("username"),
        "(email)": "".join(emails[:1]),
        "(further emails)": emails[1:],
        "(phone)": find_phone(phones, resource, answers, is_sent=SENT in values),
        "(other phones)": phones[1:],
        "(given name)": name.get("givenname"),
        "(family name)": name.get("familyname"),
        "(display name)": pick_first(resource.get("displayname"), name.get("formatted")),
        "(picture)": "".join(list_values(resource.get("photos"))[:1]),
        "(locale)": find_locale(resource, language, is_sent=SENT in values),
        "(time zone)": resource.get("timezone"),
        "(active)": resource.get("active"),
        "(created)": meta.get("created"),
        "(updated)": meta.get("lastmodified"),
        "(password)": resource.get("password"),
        "(groups)": list_names(resource.get("groups")),
        "(roles)": list_values(resource.get("roles")),
        "(resource type)": meta.get("resourcetype"),
        "(schemas)": resource.get("schemas"),
        KEPT: values.get(SENT) if SENT in values and "method" in values else None,
        **dict(list_extensions(resource)),
    }
    kept = {
        column: value
        for column, value in resource.items()
        if column not in CONSUMED and not column.startswith("urn:")
    }
    return {**kept, **drop_blanks(derived)}


def read_before(values: Values) -> Values | None:
    """Return what a program says the resource was before it changed, as such a row."""
    before = values.get(BEFORE)
    if "method" not in values or not isinstance(before, dict):
        return None
    return {"method": values["method"], "data": before, SENT: None}


def find_phone(
    phones: Sequence[str], resource: Values, answers: Answers, *, is_sent: bool
) -> str | None:
    """Return the number to reach the user by.

    What a program sends is kept as it is: a number without a country is then no reason to refuse
    the user, and nobody is reached by it.
    """
    phone = write_phone("".join(phones[:1]), find_country(resource), answers)
    return None if is_sent and not E164.fullmatch(phone) else phone


def find_locale(resource: Values, language: str, *, is_sent: bool) -> Any:
    """Return the locale; of what a program sends, only one that can be one."""
    locale = pick_first(resource.get("locale"), language)
    return None if is_sent and len(read_text(locale)) > LOCALE_LENGTH else locale


def find_path_id(resource: Values) -> str:
    """Return the id in the path of an operation that replaces a user, /Users/ID."""
    _, _, found = read_text(resource.get("path")).partition("/Users/")
    return found.strip("/")


def list_values(values: Any, preferred: str = "") -> list[str]:
    """Return the values of a multi-valued attribute, the primary one first."""
    items = sorted(
        map(lower_keys, list_objects(values)),
        key=lambda each: (
            each.get("primary") is not True,
            bool(preferred) and read_text(each.get("type")).lower() != preferred,
        ),
    )
    texts = [text for each in items if (text := read_text(each.get("value")))]
    plain = [text for text in list_texts(values) if text not in texts]
    return list(dict.fromkeys(texts + plain))


def list_phones(resource: Values) -> list[str]:
    return list_values(resource.get("phonenumbers"), "mobile")


def find_country(resource: Values) -> str:
    """Return the country of the first address that has one."""
    addresses = map(lower_keys, list_objects(resource.get("addresses")))
    return next((text for each in addresses if (text := read_text(each.get("country")))), "")


def list_names(groups: Any) -> list[str]:
    found = (
        read_text(pick_first(each.get("display"), each.get("value")))
        for each in map(lower_keys, list_objects(groups))
    )
    return list(dict.fromkeys(name for name in found if name))


def list_extensions(resource: Values) -> Iterator[tuple[str, Any]]:
    """Yield the attributes of extensions; the enterprise ones by their bare names."""
    for urn, extension in resource.items():
        if not (urn.startswith("urn:") and isinstance(extension, dict)):
            continue
        prefix = "" if urn == ENTERPRISE else f"{urn.rpartition(':')[2]} "
        for name, value in extension.items():
            manager = lower_keys(value)
            shown = pick_first(manager.get("displayname"), manager.get("value"))
            yield f"({prefix}{name})", shown if isinstance(value, dict) else value


def excludes(values: Values) -> str:
    """Say that a resource is a group, or that an operation does not put a user anywhere."""
    method = read_text(values.get("method")).upper()
    path = read_text(values.get("path"))
    kind = read_text(values.get("(resource type)"))
    schemas = [text.lower() for text in list_texts(values.get("(schemas)"))]
    if method not in USER_METHODS:
        return f"This bulk operation is a {method[:10]} without a complete user."
    if path and not path.startswith("/Users"):
        return "This bulk operation is not about users."
    if (kind and kind != "User") or (schemas and USER_SCHEMA not in schemas):
        return f"This is a resource of the type {kind[:40] or 'in its schemas'}, not a user."
    return ""


PROVIDER = Provider(
    name="scim",
    label="SCIM 2.0",
    how_to_export=(
        "Call GET /Users?startIndex=1&count=200 at the SCIM URL of the source system with its "
        "token, increase startIndex until you reach totalResults, and put the Resources of "
        "all responses into one JSON array. A single response and bulk requests are also "
        "supported."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    read_before=read_before,
    always={KEPT: "profile.attributes.scim"},
    questions=(COUNTRY_OF_PHONES,),
    excludes=excludes,
    names_export=names_export,
    is_sparse=True,
    not_carried=NOT_CARRIED,
    reads_states=frozenset({"active"}),
    lacks=LACKS,
)
