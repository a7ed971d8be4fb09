"""LDAP directories: entries of LDIF files (OpenLDAP, 389 and its kin, Active Directory), and csvde.

Attributes as in RFC 2798, RFC 4519 and Microsoft's Active Directory schema; their names are
compared without regard to case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from imports.core.providers.contract import Answers, Evidence, Preset, Provider, Values, strong
from imports.core.providers.ldap_states import ATTRIBUTES as STATES
from imports.core.providers.ldap_states import read_filetime, read_state, read_timestamp
from imports.core.providers.phones import COUNTRY_OF_PHONES, write_phone
from imports.core.providers.values import (
    drop_blanks,
    list_texts,
    read_base64,
    read_text,
    read_uuid,
)
from imports.core.values.names import fold_name

PERSON_CLASSES = frozenset(
    {"person", "organizationalperson", "inetorgperson", "user", "posixaccount", "account"}
)
OTHER_CLASSES = ("computer", "group", "contact", "trusteddomain")
QUOTE = '"'.encode("utf-16-le")
SCHEME = re.compile(r"\{(?P<name>[\w.-]+)\}")
# Not hashes: the password itself, and where else the directory would have asked.
PLAIN_SCHEMES = frozenset({"CLEARTEXT", "PLAIN", "CLEAR"})
# What samba-tool user getpassword writes of a domain that keeps more than the NT hash.
VIRTUAL_HASHES = ("virtualcryptsha512", "virtualcryptsha256", "virtualssha")
FOREIGN_SCHEMES = frozenset({"SASL", "KERBEROS", "EXTERNAL"})
# 389 gives an entryUUID only to entries made since its plugin is there, an nsUniqueId to all.
ID_ATTRIBUTES = (
    "nsuniqueid",
    "objectguid",
    "entryuuid",
    "ipauniqueid",
    "uid",
    "samaccountname",
    "dn",
)
# Which attribute the id of an entry is from: a file in which that differs is asked about.
ID_COLUMN = "(id attribute)"
FIRST_RDN = re.compile(r"[^=]+=((?:[^,\\+]|\\.)*)")
ESCAPE = re.compile(r"\\([0-9A-Fa-f]{2}|.)")
UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
# What FreeIPA counts among memberships and is no group: what one may do there, and netgroups.
RULES = {
    "cn=pbac": "privileges and permissions",
    "cn=roles,cn=accounts": "roles of administration",
    "cn=hbac": "rules of host access",
    "cn=sudo": "rules of sudo",
    "cn=ng,cn=alt": "netgroups",
}
GUID_ESCAPED = re.compile(r"(?:\\[0-9A-Fa-f]{2}){16}")
CSVDE_BYTES = re.compile(r"X'([0-9A-Fa-f]{32})'")

PRESETS = {
    "(subject id)": Preset(
        "subject_id",
        "The first of nsUniqueId, objectGUID, entryUUID, ipaUniqueID, uid, sAMAccountName and dn.",
    ),
    "(user name)": Preset(
        "profile.username", "The first of sAMAccountName, uid and userPrincipalName."
    ),
    "(email)": Preset("profile.email", "The first value of mail, or else of proxyAddresses."),
    "(further emails)": Preset("profile.emails", "The other values of mail and proxyAddresses."),
    "(phone)": Preset(
        "profile.phone",
        "The first value of mobile, in E.164. For numbers without a country code, Userferry "
        "uses c, or else the country you choose.",
    ),
    "(given name)": Preset("profile.given_name", "The first value of givenName."),
    "(family name)": Preset("profile.family_name", "The first value of sn."),
    "(display name)": Preset("profile.display_name", "The first value of displayName, or of cn."),
    "(locale)": Preset("profile.locale", "The first value of preferredLanguage."),
    "(active)": Preset(
        "profile.active",
        "False if any attribute says that the account is disabled, permanently locked, not "
        "started or expired: userAccountControl, accountExpires, nsAccountLock, a disabling "
        "nsRole, accountUnlockTime, pwdAccountLockedTime, pwdStartTime, pwdEndTime, "
        "shadowExpire, krbPrincipalExpiration, sambaAcctFlags, loginDisabled and similar, or if "
        "the entry is a staged or deleted user of FreeIPA. The dry run asks about locks that may "
        "have ended, roles that may disable, and containers such as OU=Disabled Users.",
    ),
    "(created)": Preset("profile.created_at", "createTimestamp, or whenCreated."),
    "(updated)": Preset("profile.updated_at", "modifyTimestamp, or whenChanged."),
    "(last sign-in)": Preset(
        "profile.last_login", "lastLogonTimestamp, authTimestamp or pwdLastSuccess."
    ),
    "(password hash)": Preset(
        "authenticators.password.hash",
        "The first value of userPassword with a hash, or else the virtual attributes of "
        "samba-tool user getpassword, unicodePwd of Samba, or sambaNTPassword.",
    ),
    "(hash format)": Preset(
        "authenticators.password.format", "From the scheme in braces, or the Samba format."
    ),
    "(password)": Preset(
        "authenticators.password.plaintext",
        "A userPassword without a scheme, which is the plain password (RFC 4519).",
    ),
    "(password expires)": Preset(
        "authenticators.password.expires_at", "passwordExpirationTime, or krbPasswordExpiration."
    ),
    "(password must change)": Preset(
        "authenticators.password.must_change", "True if pwdReset is TRUE or pwdLastSet is 0."
    ),
    "(groups)": Preset(
        "memberships.groups",
        "The group names in memberOf and isMemberOf, without the rest of the dn. Privileges and "
        "rules of FreeIPA are not groups.",
    ),
}
FURTHER_PASSWORDS = "(further passwords)"
NOT_CARRIED = {
    "objectclass": "Distinguishes people from other entries.",
    "telephonenumber": "Often shared. Map it to “Phone” if it is a personal number.",
    "homephone": "Map it to “Phone” if users have no other.",
    "jpegphoto": "Pictures are imported as URLs, not as files.",
    "thumbnailphoto": "Pictures are imported as URLs, not as files.",
    "usercertificate": "Userferry does not support sign-in with certificates.",
    "sshpublickey": "SSH keys, which Userferry does not use.",
    "passwordelsewhere": "Another system verifies the password for the directory.",
    fold_name(
        FURTHER_PASSWORDS
    ): "The number of userPassword values not imported. The directory accepts each of "
    "them, and the newest is often the last. Remove old values before the export.",
    "manager": "The dn of another entry.",
    "objectsid": "The security id (SID) in the Windows domain.",
    "badpwdcount": "Failed sign-ins. The count restarts at zero here.",
    "logoncount": "The number of sign-ins.",
    "uidnumber": "The account number (uid) on Unix systems.",
    "gidnumber": "The group number (gid) on Unix systems.",
    "homedirectory": "The home directory on Unix systems.",
    "loginshell": "The shell on Unix systems.",
    "sambalmpassword": "Too weak to keep. sambaNTPassword is used instead.",
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
    "An operational attribute of the directory server.",
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
TIMESTAMPS = frozenset({"(created)", "(updated)", "(password expires)"})
# Of which all values are in other columns.
CONSUMED = frozenset({"mail", "proxyaddresses", "memberof", "ismemberof", "userpassword"})
NOT_CARRIED |= {
    name: f"Another attribute or value comes first for the column “{column}”."
    for column, names in CHOICES.items()
    for name in names
}
NOT_CARRIED |= dict.fromkeys(
    map(fold_name, STATES),
    "Determines the column “(active)”. A future end date is not imported.",
)
NOT_CARRIED |= dict.fromkeys(
    ["lastlogontimestamp", "lastlogon", "authtimestamp", "pwdlastsuccess"],
    "The latest known timestamp is in the column “(last sign-in)”.",
)
NOT_CARRIED |= dict.fromkeys(
    ("pwdreset", "pwdlastset"), "Determines the column “(password must change)”."
)
NOT_CARRIED["dn"] = "The location of the entry in the directory."
NOT_CARRIED[fold_name(ID_COLUMN)] = "The attribute that supplies the subject id."
NOT_CARRIED |= dict.fromkeys(
    ("entryuuid", "objectguid", "nsuniqueid", "ipauniqueid"),
    "Another attribute takes precedence for the column “(subject id)”.",
)
NOT_CARRIED |= dict.fromkeys(
    (*VIRTUAL_HASHES, "sambantpassword", "unicodepwd", "virtualcleartextutf8"),
    "Used if no preceding attribute has a hash.",
)

LACKS = (
    "Microsoft Active Directory does not export password hashes. Its users choose a new "
    "password, or sign in through just-in-time migration. Samba does: samba-tool user "
    "getpassword.",
    "userPassword is exported only by accounts that can read it, such as slapcat as root.",
    "A directory does not record whether addresses were verified.",
    "Members listed only in the group entry (member, uniqueMember, memberUid) are not "
    "imported. Export memberOf instead.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise entries with a dn and object classes."""
    entries = [known for row in rows if {"dn", "objectclass"} <= (known := fold_entry(row)).keys()]
    entries = [known for known in entries if "=" in read_text(first(known["dn"]))]
    if not entries or len(entries) * 2 < len(rows):
        return None
    people = sum(1 for known in entries if is_person(list_classes(known)))
    return strong(
        f"{len(entries)} of {len(rows)} records in the sample are entries of an LDAP directory, "
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
        ID_COLUMN: id_source,
        **chosen,
        "(email)": "".join(emails[:1]),
        "(further emails)": emails[1:],
        "(active)": read_state(known),
        "(last sign-in)": find_last_login(known),
        **read_password(known),
        FURTHER_PASSWORDS: count_further_passwords(known),
        "(password must change)": must_change(known),
        "(groups)": list(dict.fromkeys(list_groups(known))),
        "(not carried)": list(dict.fromkeys(list_rules(known))),
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
        chosen[column] = read_timestamp(value) if column in TIMESTAMPS else value
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
        if text := read_guid(value) if name == "objectguid" else write_id(value):
            return name, text
    return "", ""


def write_id(value: str) -> str:
    """Return an id as text; a UUID in lower case, as one export and another may differ in it."""
    return value.lower() if UUID.fullmatch(value) else value


def read_guid(value: str) -> str:
    """Return the GUID of Active Directory as Windows shows it; empty for anything else.

    Read are base64 and csvde's hex of its bytes, bytes escaped as in filters (RFC 4515), and the
    text of Samba's tools and PowerShell, with braces or without.
    """
    if shown := UUID.fullmatch(value.strip("{}")):
        return shown[0].lower()
    if GUID_ESCAPED.fullmatch(value):
        return read_uuid(bytes.fromhex(value.replace("\\", "")), is_little_endian=True)
    found = CSVDE_BYTES.fullmatch(value)
    raw = bytes.fromhex(found[1]) if found else read_base64(value)
    return read_uuid(raw, is_little_endian=True)


def list_emails(known: Values) -> Iterator[str]:
    """Yield the addresses in lower case; in proxyAddresses, SMTP: in capitals is the primary."""
    yield from (text.lower() for text in list_texts(known.get("mail")))
    proxies = [text for each in list_texts(known.get("proxyaddresses")) for text in each.split(";")]
    for prefix in ("SMTP:", "smtp:"):
        yield from (text[5:].lower() for text in proxies if text.startswith(prefix))


def find_last_login(known: Values) -> str:
    filetime = read_filetime(pick(known, "lastlogontimestamp", "lastlogon"))
    return filetime or read_timestamp(pick(known, "authtimestamp", "pwdlastsuccess"))


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
    return others if "(password)" in others else others | read_samba_password(known)


def count_further_passwords(known: Values) -> str:
    """Return how many passwords of the entry are not taken over; empty when that is none.

    A directory accepts each value of userPassword (RFC 4519 section 2.41).
    """
    found = [SCHEME.match(value) for value in list_texts(known.get("userpassword"))]
    own = [each for each in found if not each or each["name"].upper() not in FOREIGN_SCHEMES]
    return str(len(own) - 1) if len(own) > 1 else ""


def read_samba_password(known: Values) -> Values:
    """Return what Samba keeps of a password: a hash for crypt, the NT hash, or the password."""
    if virtual := pick(known, *VIRTUAL_HASHES):
        return {"(password hash)": virtual, "(hash format)": "ldap"}
    given = read_unicode_password(first(known.get("unicodepwd")))
    if "(password hash)" not in given and (samba := pick(known, "sambantpassword")):
        return {"(password hash)": samba, "(hash format)": "ntlm"}
    if not given and (clear := pick(known, "virtualcleartextutf8")):
        return {"(password)": clear}
    return given


def read_unicode_password(value: str) -> Values:
    """Return the NT hash that Samba exports, or the password in quotes that a change sets.

    The latter is UTF-16 ([MS-ADTS] 3.1.1.3.1.5) and may have 16 bytes as well.
    """
    raw = read_base64(value)
    if raw[:2] == QUOTE == raw[-2:] and len(raw) > 4:
        return {"(password)": raw[2:-2].decode("utf-16-le", "replace")}
    return {"(password hash)": raw.hex(), "(hash format)": "ntlm"} if len(raw) == 16 else {}


def must_change(known: Values) -> bool | None:
    is_reset = pick(known, "pwdreset").upper() == "TRUE"
    return is_reset or pick(known, "pwdlastset") == "0" or None


def list_groups(known: Values) -> Iterator[str]:
    for dn in list_memberships(known):
        if not find_rule(dn) and (found := FIRST_RDN.match(dn)):
            yield ESCAPE.sub(unescape, found[1]).strip()


def list_memberships(known: Values) -> Iterator[str]:
    for name in ("memberof", "ismemberof"):
        for value in list_texts(known.get(name)):
            yield from split_cell(value)


def list_rules(known: Values) -> Iterator[str]:
    """Yield what kinds of memberships are no groups."""
    for dn in list_memberships(known):
        if rule := find_rule(dn):
            yield f"{rule} of FreeIPA in memberOf"


def find_rule(dn: str) -> str:
    above = dn.lower().partition(",")[2].replace(", ", ",")
    return next((rule for place, rule in RULES.items() if f",{place}," in f",{above},"), "")


def split_cell(value: str) -> list[str]:
    """Return the names in a cell of csvde, which parts them by semicolons."""
    return re.split(r";(?=\w+=)", value)


def unescape(found: re.Match[str]) -> str:
    """Return the character of an escape in a dn (RFC 4514); bytes of UTF-8 stay as written."""
    code = found[1]
    if len(code) == 1:
        return code
    return chr(int(code, 16)) if int(code, 16) < 0x80 else found[0]


# FreeIPA keeps authenticator apps as entries of their own, below cn=otp.
APP = "ipatoken"
APP_LOST = (
    "This is the authenticator app of a user (ipatokenOwner), not a person. It is not imported: the"
    " user sets it up again."
)


def excludes(values: Values) -> str:
    """Say that an entry is no person, or an account that Windows made for itself."""
    known = fold_entry(values)
    classes = list_classes(known)
    if APP in classes:
        return APP_LOST
    if classes and not is_person(classes):
        # The most specific class comes last, except where a server sorts them.
        named = next((name for name in OTHER_CLASSES if name in classes), "")
        kind = named or list_texts(known.get("objectclass"))[-1].rpartition(";")[2]
        return f"This is an entry of the class {kind[:40]}, not a person."
    if pick(known, "iscriticalsystemobject").upper() == "TRUE":
        return "This is a built-in account of Active Directory."
    return ""


PROVIDER = Provider(
    name="ldap_directory",
    label="LDAP directory (LDIF)",
    how_to_export=(
        "OpenLDAP: slapcat -b dc=example,dc=com -l users.ldif as root, or ldapsearch -x -LLL -D "
        "cn=admin,dc=example,dc=com -W -b ou=people,dc=example,dc=com '(objectClass=person)' '*' "
        "'+' > users.ldif. 389 Directory Server: ldapsearch likewise as cn=Directory Manager, with "
        "'*' '+' nsAccountLock nsRole: an export by db2ldif lacks the locks that roles set. Active "
        'Directory: ldifde -f users.ldif -r "(&(objectCategory=person)(objectClass=user))", '
        "or csvde likewise."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    questions=(COUNTRY_OF_PHONES,),
    excludes=excludes,
    is_sparse=True,
    not_carried=NOT_CARRIED,
    reads_states=frozenset(map(fold_name, STATES)),
    lacks=LACKS,
)
