"""What an import should do, said as simply as possible: one record after the other, in memory."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount

from accounts.models import AttributeDefinition, User
from imports.core.planning.conflicts import Mode
from imports.models import ImportJob
from imports.services.jobs.policies import save_policies

PROFILE = ("username", "email", "phone", "given_name")
REASONS = {
    "subject": "profile_exists",
    "login": "authenticator_taken",
    "passkey": "authenticator_taken",
}

Key = tuple[str, str]


@dataclass
class Person:
    """A user as the reference keeps it."""

    profile: dict[str, str] = field(default_factory=dict)
    emails: set[str] = field(default_factory=set)
    logins: set[tuple[str, str]] = field(default_factory=set)
    passkeys: set[str] = field(default_factory=set)
    attributes: dict[str, str] = field(default_factory=dict)
    first_login: tuple[str, str] | None = None
    other_ids: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Rules:
    """The rules of a job as the reference goes by them: resolutions, and policies of fields."""

    mode: Mode = Mode.SKIP
    conflicts: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    matching_key: str = "subject_id"

    def resolve(self, reason: str) -> str:
        own = {"skip": "skip", "update": "overwrite", "fail": "fail"}[self.mode]
        preset = own if reason == "profile_exists" else "fail"
        return self.conflicts.get(reason, preset)

    def save(self, job: ImportJob) -> None:
        """Have a job of this mode go by these rules, too."""
        save_policies(
            job,
            conflicts=self.conflicts,
            field_policies=self.fields,
            matching_key=self.matching_key,
            actor=job.created_by,
        )
        job.refresh_from_db()


Store = dict[str, Person]


@dataclass
class Import:
    """A job under way: what it goes by, and the values it has taken from their users."""

    records: list[dict[str, Any]]
    rules: Rules
    released: dict[Key, str] = field(default_factory=dict)

    def find_repeated(self) -> dict[int, str]:
        """Return the statuses of the records that repeat a value of an earlier one, by position."""
        held: dict[Key, int] = {}
        found = {}
        for position, record in enumerate(self.records):
            keys = list_keys(record["subject_id"], read_person(record))
            repeated = next((key for key in keys if key in held), None)
            if repeated:
                resolution = self.rules.resolve(find_reason(repeated))
                fails = resolution in {"fail", "stop"} or (
                    repeated[0] == "subject" and are_unlike(self.records[held[repeated]], record)
                )
                found[position] = "failed" if fails else "skipped"
            else:
                held |= dict.fromkeys(keys, position)
        return found

    def take(self, record: dict[str, Any], store: Store) -> str:
        """Import a record that repeats no other into the store, and return its status."""
        subject, given = record["subject_id"], read_person(record)
        own = self.match(subject, given, store)
        if own and (resolution := self.rules.resolve("profile_exists")) != "overwrite":
            return "skipped" if resolution == "skip" else "failed"
        resolutions = {self.rules.resolve(reason) for reason in self.find_reasons(record, store)}
        # No address or number of these files is verified.
        if own and self.rules.matching_key in {"email", "phone"}:
            resolutions |= {self.rules.resolve("match_unverified")} - {"overwrite"}
        if resolutions:
            return "skipped" if resolutions == {"skip"} else "failed"
        if own is None:
            store[subject] = given
            return "created"
        known = store[own]
        before = copy.deepcopy(known)
        overlay(known, given, self.rules)
        if ("subject", subject) not in find_owners(store):
            known.other_ids.add(subject)
        kept = list_keys(own, known)
        lost = [key for key in list_keys(own, before) if key not in kept]
        self.released |= dict.fromkeys(lost, own)
        return "updated" if known != before else "skipped"

    def match(self, subject: str, given: Person, store: Store) -> str | None:
        """Return the subject id of the user whom a record means."""
        wanted = get_matched(self.rules.matching_key, subject, given)
        found = (
            name
            for name, person in store.items()
            if wanted and get_matched(self.rules.matching_key, name, person) == wanted
        )
        return next(found, None)

    def find_reasons(self, record: dict[str, Any], store: Store) -> list[str]:
        """Return why values of the record are those of other users."""
        subject, given = record["subject_id"], read_person(record)
        own = self.match(subject, given, store)
        me = own or subject
        owners = self.released | find_owners(store)
        taken = [key for key in list_keys(subject, given) if owners.get(key, me) != me]
        reasons = [find_reason(key) for key in taken if key[0] != "subject"]
        # Only where users are not matched by it, somebody else can have the record's id.
        is_held = ("subject", subject) in owners and owners["subject", subject] != own
        return [*reasons, "value_taken"] if is_held else reasons


def get_matched(matching_key: str, subject: str, person: Person) -> object:
    """Return the value by which a user is matched."""
    if matching_key == "username":
        return person.profile.get("username", "").lower()
    return {
        "subject_id": subject,
        "email": person.profile.get("email"),
        "phone": person.profile.get("phone"),
        "external_login": person.first_login,
        "attribute:badge": person.attributes.get("badge"),
    }[matching_key]


def import_one_by_one(records: list[dict[str, Any]], rules: Rules, store: Store) -> list[str]:
    """Import the records into the store as it should be; return the status of each."""
    job = Import(records, rules)
    repeated = job.find_repeated()
    return [
        repeated[position] if position in repeated else job.take(record, store)
        for position, record in enumerate(records)
    ]


def are_unlike(first: dict[str, Any], later: dict[str, Any]) -> bool:
    """Return whether two records with one subject id have nothing else in common."""
    people = [read_person(record) for record in (first, later)]
    values = [set(list_keys("", person)[1:]) for person in people]
    names = [person.profile.get("given_name", "").casefold() for person in people]
    if values[0] & values[1] or not all(map(any, zip(values, names, strict=True))):
        return False
    return any(values) or names[0] != names[1]


def find_owners(store: Store) -> dict[Key, str]:
    owners = {key: name for name, person in store.items() for key in list_keys(name, person)}
    others = {("subject", each): name for name, who in store.items() for each in who.other_ids}
    return owners | others


def list_keys(subject: str, person: Person) -> list[Key]:
    keys = [("subject", subject)]
    # Whatever one signs in with is one kind of key.
    if username := person.profile.get("username"):
        keys.append(("name", username.lower()))
    keys += [("name", email) for email in sorted(person.emails)]
    if phone := person.profile.get("phone"):
        keys.append(("name", phone))
    keys += [("login", "/".join(login)) for login in sorted(person.logins)]
    keys += [("passkey", passkey) for passkey in sorted(person.passkeys)]
    return keys + [("badge", value) for name, value in person.attributes.items() if name == "badge"]


def find_reason(key: Key) -> str:
    return REASONS.get(key[0], "value_taken")


def read_person(record: dict[str, Any]) -> Person:
    profile, given = record["profile"], record["authenticators"]
    logins = [(login["provider"], login["subject"]) for login in given["external_logins"]]
    return Person(
        profile={name: profile[name] for name in PROFILE if profile[name]},
        emails={profile["email"]} if profile["email"] else set(),
        logins=set(logins),
        passkeys={passkey["credential_id"] for passkey in given["passkeys"]},
        attributes=dict(profile["attributes"]),
        first_login=next(iter(logins), None),
    )


def overlay(known: Person, given: Person, rules: Rules) -> None:
    """Bring a person up to date as the policies say."""

    def may(path: str, old: object) -> bool:
        policy = rules.fields.get(path, "")
        return policy != "keep" and not (policy == "fill" and old)

    for name, value in given.profile.items():
        if may(f"profile.{name}", known.profile.get(name)):
            known.profile[name] = value
    known.emails |= {known.profile["email"]} & given.emails if "email" in known.profile else set()
    if may("authenticators.external_logins", known.logins):
        known.logins |= given.logins
        known.first_login = known.first_login or given.first_login
    if may("authenticators.passkeys", known.passkeys):
        known.passkeys |= given.passkeys
    for name, value in given.attributes.items():
        if may("profile.attributes", known.attributes.get(name)):
            known.attributes[name] = value


def define_attributes() -> None:
    """Define the attributes that the records have."""
    AttributeDefinition.objects.create(name="badge", unique=True)
    AttributeDefinition.objects.create(name="team")


def read_store() -> Store:
    """Return the users that there are, as the reference keeps them."""
    return {
        user.subject_id: Person(
            profile={name: value for name in PROFILE if (value := getattr(user, name))},
            emails=set(EmailAddress.objects.filter(user=user).values_list("email", flat=True)),
            logins=set(SocialAccount.objects.filter(user=user).values_list("provider", "uid")),
            passkeys={
                found.data["credential"]["id"] for found in Authenticator.objects.filter(user=user)
            },
            attributes=dict(user.attributes),
            first_login=SocialAccount.objects.filter(user=user)
            .order_by("pk")
            .values_list("provider", "uid")
            .first(),
            other_ids=set(user.other_subject_ids.values_list("subject_id", flat=True)),
        )
        for user in User.objects.exclude(subject_id="operator")
    }
