"""Microsoft Entra ID and Azure AD B2C: users of Microsoft Graph, and the portal's CSV files.

Properties as in Graph's user resource; headings of the portal's template for bulk creation hold
them in brackets, such as “Block sign in (Yes/No) [accountEnabled] Required”.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from imports.core.providers.contract import (
    Answers,
    Evidence,
    Preset,
    Provider,
    Question,
    Values,
    certain,
    strong,
)
from imports.core.providers.login_names import name_provider
from imports.core.providers.phones import COUNTRY_OF_PHONES, write_phone
from imports.core.providers.values import (
    drop_blanks,
    list_objects,
    list_texts,
    make_login,
    omit,
    pick_first,
    read_json,
    read_text,
)
from imports.core.transforms.families.account_state import AccountState
from imports.core.transforms.families.words import Boolean

BRACKETED = re.compile(r".*\[(?P<name>\w+)\].*")
EXTENSION = re.compile(r"extension_[0-9a-f]{32}_(?P<name>\w+)", re.IGNORECASE)
# Names that the portal's downloads and templates use for properties of Graph.
OTHER_NAMES = {
    "objectid": "id",
    "mobile": "mobilePhone",
    "telephonenumber": "businessPhones",
    "alternateemailaddress": "otherMails",
    "physicaldeliveryofficename": "officeLocation",
    "usagelocation": "usageLocation",
    "invitationstate": "externalUserState",
}
# What Entra makes up for who has no name of their own: guests, and users of B2C.
MADE_UP_NAME = re.compile(
    r".*#EXT#@.*|(cpim_)?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}@.*", re.IGNORECASE
)
OWN_LOGIN = "entra_provider"
GRAPH = (
    "userPrincipalName displayName accountEnabled givenName surname mail mailNickname otherMails "
    "mobilePhone businessPhones jobTitle officeLocation preferredLanguage userType creationType "
    "createdDateTime usageLocation identities passwordPolicies"
)
EXAMPLE = "Example: "
# Where a batch makes a user, and from where on an answer says that it did not.
USERS = re.compile(r"(?:https://graph\.microsoft\.com)?(?:/(?:v1\.0|beta))?/users/?(?:\?.*)?", re.I)
FAILED = "400"
MARKS = frozenset(GRAPH.split())
ENOUGH_MARKS = 5

QUESTIONS = (
    Question(
        OWN_LOGIN,
        "Sign-in with Microsoft",
        "The id of the identity provider for sign-in with Microsoft here, such as microsoft. "
        "Userferry links each user to it by object id. Leave it blank if users will not sign "
        "in with Microsoft.",
    ),
    COUNTRY_OF_PHONES,
)
PRESETS = {
    "id": Preset("subject_id", "The object id of the user."),
    "(user name)": Preset(
        "profile.username",
        "The user name of the local account, or else the user principal name unless Entra "
        "generated it.",
    ),
    "(email)": Preset(
        "profile.email",
        "The e-mail address of the local account, or else mail, or else otherMails.",
    ),
    "(further emails)": Preset("profile.emails", "The other addresses in mail and otherMails."),
    "(phone)": Preset(
        "profile.phone",
        "mobilePhone in E.164. For numbers without a country code, Userferry uses "
        "usageLocation, or else the country you choose.",
    ),
    "givenName": Preset("profile.given_name", "The user's first name."),
    "surname": Preset("profile.family_name", "The user's last name."),
    "displayName": Preset("profile.display_name", "The display name."),
    "preferredLanguage": Preset("profile.locale", "The user's language."),
    "accountEnabled": Preset(
        "profile.active",
        "Whether the user can sign in. The bulk create template has the inverted value “Block "
        "sign in”.",
        (Boolean(),),
    ),
    "externalUserState": Preset(
        "profile.active",
        "The state of a guest's invitation. Until guests accept it, they cannot sign in to Entra, "
        "although accountEnabled is true. The dry run asks about them.",
        (AccountState(active_words=("Accepted",)),),
    ),
    "createdDateTime": Preset("profile.created_at", "When the user was created."),
    "signInActivity.lastSignInDateTime": Preset(
        "profile.last_login", "When the user last signed in, if the export includes it."
    ),
    "(password)": Preset(
        "authenticators.password.plaintext", "The initial password of a new user."
    ),
    "(must change)": Preset(
        "authenticators.password.must_change",
        "True for initial passwords, unless forceChangePasswordNextSignIn is false.",
    ),
    "(external logins)": Preset(
        "authenticators.external_logins",
        "The federated identities, and the Microsoft account if you name an identity provider.",
    ),
}
NOT_CARRIED = {
    "userprincipalname": "A name that Entra generated, or an additional name next to that of "
    "the local account.",
    "proxyaddresses": "Addresses of the mailbox.",
    "mailnickname": "The name of the mailbox.",
    "businessphones": "Work numbers, which are not used for codes.",
    "usertype": "Member or guest of the directory.",
    "creationtype": "How the account was created.",
    "usagelocation": "The country for licences.",
    "passwordpolicies": "Entra password policies.",
    "request": "A request or answer of a batch that makes no user.",
    "odatatype": "Metadata of Microsoft Graph.",
    "odatacontext": "Metadata of Microsoft Graph.",
    "odataid": "Metadata of Microsoft Graph.",
    "odataetag": "Metadata of Microsoft Graph.",
    "lastpasswordchangedatetime": "When the password was last changed.",
    "signinsessionsvalidfromdatetime": "Invalidates older sessions in Entra.",
    "refreshtokensvalidfromdatetime": "Invalidates older sessions in Entra.",
    "imaddresses": "Addresses for instant messaging.",
    "assignedlicenses": "Licences of Microsoft products.",
    "assignedplans": "Licences of Microsoft products.",
    "signinactivity": "Other sign-in times.",
    "externaluserstatechangedatetime": "When the state of a guest's invitation changed.",
    "identityissuer": "The issuer of a guest's identity. The portal export does not include the "
    "id there.",
    "directorysynced": "Whether the user is synchronised from an on-premises directory.",
    "onpremisessyncenabled": "Whether the user is synchronised from an on-premises directory.",
    "agegroup": "Age group and consent of minors in Entra.",
    "consentprovidedforminor": "Age group and consent of minors in Entra.",
    "legalagegroupclassification": "Age group and consent of minors in Entra.",
    "authenticationphonenumber": "MFA data for Entra itself.",
    "authenticationalternativephonenumber": "MFA data for Entra itself.",
    "authenticationemail": "An address for password resets in Entra.",
}
LACKS = (
    "Microsoft does not export password hashes. Users choose a new password or continue to "
    "sign in with Microsoft.",
    "The export does not say whether an address was verified. B2C users verify theirs at "
    "registration. If you trust that, map “E-mail verified” to a constant.",
    "Users in Microsoft Graph do not include multi-factor authentication, groups or roles.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise properties of Graph's users, in JSON or in headings of the portal."""
    users = [read_user(row) for row in rows if not explain_no_user(row)]
    identities = sum(1 for user in users if any(map(is_identity, list_identities(user))))
    if identities and identities * 2 >= len(users):
        return certain(
            f"{identities} of {len(users)} users have identities as those of Microsoft Graph, with "
            "signInType and issuerAssignedId.",
        )
    headings = [column for column in columns if BRACKETED.fullmatch(column)]
    names = {rename(column) for column in {name for user in users for name in user} or columns}
    known = sorted(names & MARKS)
    is_user = "userPrincipalName" in names or "identities" in names
    if not is_user or not {"displayName", "accountEnabled"} <= names or len(known) < ENOUGH_MARKS:
        return None
    if headings:
        return certain(
            f"The headings match the portal, such as “{headings[0]}”.",
        )
    return strong(
        f"These are properties of users in Microsoft Graph: {', '.join(known[:8])}.",
    )


