"""The canonical record: what every source becomes, and all that later steps know of it."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from accounts import hashing
from accounts.authenticators import passkeys
from accounts.identifiers import E164, normalise_email, normalise_phone
from imports.core.values.lists import read_keys, split_list
from imports.core.values.timestamps import (
    explain_range,
    is_impossible,
    is_no_date,
    read_unusual,
    to_utc,
)

__all__ = [
    "TOTP",
    "Authenticators",
    "EmailRef",
    "ExternalLogin",
    "Memberships",
    "Passkey",
    "Password",
    "Profile",
    "RecordWithMadeId",
    "UserImportRecord",
    "VerifiedAddress",
]

# The first timestamps of .NET and Windows, which stand for no date, are not later.
LAST_NO_DATE = 1601
# Whose zero is a value.
NUMBERS = frozenset({bool, int, float})
# RFC 5321 §4.5.3.1.1, without quoted local parts, which no identity system issues.
EMAIL_LOCAL_PART = re.compile(r"""[^\s@"(),:;<>\[\]\\\x00-\x1f\x7f]{1,64}""")
# RFC 1035 §2.3.4, and letters of other scripts (RFC 5890).
DOMAIN = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?(?:\.[^\W_](?:[\w-]{0,61}[^\W_])?)*")
# How spreadsheets write numbers of 12 digits and more; the rest of the digits is gone.
SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?E\+\d{1,3}")


def check_storable(value: str) -> str:
    """Refuse what PostgreSQL cannot store in a text column."""
    if "\x00" in value:
        raise PydanticCustomError(
            "invalid_character", "invalid character", {"character": "a NUL character (U+0000)"}
        )
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            code_point = f"half of a surrogate pair (U+{ord(value[error.start]):04X})"
            raise PydanticCustomError(
                "invalid_character", "invalid character", {"character": code_point}
            ) from None
    return value


def check_password_length(value: str) -> str:
    """Refuse a password that no sign-in would verify."""
    if hashing.is_too_long(value):
        raise PydanticCustomError(
            "password_too_long", "too long", {"limit": hashing.MAXIMUM_PASSWORD_BYTES}
        )
    return value


def check_email(value: str) -> str:
    email = normalise_email(value)
    local_part, _, domain = email.rpartition("@")
    if not (EMAIL_LOCAL_PART.fullmatch(local_part) and DOMAIN.fullmatch(domain)):
        raise PydanticCustomError("invalid_email", "invalid e-mail")
    return email


def check_phone(value: str) -> str:
    phone = normalise_phone(value)
    if not E164.fullmatch(phone):
        raise PydanticCustomError("invalid_phone", "invalid phone")
    return phone


def check_totp_secret(value: str) -> str:
    """Return the secret in padded base32: sign-in decodes it strictly (RFC 4648 §6)."""
    secret = re.sub(r"[\s-]", "", value).rstrip("=").upper()
    padded = secret + "=" * (-len(secret) % 8)
    try:
        raw = base64.b32decode(padded)
    except (binascii.Error, ValueError):
        raw = b""
    if not raw:
        raise PydanticCustomError("invalid_totp_secret", "invalid secret")
    return padded


def read_timestamp(value: Any, read: ValidatorFunctionWrapHandler) -> datetime | None:
    """Return the timestamp in UTC, or None for what stands for no date.

    What the usual way cannot read is tried in the ways of databases and programs.
    """
    try:
        timestamp = to_utc(read(value))
        return None if timestamp.year <= LAST_NO_DATE and is_no_date(value) else timestamp
    except OverflowError:
        if is_no_date(value):
            return None
        detail = explain_range(value)
    except ValidationError:
        if is_no_date(value):
            return None
        unusual = read_unusual(value)
        if unusual is not None:
            return unusual
        if is_impossible(value):
            raise PydanticCustomError("date_impossible", "no such date") from None
        detail = explain_range(value)
        if not detail:
            raise
    raise PydanticCustomError("date_out_of_range", "out of range", {"detail": detail})


def read_number(value: object) -> object:
    """Return the whole number that a cell holds as text."""
    return int(value) if isinstance(value, str) and value.strip().isdecimal() else value


def _limited(limit: int) -> Any:
    return Annotated[str, StringConstraints(max_length=limit), AfterValidator(check_storable)]


def check_subject_id(value: str) -> str:
    """Refuse an id of which a spreadsheet has left only the first digits: others have them, too."""
    if "E+" in value and SCIENTIFIC.fullmatch(value):
        raise PydanticCustomError("id_cut_short", "cut short")
    return value


