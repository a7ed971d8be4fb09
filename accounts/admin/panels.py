"""Let other applications add a panel of their own to the page of a user."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.models import User


@dataclass(frozen=True, slots=True)
class UserPanel:
    """A card on the page of a user: the template is rendered with the context and `user`."""

    title: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


BuildPanel = Callable[[User], UserPanel | None]

_builders: list[BuildPanel] = []


def register_user_panel(build: BuildPanel) -> BuildPanel:
    """Have `build` called for each user shown; None leaves the panel out."""
    _builders.append(build)
    return build


def build_panels(user: User) -> list[UserPanel]:
    return [panel for build in _builders if (panel := build(user)) is not None]