def is_of_batch(row: Values) -> bool:
    """Return whether a row is a request of a batch, or the answer to one."""
    is_request = "url" in row and ("body" in row or {"id", "method"} <= row.keys())
    return is_request or {"id", "status", "body"} <= row.keys()


def read_user(values: Values) -> Values:
    """Return the user in a request of a batch or in an answer to it, or the values themselves."""
    body = values.get("body")
    return body if isinstance(body, dict) and is_of_batch(values) else values


def explain_no_user(row: Values) -> str:
    """Say why a request of a batch makes no user, or an answer has none; empty for a user."""
    if not is_of_batch(row):
        return ""
    if "status" in row:
        status, body = read_text(row["status"])[:3], row.get("body")
        if status < FAILED and isinstance(body, dict) and "error" not in body:
            return ""
        return f"Microsoft Graph answered {status}: there is no user."
    is_new = read_text(row.get("method")).upper() in ("", "POST")
    if is_new and USERS.fullmatch(read_text(row.get("url"))):
        return ""
    return "This request of the batch changes what exists: it makes no user."


def list_identities(user: Values) -> list[Values]:
    return list_objects(read_json(user.get("identities")))


def is_identity(identity: Values) -> bool:
    return "issuerAssignedId" in identity and "signInType" in identity


def rename(column: str) -> str:
    """Return the property of Graph that a heading of the portal stands for."""
    match = BRACKETED.fullmatch(column)
    name = match["name"] if match else column
    return OTHER_NAMES.get(name.lower(), name)


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user under Graph's names, with identities and extensions taken apart."""
    if reason := explain_no_user(values):
        return {"(request)": reason}
    user = {rename(column): value for column, value in read_user(values).items()}
    identities = list_identities(user)
    emails = list_emails(user, identities)
    user, extensions = split_extensions(user)
    derived = {
        "(user name)": read_username(user, identities),
        "(email)": emails[0] if emails else "",
        "(further emails)": [{"email": address} for address in emails[1:]],
        "(phone)": write_phone(user.get("mobilePhone"), user.get("usageLocation"), answers),
        **read_password(user.get("passwordProfile"), user.get("password")),
        "(external logins)": list(list_logins(user, identities, answers)),
    }
    if any(map(BRACKETED.fullmatch, values)):
        user["accountEnabled"] = Boolean(inverted=True).apply(user.get("accountEnabled"))
    if extensions:
        user["extension"] = extensions
    taken = {"identities", "passwordProfile", "password", "mail", "otherMails", "mobilePhone"}
    if derived["(user name)"] == user.get("userPrincipalName"):
        taken.add("userPrincipalName")
    return omit(user, taken) | drop_blanks(derived)


