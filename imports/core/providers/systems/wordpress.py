"""WordPress: its tables wp_users and wp_usermeta, and the list of WP-CLI.

Columns as in https://developer.wordpress.org/plugins/users/working-with-users/ and
wp-admin/includes/schema.php; `wp user list` as in https://developer.wordpress.org/cli/commands/user/list/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from imports.core.account_states import find_named_state
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
from imports.core.providers.values import drop_blanks, list_objects, make_login, read_text
from imports.core.providers.web_tables import (
    fold_all,
    fold_row,
    omit_folded,
    pick_date,
)
from imports.core.readers.related_tables import Link, Table

SIGNATURE = frozenset({"userlogin", "userpass", "useremail"})
LISTED = frozenset({"userlogin", "useremail", "userregistered"})
META = "usermeta"
TABLES = Table(
    "users",
    ("ID", "user_login", "user_pass", "user_email"),
    children=(Table(META, ("user_id", "meta_key", "meta_value"), (Link("user_id", "ID"),)),),
)
MD5 = re.compile(r"[0-9a-f]{32}")
# PHP's serialisation of an array of roles and whether the user has each.
ROLE = re.compile(r's:\d+:"([^"]+)";b:1;')
# Other sites of a network have a number before the word; of the main one it has none.
CAPABILITIES = re.compile(r"(?P<prefix>.*?)(?:_(?P<site>\d+)_)?capabilities")
# What plugins write of an account that may not sign in: Disable Users, Lock User Account, New User
# Approve, Ultimate Member, User Registration, WP Approve User, WPForms.
FLAGS = frozenset({"ja_disable_user", "baba_user_locked", "wpforms-pending"})
STATES = {
    "account_status": (
        frozenset({"approved"}),
        frozenset(
            {"awaiting_admin_review", "awaiting_email_confirmation", "checkmail", "rejected"}
            | {"inactive"}
        ),
    ),
    "pw_user_status": (frozenset({"approved"}), frozenset({"pending", "denied"})),
    "ur_user_status": (frozenset({"1"}), frozenset({"0", "-1"})),
    "wp-approve-user": (frozenset({"1"}), frozenset({"0"})),
}
# Keys of the plugins Two Factor and Google Authenticator, in base32.
TOTP_KEYS = {
    "_two_factor_totp_key": ("_two_factor_enabled_providers", "Two_Factor_Totp"),
    "googleauthenticator_secret": ("googleauthenticator_enabled", "enabled"),
}
# OpenID Connect Generic, Auth0, WooCommerce Social Login and Social Connect.
LOGIN_KEYS = {"openid-connect-generic-subject-identity": "oidc", "wp_auth0_id": "auth0"}
SOCIAL = re.compile(r"(?:_wc_social_login|social_connect)_(?P<provider>[a-z]+)_(?:uid|id)")
CONSUMED = frozenset(
    {"userpass", "userstatus", "spam", "deleted", "userregistered", "usermeta", "roles"}
)
NOTHING = "0"

PRESETS = {
    "id": Preset("subject_id", "The id of the user."),
    "userlogin": Preset("profile.username", "The name users sign in with."),
    "useremail": Preset("profile.email", "The e-mail address."),
    "displayname": Preset("profile.display_name", "The display name."),
    "firstname": Preset("profile.given_name", "The first name."),
    "lastname": Preset("profile.family_name", "The last name."),
    "(given name)": Preset("profile.given_name", "first_name in wp_usermeta."),
    "(family name)": Preset("profile.family_name", "last_name in wp_usermeta."),
    "(locale)": Preset("profile.locale", "locale in wp_usermeta."),
    "(active)": Preset(
        "profile.active",
        "False for spam and deleted users of a network, and for those whom a plugin has disabled "
        "or has not approved. The dry run asks about a user_status and unknown plugins.",
    ),
    "(created)": Preset("profile.created_at", "user_registered, in UTC."),
    "(password hash)": Preset("authenticators.password.hash", "user_pass."),
    "(hash format)": Preset("authenticators.password.format", "MD5, for WordPress before 2.5."),
    "(external logins)": Preset(
        "authenticators.external_logins", "Ids of identity providers in wp_usermeta."
    ),
    "(authenticator app)": Preset(
        "authenticators.totp.secret", "The key of the plugins Two Factor or Google Authenticator."
    ),
    "(roles)": Preset(
        "memberships.roles", "wp_capabilities of the main site, or roles from WP-CLI."
    ),
}
NOT_CARRIED = {
    "userurl": "The user's website. Map the column to an attribute if you need it.",
    "usernicename": "The user name in URLs of the old site.",
    "useractivationkey": "A password reset token, which has no meaning here.",
}
LACKS = (
    "WordPress records neither the last sign-in nor whether an e-mail address was verified.",
    "Names, roles, logins and authenticator apps are in wp_usermeta. Other settings there, and "
    "roles on other sites of a network, are not imported.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the names of the columns, which begin with “user_”."""
    names = fold_all(columns)
    if names >= SIGNATURE:
        return certain("The columns match wp_users: user_login, user_pass, user_email.")
    if names >= LISTED:
        return strong("The columns match WP-CLI: user_login, user_email, user_registered.")
    return None


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with state, date, names and roles."""
    row = fold_row(values)
    meta = read_meta(row)
    password = read_text(row.get("userpass"))
    derived = {
        "(active)": combine_states(
            read_account_state(row.get("spam"), "disabled"),
            read_account_state(row.get("deleted"), "disabled"),
            read_status(row.get("userstatus")),
            *read_plugin_states(meta),
        ),
        "(created)": pick_date(row.get("userregistered")),
        "(password hash)": password,
        "(hash format)": "unsalted_md5" if MD5.fullmatch(password) else "",
        "(given name)": meta.get("first_name"),
        "(family name)": meta.get("last_name"),
        "(locale)": meta.get("locale"),
        "(roles)": list(dict.fromkeys([*read_roles(meta), *read_listed(row.get("roles"))])),
        "(external logins)": list(list_logins(meta)),
        "(authenticator app)": read_totp(meta),
        "(not carried)": [name_part(name) for name in meta if not is_read(name, meta)],
    }
    return {**omit_folded(values, CONSUMED), **drop_blanks(derived)}


def read_meta(row: Values) -> dict[str, str]:
    """Return the values of wp_usermeta by their keys."""
    rows = map(fold_row, list_objects(row.get(META)))
    pairs = ((read_text(each.get("metakey")), read_text(each.get("metavalue"))) for each in rows)
    return {name: value for name, value in pairs if name and value}


def is_read(name: str, meta: dict[str, str]) -> bool:
    """Return whether all that a value says is imported."""
    if name in {"first_name", "last_name", "locale", *FLAGS, *STATES, *LOGIN_KEYS}:
        return True
    if capabilities := CAPABILITIES.fullmatch(name):
        return capabilities["site"] is None
    if SOCIAL.fullmatch(name) or next(ask_about(name, meta[name]), None):
        return True
    if not read_totp(meta):
        return False
    return name in TOTP_KEYS or name in {switch for switch, _ in TOTP_KEYS.values()}


def name_part(name: str) -> str:
    capabilities = CAPABILITIES.fullmatch(name)
    return f"roles on another site, {name}" if capabilities else f"usermeta {name}"


def read_plugin_states(meta: dict[str, str]) -> Iterator[Account]:
    """Yield what plugins say of the account; of those that are not known, only what disables."""
    for name, value in meta.items():
        if name in FLAGS:
            yield False if read_account_state(value, "disabled") is False else None
        elif known := STATES.get(name):
            active, disabled = known
            state = read_account_state(value, active=active, disabled=disabled)
            yield f"{name} {value}" if isinstance(state, str) else state
        else:
            yield from ask_about(name, value)


def ask_about(name: str, value: str) -> Iterator[str]:
    """Yield a value that says by the name of its key that somebody cannot sign in."""
    named = find_named_state(name)
    if named and read_account_state(value, named.means) is False:
        yield f"{name} {value}"[:80]


def read_totp(meta: dict[str, str]) -> str:
    """Return the key of an authenticator app that is in use."""
    for name, (switch, sign) in TOTP_KEYS.items():
        if name in meta and sign in meta.get(switch, ""):
            return meta[name]
    return ""


def list_logins(meta: dict[str, str]) -> Iterator[Values]:
    for name, value in meta.items():
        if social := SOCIAL.fullmatch(name):
            yield from make_login(name_provider(social["provider"]), value)
        elif name in LOGIN_KEYS:
            yield from make_login(LOGIN_KEYS[name], value)


def read_status(value: object) -> str | None:
    """Return a status other than 0, which WordPress itself does not use, as what is not clear."""
    text = read_text(value)
    return f"user_status {text}" if text not in ("", NOTHING) else None


def read_roles(meta: dict[str, str]) -> Iterator[str]:
    """Yield the roles on the main site; an administrator of another one is none here."""
    for name, value in meta.items():
        capabilities = CAPABILITIES.fullmatch(name)
        if capabilities and capabilities["site"] is None:
            yield from ROLE.findall(value)


def read_listed(roles: object) -> list[str]:
    return [role.strip() for role in read_text(roles).split(",") if role.strip()]


PROVIDER = Provider(
    name="wordpress",
    label="WordPress",
    how_to_export=(
        "Export the tables wp_users and wp_usermeta as CSV with header lines, name each file "
        "after its table, and pack them into one zip archive. Or upload a database dump (wp "
        "db export). wp user list --format=csv has no password hashes."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    tables=TABLES,
    not_carried=NOT_CARRIED,
    reads_states=frozenset({"spam", "deleted", "userstatus"}),
    lacks=LACKS,
)
