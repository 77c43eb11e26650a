"""The method note of the index as of a day: computed, kept as a run, and described."""

from __future__ import annotations

import datetime as dt

import prosperity
from prosperity.index.analysis import constants
from prosperity.index.panels import Panels
from prosperity.publish.method_note import MethodNote, NoteMaterial, method_note
from prosperity.publish.words import Language
from prosperity.workflow.indexing import compute_index, index_series, parameters
from prosperity.workflow.indexing import material as material_of
from prosperity.workflow.workspace import Workspace


def note_of(space: Workspace, language: Language, as_of: dt.date | None = None) -> MethodNote:
    """The note of the run that computes the index as of a day (default: the instance's today); the run is kept."""
    day = as_of or space.settings.today
    computed = compute_index(space, day)
    found = material_of(space, day)
    panels = Panels.of(computed.result, found.spec)
    used = {point.known_from for name in index_series(found.spec) for point in found.points.get(name, ())}
    return method_note(
        NoteMaterial(
            result=computed.result,
            spec=found.spec,
            series=space.catalogue.series,
            sources=space.catalogue.sources,
            run=computed.run,
            code_version=prosperity.__version__,
            sample=not space.settings.live,
            program=str(parameters(found)["program"]),
            constants=constants(panels, panels.frames),
            lights=space.catalogue.lights,
            latest=max(used, default=None),
        ),
        language,
    )
