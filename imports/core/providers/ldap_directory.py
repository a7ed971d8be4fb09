"""LDAP directories: entries of LDIF files (OpenLDAP, 389 and its kin, Active Directory), and csvde.

Attributes as in RFC 2798, RFC 4519 and Microsoft's Active Directory schema; their names are
compared without regard to case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from imports.core.moments import UNITS
from imports.core.providers.contract import Answers, Preset, Provider, Values
from imports.core.providers.phones import COUNTRY_OF_PHONES, write_phone
from imports.core.providers.values import (
    drop_blanks,
    list_texts,
    read_base64,
    read_text,
    read_uuid,
)

PERSON_CLASSES = frozenset(
    {"person", "organizationalperson", "inetorgperson", "user", "posixaccount", "account"}
)
OTHER_CLASSES = ("computer", "group", "contact", "trusteddomain")
SCHEME = re.compile(r"\{(?P<name>[\w.-]+)\}")
# Not hashes: the password itself, and where else the directory would have asked.
PLAIN_SCHEMES = frozenset({"CLEARTEXT", "PLAIN", "CLEAR"})
FOREIGN_SCHEMES = frozenset({"SASL", "KERBEROS", "EXTERNAL"})
ID_ATTRIBUTES = (
    "entryuuid",
    "objectguid",
    "nsuniqueid",
    "ipauniqueid",
    "uid",
    "samaccountname",
    "dn",
)
ACCOUNT_DISABLED = 0x2
GENERALIZED_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:[.,]\d+)?Z", re.ASCII)
# Zero and the largest number of Active Directory mean never.
NEVER = frozenset({"", "0", "9223372036854775807"})
FIRST_RDN = re.compile(r"[^=]+=((?:[^,\\+]|\\.)*)")
ESCAPE = re.compile(r"\\([0-9A-Fa-f]{2}|.)")
CSVDE_BYTES = re.compile(r"X'([0-9A-Fa-f]{32})'")

PRESETS = {
    "(subject id)": Preset(
        "subject_id",
        "The first of entryUUID, objectGUID, nsUniqueId, ipaUniqueID, uid, sAMAccountName and dn.",
    ),
    "(user name)": Preset(
        "profile.username", "The first of sAMAccountName, uid and userPrincipalName."
    ),
    "(email)": Preset("profile.email", "The first value of mail, or else of proxyAddresses."),
    "(further emails)": Preset("profile.emails", "The other values of mail and proxyAddresses."),
    "(phone)": Preset(
        "profile.phone",
        "The first value of mobile in E.164: numbers without a country code are read as those of "
        "c, or else of the country that is asked for.",
    ),
    "(given name)": Preset("profile.given_name", "The first value of givenName."),
    "(family name)": Preset("profile.family_name", "The first value of sn."),
    "(display name)": Preset("profile.display_name", "The first value of displayName, or of cn."),
    "(locale)": Preset("profile.locale", "The first value of preferredLanguage."),
    "(active)": Preset(
        "profile.active",
        "False when userAccountControl, nsAccountLock, loginDisabled or a lasting "
        "pwdAccountLockedTime says that the account is disabled.",
    ),
    "(created)": Preset("profile.created_at", "createTimestamp, or whenCreated."),
    "(updated)": Preset("profile.updated_at", "modifyTimestamp, or whenChanged."),
    "(last sign-in)": Preset(
        "profile.last_login", "lastLogonTimestamp, authTimestamp or pwdLastSuccess."
    ),
    "(password hash)": Preset(
        "authenticators.password.hash",
        "The first value of userPassword with a hash, or else sambaNTPassword.",
    ),
    "(hash format)": Preset(
        "authenticators.password.format", "By the scheme in braces, or that of Samba."
    ),
    "(password)": Preset(
        "authenticators.password.plaintext",
        "A userPassword without a scheme, which is the password itself (RFC 4519).",
    ),
    "(password expires)": Preset(
        "authenticators.password.expires_at", "passwordExpirationTime, or krbPasswordExpiration."
    ),
    "(password must change)": Preset(
        "authenticators.password.must_change", "pwdReset is TRUE, or pwdLastSet is 0."
    ),
    "(groups)": Preset(
        "memberships.groups", "The names, without the rest of the dn, of memberOf and isMemberOf."
    ),
}
NOT_CARRIED = {
    "dn": "The place of the entry in the directory.",
    "objectclass": "Tells people from other entries.",
    "telephonenumber": "Often shared between people; map it to “Phone” if it is theirs.",
    "homephone": "Map it to “Phone” if users have no other.",
    "jpegphoto": "Pictures are carried as addresses, not as files.",
    "thumbnailphoto": "Pictures are carried as addresses, not as files.",
    "usercertificate": "Sign-in with certificates is not offered here.",
    "sshpublickey": "Keys for remote shells are not used here.",
    "unicodepwd": "Active Directory never hands it out.",
    "passwordelsewhere": "The directory asked another system for the password.",
    "manager": "The dn of another entry.",
    "objectsid": "The security id in the Windows domain.",
    "badpwdcount": "Failed sign-ins; counting starts anew.",
    "logoncount": "How often the user signed in.",
    "accountexpires": "The directory ends the account then; nothing here does. Leave such rows "
    "out with a condition, or disable the accounts.",
    "shadowexpire": "The system ends the account then; nothing here does.",
    "uidnumber": "The number of the account on Unix systems.",
    "gidnumber": "The number of the group on Unix systems.",
    "homedirectory": "The home directory on Unix systems.",
    "loginshell": "The shell on Unix systems.",
    "sambalmpassword": "Too weak to be worth keeping; sambaNTPassword is used.",
} | dict.fromkeys(
    [
        "creatorsname",
        "modifiersname",
        "entrycsn",
        "structuralobjectclass",
        "subschemasubentry",
        "hassubordinates",
        "entrydn",
        "usncreated",
        "usnchanged",
        "instancetype",
        "objectcategory",
        "distinguishedname",
        "dscorepropagationdata",
        "samaccounttype",
        "primarygroupid",
        "codepage",
        "countrycode",
        "badpasswordtime",
        "lastlogoff",
    ],
    "Kept by the directory server for itself.",
)
# Where a column takes the first value of the first attribute that there is.
CHOICES = {
    "(user name)": ("samaccountname", "uid", "userprincipalname"),
    "(phone)": ("mobile",),
    "(given name)": ("givenname",),
    "(family name)": ("sn",),
    "(display name)": ("displayname", "cn", "name"),
    "(locale)": ("preferredlanguage",),
    "(created)": ("createtimestamp", "whencreated"),
    "(updated)": ("modifytimestamp", "whenchanged"),
    "(password expires)": ("passwordexpirationtime", "krbpasswordexpiration"),
}
MOMENTS = frozenset({"(created)", "(updated)", "(password expires)"})
# Of which all values are in other columns.
CONSUMED = frozenset({"mail", "proxyaddresses", "memberof", "ismemberof", "userpassword"})
NOT_CARRIED |= {
    name: f"Another attribute or value comes first for the column “{column}”."
    for column, names in CHOICES.items()
    for name in names
}
NOT_CARRIED |= dict.fromkeys(
    ["useraccountcontrol", "nsaccountlock", "logindisabled", "pwdaccountlockedtime"],
    "Decides the column “(active)”.",
)
NOT_CARRIED |= dict.fromkeys(
    ["lastlogontimestamp", "lastlogon", "authtimestamp", "pwdlastsuccess"],
    "The latest known moment is in the column “(last sign-in)”.",
)
NOT_CARRIED |= dict.fromkeys(
    ("pwdreset", "pwdlastset"), "Decides the column “(password must change)”."
)
NOT_CARRIED |= dict.fromkeys(
    ("entryuuid", "objectguid", "nsuniqueid", "ipauniqueid"),
    "Another attribute comes first for the column “(subject id)”.",
)
NOT_CARRIED["sambantpassword"] = "Used where userPassword has no hash."

LACKS = (
    "Active Directory hands out no password hashes: its users choose a new password, or are "
    "signed in against it.",
    "userPassword is only in exports by somebody who may read it, such as slapcat as root.",
    "Whether addresses were verified is not known to a directory.",
    "Members that only the group's entry names (member, uniqueMember, memberUid) are not carried: "
    "have the directory export memberOf.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> tuple[str, ...] | None:
    """Recognise entries with a dn and object classes."""
    entries = [known for row in rows if {"dn", "objectclass"} <= (known := fold_entry(row)).keys()]
    entries = [known for known in entries if "=" in read_text(first(known["dn"]))]
    if not entries or len(entries) * 2 < len(rows):
        return None
    people = sum(1 for known in entries if is_person(list_classes(known)))
    return (
        f"{len(entries)} of {len(rows)} records of the sample are entries of an LDAP directory, "
        f"{people} of them people.",
    )


def fold_entry(values: Values) -> Values:
    """Return the attributes by their names in lower case, without options such as ;lang-de."""
    folded: Values = {}
    for name, value in values.items():
        folded.setdefault(name.lower().partition(";")[0], value)
    return folded


def first(value: Any) -> str:
    return next(iter(list_texts(value)), "")


def list_classes(known: Values) -> set[str]:
    """Return the object classes in lower case; csvde writes them into one cell."""
    texts = list_texts(known.get("objectclass"))
    return {name.strip().lower() for text in texts for name in text.split(";")}


def is_person(classes: set[str]) -> bool:
    return not classes.isdisjoint(PERSON_CLASSES) and classes.isdisjoint(OTHER_CLASSES)


def normalise(values: Values, answers: Answers) -> Values:
    """Return the entry with the columns of a user, each from the attributes that servers use."""
    known = fold_entry(values)
    emails = list(dict.fromkeys(list_emails(known)))
    chosen, used = choose(known)
    chosen["(phone)"] = write_phone(chosen["(phone)"], first(known.get("c")), answers)
    id_source, subject_id = find_id(known)
    derived = {
        "(subject id)": subject_id,
        **chosen,
        "(email)": "".join(emails[:1]),
        "(further emails)": emails[1:],
        "(active)": read_state(known),
        "(last sign-in)": find_last_login(known),
        **read_password(known),
        "(password must change)": must_change(known),
        "(groups)": list(dict.fromkeys(list_groups(known))),
    }
    used |= CONSUMED | ({id_source} - {"dn"})
    kept = {name: value for name, value in values.items() if name.lower() not in used}
    return {**kept, **drop_blanks(derived)}


def choose(known: Values) -> tuple[Values, set[str]]:
    """Return the columns that are the first of several attributes, and which are used up."""
    chosen: Values = {}
    used: set[str] = set()
    for column, names in CHOICES.items():
        name = next((name for name in names if first(known.get(name))), "")
        value = first(known.get(name))
        chosen[column] = read_moment(value) if column in MOMENTS else value
        used |= {each for each in names if is_used_up(known.get(each), is_chosen=each == name)}
    return chosen, used


def is_used_up(value: Any, *, is_chosen: bool) -> bool:
    """Return whether nothing is left of an attribute once its first value may be taken."""
    texts = list_texts(value)
    return not texts or (is_chosen and len(texts) == 1)


def pick(known: Values, *names: str) -> str:
    return next((text for name in names if (text := first(known.get(name)))), "")


def find_id(known: Values) -> tuple[str, str]:
    """Return the attribute that identifies the entry for good, and its value as text."""
    for name in ID_ATTRIBUTES:
        value = first(known.get(name))
        if text := read_guid(value) if name == "objectguid" else value:
            return name, text
    return "", ""


def read_guid(value: str) -> str:
    """Return the GUID of Active Directory as Windows shows it, from base64 or csvde's hex."""
    found = CSVDE_BYTES.fullmatch(value)
    raw = bytes.fromhex(found[1]) if found else read_base64(value)
    return read_uuid(raw, is_little_endian=True)


