"""Who may do what to whom: each permission alone against each act, for each kind of person."""

import pytest

from accounts.authority import (
    ADD_USER,
    CHANGE_USER,
    DELETE_USER,
    OVERWRITE_CREDENTIALS,
    Act,
    Actor,
    Authority,
    Obstacle,
    Person,
    authorise_directory,
    find_refusal,
)

EVERY = (ADD_USER, CHANGE_USER, DELETE_USER, OVERWRITE_CREDENTIALS)
IMPORTED, AT_HOME = Person(), Person(uses_credentials=True)
# The permissions that each act takes, by whom it is about.
TAKEN = [
    (Act.CREATE, IMPORTED, {ADD_USER}),
    (Act.CHANGE, IMPORTED, {CHANGE_USER}),
    (Act.CHANGE, AT_HOME, {CHANGE_USER}),
    (Act.OVERWRITE_CREDENTIALS, IMPORTED, {CHANGE_USER}),
    (Act.OVERWRITE_CREDENTIALS, AT_HOME, {CHANGE_USER, OVERWRITE_CREDENTIALS}),
    (Act.DELETE, IMPORTED, {DELETE_USER}),
    (Act.DELETE, AT_HOME, {DELETE_USER}),
]


def let_act(*permissions: str, **options: object) -> Authority:
    return Authority((Actor("Olive", frozenset(permissions), **options),))  # type: ignore[arg-type]


@pytest.mark.parametrize("held", EVERY)
@pytest.mark.parametrize(("act", "person", "taken"), TAKEN)
def test_one_permission_alone_allows_what_takes_no_other(
    act: Act, person: Person, taken: set[str], held: str
) -> None:
    refusal = find_refusal(let_act(held), act, person)

    assert (refusal is None) is (taken == {held})
    if refusal:
        assert refusal.obstacle is Obstacle.PERMISSION_MISSING
        assert set(refusal.missing) == taken - {held}
        assert refusal.who == "Olive"


@pytest.mark.parametrize(("act", "person", "taken"), TAKEN)
def test_the_permissions_of_an_act_together_allow_it(
    act: Act, person: Person, taken: set[str]
) -> None:
    assert find_refusal(let_act(*taken), act, person) is None


@pytest.mark.parametrize("act", Act)
def test_administrators_are_for_superusers_only(act: Act) -> None:
    administrator = Person(is_administrator=True, uses_credentials=True)
    refusal = find_refusal(let_act(*EVERY), act, administrator)

    assert refusal is not None
    assert refusal.obstacle is Obstacle.ADMINISTRATOR
    assert find_refusal(let_act(is_superuser=True), act, administrator) is None


@pytest.mark.parametrize("act", Act)
def test_nobody_touches_who_holds_a_permission_that_they_lack(act: Act) -> None:
    powerful = Person(permissions=frozenset({"imports.run_importjob"}))
    refusal = find_refusal(let_act(*EVERY), act, powerful)

    assert refusal is not None
    assert refusal.obstacle is Obstacle.MORE_POWERFUL
    assert refusal.missing == ("imports.run_importjob",)
    assert find_refusal(let_act(*EVERY, "imports.run_importjob"), act, powerful) is None


@pytest.mark.parametrize("act", Act)
def test_the_weakest_of_those_who_act_together_counts(act: Act) -> None:
    strong, weak = Actor("Sue", is_superuser=True), Actor("Will")

    refusal = find_refusal(Authority((strong, weak)), act)

    assert refusal is not None
    assert refusal.who == "Will"


@pytest.mark.parametrize("maker", [let_act(), let_act(*EVERY), let_act(is_superuser=True)])
def test_a_directory_adds_and_changes_but_never_overwrites_credentials_in_use(
    maker: Authority,
) -> None:
    directory = authorise_directory(maker)

    assert find_refusal(directory, Act.CREATE) is None
    assert find_refusal(directory, Act.CHANGE, AT_HOME) is None
    assert find_refusal(directory, Act.OVERWRITE_CREDENTIALS, IMPORTED) is None
    assert find_refusal(directory, Act.OVERWRITE_CREDENTIALS, AT_HOME) is not None


def test_a_directory_does_not_complete_who_may_do_more_than_its_maker() -> None:
    waiting = Person(permissions=frozenset({"imports.run_importjob"}))

    assert find_refusal(authorise_directory(let_act(*EVERY)), Act.CHANGE, waiting) is not None
