"""The answers to decisions: how they are written in a mapping, and which choice one gives.

An answer stands under `CODE:COLUMN`. It is a choice for all values of the column, or an object with
a choice for each distinct value, in which `*` stands for all others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from imports.core.decisions.registry import KINDS

Answer = str | dict[str, str]
SEPARATOR = ":"
OTHERS = "*"


def write_key(code: str, column: str) -> str:
    """Return under which name a decision is answered."""
    return f"{code}{SEPARATOR}{column}"


def split_key(key: str) -> tuple[str, str]:
    """Return the code and the column of a name under which a decision is answered."""
    code, _, column = key.partition(SEPARATOR)
    return code, column


def name_value(value: str) -> str:
    """Return what an answer's value is called in a sentence."""
    return "all other values" if value == OTHERS else f"“{value}”"


def is_decision(key: str) -> bool:
    """Return whether a name is that of a decision, and not of a provider's question."""
    return SEPARATOR in key


def find_choice(answers: Mapping[str, Answer], code: str, column: str, value: str) -> str:
    """Return what was chosen for a value; empty where nobody has decided."""
    answer = answers.get(write_key(code, column), "")
    if isinstance(answer, str):
        return answer
    return answer.get(value, answer.get(OTHERS, ""))


def add_choices(
    answers: Mapping[str, Answer], key: str, choices: Mapping[str, str]
) -> dict[str, Answer]:
    """Return the answers with choices for some values of a column; the others stay as they are."""
    return {**answers, key: {**spread_answer(answers.get(key, "")), **choices}}


def spread_answer(answer: Answer) -> dict[str, str]:
    """Return an answer as choices by value; empty for none."""
    if isinstance(answer, str):
        return {OTHERS: answer} if answer else {}
    return answer


def pick_decisions(answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """Return the answers that are to decisions."""
    return {key: answer for key, answer in answers.items() if is_decision(key)}


def pick_questions(answers: Mapping[str, Answer]) -> dict[str, str]:
    """Return the answers that are to a provider's questions."""
    return {
        key: answer
        for key, answer in answers.items()
        if isinstance(answer, str) and not is_decision(key)
    }


def find_answer_faults(answers: Mapping[str, Answer]) -> Iterator[str]:
    """Yield what is wrong with the answers to decisions, naming codes and choices."""
    for key, answer in answers.items():
        if not is_decision(key):
            if not isinstance(answer, str):
                yield f"The answer to “{key}” has to be text."
            continue
        code, column = split_key(key)
        kind = KINDS.get(code)
        if kind is None:
            yield (
                f"There is no decision “{code}”, which “{key}” answers. There are:"
                f" {', '.join(KINDS)}."
            )
        elif not column:
            yield f"The answer “{key}” names no column: write it as {write_key(code, 'COLUMN')}."
        else:
            given = [answer] if isinstance(answer, str) else answer.values()
            for choice in given:
                if choice not in kind.choice_ids:
                    yield (
                        f"“{choice}” is not a choice for “{key}”. The choices are:"
                        f" {', '.join(kind.choice_ids)}."
                    )
