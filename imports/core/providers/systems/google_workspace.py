"""Google Workspace: the CSV of the admin console, and users of the Directory API.

Headings as in the console's download and template for uploads, such as “First Name [Required]”;
fields as in https://developers.google.com/workspace/admin/directory/reference/rest/v1/users.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from imports.core.account_states import Means
from imports.core.providers.account_states import combine_states, read_account_state
from imports.core.providers.contract import (
    Answers,
    Evidence,
    Preset,
    Provider,
    Question,
    Values,
    certain,
    fold_name,
    strong,
)
from imports.core.providers.phones import COUNTRY_OF_PHONES, write_phone
from imports.core.providers.values import (
    drop_blanks,
    fold_keys,
    list_objects,
    list_texts,
    make_login,
    pick_first,
    read_text,
)

HEADINGS = frozenset({"First Name [Required]", "Last Name [Required]", "Email Address [Required]"})
KIND = "admin#directory#user"
KINDS = "admin#directory#"
MARKS = frozenset(
    {
        *("suspended", "orgUnitPath", "isEnrolledIn2Sv", "isEnforcedIn2Sv", "agreedToTerms"),
        *(
            "includeInGlobalAddressList",
            "changePasswordAtNextLogin",
            "isMailboxSetup",
            "customerId",
        ),
        *("ipWhitelisted", "isDelegatedAdmin", "hashFunction", "nonEditableAliases"),
    }
)
ENOUGH_MARKS = 2
# Of hashFunction, and of “Password Hash Function”; crypt names its own formats.
HASH_FORMATS = {"md5": "unsalted_md5", "sha1": "unsalted_sha1"}
MASK = "****"
# What the API and the console give as the last sign-in of who never signed in.
NEVER = ("1970-01-01T", "Never")
# Of each, the names that cells have by folded heading, the most important first.
ADDRESSES = ("primaryemail", "newprimaryemail", "emailaddress")
SIGN_INS = ("lastlogintime", "lastsignin")
CHANGES = ("changepasswordatnextlogin", "changepasswordatnextsignin")
STATES: Mapping[Means, tuple[str, ...]] = {
    "disabled": ("suspended", "archived"),
    "status": ("status", "newstatus"),
}
CONSUMED = frozenset(
    {
        *(*ADDRESSES, *SIGN_INS, *CHANGES, "suspended", "archived", "status", "newstatus"),
        *("aliases", "name", "namegivenname", "namefamilyname", "namefullname", "firstname"),
        *("namedisplayname", "lastname", "phones", "mobilephone", "recoveryphone", "languages"),
        *("deletiontime", "password", "hashfunction", "passwordhashfunction"),
    }
)
OWN_LOGIN = "google_provider"
QUESTION = Question(
    OWN_LOGIN,
    "Sign-in with Google",
    "The id of the identity provider for sign-in with Google here, such as google. Userferry "
    "links each user to it by id. Leave it blank if users will not sign in with Google.",
)

PRESETS = {
    "id": Preset("subject_id", "The user's id, which is the “sub” claim of Google's tokens."),
    "(email)": Preset("profile.email", "primaryEmail, or New Primary Email in an upload file."),
    "(further emails)": Preset("profile.emails", "aliases: other addresses of the same mailbox."),
    "(given name)": Preset("profile.given_name", "The first name."),
    "(family name)": Preset("profile.family_name", "The last name."),
    "(display name)": Preset("profile.display_name", "name.displayName, or else name.fullName."),
    "thumbnailPhotoUrl": Preset("profile.picture", "The URL of a picture."),
    "(locale)": Preset("profile.locale", "The preferred entry of languages, or else the first."),
    "(phone)": Preset(
        "profile.phone",
        "The mobile number, or else the number for recovery, in E.164; numbers without a country "
        "code are read as those of the address, or else of the country that is asked for.",
    ),
    "(active)": Preset(
        "profile.active",
        "False if suspended, archived, deletionTime or the status says so. The dry run asks "
        "about an unknown status.",
    ),
    "creationTime": Preset("profile.created_at", "When the account was created."),
    "(last sign-in)": Preset("profile.last_login", "When the user last signed in, if ever."),
    "(password hash)": Preset(
        "authenticators.password.hash", "The password of an upload file with a hash function."
    ),
    "(hash format)": Preset("authenticators.password.format", "From the hash function."),
    "(password)": Preset("authenticators.password.plaintext", "The password of an upload file."),
    "(must change)": Preset(
        "authenticators.password.must_change", "True if changePasswordAtNextLogin is true."
    ),
    "(external logins)": Preset(
        "authenticators.external_logins", "The Google account, if you name an identity provider."
    ),
}
NOT_CARRIED = {
    "etag": "Metadata of the API.",
    "kind": "Metadata of the API.",
    "thumbnailphotoetag": "Metadata of the API.",
    "customerid": "The Google account of the organization.",
    "emails": "Contact addresses. Only primaryEmail and aliases are imported.",
    "noneditablealiases": "Addresses in Google's own domain.",
    "isadmin": "An import never creates administrators.",
    "isdelegatedadmin": "An import never creates administrators.",
    "agreedtoterms": "Whether the user has accepted Google's terms.",
    "ipwhitelisted": "A Google sign-in setting.",
    "isenrolledin2sv": "Google's 2-Step Verification. Users set up multi-factor authentication "
    "again here.",
    "isenforcedin2sv": "Google's 2-Step Verification. Users set up multi-factor authentication "
    "again here.",
    "2svenrolledreadonly": "Google's 2-Step Verification. Users set up multi-factor "
    "authentication again here.",
    "2svenforcedreadonly": "Google's 2-Step Verification. Users set up multi-factor "
    "authentication again here.",
    "ismailboxsetup": "Whether there is a mailbox.",
    "includeinglobaladdresslist": "Whether the user is in Google's address list.",
    "orgunitpath": "The organizational unit. Create an attribute or group for it.",
    "orgunitpathrequired": "The organizational unit. Create an attribute for it.",
    "recoveryemail": "A recovery address at Google, which other people may share.",
    "suspensionreason": "Why Google or an administrator suspended the account.",
    "passwordrequired": "The console masks passwords.",
    "otherphones": "A user has only one phone number. Userferry prefers the mobile number.",
    "otherlanguages": "A user has only one language. Userferry prefers the preferred one.",
    "licensesreadonly": "Licences of Google's products.",
    "emailusagereadonly": "Storage used.",
    "driveusagereadonly": "Storage used.",
    "photosusagereadonly": "Storage used.",
    "storagelimitreadonly": "Storage used.",
    "storageusedreadonly": "Storage used.",
    "advancedprotectionprogramenrollment": "A Google programme.",
}
LACKS = (
    "Google does not export password hashes. Users continue to sign in with Google or choose "
    "a new password.",
    "User records do not include groups or roles. The API lists the members of each group.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise the console's headings, or the kind and fields of the Directory API."""
    if HEADINGS.issubset(columns):
        return certain("The headings match the admin console, such as “First Name [Required]”.")
    kinds = [kind for row in rows if (kind := read_text(row.get("kind"))).startswith(KINDS)]
    if kinds and len(kinds) * 2 >= len(rows):
        named = ", ".join(dict.fromkeys(kinds))
        return certain(f"{len(kinds)} of {len(rows)} records are of the kind {named}.")
    marks = sorted(MARKS.intersection(columns))
    if "primaryEmail" not in columns or len(marks) < ENOUGH_MARKS:
        return None
    return strong(f"Users have primaryEmail together with {', '.join(marks[:6])}.")