def list_emails(known: Values) -> Iterator[str]:
    """Yield the addresses in lower case; in proxyAddresses, SMTP: in capitals is the primary."""
    yield from (text.lower() for text in list_texts(known.get("mail")))
    proxies = [text for each in list_texts(known.get("proxyaddresses")) for text in each.split(";")]
    for prefix in ("SMTP:", "smtp:"):
        yield from (text[5:].lower() for text in proxies if text.startswith(prefix))


def read_state(known: Values) -> bool | None:
    """Return whether the account can be used; None when no attribute says anything about it."""
    control = pick(known, "useraccountcontrol")
    lock = pick(known, "nsaccountlock", "logindisabled").upper()
    # The moment zero is how the password policy of OpenLDAP locks for good.
    is_locked = pick(known, "pwdaccountlockedtime").startswith("000001010000")
    flags = int(control) if control.isdecimal() and len(control) < 12 else 0
    if flags & ACCOUNT_DISABLED or lock == "TRUE" or is_locked:
        return False
    return True if control or lock else None


def find_last_login(known: Values) -> str:
    filetime = read_filetime(pick(known, "lastlogontimestamp", "lastlogon"))
    return filetime or read_moment(pick(known, "authtimestamp", "pwdlastsuccess"))


def read_moment(value: str) -> str:
    """Return the generalized time of LDAP (RFC 4517) in UTC as ISO 8601; other text as it is."""
    found = GENERALIZED_TIME.fullmatch(value)
    if not found:
        return value
    year, month, day, hour, minute, second = found.groups()
    return f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}Z"