Text200 = Annotated[str, StringConstraints(max_length=200), AfterValidator(check_storable)]
Text400 = Annotated[str, StringConstraints(max_length=400), AfterValidator(check_storable)]
Email = Annotated[
    str,
    AfterValidator(check_storable),
    StringConstraints(max_length=254),
    AfterValidator(check_email),
]
Phone = Annotated[str, AfterValidator(check_storable), AfterValidator(check_phone)]
Timestamp = Annotated[datetime, WrapValidator(read_timestamp)]
KeyList = Annotated[list[Text200], BeforeValidator(read_keys)]
# Not stripped: a space at either end may be part of the secret.
Secret = Annotated[
    str,
    StringConstraints(strip_whitespace=False, max_length=4096),
    AfterValidator(check_storable),
]

Plaintext = Annotated[
    str,
    StringConstraints(strip_whitespace=False),
    AfterValidator(check_storable),
    AfterValidator(check_password_length),
    Field(json_schema_extra={"maxLength": hashing.MAXIMUM_PASSWORD_BYTES}),
]


def is_nothing(value: Any) -> bool:
    """Return whether a value counts as absent: null, blank text, an empty object or list.

    Which of the two stands for an empty one depends on who wrote the JSON: PHP has one type for
    both, and writes [] for an object without members.
    """
    if value:
        return value.__class__ is str and value.isspace()
    return value.__class__ not in NUMBERS


class Part(BaseModel):
    """A part of the record: unknown fields are refused, empty ones count as absent."""

    model_config = ConfigDict(
        extra="forbid",
        str_strip_whitespace=True,
        coerce_numbers_to_str=True,
        hide_input_in_errors=True,
    )

    @model_validator(mode="before")
    @classmethod
    def drop_blanks(cls, given: Any) -> Any:
        if isinstance(given, dict):
            return {key: value for key, value in given.items() if not is_nothing(value)}
        return {} if given == [] else given


class EmailRef(Part):
    """A further e-mail address."""

    email: Email
    verified: bool = False

    @model_validator(mode="before")
    @classmethod
    def accept_bare_address(cls, given: Any) -> Any:
        return {"email": given} if isinstance(given, str) else given


class Profile(Part):
    """Who the user is. A field that is absent leaves an existing user's as it is."""

    username: _limited(256) | None = Field(  # type: ignore[valid-type]
        default=None, description="Name to sign in with; unique without regard to case."
    )
    email: Email | None = Field(
        default=None, description="Primary e-mail address; unique, stored in lower case."
    )
    email_verified: bool | None = Field(
        default=None, description="Whether the old system had verified the address."
    )
    phone: Phone | None = Field(
        default=None, description="Phone number in E.164, such as +441632960001; unique."
    )
    phone_verified: bool | None = Field(
        default=None, description="Whether the old system had verified the number."
    )
    given_name: Text200 | None = Field(default=None, description="First name.")
    family_name: Text200 | None = Field(default=None, description="Last name.")
    display_name: Text400 | None = Field(default=None, description="Name as shown to others.")
    locale: _limited(35) | None = Field(  # type: ignore[valid-type]
        default=None, description="Language and region as BCP 47, such as en-GB."
    )
    zoneinfo: _limited(64) | None = Field(  # type: ignore[valid-type]
        default=None, description="Time zone by its IANA name, such as Europe/Berlin."
    )
    picture: _limited(2000) | None = Field(  # type: ignore[valid-type]
        default=None, description="Address (URL) of a picture."
    )
    active: bool | None = Field(default=None, description="False for a disabled account.")
    created_at: Timestamp | None = Field(
        default=None, description="When the account was made: ISO 8601, or seconds since 1970."
    )
    last_login: Timestamp | None = Field(
        default=None, description="Last sign-in at the old system: ISO 8601, or seconds since 1970."
    )
    updated_at: Timestamp | None = Field(
        default=None,
        description="Last change at the old system: ISO 8601, or seconds since 1970.",
    )
    emails: list[EmailRef] = Field(
        default_factory=list, description="Further e-mail addresses, each with `verified`."
    )
    attributes: dict[str, Any] = Field(
        default_factory=dict, description="Custom attributes, by the names of their definitions."
    )


class Password(Part):
    """How the user proves who they are by password: a foreign hash, or the password itself."""

    hash: Secret | None = Field(
        default=None, repr=False, description="Password hash exactly as the source has it."
    )
    format: _limited(64) | None = Field(  # type: ignore[valid-type]
        default=None, description="Format of the hash; recognised from the hash when absent."
    )
    params: dict[str, Any] = Field(
        default_factory=dict,
        repr=False,
        description="What the format needs besides the hash, such as a salt kept apart.",
    )
    plaintext: Plaintext | None = Field(
        default=None,
        repr=False,
        description="The password itself; it is stored encrypted and hashed soon.",
    )
    expires_at: Timestamp | None = Field(
        default=None, description="From then on a new password must be chosen at sign-in."
    )
    must_change: bool = Field(
        default=False, description="A new password must be chosen at the next sign-in."
    )

    _encoded: str | None = PrivateAttr(default=None)

    @property
    def encoded(self) -> str | None:
        """Return the foreign hash as it is stored; None until it was checked."""
        return self._encoded


