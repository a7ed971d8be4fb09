"""Salesforce: User objects, as the Data Loader writes them to CSV or a query answers them.

Fields as in https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/
object_reference/sforce_api_objects_user.htm. The Data Loader writes headings in capitals, others
as the query has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from imports.core.providers.account_states import combine_states, read_account_state
from imports.core.providers.contract import (
    Answers,
    Evidence,
    Preset,
    Provider,
    Values,
    certain,
    fold_name,
    strong,
)
from imports.core.providers.phones import COUNTRY_OF_PHONES, write_phone
from imports.core.providers.values import drop_blanks, read_text, walk

# By folded name: no other system has these.
MARKS = frozenset(
    {
        *("federationidentifier", "timezonesidkey", "localesidkey", "languagelocalekey"),
        *("emailencodingkey", "profileid", "userroleid", "communitynickname", "usertype"),
        *("userpermissionsmarketinguser", "isportalenabled", "receivesadmininfoemails"),
    }
)
ENOUGH_MARKS = 2
REQUIRED = frozenset({"username", "isactive"})
USER = "User"
# Accounts that stand for what Salesforce itself does, or for everybody who has not signed in.
SERVICES = frozenset({"AutomatedProcess", "CloudIntegrationUser", "Guest"})
CONSUMED = frozenset(
    {
        *("attributes", "isactive", "isfrozen", "mobilephone", "phone", "languagelocalekey"),
        *("id", "username", "email", "firstname", "lastname", "name", "timezonesidkey"),
        *("createddate", "lastmodifieddate", "lastlogindate", "smallphotourl", "usertype"),
    }
)

PRESETS = {
    "(id)": Preset("subject_id", "The user's id in Salesforce."),
    "(user name)": Preset(
        "profile.username", "Username, which looks like an e-mail address but may not be one."
    ),
    "(email)": Preset("profile.email", "Email. Several users can share an address."),
    "(given name)": Preset("profile.given_name", "FirstName."),
    "(family name)": Preset("profile.family_name", "LastName."),
    "(display name)": Preset("profile.display_name", "Name."),
    "(phone)": Preset(
        "profile.phone",
        "MobilePhone, or else Phone, in E.164. For numbers without a country code, Userferry "
        "uses Country, or else the country you choose.",
    ),
    "(locale)": Preset("profile.locale", "LanguageLocaleKey."),
    "(time zone)": Preset("profile.zoneinfo", "TimeZoneSidKey."),
    "(picture)": Preset("profile.picture", "SmallPhotoUrl."),
    "(active)": Preset("profile.active", "False if IsActive is false or IsFrozen is true."),
    "(created)": Preset("profile.created_at", "CreatedDate."),
    "(updated)": Preset("profile.updated_at", "LastModifiedDate."),
    "(last sign-in)": Preset("profile.last_login", "LastLoginDate."),
}
NOT_CARRIED = {
    "federationidentifier": "The user's id at the identity provider. Map it to an attribute.",
    "attributes": "Metadata of the API.",
    "alias": "A short name for lists.",
    "communitynickname": "A name for communities.",
    "profileid": "The profile in Salesforce. Create a role or an attribute for it.",
    "userroleid": "The role in Salesforce's role hierarchy.",
    "localesidkey": "The format of numbers and dates.",
    "emailencodingkey": "The encoding of e-mails.",
    "usertype": "Standard or a portal type. Salesforce's own accounts are excluded.",
    "othertype": "Standard or a portal type.",
    "contactid": "The contact of a portal user.",
    "accountid": "The account of a portal user.",
    "managerid": "The user's manager.",
    "employeenumber": "Userferry has no field for it. Create an attribute for it.",
    "lastpasswordchangedate": "When the password was last changed.",
    "isportalenabled": "Whether the user can open a portal.",
    "otherphone": "A user has only one phone number. Userferry prefers MobilePhone.",
}
LACKS = (
    "Salesforce does not export passwords. Users choose a new one.",
    "User records do not say whether an address was verified.",
    "Permission sets and groups are separate objects: PermissionSetAssignment, GroupMember.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the type that a query answers, or the fields of the User object."""
    users = sum(1 for row in rows if walk(row, "attributes", "type") == USER)
    if users and users * 2 >= len(rows) and any("Username" in row for row in rows):
        return certain(f"{users} of {len(rows)} records have the Salesforce type User.")
    names = {fold_name(column): column for column in columns}
    marks = [names[name] for name in sorted(MARKS & names.keys())]
    if not names.keys() >= REQUIRED or len(marks) < ENOUGH_MARKS:
        return None
    return strong(f"The columns are fields of the Salesforce object User: {', '.join(marks[:8])}.")


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with names, state, phone and times as columns, whatever their spelling."""
    cells = {fold_name(column): value for column, value in values.items()}
    numbers = [read_text(cells.get(name)) for name in ("mobilephone", "phone")]
    phones = list(dict.fromkeys(filter(None, numbers)))
    derived: dict[str, Any] = {
        "(id)": cells.get("id"),
        "(user name)": cells.get("username"),
        "(email)": cells.get("email"),
        "(given name)": cells.get("firstname"),
        "(family name)": cells.get("lastname"),
        "(display name)": cells.get("name"),
        "(phone)": write_phone("".join(phones[:1]), cells.get("country"), answers),
        "(other phone)": "".join(phones[1:]),
        "(locale)": read_text(cells.get("languagelocalekey")).replace("_", "-"),
        "(time zone)": cells.get("timezonesidkey"),
        "(picture)": cells.get("smallphotourl"),
        "(active)": read_active(cells),
        "(created)": cells.get("createddate"),
        "(updated)": cells.get("lastmodifieddate"),
        "(last sign-in)": cells.get("lastlogindate"),
        "(user type)": cells.get("usertype"),
    }
    kept = {column: each for column, each in values.items() if fold_name(column) not in CONSUMED}
    return kept | drop_blanks(derived)


def read_active(cells: Values) -> bool | str | None:
    """Return whether both flags let the user in."""
    return combine_states(
        read_account_state(cells.get("isactive"), "enabled"),
        read_account_state(cells.get("isfrozen"), "disabled"),
    )


def excludes(values: Values) -> str:
    kind = read_text(values.get("(user type)"))
    if kind in SERVICES:
        return f"A user of the type {kind}, not a person."
    return ""


PROVIDER = Provider(
    name="salesforce",
    label="Salesforce",
    how_to_export=(
        "Export the User object as CSV with Data Loader, with the fields Id, Username, Email, "
        "FirstName, LastName, IsActive, UserType, MobilePhone, LanguageLocaleKey, "
        "TimeZoneSidKey, CreatedDate, LastLoginDate and FederationIdentifier. Or query them "
        "through the REST API, follow nextRecordsUrl, and put the records into one JSON array."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    excludes=excludes,
    questions=(COUNTRY_OF_PHONES,),
    not_carried=NOT_CARRIED,
    lacks=LACKS,
    reads_states=frozenset({"isactive", "isfrozen"}),
    is_sparse=True,
)
