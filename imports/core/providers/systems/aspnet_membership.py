"""ASP.NET Membership of 2005, before Identity: aspnet_Membership, alone or with aspnet_Users.

Columns as in https://learn.microsoft.com/previous-versions/aspnet/aa478949(v=msdn.10), “Membership
Providers”; hashes as SqlMembershipProvider makes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imports.core.providers.account_states import combine_states, read_account_state
from imports.core.providers.contract import (
    NOT_CARRIED as LOST,
)
from imports.core.providers.contract import (
    Answers,
    Evidence,
    Preset,
    Provider,
    Question,
    Values,
    certain,
)
from imports.core.providers.values import drop_blanks, list_objects, read_text
from imports.core.providers.web_tables import (
    fold_all,
    fold_row,
    omit_folded,
    pick_date,
)
from imports.core.readers.related_tables import Link, Table

SIGNATURE = frozenset({"password", "passwordformat", "passwordsalt", "isapproved"})
USERS, USER_ROLES, ROLES = "aspnet_Users", "aspnet_UsersInRoles", "aspnet_Roles"
OF_USER = (Link("UserId", "UserId"),)
TABLES = Table(
    "aspnet_Membership",
    ("UserId", "Password", "PasswordFormat", "PasswordSalt", "IsApproved"),
    children=(
        Table(USERS, ("UserId", "UserName", "LoweredUserName"), OF_USER),
        Table(
            USER_ROLES,
            ("UserId", "RoleId"),
            OF_USER,
            (Table(ROLES, ("RoleId", "RoleName"), (Link("RoleId", "RoleId"),)),),
        ),
    ),
)
ALGORITHM = "hash_algorithm"
ALGORITHMS = ("sha1", "hmacsha256", "sha256", "hmacsha512", "sha512", "hmacsha1", "md5")
# Of SHA-1 in base64, which nearly all installations have.
SHA1_LENGTH = 28
LONGER = "(longer hash)"
CLEAR, HASHED, ENCRYPTED = "0", "1", "2"
CONSUMED = frozenset(
    {
        *("password", "passwordformat", "passwordsalt", "isapproved", "islockedout", "username"),
        *("createdate", "lastlogindate", "aspnetusers", "aspnetusersinroles"),
    }
)

PRESETS = {
    "userid": Preset("subject_id", "The id from aspnet_Users."),
    "(user name)": Preset("profile.username", "The name users sign in with."),
    "email": Preset("profile.email", "The user's e-mail address."),
    "(active)": Preset("profile.active", "False where IsApproved is 0 or IsLockedOut is 1."),
    "(created)": Preset("profile.created_at", "CreateDate."),
    "(last sign-in)": Preset("profile.last_login", "LastLoginDate."),
    "(password hash)": Preset("authenticators.password.hash", "If PasswordFormat is 1."),
    "(hash format)": Preset("authenticators.password.format", "If PasswordFormat is 1."),
    "(hash parameters)": Preset("authenticators.password.params", "PasswordSalt, and the digest."),
    "(password)": Preset("authenticators.password.plaintext", "If PasswordFormat is 0."),
    "(roles)": Preset("memberships.roles", "Role names from aspnet_Roles."),
}
NOT_CARRIED = {
    "applicationid": "The application in the old installation.",
    "loweredemail": "The e-mail address in lower case. Userferry ignores case when it compares.",
    "loweredusername": "The user name in lower case. Userferry ignores case when it compares.",
    "passwordquestion": "Security questions, which Userferry does not use.",
    "passwordanswer": "Security questions, which Userferry does not use.",
    "mobilepin": "Not used by the old application.",
    "isanonymous": "Marks visitors without an account, who have no row in aspnet_Membership.",
    LONGER: "Marks a hash whose digest must be chosen.",
}
LACKS = (
    "ASP.NET Membership does not record whether an e-mail address was verified.",
    "The user names are in aspnet_Users. Export it together with aspnet_Membership.",
)
QUESTIONS = (
    Question(
        ALGORITHM,
        "Hash algorithm",
        "Only for hashes longer than SHA-1: hashAlgorithmType of the membership element in "
        "web.config, or else validation of machineKey.",
        choices=ALGORITHMS,
        target="authenticators.password.hash",
        needs=lambda values: bool(values.get(LONGER)),
    ),
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise how the table keeps a password, its format and its salt."""
    if not fold_all(columns) >= SIGNATURE:
        return None
    return certain(
        "The columns match aspnet_Membership, including PasswordFormat, PasswordSalt and "
        "IsApproved."
    )


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with its name and roles, and with the password by its format."""
    row = fold_row(values)
    user = next(map(fold_row, list_objects(row.get("aspnetusers"))), {})
    derived = {
        "(user name)": read_text(row.get("username")) or read_text(user.get("username")),
        "(active)": combine_states(
            read_account_state(row.get("isapproved"), "enabled"),
            read_account_state(row.get("islockedout"), "disabled"),
        ),
        "(created)": pick_date(row.get("createdate")),
        "(last sign-in)": pick_date(row.get("lastlogindate")),
        "(roles)": list(list_roles(row)),
        **read_password(row, answers),
    }
    return {**omit_folded(values, CONSUMED), **drop_blanks(derived)}


def read_password(row: Values, answers: Answers) -> Values:
    """Return the password as its format says: in clear, a hash, or encrypted and lost."""
    password, kind = read_text(row.get("password")), read_text(row.get("passwordformat"))
    if not password:
        return {}
    if kind == CLEAR:
        return {"(password)": password}
    if kind == ENCRYPTED:
        return {LOST: ["password encrypted with the machine key"]}
    is_longer = len(password) != SHA1_LENGTH
    algorithm = answers.get(ALGORITHM, "") if is_longer else ALGORITHMS[0]
    return {
        "(password hash)": password,
        "(hash format)": "aspnet_membership",
        "(hash parameters)": drop_blanks(
            {
                "salt": read_text(row.get("passwordsalt")),
                "algorithm": algorithm,
                "password_format": kind,
            }
        ),
        LONGER: is_longer or None,
    }


def list_roles(row: Values) -> Iterator[str]:
    for each in map(fold_row, list_objects(row.get("aspnetusersinroles"))):
        roles = [fold_row(role) for role in list_objects(each.get("aspnetroles"))]
        yield from filter(None, (read_text(role.get("rolename")) for role in roles))


PROVIDER = Provider(
    name="aspnet_membership",
    label="ASP.NET Membership",
    how_to_export=(
        "Export aspnet_Membership, aspnet_Users, aspnet_UsersInRoles and aspnet_Roles as CSV "
        "with header lines, name each file after its table, and pack them into one zip "
        "archive. Or script their data in SQL Server Management Studio (Tasks > Generate "
        "Scripts, “Data only”), or join aspnet_Membership with aspnet_Users into one table."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    questions=QUESTIONS,
    tables=TABLES,
    not_carried=NOT_CARRIED,
    reads_states=frozenset({"isapproved", "islockedout"}),
    lacks=LACKS,
)
