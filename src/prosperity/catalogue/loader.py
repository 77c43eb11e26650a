"""Reading the YAML files; every complaint names the file and the place in it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from prosperity.catalogue.check_model import Checks
from prosperity.catalogue.derived import Derived
from prosperity.catalogue.lights import Lights
from prosperity.catalogue.model import Catalogue, Correction, IndexSpec, PublishedValue, Series, Source

FOLDER = Path(__file__).parent
ModelType = TypeVar("ModelType", bound=BaseModel)


MERGE = "tag:yaml.org,2002:merge"


class CatalogueError(ValueError):
    """The catalogue does not hold together; the message names file, place and cause."""


class _UniqueKeyLoader(yaml.SafeLoader):
    """PyYAML keeps the last of two equal keys without a word; here that is an error."""


def _unique_mapping(loader: yaml.SafeLoader, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        if key_node.tag == MERGE:  # `<<: *other`: its keys may be overridden
            continue
        key = loader.construct_object(key_node, deep=deep)
        if key in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"key {key!r} stands twice", key_node.start_mark
            )
        seen.add(key)
    return yaml.SafeLoader.construct_mapping(loader, node, deep)


_UniqueKeyLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _unique_mapping)


def read_yaml(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeyLoader)  # noqa: S506  (a safe loader)
    except (OSError, yaml.YAMLError) as fault:
        raise CatalogueError(f"{path.name}: {fault}") from fault


def parse(model: type[ModelType], material: Any, where: str) -> ModelType:
    try:
        return model.model_validate(material)
    except ValidationError as fault:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}" for error in fault.errors()
        )
        raise CatalogueError(f"{where}: {problems}") from fault


def load_source(path: Path) -> Source:
    source = parse(Source, read_yaml(path), path.name)
    if source.id != path.stem:
        raise CatalogueError(f"{path.name}: its id is {source.id!r}; file and id must have one name")
    return source


def entries_of(path: Path) -> Iterator[Series]:
    """The series of one file, each with the companion that holds its published growth rates, if ``rate: yoy`` asks for it."""
    for number, material in enumerate(read_yaml(path)):
        rate = material.pop("rate", None)
        swing = material.pop("rate_swing", None)
        constant_prices = material.pop("rate_constant_prices", False)
        series = parse(Series, material, f"{path.name}, entry {number + 1} ({material.get('id')})")
        yield series
        if rate == "yoy":
            yield Series(
                id=f"{series.id}_yoy",
                name={
                    "zh": f"{series.name.zh}同比增速",
                    "en": f"{series.name.en}, growth on year as published",
                },
                source=series.source,
                also_from=series.also_from,
                unit="%",
                frequency=series.frequency,
                kind="rate",
                cumulative=series.cumulative,
                theme=series.theme,
                internet=series.internet,
                rate_of=series.id,
                constant_prices=constant_prices,
                bounds={"minimum": -100, "maximum": 500},
                swing=swing,
            )
        elif rate is not None:
            raise CatalogueError(f"{path.name} ({series.id}): rate must be yoy, not {rate!r}")


@cache
def load(folder: Path = FOLDER) -> Catalogue:
    """Read and check the whole catalogue. :raises CatalogueError: naming file, place and cause."""
    found = map(load_source, (folder / "sources").glob("*.yaml"))
    sources = {source.id: source for source in sorted(found, key=lambda entry: (entry.order, entry.id))}
    series: dict[str, Series] = {}
    for entry in entries_of(folder / "series.yaml"):
        if entry.id in series:
            raise CatalogueError(f"series.yaml: {entry.id} stands twice")
        series[entry.id] = entry
    index = parse(IndexSpec, read_yaml(folder / "index.yaml"), "index.yaml")
    former = tuple(
        parse(IndexSpec, read_yaml(path), f"{path.parent.name}/{path.name}")
        for path in sorted((folder / "index_versions").glob("*.yaml"))
    )
    corrections = tuple(
        parse(Correction, entry, "corrections.yaml") for entry in read_yaml(folder / "corrections.yaml") or ()
    )
    published = tuple(
        parse(PublishedValue, entry, "published_index.yaml")
        for entry in read_yaml(folder / "published_index.yaml")
    )
    checks = parse(Checks, read_yaml(folder / "checks.yaml"), "checks.yaml")
    lights = parse(Lights, read_yaml(folder / "lights.yaml"), "lights.yaml")
    derived: dict[str, Derived] = {}
    for number, material in enumerate(read_yaml(folder / "derived.yaml") or ()):
        definition = parse(Derived, material, f"derived.yaml, entry {number + 1} ({material.get('id')})")
        if definition.id in derived:
            raise CatalogueError(f"derived.yaml: {definition.id} stands twice")
        derived[definition.id] = definition
    return parse(
        Catalogue,
        {
            "sources": sources,
            "series": series,
            "index": index,
            "former_indices": former,
            "corrections": corrections,
            "published": published,
            "checks": checks,
            "lights": lights,
            "derived": derived,
        },
        "catalogue",
    )
