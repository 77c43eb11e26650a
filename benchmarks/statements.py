"""How well prose is read: precision and recall of figures labelled by hand.

``python -m benchmarks.statements FILE…`` prints both for every field and for the whole tuple (subject, value, unit, sign,
rate, period), and with ``--differences`` every difference. A FILE is YAML, a list of entries::

    - issued: 2024-08-30
      text: 今年前7个月,…
      figures: [[互联网业务收入, 10125, 亿, 元, 5, -0.6, 2024-07], …]

with one list per figure: name, value as printed, its multiplier, unit, rate in percent, difference of the rate in points, period.
The name must occur in subject and measure (parts joined by ``&`` all of them, ``a|b`` one of the two; ``?`` before it: the figure
may be read or not). ``null`` as value is a rate without its level. A rate compares with the year before unless ``since`` or
``qoq`` stands before the number. A period is an SDMX code, with ``/month`` or ``/cumulative`` where that matters, ``a|b`` where
both are right, ``null`` where the text does not say.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from prosperity.extract import Statement, extract_statements
from prosperity.notation.normalise import fold, normalise

MULTIPLIERS = {
    "": 1, "万": 10**4, "千万": 10**7, "亿": 10**8, "万亿": 10**12,
    "million": 10**6, "billion": 10**9, "trillion": 10**12,
}  # fmt: skip
#: What the whole tuple consists of; ``difference`` is counted by itself.
TUPLE = ("subject", "value", "unit", "sign", "rate", "period")
FIELDS = (*TUPLE, "difference")


@dataclass(frozen=True)
class Figure:
    """One labelled figure; ``value`` in base units, ``rate`` in percent, ``difference`` in points."""

    name: str
    value: Decimal | None
    unit: str
    rate: Decimal | None
    comparison: str
    difference: Decimal | None
    period: str | None
    optional: bool


@dataclass
class Score:
    """Hits, readings made and figures labelled, by field, ``figure`` (found at all) and ``tuple``."""

    hits: Counter[str] = field(default_factory=Counter)
    made: Counter[str] = field(default_factory=Counter)
    wanted: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)

    def precision(self, name: str) -> float:
        return self.hits[name] / self.made[name] if self.made[name] else 1.0

    def recall(self, name: str) -> float:
        return self.hits[name] / self.wanted[name] if self.wanted[name] else 1.0


def labelled(path: Path) -> list[tuple[str, Any, list[Figure]]]:
    """Text, date of issue and figures of every entry of a file."""
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        (entry["text"], entry["issued"], [_figure(*line) for line in entry["figures"]]) for entry in entries
    ]


def _figure(name: str, value: Any, size: str, unit: str, rate: Any, difference: Any, period: Any) -> Figure:
    comparison, _, number = str(rate).rpartition(" ") if rate is not None else ("", "", "")
    return Figure(
        name.removeprefix("?"),
        None if value is None else Decimal(str(value)) * MULTIPLIERS[size],
        unit,
        Decimal(number) if number else None,
        comparison or "yoy",
        None if difference is None else Decimal(str(difference)),
        None if period is None else str(period),
        name.startswith("?"),
    )


def score(path: Path) -> Score:
    """Every label with the reading that agrees with it best; what is left over was invented."""
    result = Score()
    for text, issued, figures in labelled(path):
        left = list(extract_statements(text, issued=issued))
        for figure in figures:
            alike = [one for one in left if _same(one, figure)]
            found = max(alike, key=lambda one: _agreement(one, figure), default=None)
            if found is not None:
                left.remove(found)
            if not figure.optional:
                _count(result, figure, found, text)
        for extra in left:
            if extra.value is None and extra.rate is None:
                continue  # a two-year mean or a change of a rate by itself is no such tuple
            result.made.update(["figure", "tuple"])
            result.made.update(name for name in FIELDS if _reading(extra, name, None) is not None)
            what = f"invented {extra.subject} | {extra.measure} | {extra.value} {extra.unit} {extra.rate}"
            result.differences.append(f"{what}: {extra.text.strip()}")
    return result


def _count(result: Score, figure: Figure, found: Statement | None, text: str) -> None:
    result.wanted.update(["figure", "tuple"])
    result.wanted.update(name for name in FIELDS if _label(figure, name) is not None)
    if found is None:
        result.differences.append(f"missed {figure.name} {figure.value} {figure.rate}: {text[:60]}")
        return
    result.made.update(["figure", "tuple"])
    result.hits["figure"] += 1
    result.hits["tuple"] += all(_agree(found, figure, name) for name in TUPLE)
    for name in FIELDS:
        label, reading = _label(figure, name), _reading(found, name, figure)
        result.made[name] += reading is not None
        if not _agree(found, figure, name):
            result.differences.append(
                f"{name}: {reading} for {label} of {figure.name} {figure.value}: {found.text}"
            )
        elif label is not None:
            result.hits[name] += 1


def _same(found: Statement, figure: Figure) -> bool:
    """Whether a reading can be of the labelled figure: the same value, or the same rate without one."""
    if figure.value is None or found.value is None:
        return figure.value is None and found.value is None and found.rate == figure.rate
    return found.value * found.multiplier == figure.value


def _agreement(found: Statement, figure: Figure) -> int:
    return sum(_agree(found, figure, name) for name in FIELDS)


def _agree(found: Statement, figure: Figure, name: str) -> bool:
    return _label(figure, name) == _reading(found, name, figure)


def _label(figure: Figure, name: str) -> object:
    if name == "subject":
        return figure.name
    if name == "sign":
        return None if figure.rate is None else figure.rate < 0
    if name == "rate":
        return None if figure.rate is None else (figure.rate, figure.comparison)
    if name == "unit":
        return None if figure.value is None else figure.unit
    return getattr(figure, name)


def _reading(found: Statement, name: str, figure: Figure | None) -> object:
    if name == "subject":
        whole = f"{found.subject}{found.measure}"
        return figure.name if figure and _named(figure.name, whole) else whole
    if name == "value":
        return None if found.value is None else found.value * found.multiplier
    if name == "unit":
        return None if found.value is None else found.unit
    if name == "sign":
        return None if found.rate is None else found.rate < 0
    if name == "rate":
        return None if found.rate is None else (found.rate, found.comparison)
    if name == "period":
        return _period(found, figure)
    return getattr(found, name)


def _named(label: str, whole: str) -> bool:
    read = fold(normalise(whole)).casefold()
    return any(
        all(fold(normalise(part)).casefold() in read for part in either.split("&"))
        for either in label.split("|")
    )


def _period(found: Statement, figure: Figure | None) -> str | None:
    """The label itself where it fits what was read."""
    if figure is not None and figure.period is None:
        return None
    if found.period is None:
        return None
    code, kind = found.period.code, found.period.kind
    if figure is not None and figure.period is not None:
        for either in figure.period.split("|"):
            wanted, _, wanted_kind = either.partition("/")
            if wanted == code and wanted_kind in ("", kind):
                return figure.period
    return f"{code}/{kind}"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Precision and recall of statements over labelled files")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--differences", action="store_true")
    options = parser.parse_args(arguments)
    for path in options.files:
        result = score(path)
        sys.stdout.write(f"{path.name}\n")
        for name in ("tuple", "figure", *FIELDS):
            sys.stdout.write(
                f"  {name:10} precision {result.precision(name):.3f} recall {result.recall(name):.3f} "
                f"({result.hits[name]} right, {result.made[name]} read, {result.wanted[name]} labelled)\n"
            )
        if options.differences:
            sys.stdout.write("\n".join(result.differences) + "\n")


if __name__ == "__main__":
    main()
