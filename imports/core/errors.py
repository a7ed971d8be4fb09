"""The exception tree of imports. Trouble with one record is a returned Problem instead."""

from imports.core.problems import Problem


class ImporterError(Exception):
    """The root of everything that stops a file or a job; the message is for people."""


class FileFormatError(ImporterError):
    """The file as a whole cannot be read."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class MappingError(ImporterError):
    """A mapping cannot be used; `faults` says why, one sentence each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


class CorrectionError(ImporterError):
    """What was chosen for an error group is no correction of it."""


class DecisionsOpen(ImporterError):
    """The dry run found decisions that nobody has made; the message names them."""


class ChangedMeanwhile(ImporterError):
    """What an action was decided on is not what there is now; `parts` names what differs."""

    def __init__(self, message: str, parts: list[str]) -> None:
        super().__init__(message)
        self.parts = parts


class DryRunMissing(ImporterError):
    """The mapping had no dry run, and nobody said that it is to be run without one."""


class DoubtsOpen(ImporterError):
    """Users are missing from a file that may not have all of them, and nobody confirmed it."""


class InvalidTransition(ImporterError):
    """A job is not in a state in which the action can be taken."""

    def __init__(self, action: str, state: str) -> None:
        super().__init__(f"This job is {state}: it cannot {action} now.")
        self.action = action
        self.state = state
