"""Meteor's accounts: users of Rocket.Chat, Wekan and other applications on it, from MongoDB.

Documents as in https://docs.meteor.com/api/accounts.html, Rocket.Chat's as in IUser.ts of its
packages/core-typings, Wekan's as in its models/users.js.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from imports.core.providers.account_states import Account, combine_states, read_account_state
from imports.core.providers.contract import (
    Answers,
    Evidence,
    Preset,
    Provider,
    Values,
    certain,
    strong,
)
from imports.core.providers.login_names import name_provider
from imports.core.providers.values import (
    drop_blanks,
    list_objects,
    list_texts,
    make_login,
    nest_columns,
    omit,
    pick_first,
    read_json,
    read_text,
    walk,
)

HASHES = ("argon2", "bcrypt", "srp")
# What the API of Rocket.Chat answers has no services.
CHAT_MARKS = frozenset({"_id", "username", "type", "roles", "active"})
CHAT_OWN = frozenset({"utcOffset", "statusConnection", "__rooms"})
# What lies among the services and is no account elsewhere.
OWN_SERVICES = frozenset(
    {"password", "resume", "email", "email2fa", "emailCode", "totp", "passwordless", "cloud"}
)
SUBJECTS = ("id", "nameID", "external_id", "sub")
GLOBAL_ROLES = "__global_roles__"
PROGRAMS = frozenset({"bot", "app"})
CONSUMED = frozenset(
    {
        *("services", "emails", "active", "loginDisabled", "roles", "name", "language", "profile"),
        *("settings", "requirePasswordChange"),
    }
)

PRESETS = {
    "_id": Preset("subject_id", "The id of the user's document."),
    "username": Preset("profile.username", "The name users sign in with."),
    "(email)": Preset("profile.email", "The first of emails."),
    "(email verified)": Preset("profile.email_verified", "Whether that address was verified."),
    "(further emails)": Preset("profile.emails", "The other values of emails."),
    "(display name)": Preset(
        "profile.display_name", "name, or else profile.name or profile.fullname."
    ),
    "(given name)": Preset("profile.given_name", "profile.firstName."),
    "(family name)": Preset("profile.family_name", "profile.lastName."),
    "(locale)": Preset("profile.locale", "The chosen language."),
    "(picture)": Preset("profile.picture", "profile.avatarUrl, if it is an http or https URL."),
    "(active)": Preset(
        "profile.active",
        "False if active is false or loginDisabled is true. The dry run asks about an active that "
        "is null.",
    ),
    "createdAt": Preset("profile.created_at", "When the user was created."),
    "lastLogin": Preset("profile.last_login", "When the user last signed in."),
    "_updatedAt": Preset("profile.updated_at", "When the user was last changed."),
    "(password hash)": Preset(
        "authenticators.password.hash",
        "services.password.argon2, or else services.password.bcrypt.",
    ),
    "(hash format)": Preset(
        "authenticators.password.format",
        "Meteor's own formats: it hashes the SHA-256 of the password.",
    ),
    "(must change)": Preset(
        "authenticators.password.must_change", "True if requirePasswordChange is true."
    ),
    "(external logins)": Preset(
        "authenticators.external_logins", "The ids in services, such as services.google.id."
    ),
    "(authenticator app)": Preset(
        "authenticators.totp.secret", "services.totp.secret, if the app is enabled."
    ),
    "(addresses for codes)": Preset(
        "authenticators.verified_addresses",
        "The verified addresses of users with services.email2fa enabled.",
    ),
    "(roles)": Preset("memberships.roles", "roles that hold everywhere."),
}
NOT_CARRIED = {
    "type": "The kind of account in Rocket.Chat. Bots and apps are excluded.",
    "status": "Whether the user is online.",
    "statusconnection": "Whether the user is online.",
    "statusdefault": "Whether the user is online.",
    "statustext": "The status message.",
    "inactivereason": "Why the account is not active, which the column “(active)” says.",
    "reason": "What the user wrote when registering.",
    "rooms": "The rooms of the user in Rocket.Chat.",
    "utcoffset": "A difference in hours, which is not a time zone.",
    "isadmin": "An import never creates administrators.",
    "requirepasswordchangereason": "Why the password has to be changed.",
    "servicesresume": "Tokens of sessions, which work only in the old system.",
    "servicesemail": "Tokens of links in e-mails, which work only in the old system.",
    "servicesemailcode": "Codes that work only in the old system.",
    "servicespasswordless": "Codes that work only in the old system.",
    "servicespasswordsrp": "Passwords from before Meteor 0.8.2, which cannot be verified.",
    "servicespassword": "Tokens of links in e-mails, which work only in the old system.",
    "servicestotphashedbackup": "Recovery codes, of which only hashes are kept.",
    "servicestotpenabled": "Whether the authenticator app is in use.",
    "servicestotp": "An authenticator app that is not in use.",
    "servicesemail2fa": "Whether codes are sent by e-mail. Only verified addresses get them here.",
    "services": "What the identity provider said of the user. Only its id is imported.",
    "settings": "Settings in the old system.",
    "roles": "Roles that hold in one place only are not imported.",
    "federated": "Users of other servers are excluded.",
    "federation": "The server of a federated user. Users of other servers are excluded.",
}
LACKS = (
    "Rocket.Chat's API does not return password hashes. They are in its collection users.",
    "Backup codes are kept as hashes, so that they cannot be imported.",
    "Rooms, teams, organizations and boards are not in the user's document.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the services of Meteor, or what Rocket.Chat's API says of every user."""
    users = list(map(nest_columns, rows))
    for name in HASHES:
        if any(read_text(_walk_hash(user, name)) for user in users):
            return certain(f"Users have services.password.{name}, as Meteor alone writes it.")
    if any(walk(user, "services", "resume", "loginTokens") for user in users):
        return certain("Users have services.resume.loginTokens, as Meteor alone writes it.")
    names = frozenset(columns)
    if names >= CHAT_MARKS and (found := names & CHAT_OWN):
        return strong(f"Users have a type, roles and {', '.join(sorted(found))}, as Rocket.Chat's.")
    return None