def read_filetime(value: str) -> str:
    if value in NEVER or not value.isdecimal() or len(value) > 19:
        return ""
    try:
        moment = UNITS["filetime"].read(int(value))
    except OverflowError:
        return ""
    return moment.isoformat().replace("+00:00", "Z")


def read_password(known: Values) -> Values:
    """Return the first hash; else what else stands where a hash would."""
    others: Values = {}
    for value in list_texts(known.get("userpassword")):
        found = SCHEME.match(value)
        scheme = found["name"].upper() if found else ""
        if not found:
            others.setdefault("(password)", value)
        elif scheme in PLAIN_SCHEMES:
            others.setdefault("(password)", value[found.end() :])
        elif scheme in FOREIGN_SCHEMES:
            others.setdefault("(password elsewhere)", scheme)
        else:
            return {"(password hash)": value, "(hash format)": "ldap"}
    if "(password)" not in others and (samba := pick(known, "sambantpassword")):
        return {"(password hash)": samba, "(hash format)": "ntlm"}
    return others


def must_change(known: Values) -> bool | None:
    is_reset = pick(known, "pwdreset").upper() == "TRUE"
    return is_reset or pick(known, "pwdlastset") == "0" or None


def list_groups(known: Values) -> Iterator[str]:
    for value in (
        *list_texts(known.get("memberof")),
        *list_texts(known.get("ismemberof")),
    ):
        for dn in split_cell(value):
            if found := FIRST_RDN.match(dn):
                yield ESCAPE.sub(unescape, found[1]).strip()