def fold_heading(column: str) -> str:
    """Return a heading without what stands in brackets, and a path such as name.givenName."""
    return fold_name(column.partition("[")[0])


def normalise(values: Values, answers: Answers) -> Values:
    """Return the user with names, addresses, state and password as columns."""
    cells = {fold_heading(column): value for column, value in drop_blanks(values).items()}
    name = {f"name{key}": value for key, value in fold_keys(values.get("name")).items()}
    cells = drop_blanks(name) | cells
    phones = list_phones(values.get("phones"))
    phone = pick_first(*phones[:1], cells.get("mobilephone"), cells.get("recoveryphone"))
    languages = list_languages(values.get("languages"))
    is_masked = MASK in read_text(cells.get("password"))
    derived = {
        "(email)": pick_first(*map(cells.get, ADDRESSES)),
        "(further emails)": list_texts(cells.get("aliases")),
        "(given name)": pick_first(cells.get("namegivenname"), cells.get("firstname")),
        "(family name)": pick_first(cells.get("namefamilyname"), cells.get("lastname")),
        "(display name)": pick_first(cells.get("namedisplayname"), cells.get("namefullname")),
        "(locale)": "".join(languages[:1]),
        "(phone)": write_phone(phone, find_country(values), answers),
        "(active)": read_active(cells),
        "(last sign-in)": pick_first(*map(read_sign_in, map(cells.get, SIGN_INS))),
        "(must change)": any(is_true(cells.get(each)) for each in CHANGES) or None,
        **({} if is_masked else read_password(cells)),
        "(external logins)": list(make_login(answers.get(OWN_LOGIN), values.get("id"))),
        "(other phones)": [*phones[1:], *list_others(cells, phone)],
        "(other languages)": languages[1:],
    }
    taken = CONSUMED - ({"password"} if is_masked else set())
    kept = {column: each for column, each in values.items() if fold_heading(column) not in taken}
    return kept | drop_blanks(derived)


