"""`manage.py import_users` takes account files without a header right through to sign-in."""

import json
from pathlib import Path

import pytest

from accounts.models import Group, User
from tests.imports.commands.calling import Run

FIXTURES = Path(__file__).parents[2] / "fixtures"
# Of each file: whether the users that it makes are active.
STATES = {
    "unix_accounts/shadow": {
        "root": False,
        "daemon": False,
        "ada": True,
        "ben": False,
        "cem": True,
        "dana": True,
        "emil": False,
        "fay": True,
        "gus": False,
        "hal": False,
        "ida": True,
        "jon": True,
    },
    "samba/smbpasswd": {"ada": True, "ben": False, "cem": True, "Dana Fox": True, "emil": True},
    "htpasswd/htpasswd": {
        "ada": True,
        "ben": True,
        "cem": True,
        "dana": True,
        "emil@example.com": True,
        "fay": False,
        "gus": True,
    },
    "dovecot/users": {
        f"{name}@example.org": name not in {"jon", "kim", "max"}
        for name in "ada ben cem dana emil fay gus hal ida jon kim lea max".split()  # noqa: SIM905
    },
    "dokuwiki/users.auth.php": {
        "ada": True,
        "ben": True,
        "cem": True,
        "dana": True,
        "emil": False,
        "fay": True,
    },
}
# Who is asked for a new password, now or at some time.
EXPIRING = {"unix_accounts/shadow": {"cem", "dana", "hal"}, "samba/smbpasswd": {"cem"}}


@pytest.fixture(autouse=True)
def administrator(db: None) -> User:
    return User.objects.create_superuser(email="admin@example.com")


@pytest.mark.parametrize("name", STATES)
def test_people_of_an_account_file_are_stored_with_state_and_password(run: Run, name: str) -> None:
    for key in ("admin", "user"):
        Group.objects.create(key=key)
    path = FIXTURES / name
    notes = json.loads((path.parent / "sign_in.json").read_text("utf-8"))

    _, output, _ = run(path, "--json")

    users = {user.username: user for user in User.objects.exclude(email="admin@example.com")}
    assert {key: user.is_active for key, user in users.items()} == STATES[name]
    assert json.loads(output)["created"] == len(users)
    passwords = notes[path.name]["passwords"]
    assert [key for key in passwords if not users[key].check_password(passwords[key])] == []
    expiring = {key for key, user in users.items() if user.password_expires_at}
    assert expiring == EXPIRING.get(name, set())


def test_groups_and_names_of_dokuwiki_are_kept(run: Run) -> None:
    for key in ("admin", "user"):
        Group.objects.create(key=key)
    run(FIXTURES / "dokuwiki/users.auth.php")

    ada, ben = User.objects.get(username="ada"), User.objects.get(username="ben")
    assert {group.key for group in ada.groups.all()} == {"admin", "user"}
    assert ben.display_name == "Ben: Okoro #2"