def split_cell(value: str) -> list[str]:
    """Return the names in a cell of csvde, which parts them by semicolons."""
    return re.split(r";(?=\w+=)", value)


def unescape(found: re.Match[str]) -> str:
    """Return the character of an escape in a dn (RFC 4514); bytes of UTF-8 stay as written."""
    code = found[1]
    if len(code) == 1:
        return code
    return chr(int(code, 16)) if int(code, 16) < 0x80 else found[0]


def leaves_out(values: Values) -> str:
    """Say that an entry is no person, or an account that Windows made for itself."""
    known = fold_entry(values)
    classes = list_classes(known)
    if classes and not is_person(classes):
        # The most specific class comes last, except where a server sorts them.
        named = next((name for name in OTHER_CLASSES if name in classes), "")
        kind = named or list_texts(known.get("objectclass"))[-1].rpartition(";")[2]
        return f"This is an entry of the class {kind[:40]}, not a person."
    if pick(known, "iscriticalsystemobject").upper() == "TRUE":
        return "This is an account that Active Directory made for itself."
    return ""


LDAP_DIRECTORY = Provider(
    name="ldap_directory",
    label="LDAP directory (LDIF)",
    how_to_export=(
        "OpenLDAP: slapcat -b dc=example,dc=com -l users.ldif as root, or ldapsearch -x -LLL -D "
        "cn=admin,dc=example,dc=com -W -b ou=people,dc=example,dc=com '(objectClass=person)' '*' "
        "'+' > users.ldif. 389 Directory Server: dsctl INSTANCE db2ldif userroot. Active "
        'Directory: ldifde -f users.ldif -r "(&(objectCategory=person)(objectClass=user))", '
        "or csvde likewise."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    questions=(COUNTRY_OF_PHONES,),
    leaves_out=leaves_out,
    is_sparse=True,
    not_carried=NOT_CARRIED,
    reads_states=frozenset({"logindisabled"}),
    lacks=LACKS,
)