class ExternalLogin(Part):
    """A sign-in with another provider, such as Google."""

    provider: Text200 = Field(description="Id of the provider here, such as google.")
    subject: _limited(191) = Field(  # type: ignore[valid-type]
        description="The user's id at that provider (its `sub`)."
    )
    display_name: Text200 | None = Field(default=None, description="Name shown for it.")


class TOTP(Part):
    """An authenticator app (RFC 6238)."""

    secret: Annotated[Secret, AfterValidator(check_totp_secret)] = Field(
        repr=False, description="Shared secret in base32."
    )
    name: Text200 | None = Field(default=None, description="Name shown for it.")
    digits: Annotated[Literal[6, 7, 8], BeforeValidator(read_number)] = Field(
        default=6, description="Digits of a code."
    )
    period: Annotated[int, Field(ge=10, le=300)] = Field(
        default=30, description="Seconds for which a code is valid."
    )
    algorithm: Literal["SHA1", "SHA256", "SHA512"] = Field(default="SHA1", description="Digest.")

    @model_validator(mode="before")
    @classmethod
    def accept_bare_secret(cls, given: Any) -> Any:
        return {"secret": given} if isinstance(given, str) else given


class Passkey(Part):
    """A WebAuthn credential."""

    credential_id: Secret = Field(description="Credential id in base64url.")
    public_key: Secret = Field(description="COSE public key in base64url.")
    algorithm: int = Field(default=-7, description="COSE algorithm number.")
    sign_count: Annotated[int, Field(ge=0)] = Field(default=0, description="Signature counter.")
    aaguid: _limited(36) | None = Field(  # type: ignore[valid-type]
        default=None, description="Model of the authenticator."
    )
    backup_eligible: bool = Field(default=False, description="May be synchronised.")
    backed_up: bool = Field(default=False, description="Is synchronised.")
    name: Text200 | None = Field(default=None, description="Name shown for it.")

    @model_validator(mode="after")
    def check_key(self) -> Passkey:
        """Refuse a key that sign-in could not read; write the id as sign-in looks it up."""
        try:
            data = passkeys.build_data(
                self.credential_id, self.public_key, aaguid=self.aaguid or ""
            )
        except passkeys.PasskeyError as error:
            detail = f"Nobody could sign in with this passkey: {error}."
            raise PydanticCustomError("invalid_value", "invalid", {"detail": detail}) from None
        self.credential_id = data["credential"]["id"]
        return self


class VerifiedAddress(Part):
    """An address that is known to be the user's and may receive one-time codes."""

    type: Literal["email", "phone"]
    value: Text400

    @model_validator(mode="after")
    def normalise_value(self) -> VerifiedAddress:
        self.value = check_email(self.value) if self.type == "email" else check_phone(self.value)
        return self


class Authenticators(Part):
    """How the user proves who they are. What is absent leaves an existing user's as it is."""

    password: Password | None = None
    external_logins: list[ExternalLogin] = Field(
        default_factory=list, description="Sign-ins with other providers."
    )
    totp: TOTP | None = Field(default=None, description="An authenticator app.")
    recovery_codes: Annotated[list[Secret], BeforeValidator(split_list)] = Field(
        default_factory=list, repr=False, description="Unused recovery codes; each works once."
    )
    passkeys: list[Passkey] = Field(default_factory=list, description="WebAuthn credentials.")
    verified_addresses: list[VerifiedAddress] = Field(
        default_factory=list, description="Addresses that may receive one-time codes."
    )


class Memberships(Part):
    """What the user belongs to; all of it has to exist."""

    groups: KeyList = Field(default_factory=list, description="Keys of groups.")
    roles: KeyList = Field(default_factory=list, description="Keys of roles given directly.")


class UserImportRecord(Part):
    """One user of the source system. Only the subject id is required."""

    subject_id: Annotated[Text200, AfterValidator(check_subject_id)] = Field(
        description="The id that stays the same for as long as the account exists.",
    )
    profile: Profile = Field(default_factory=Profile)
    authenticators: Authenticators = Field(default_factory=Authenticators)
    memberships: Memberships = Field(default_factory=Memberships)

    # Of the class, not a private attribute: those are slow to read, and every record is asked.
    has_made_id: ClassVar[bool] = False


class RecordWithMadeId(UserImportRecord):
    """One whose source gives no subject id: it was made from another of its values."""

    has_made_id: ClassVar[bool] = True
