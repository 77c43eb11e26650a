"""Choose the published figures that the sample documents are rebuilt from (development only).

``python -m prosperity.sample.build_data FOLDER`` reads ``figures.csv``, ``figures_macro.csv`` and
``published_index.csv`` from FOLDER and writes ``data/figures.csv`` (served) and ``data/withheld.csv``
(suspicious readings, confidence C, for trap tests only). Nothing is computed: a level and the growth rate
printed beside it become two rows, and figures that stand only in the note of a reading are taken over from
the hand-kept ``data/quoted.csv``, whose fragments must still stand in that note.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from prosperity.sample.figures import DATA, time_period

FIELDS = (
    "series", "period", "vintage", "value", "unit", "base", "published", "source_url", "confidence", "note",
)  # fmt: skip

#: First and last period served, by the last month (not by TIME_PERIOD: 2023-Q1 sorts behind 2023-12).
FIRST, LAST = "2011-06", "2023-12"
#: Series of publishers that have no stand-in.
LEFT_OUT = ("gamma_",)
#: What the note of a reading says of its vintage, and the vintage's name; anything else is the first release.
#: Levels "as in the database" of a series that is not revised are the first release too.
VINTAGES = (
    ("vintage=revised_2020", "revised_2020"),
    ("vintage=revised_2022", "revised_2022"),
    ("vintage=revised_2026", "revised_2026"),
    ("vintage=as shown by eastmoney in 2026", "database_2026"),
)

#: Figures quoted only in the note of a reading, kept by hand: fragment of the note, the series it becomes,
#: the period compared with (``stated_base``: whether the note names it, else it follows from the levels).
QUOTED = DATA / "quoted.csv"
#: The note of one text speaks of the threshold in the other texts of that year.
_OTHER_TEXTS = "other 2020 texts 5 million"

Row = dict[str, str]


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m prosperity.sample.build_data FOLDER\n")
        return 2
    folder = Path(arguments[0])
    readings = [*_readings(folder / "figures.csv"), *_readings(folder / "figures_macro.csv")]
    served = [row for row in readings if row["confidence"] in "AB"]
    withheld = [row for row in readings if row["confidence"] not in "AB"]
    rows = [*_chosen(served), *_quoted(served), *_index(folder / "published_index.csv")]
    _write(DATA / "figures.csv", rows)
    _write(DATA / "withheld.csv", withheld)
    sys.stdout.write(f"{len(rows)} figures served, {len(withheld)} withheld\n")
    return 0


def _table(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def _readings(path: Path) -> Iterator[Row]:
    """Level and growth rate of every wanted reading, as two rows; values exactly as given, but for ``.0``."""
    for row in _table(path):
        series, period = row["series_code"], time_period(row["period"])
        if series.startswith(LEFT_OUT) or not FIRST <= row["period_end"] <= LAST:
            continue
        vintage = next((name for said, name in VINTAGES if said in row["note"]), "")
        common = {name: row[name] for name in ("published", "source_url", "confidence", "note")}
        value = _without_float_zero(row["value"], row["note"])
        yield {
            "series": series,
            "period": period,
            "vintage": vintage,
            "value": value,
            "unit": row["unit"],
            "base": "",
            **common,
        }
        if row["yoy_pct"]:
            yield {
                "series": f"{series}_yoy",
                "period": period,
                "vintage": vintage,
                "value": row["yoy_pct"],
                "unit": "%",
                "base": "",
                **common,
            }


def _without_float_zero(value: str, note: str) -> str:
    """A spreadsheet writes 7815 as 7815.0; a zero that a publisher printed (67.0 %) stays."""
    return value.removesuffix(".0") if "NBS database" in note else value


def _decimals(value: str) -> int:
    return len(value.partition(".")[2])


def _chosen(rows: Iterable[Row]) -> Iterator[Row]:
    """One reading per series, period and vintage: by confidence, then the finer digits, then a full date of issue."""
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["series"], row["period"], row["vintage"]), []).append(row)
    for _, group in sorted(groups.items()):
        best, *rest = sorted(
            group, key=lambda r: (r["confidence"], -_decimals(r["value"]), -len(r["published"]))
        )
        left_out = "; ".join(f"left out: {r['value']} ({r['confidence']}, {r['source_url']})" for r in rest)
        # The date of issue is the release's: it holds for whichever reading is chosen.
        published = max((r["published"] for r in group), key=len)
        yield {**best, "published": published, "note": "; ".join(filter(None, (best["note"], left_out)))}


def _quoted(rows: list[Row]) -> Iterator[Row]:
    for quote in _table(QUOTED):
        series, period, fragment = quote["series"], quote["period"], quote["fragment"]
        found = [r for r in rows if (r["series"], r["period"]) == (series, period) and fragment in r["note"]]
        if not found:
            raise ValueError(f"{series} {period}: no reading whose note holds {fragment!r}")
        inferred = "; base inferred from the levels" if quote["stated_base"] == "no" else ""
        yield {
            **found[0],
            "series": quote["name"],
            "period": period[:4] if fragment == _OTHER_TEXTS else period,
            "value": quote["value"],
            "unit": quote["unit"],
            "base": quote["base"],
            "note": f"quoted in the note of {series}: {fragment}{inferred}",
        }


def _index(path: Path) -> Iterator[Row]:
    """The published index: value and change of every edition; ``base`` is the edition they stand in."""
    for row in _table(path):
        kind, edition = row["index_type"], row["edition"]
        common = {"base": edition, "published": "", "source_url": row["source_url"]}
        if not edition.isdigit() or not row["value"]:
            continue
        name = f"caict_index_{kind}"
        if ".." in row["period"]:
            name, period = "caict_index_coincident_average_change", time_period(row["period"])
        else:
            period = time_period(row["period"])
        yield {
            "series": name, "period": period, "vintage": "", "value": row["value"], "unit": "点", **common,
            "confidence": row["confidence"], "note": f"{row['base']}; {row['note']}",
        }  # fmt: skip
        if row["change_points"]:
            yield {
                "series": f"{name}_change", "period": period, "vintage": "", "value": row["change_points"], "unit": "点",
                **common, "confidence": row["confidence"], "note": row["change_type"],
            }  # fmt: skip


def _write(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