def split_extensions(user: Values) -> tuple[Values, Values]:
    """Return the user, and extension_<application>_<name> by the name alone.

    Two applications may have extensions of the same name: the second one keeps its whole name.
    """
    kept: Values = {}
    extensions: Values = {}
    for column, value in user.items():
        match = EXTENSION.fullmatch(column)
        if match and match["name"] not in extensions:
            extensions[match["name"]] = value
        else:
            kept[column] = value
    return kept, extensions


def list_emails(user: Values, identities: list[Values]) -> list[str]:
    local = [
        read_text(each.get("issuerAssignedId"))
        for each in identities
        if each.get("signInType") == "emailAddress"
    ]
    others = list_texts(read_json(user.get("otherMails")))
    found: dict[str, str] = {}
    for address in filter(None, [*local, read_text(user.get("mail")), *others]):
        found.setdefault(address.lower(), address)
    return list(found.values())


def read_username(user: Values, identities: list[Values]) -> str:
    local = (each for each in identities if each.get("signInType") == "userName")
    principal = read_text(user.get("userPrincipalName"))
    chosen = [read_text(each.get("issuerAssignedId")) for each in local]
    return read_text(pick_first(*chosen, "" if MADE_UP_NAME.fullmatch(principal) else principal))


def list_logins(user: Values, identities: list[Values], answers: Answers) -> Iterator[Values]:
    for each in identities:
        if each.get("signInType") == "federated":
            issuer = read_text(each.get("issuer"))
            yield from make_login(name_provider(issuer), each.get("issuerAssignedId"))
    yield from make_login(answers.get(OWN_LOGIN), user.get("id"), user.get("userPrincipalName"))


def read_password(profile: Any, plain: Any) -> Values:
    """Return an initial password, which Entra makes everybody change unless told otherwise.

    A plain one beside the user is that of a tool for migrations to B2C, where people keep it.
    """
    if isinstance(plain, str) and plain:
        return {"(password)": plain}
    is_object = isinstance(profile, dict)
    password = profile.get("password") if is_object else profile
    must_change = profile.get("forceChangePasswordNextSignIn") if is_object else None
    return {
        "(password)": password if isinstance(password, str) else "",
        "(must change)": must_change is not False if password else None,
    }


def excludes(values: Values) -> str:
    if read_text(values.get("displayName")).startswith(EXAMPLE):
        return "The sample row of the portal template."
    return read_text(values.get("(request)"))


PROVIDER = Provider(
    name="entra",
    label="Microsoft Entra ID, Azure AD B2C",
    how_to_export=(
        "Call GET /v1.0/users?$top=999&$select=id,accountEnabled,displayName,givenName,"
        "surname,mail,otherMails,mobilePhone,preferredLanguage,userPrincipalName,userType,"
        "createdDateTime,externalUserState,identities of Microsoft Graph, add the extension "
        "attributes you need, follow @odata.nextLink, and put the pages into one JSON array. Or "
        "in the portal, choose Users > All users > Download users. The bulk create template, the "
        "files of B2C migration tools ({users: […]}) and batch requests are also supported."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    questions=QUESTIONS,
    excludes=excludes,
    not_carried=NOT_CARRIED,
    lacks=LACKS,
    is_sparse=True,
)
