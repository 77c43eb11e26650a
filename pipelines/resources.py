"""The one resource: an instance of the library at work."""

from __future__ import annotations

from dagster import ConfigurableResource
from pydantic import PrivateAttr

from prosperity.settings import Settings
from prosperity.workflow.workspace import Workspace


class WorkspaceResource(ConfigurableResource):  # type: ignore[type-arg]
    """Gives the stages their workspace; settings come from the environment unless tests hand in others.

    ``space`` is made on first use, so that loading definitions needs neither disk nor network.
    """

    _settings: Settings | None = PrivateAttr(default=None)
    _space: Workspace | None = PrivateAttr(default=None)

    @classmethod
    def of(cls, settings: Settings, space: Workspace | None = None) -> WorkspaceResource:
        resource = cls()
        resource._settings = settings
        resource._space = space
        return resource

    @property
    def space(self) -> Workspace:
        if self._space is None:
            self._space = Workspace(self._settings or Settings.from_environment())
        return self._space