def _walk_hash(user: Values, name: str) -> Any:
    value = walk(user, "services", "password", name)
    return walk(value, "verifier") if name == "srp" else value


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with addresses, state, password, logins and roles as columns."""
    user = nest_columns(values)
    services = user["services"] if isinstance(user.get("services"), dict) else {}
    profile = user["profile"] if isinstance(user.get("profile"), dict) else {}
    emails = list_objects(read_json(user.get("emails")))
    taken_of_profile, of_profile = read_profile(profile)
    derived = {
        **of_profile,
        "(email)": walk(emails, 0, "address"),
        "(email verified)": walk(emails, 0, "verified"),
        "(further emails)": list(list_further_emails(emails)),
        "(display name)": pick_first(user.get("name"), of_profile.get("(display name)")),
        "(locale)": pick_first(
            walk(user, "settings", "preferences", "language"),
            user.get("language"),
            of_profile.get("(locale)"),
        ),
        "(active)": read_state(user),
        **read_password(services.get("password")),
        "(must change)": user.get("requirePasswordChange"),
        "(external logins)": list(list_logins(services)),
        "(authenticator app)": read_totp(services.get("totp")),
        "(addresses for codes)": list(list_addresses_for_codes(services.get("email2fa"), emails)),
        "(roles)": list_roles(read_json(user.get("roles"))),
        "(not carried)": list(name_scoped(user.get("roles"))),
    }
    left = {
        column: value
        for column, value in values.items()
        if column.partition(".")[0] not in CONSUMED
    }
    if rest := omit(profile, taken_of_profile):
        left["profile"] = rest
    return left | drop_blanks(derived)


def read_profile(profile: Values) -> tuple[frozenset[str], Values]:
    """Return which members of a profile are read, and what they say."""
    picture = read_text(profile.get("avatarUrl"))
    is_url = picture.startswith(("https://", "http://"))
    taken = {"name", "fullname", "firstName", "lastName", "language"}
    return frozenset(taken | ({"avatarUrl"} if is_url else set())), {
        "(display name)": pick_first(profile.get("fullname"), profile.get("name")),
        "(given name)": profile.get("firstName"),
        "(family name)": profile.get("lastName"),
        "(locale)": profile.get("language"),
        "(picture)": picture if is_url else None,
    }


def read_state(user: Values) -> Account:
    """Return whether the user can sign in; Rocket.Chat refuses whoever is not active outright."""
    is_active = read_account_state(user.get("active"), "enabled")
    if "active" in user and is_active is None:
        is_active = "active is null"
    return combine_states(is_active, read_account_state(user.get("loginDisabled"), "disabled"))


def list_further_emails(emails: list[Values]) -> Iterator[Values]:
    for each in emails[1:]:
        if address := read_text(each.get("address")):
            yield {"email": address, "verified": each.get("verified") is True}


def read_password(password: Any) -> Values:
    """Return the hash and its format; Meteor deletes the one of bcrypt once it has the other."""
    for name in ("argon2", "bcrypt"):
        if found := read_text(walk(password, name)):
            return {"(password hash)": found, "(hash format)": f"meteor_{name}"}
    return {}


def read_totp(totp: Any) -> str:
    is_enabled = read_account_state(walk(totp, "enabled"), "enabled") is True
    return read_text(walk(totp, "secret")) if is_enabled else ""


def list_addresses_for_codes(email2fa: Any, emails: list[Values]) -> Iterator[Values]:
    """Yield where Rocket.Chat sends codes: to the verified addresses of whoever asked for it."""
    if read_account_state(walk(email2fa, "enabled"), "enabled") is True:
        for each in emails:
            if each.get("verified") is True and (address := read_text(each.get("address"))):
                yield {"type": "email", "value": address}


def list_logins(services: Values) -> Iterator[Values]:
    for name, service in services.items():
        if name not in OWN_SERVICES and isinstance(service, dict):
            subject = pick_first(*(service.get(each) for each in SUBJECTS))
            yield from make_login(name_provider(name), subject, service.get("email"))


def list_roles(roles: Any) -> list[str]:
    """Return the roles that hold everywhere, of each form that Meteor's packages have had.

    That is a list of names, of objects with a scope, or an object with a list for each scope.
    """
    if isinstance(roles, dict):
        roles = roles.get(GLOBAL_ROLES)
    unscoped = [each for each in list_objects(roles) if each.get("scope") is None]
    return list(dict.fromkeys([*list_texts(roles), *(read_text(r.get("_id")) for r in unscoped)]))


def name_scoped(roles: Any) -> Iterator[str]:
    """Yield what is left of roles in the cell of a table, of which the parts are no columns."""
    found = read_json(roles) if isinstance(roles, str) else None
    is_scoped = isinstance(found, dict) and not found.keys() <= {GLOBAL_ROLES}
    if is_scoped or any(each.get("scope") is not None for each in list_objects(found)):
        yield "roles that hold in one place only"


def excludes(values: Values) -> str:
    if read_text(values.get("type")) in PROGRAMS:
        return "A bot or app of Rocket.Chat, not a person."
    if values.get("federated") is True:
        return "A user of another server, who signs in there."
    return ""


PROVIDER = Provider(
    name="meteor",
    label="Meteor (Rocket.Chat, Wekan)",
    how_to_export=(
        "Export the collection users: mongoexport --uri mongodb://localhost:27017/rocketchat "
        "--collection users --out users.json (for Wekan, its database wekan)."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    excludes=excludes,
    not_carried=NOT_CARRIED,
    lacks=LACKS,
    reads_states=frozenset(
        {
            *("active", "logindisabled", "status", "statusconnection", "statusdefault"),
            *("inactivereason", "statuslivechat"),
        }
    ),
    is_sparse=True,
)
