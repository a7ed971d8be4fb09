"""phpBB: its table phpbb_users, in a dump with the bans and groups of the users.

Columns as in phpBB/phpbb/db/migration/data/v30x of https://github.com/phpbb/phpbb, kinds of users
and groups as in its includes/constants.php and install/schemas (3.3).
"""

from __future__ import annotations

from collections.abc import Sequence

from imports.core.providers.account_states import Account, combine_states, read_account_state
from imports.core.providers.contract import (
    NOT_CARRIED as LOST,
)
from imports.core.providers.contract import (
    Answers,
    Evidence,
    Preset,
    Provider,
    Values,
    certain,
)
from imports.core.providers.values import drop_blanks, list_objects, read_text
from imports.core.providers.web_tables import fold_all, fold_row, omit_folded, read_seconds
from imports.core.readers.related_tables import Link, Table

USERS, BANS, MEMBERS, GROUPS = "users", "banlist", "user_group", "phpbb_groups"
# phpbb_extension_groups has ids and names too: what may be attached to a post.
OF_GROUP = ("group_id", "group_name", "group_founder_manage")
TABLES = Table(
    USERS,
    ("user_id", "user_type", "username_clean"),
    children=(
        Table(BANS, ("ban_userid", "ban_end"), (Link("ban_userid", "user_id"),)),
        Table(
            MEMBERS,
            ("group_id", "user_id", "user_pending"),
            (Link("user_id", "user_id"),),
            (Table(GROUPS, OF_GROUP, (Link("group_id", "group_id"),)),),
        ),
    ),
)
SIGNATURE = frozenset({"userid", "usertype", "usernameclean"})
# user_type: 0 is a person, 1 one who is not active, 3 a founder of the board.
ACTIVE, DISABLED, IGNORED = frozenset({"0", "3"}), frozenset({"1"}), "2"
# Groups in which phpBB puts everybody of a kind.
AUTOMATIC = frozenset({"", "GUESTS", "REGISTERED", "REGISTERED_COPPA", "NEWLY_REGISTERED", "BOTS"})
TRUE = "1"
CONSUMED = frozenset(
    {
        *("usertype", "userregdate", "userlastvisit", "userinactivetime"),
        *("banlist", "usergroup"),
    }
)

PRESETS = {
    "userid": Preset("subject_id", "The id of the user."),
    "username": Preset("profile.username", "The name users sign in with."),
    "useremail": Preset("profile.email", "The e-mail address."),
    "userlang": Preset("profile.locale", "The chosen language."),
    "usertimezone": Preset("profile.zoneinfo", "The chosen time zone."),
    "(active)": Preset(
        "profile.active",
        "False where user_type is 1, inactive, or phpbb_banlist has a ban that has not ended.",
    ),
    "(created)": Preset("profile.created_at", "user_regdate."),
    "(last sign-in)": Preset("profile.last_login", "user_lastvisit."),
    "(groups)": Preset(
        "memberships.groups", "The groups in phpbb_user_group, without those of phpBB's own."
    ),
    "userpassword": Preset("authenticators.password.hash", "The hash."),
}
NOT_CARRIED = {
    "usertype": "Bots and the anonymous user are excluded. Founders arrive without extra rights.",
    "groupid": "The id of the default group. Memberships are in the table phpbb_user_group.",
    "userpasschg": "When the password was changed.",
    "userpermissions": "Permissions of the board.",
    "userip": "The IP address of the registration.",
    "usernameclean": "The user name in lower case.",
    "userinactivereason": "Why a user is inactive.",
    "userinactivetime": "Since when a user is inactive.",
    "usernew": "Whether the user is new to the board.",
    "userformsalt": "A secret of phpBB's own.",
    "useractkey": "The key of an activation mail.",
    "usernewpasswd": "A password that was asked for and not yet activated.",
}
LACKS = (
    "The table phpbb_users alone has neither bans nor groups: banned users arrive active. Upload a "
    "dump instead.",
    "Bans of addresses and IP addresses are not read, nor are those of phpBB 4 (phpbb_bans).",
    "Profile fields are in the table phpbb_profile_fields_data.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the kind of user beside the clean user name."""
    if not fold_all(columns) >= SIGNATURE:
        return None
    return certain("The users have user_type and username_clean, as those of phpBB alone.")


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with state, dates and groups."""
    row = fold_row(values)
    kind = read_text(row.get("usertype"))
    derived = {
        "(active)": combine_states(
            read_account_state(kind if kind != IGNORED else None, active=ACTIVE, disabled=DISABLED),
            *map(read_ban, list_objects(row.get("banlist"))),
        ),
        "(created)": read_seconds(row.get("userregdate")),
        "(last sign-in)": read_seconds(row.get("userlastvisit")),
        "(groups)": list_groups(row, "0"),
        LOST: [f"application to join {name}" for name in list_groups(row, "1")],
        "(ignored)": kind == IGNORED or None,
    }
    return {**omit_folded(values, CONSUMED), **drop_blanks(derived)}


def read_ban(values: Values) -> Account:
    """Return False for a ban that has not ended; a ban without an end has 0 for one."""
    ban = fold_row(values)
    if read_text(ban.get("banexclude")) == TRUE:
        return None
    end = read_seconds(ban.get("banend"))
    return read_account_state(end, "disabled_until") if end else False


def list_groups(row: Values, pending: str) -> list[str]:
    """Return the groups in which user_pending has this value, without those of phpBB's own."""
    return [
        name
        for member in map(fold_row, list_objects(row.get("usergroup")))
        if read_text(member.get("userpending")) == pending
        for group in map(fold_row, list_objects(member.get("phpbbgroups")))
        if (name := read_text(group.get("groupname"))) not in AUTOMATIC
    ]


def excludes(values: Values) -> str:
    """Say that bots and the anonymous user are no people."""
    return "A bot or the anonymous user, not a person." if values.get("(ignored)") else ""


PROVIDER = Provider(
    name="phpbb",
    label="phpBB",
    how_to_export=(
        "Upload a backup of the database (Administration > Maintenance > Backup, .sql.gz). "
        "Userferry reads its tables phpbb_users, phpbb_banlist, phpbb_user_group and phpbb_groups."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    excludes=excludes,
    tables=TABLES,
    not_carried=NOT_CARRIED,
    reads_states=frozenset({"usertype", "userinactivereason", "userinactivetime"}),
    lacks=LACKS,
)
