"""The themes that the yearly report treats, and which sources serve them.

What belongs here: reading ``themes.yaml`` and holding the catalogue against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from prosperity.catalogue.base import Bilingual, Model
from prosperity.catalogue.loader import FOLDER, CatalogueError, parse, read_yaml
from prosperity.catalogue.model import Catalogue


class Theme(Model):
    """One theme; ``themes``: the words of sources and series that belong to it."""

    id: str
    name: Bilingual
    themes: tuple[str, ...]
    #: Sources that treat the theme in words, from which no series of it is taken: what they say.
    texts: dict[str, Bilingual] = Field(default_factory=dict)


@dataclass(frozen=True)
class Served:
    """A theme with its sources, and how many of their series belong to it.

    ``texts``: of the sources without a series those that treat it in words, and what they say.
    """

    theme: Theme
    sources: dict[str, int]
    texts: dict[str, Bilingual]

    @property
    def gap(self) -> str:
        """What is missing, in words; empty where there are series."""
        if any(self.sources.values()):
            return ""
        return "text only, no series" if self.texts else "no source"


def load_themes(folder: Path = FOLDER) -> tuple[Theme, ...]:
    """:raises CatalogueError: naming file, place and cause."""
    found = tuple(parse(Theme, entry, "themes.yaml") for entry in read_yaml(folder / "themes.yaml"))
    words = [word for theme in found for word in theme.themes]
    twice = sorted({word for word in words if words.count(word) > 1})
    if twice:
        raise CatalogueError(f"themes.yaml: {', '.join(twice)} belongs to more than one theme")
    return found


def served(catalogue: Catalogue, themes: tuple[Theme, ...]) -> list[Served]:
    """Every theme with its sources: those whose own theme it is, that have a series of it or treat it in words."""
    found = []
    for theme in themes:
        counts = {
            source.id: sum(
                series.source == source.id and series.theme in theme.themes
                for series in catalogue.series.values()
            )
            for source in catalogue.sources.values()
        }
        own = {source.id for source in catalogue.sources.values() if source.theme in theme.themes}
        texts = {
            source.id: text
            for source in catalogue.sources.values()
            if (text := theme.texts.get(source.id) or (source.text_only if source.id in own else None))
            and not counts[source.id]
        }
        shown = {name: count for name, count in counts.items() if count or name in own or name in texts}
        found.append(Served(theme, shown, texts))
    return found


def unassigned(catalogue: Catalogue, themes: tuple[Theme, ...]) -> list[str]:
    """Words of sources and series that belong to no theme: nobody would see them in the table."""
    words = {word for theme in themes for word in theme.themes}
    used = {source.theme for source in catalogue.sources.values()}
    used |= {series.theme for series in catalogue.series.values()}
    return sorted(used - words)
