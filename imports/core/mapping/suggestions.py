"""Proposes a target field for each column: by preset, by name, and by the look of its values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as MappingType
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from accounts.attributes import AttributeRule
from imports.core.inspection import ColumnSample, Inspection
from imports.core.mapping.rules import Mapping, Rule
from imports.core.providers import Provider, fold_name, get_provider
from imports.core.targets import ATTRIBUTES, get_label, list_targets
from imports.core.transforms import Boolean, Transform

# Other names under which identity systems keep a field, without case and punctuation.
SYNONYMS = {
    "subject_id": "id sub subject subjectid userid uid guid uuid objectid externalid internalid "
    "useruuid userguid accountid",
    "profile.username": "username login loginname userlogin logonname accountname nickname "
    "preferredusername samaccountname userprincipalname upn",
    "profile.email": "email mail emailaddress primaryemail useremail workemail emailid "
    "primaryemailaddress",
    "profile.email_verified": "emailverified emailconfirmed isemailverified verifiedemail "
    "mailverified verified isverified confirmed",
    "profile.phone": "phone phonenumber mobile mobilephone mobilenumber cellphone cell telephone "
    "tel primaryphone msisdn telephonenumber primaryphonenumber",
    "profile.phone_verified": "phoneverified phonenumberverified phoneconfirmed "
    "phonenumberconfirmed mobileverified",
    "profile.given_name": "givenname firstname forename fname vorname prenom nombre",
    "profile.family_name": "familyname lastname surname sn lname secondname nachname apellido",
    "profile.display_name": "displayname name fullname realname commonname cn",
    "profile.locale": "locale language lang preferredlanguage culture",
    "profile.zoneinfo": "zoneinfo timezone tz",
    "profile.picture": "picture avatar photo photourl image imageurl avatarurl pictureurl",
    "profile.active": "active enabled isactive isenabled accountenabled",
    "profile.created_at": "createdat created createdon createdate creationdate createdtime "
    "datejoined registered registeredat signupdate registrationdate createddatetime",
    "profile.last_login": "lastlogin lastloginat lastsignin lastsignedin lastsigninat lastlogon "
    "lastseen lastlogindate lastlogintime",
    "profile.emails": "emails othermails secondaryemail secondemail alternateemail",
    "authenticators.password.hash": "passwordhash passwordhashed hashedpassword passhash pwhash "
    "encryptedpassword passworddigest passwordencrypted userpass hash",
    "authenticators.password.format": "passwordformat hashformat passwordhasher passwordhashtype "
    "passwordalgorithm hashalgorithm hashingmethod hashingalgorithm",
    "authenticators.password.plaintext": "password plaintextpassword clearpassword "
    "initialpassword temporarypassword pwd passwd",
    "authenticators.password.expires_at": "passwordexpiresat passwordexpires passwordexpiry "
    "passwordexpirydate",
    "authenticators.password.must_change": "mustchangepassword passwordmustchange "
    "forcepasswordchange passwordchangerequired forcechangepassword",
    "authenticators.totp.secret": "totpsecret totp otpsecret otpkey authenticatorkey mfasecret "
    "twofactorsecret totpkey",
    "authenticators.recovery_codes": "recoverycodes backupcodes scratchcodes",
    "memberships.groups": "groups group groupnames memberof",
    "memberships.roles": "roles role rolenames userroles",
}
OPPOSITE = (
    "disabled blocked isdisabled isblocked locked suspended inactive isinactive deactivated "
    "accountdisabled"
)
OPPOSITES = frozenset(OPPOSITE.split())
NAMES = {name: target for target, names in SYNONYMS.items() for name in names.split()}
NAMES |= dict.fromkeys(OPPOSITES, "profile.active")
# What the values of a target field have to look like for its name to be believed.
EXPECTED_SHAPES = {
    "profile.email": {"email"},
    "profile.phone": {"phone", "number"},
    "profile.active": {"boolean"},
    "profile.email_verified": {"boolean"},
    "profile.phone_verified": {"boolean"},
    "authenticators.password.must_change": {"boolean"},
    "authenticators.totp.secret": {"", "hash"},
    "authenticators.password.hash": {"", "hash"},
    "authenticators.password.plaintext": {"", "number"},
    "profile.created_at": {"date", "number"},
    "profile.last_login": {"date", "number"},
}
TARGET_OF_SHAPE = {
    "email": ("profile.email", "e-mail addresses"),
    "phone": ("profile.phone", "phone numbers"),
    "hash": ("authenticators.password.hash", "password hashes"),
}
SIMILAR_FROM = 88.0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Where a column should go; nowhere when `target` is None. `confidence` is from 0 to 1."""

    source: str
    target: str | None
    confidence: float
    reason: str
    transforms: tuple[Transform, ...] = ()