def list_phones(phones: Any) -> list[str]:
    """Return numbers, those of mobile phones first."""
    known = [each for each in list_objects(phones) if read_text(each.get("value"))]
    known.sort(key=lambda each: "mobile" not in read_text(each.get("type")))
    return [read_text(each.get("value")) for each in known]


def find_country(values: Values) -> str:
    """Return the country of the first address that has one."""
    addresses = list_objects(values.get("addresses"))
    return next((text for each in addresses if (text := read_text(each.get("countryCode")))), "")


def list_others(cells: Values, phone: Any) -> list[str]:
    """Return the numbers for mobile phones and recovery but the imported one."""
    numbers = [read_text(cells.get(each)) for each in ("mobilephone", "recoveryphone")]
    return [number for number in numbers if number and number != phone]


def list_languages(languages: Any) -> list[str]:
    """Return language codes, the preferred one first."""
    known = [each for each in list_objects(languages) if read_text(each.get("languageCode"))]
    known.sort(key=lambda each: read_text(each.get("preference")) != "preferred")
    return [read_text(each.get("languageCode")) for each in known]


def read_active(cells: Values) -> bool | str | None:
    """Return whether flags, the status and a time of deletion let the user in: any “no” counts."""
    found = [
        read_account_state(cells.get(name), means)
        for means, names in STATES.items()
        for name in names
    ]
    is_deleted = bool(cells.get("deletiontime"))
    return combine_states(*found, False if is_deleted else None)


def read_sign_in(value: Any) -> Any:
    return None if read_text(value).startswith(NEVER) else value


def is_true(value: Any) -> bool:
    return value is True or read_text(value).lower() == "true"


def read_password(cells: Values) -> Values:
    """Return the password of an upload: a hash where a function is named beside it."""
    password = cells.get("password")
    function = fold_name(
        read_text(pick_first(cells.get("hashfunction"), cells.get("passwordhashfunction")))
    )
    if not function:
        return {"(password)": password}
    return {"(password hash)": password, "(hash format)": HASH_FORMATS.get(function, "")}


def excludes(values: Values) -> str:
    kind = read_text(values.get("kind"))
    if kind.startswith(KINDS) and kind != KIND:
        return f"This is of the kind {kind[:40]}, not a user."
    return ""


PROVIDER = Provider(
    name="google_workspace",
    label="Google Workspace",
    how_to_export=(
        "In the admin console, choose Directory > Users > Download users > All user info "
        "columns, as CSV. Or call GET /admin/directory/v1/users?customer=my_customer&"
        "maxResults=500&projection=full of the Directory API, follow nextPageToken, and put "
        "the pages into one JSON array."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    excludes=excludes,
    questions=(QUESTION, COUNTRY_OF_PHONES),
    not_carried=NOT_CARRIED,
    lacks=LACKS,
    reads_states=frozenset(
        {"suspended", "archived", "deletiontime", "statusreadonly", "newstatusuploadonly"}
        | {"suspensionreason", "suspensiontime", "archivaltime"}
    ),
    is_sparse=True,
)
