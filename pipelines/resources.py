"""The one resource: an instance of the library at work."""

from __future__ import annotations

from functools import cached_property

from prosperity.settings import Settings
from prosperity.workflow.workspace import Workspace


class WorkspaceResource:
    """Gives the stages their workspace, made on first use: loading definitions needs neither disk nor network.

    A plain object and not a ConfigurableResource: Dagster copies those, and with the copy the connections and
    the counts of a run would be lost.
    """

    def __init__(self, space: Workspace | None = None) -> None:
        self._given = space

    @cached_property
    def space(self) -> Workspace:
        return self._given or Workspace(Settings.from_environment())