def suggest_mapping(
    inspection: Inspection, attributes: MappingType[str, AttributeRule]
) -> list[Suggestion]:
    """Return one suggestion for each column, in the order of the columns.

    At most one column is suggested for a field that takes one value: the surest, else the first.
    """
    provider = get_provider(inspection.provider)
    found = [_suggest(column, provider, attributes) for column in inspection.columns]
    order = sorted(range(len(found)), key=lambda index: -found[index].confidence)
    taken: dict[str, str] = {}
    for index in order:
        suggestion = found[index]
        target = suggestion.target
        if target is None:
            continue
        if target in taken and not _is_list(target):
            reason = f"Looks like “{get_label(target)}” too, which “{taken[target]}” goes to."
            found[index] = Suggestion(suggestion.source, None, 0.0, reason)
        taken.setdefault(target, suggestion.source)
    return found


def _suggest(
    column: ColumnSample, provider: Provider, attributes: MappingType[str, AttributeRule]
) -> Suggestion:
    if preset := provider.find_preset(column.name):
        return Suggestion(column.name, preset.target, 1.0, preset.reason, preset.transforms)
    if reason := provider.explain_loss(column.name):
        return Suggestion(column.name, None, 1.0, reason)
    if provider.is_record:
        reason = "The record format has no such field: check its spelling, or leave it out here."
        return Suggestion(column.name, None, 0.0, reason)
    nothing = Suggestion(column.name, None, 0.0, "No field has a similar name.")
    guesses = _guess(column, attributes)
    best: Suggestion = max((nothing, *guesses), key=lambda guess: guess.confidence)
    return best


def _guess(
    column: ColumnSample, attributes: MappingType[str, AttributeRule]
) -> Iterator[Suggestion]:
    """Yield what the column could be, by its name and by the look of its values."""
    for name in attributes:
        if fold_name(name) in _list_names(column):
            reason = f"There is an attribute “{name}”."
            yield Suggestion(column.name, f"{ATTRIBUTES}.{name}", 0.96, reason)
    yield from _guess_by_name(column)
    if column.shape in TARGET_OF_SHAPE:
        target, values = TARGET_OF_SHAPE[column.shape]
        yield Suggestion(column.name, target, 0.5, f"The values look like {values}.")


def _guess_by_name(column: ColumnSample) -> Iterator[Suggestion]:
    for penalty, name in enumerate(_list_names(column)):
        match = process.extractOne(name, list(NAMES), scorer=fuzz.ratio, score_cutoff=SIMILAR_FROM)
        if match is None:
            continue
        known, score, _ = match
        target = _choose_password_field(NAMES[known], column)
        if not _fits(column, target):
            continue
        certainty = "is" if score == 100 else "is almost"
        reason = f"“{column.name}” {certainty} another name for “{get_label(target)}”."
        confidence = round(score / 100 * 0.95 - 0.05 * penalty, 3)
        if known in OPPOSITES:
            inverted = (Boolean(inverted=True),)
            reason = f"“{column.name}” is the opposite of “{get_label(target)}”."
            yield Suggestion(column.name, target, round(confidence - 0.05, 3), reason, inverted)
        else:
            yield Suggestion(column.name, target, confidence, reason)


def _list_names(column: ColumnSample) -> list[str]:
    """Return the folded name of a column, and that of the last step of a dotted path."""
    names = (column.name, column.name.rpartition(".")[2])
    return list(dict.fromkeys(fold_name(name) for name in names))


def _choose_password_field(target: str, column: ColumnSample) -> str:
    """Return the field for hashes for a column called “password” that holds some."""
    is_plain = target == "authenticators.password.plaintext"
    return "authenticators.password.hash" if is_plain and column.shape == "hash" else target


def _fits(column: ColumnSample, target: str) -> bool:
    """Return whether the values of the column are such as the target field has."""
    expected = EXPECTED_SHAPES.get(target)
    return expected is None or not column.filled or column.shape in expected


def _is_list(target: str) -> bool:
    known = list_targets().get(target)
    return known is not None and known.is_list


def build_mapping(suggestions: Iterable[Suggestion], provider: str, source_name: str) -> Mapping:
    """Return the mapping that follows every suggestion.

    A column that is unknown in the record format is not ignored: its records fail, because it is
    more often misspelt than superfluous.
    """
    is_record = get_provider(provider).is_record
    rules, ignored = [], []
    for suggestion in suggestions:
        if suggestion.target is None:
            ignored += [] if is_record else [suggestion.source]
        else:
            transforms = list(suggestion.transforms)
            rules.append(
                Rule(source=suggestion.source, target=suggestion.target, transforms=transforms)
            )
    return Mapping(provider=provider, source_name=source_name, rules=rules, ignored=ignored)
