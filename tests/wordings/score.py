"""How well prose is read: precision and recall over the sentences labelled by hand.

``python -m tests.wordings.score`` prints the numbers and every difference.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from prosperity.extract import Statement, extract_statements

#: ``labelled.yaml`` was used to mend the reader; ``held_out.yaml`` was written and measured afterwards.
FOLDER = Path(__file__).parent
SETS = ("labelled", "held_out")
MULTIPLIERS = {"": 1, "万": 10**4, "亿": 10**8, "万亿": 10**12}
FIELDS = ("subject", "value", "unit", "sign", "rate", "difference", "period")


@dataclass(frozen=True)
class Figure:
    """One labelled figure; ``value`` in base units, ``rate`` in percent, ``difference`` in points."""

    name: str
    value: Decimal | None
    unit: str
    rate: Decimal | None
    comparison: str
    difference: Decimal | None
    period: str


def labelled(name: str) -> list[tuple[str, Any, list[Figure]]]:
    """Sentence, date of issue and figures of every entry."""
    entries = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return [
        (entry["text"], entry["issued"], [_figure(*line) for line in entry["figures"]]) for entry in entries
    ]


def _figure(name: str, value: Any, size: str, unit: str, rate: Any, difference: Any, period: str) -> Figure:
    comparison, _, number = str(rate).rpartition(" ") if rate is not None else ("", "", "")
    return Figure(
        name,
        None if value is None else Decimal(str(value)) * MULTIPLIERS[size],
        unit,
        Decimal(number) if number else None,
        comparison or "yoy",
        None if difference is None else Decimal(str(difference)),
        str(period),
    )


def score(name: str) -> tuple[Counter[str], Counter[str], Counter[str], list[str]]:
    """Hits, readings made and figures labelled, by field; and the differences in words."""
    hits: Counter[str] = Counter()
    made: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    differences: list[str] = []
    for text, issued, figures in labelled(name):
        left = list(extract_statements(text, issued=issued))
        for figure in figures:
            found = next((one for one in left if _same(one, figure)), None)
            wanted["figure"] += 1
            wanted.update(field for field in FIELDS if _label(figure, field) is not None)
            if found is None:
                differences.append(f"missed {figure.name} {figure.value} {figure.rate}: {text}")
                continue
            left.remove(found)
            hits["figure"] += 1
            made["figure"] += 1
            for field in FIELDS:
                label, reading = _label(figure, field), _reading(found, field, figure)
                made[field] += reading is not None
                if label is not None and label == reading:
                    hits[field] += 1
                elif label != reading:
                    differences.append(f"{field}: {reading} for {label} of {figure.name}: {text}")
        for extra in left:
            made["figure"] += 1
            made.update(field for field in FIELDS if _reading(extra, field, None) is not None)
            differences.append(f"invented {extra.subject} {extra.measure} {extra.value} {extra.rate}: {text}")
    return hits, made, wanted, differences


def _same(found: Statement, figure: Figure) -> bool:
    if figure.value is None or found.value is None:
        return figure.value is None and found.value is None and figure.name in found.subject + found.measure
    return found.value * found.multiplier == figure.value


def _label(figure: Figure, field: str) -> object:
    if field == "subject":
        return figure.name
    if field == "sign":
        return None if figure.rate is None else figure.rate < 0
    if field == "rate":
        return None if figure.rate is None else (figure.rate, figure.comparison)
    if field == "unit":
        return None if figure.value is None else figure.unit
    return getattr(figure, field)


def _reading(found: Statement, field: str, figure: Figure | None) -> object:
    if field == "subject":
        whole = f"{found.subject}{found.measure}"
        return figure.name if figure and figure.name in whole else whole
    if field == "value":
        return None if found.value is None else found.value * found.multiplier
    if field == "unit":
        return None if found.value is None else found.unit
    if field == "sign":
        return None if found.rate is None else found.rate < 0
    if field == "rate":
        return None if found.rate is None else (found.rate, found.comparison)
    if field == "period":
        return found.period.code if found.period else None
    return getattr(found, field)


def main() -> None:
    for name in SETS:
        hits, made, wanted, differences = score(name)
        sys.stdout.write(f"{name}\n")
        for field in ("figure", *FIELDS):
            sys.stdout.write(
                f"  {field:10} precision {hits[field] / made[field]:.3f} recall {hits[field] / wanted[field]:.3f} "
                f"({hits[field]} right, {made[field]} read, {wanted[field]} labelled)\n"
            )
        sys.stdout.write("\n".join(differences) + "\n")


if __name__ == "__main__":
    main()
