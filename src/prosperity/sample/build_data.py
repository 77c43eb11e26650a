"""Choose the published figures that the sample documents are rebuilt from (development only).

``python -m prosperity.sample.build_data FOLDER`` reads ``figures.csv``, ``figures_macro.csv`` and
``published_index.csv`` from FOLDER and writes ``data/figures.csv`` (served) and ``data/withheld.csv``
(suspicious readings, confidence C, for trap tests only). Nothing is computed: a level and the growth rate
printed beside it become two rows, and figures that stand only in the note of a reading are taken over from the
hand-kept list ``QUOTED`` below, whose fragments must still stand in that note.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from prosperity.sample.figures import DATA, time_period

FIELDS = ("series", "period", "value", "unit", "base", "published", "source_url", "confidence", "note")

#: Series served, with the first and last period (TIME_PERIOD of the last month).
WANTED: dict[str, tuple[str, str]] = {
    **{
        f"miit_inet_{name}": ("2017-07", "2021-12")
        for name in (
            "rev_cum", "opprofit_cum", "profit_cum", "rd_cum", "infoserv_cum", "platform_cum", "access_cum",
            "data_cum", "ecom_cum", "game_cum", "servers", "rev_east_cum",
        )
    },
    **{
        f"cnnic_{name}": ("2015-06", "2021-12")
        for name in (
            "netizens", "penetration", "mobile_netizens", "rural_netizens", "shop_users", "shortvideo_users",
            "video_users", "pay_users", "mpay_users", "edu_users", "im_users", "live_users", "news_users",
            "medical_users", "weekly_hours", "domains", "cn_domains", "ipv6",
        )
    },
    "nbs_disp_income_cum": ("2016-03", "2021-12"),
    "nbs_urban_disp_income_cum": ("2016-03", "2021-12"),
    "nbs_iva_growth_month": ("2016-03", "2021-12"),
    "caict_listed_rev_growth_year": ("2015", "2021"),
}  # fmt: skip

#: Figures quoted only in the note of a reading: (series, period, fragment of the note, new series, value, unit, base).
#: ``base`` is the period compared with; "=" marks a base that the note itself names, the others follow from the levels.
QUOTED = (
    ("cnnic_netizens", "2015-12", "+3951万", "cnnic_netizens_increase", "3951", "万人", "2014-12"),
    ("cnnic_netizens", "2016-12", "+4299万人", "cnnic_netizens_increase", "4299", "万人", "2015-12"),
    ("cnnic_netizens", "2017-12", "+4074万", "cnnic_netizens_increase", "4074", "万人", "2016-12"),
    ("cnnic_netizens", "2019-06", "+2598万", "cnnic_netizens_increase", "2598", "万人", "2018-12"),
    ("cnnic_netizens", "2020-03", "+7508万 vs end-2018", "cnnic_netizens_increase", "7508", "万人", "=2018-12"),
    ("cnnic_netizens", "2021-06", "+2175万", "cnnic_netizens_increase", "2175", "万人", "2020-12"),
    ("cnnic_netizens", "2021-12", "+4296万", "cnnic_netizens_increase", "4296", "万人", "2020-12"),
    ("cnnic_mobile_netizens", "2016-12", "+7550万", "cnnic_mobile_netizens_increase", "7550", "万人", "2015-12"),
    ("cnnic_rural_netizens", "2020-06", "+3063万 vs 2020-03", "cnnic_rural_netizens_increase", "3063", "万人", "=2020-03"),
    ("cnnic_penetration", "2020-12", "+5.9pp vs 2020-03", "cnnic_penetration_increase", "5.9", "个百分点", "=2020-03"),
    ("cnnic_edu_users", "2020-03", "+110.2% vs end-2018", "cnnic_edu_users_since", "110.2", "%", "=2018-12"),
    ("cnnic_ipv6", "2019-06", "+14.3% against end-2018", "cnnic_ipv6_since", "14.3", "%", "=2018-12"),
    ("cnnic_cn_domains", "2019-06", "+2.9% against end-2018", "cnnic_cn_domains_since", "2.9", "%", "=2018-12"),
    ("nbs_disp_income_cum", "2018-06", "real +6.6%", "nbs_disp_income_cum_real_yoy", "6.6", "%", ""),
    ("nbs_disp_income_cum", "2019-06", "real +6.5%", "nbs_disp_income_cum_real_yoy", "6.5", "%", ""),
    ("nbs_disp_income_cum", "2020-09", "real +0.6%", "nbs_disp_income_cum_real_yoy", "0.6", "%", ""),
    ("nbs_disp_income_cum", "2021-09", "real +9.7%", "nbs_disp_income_cum_real_yoy", "9.7", "%", ""),
    ("nbs_disp_income_cum", "2021-12", "real +8.1%", "nbs_disp_income_cum_real_yoy", "8.1", "%", ""),
    ("miit_inet_rev_cum", "2021-06", "two-year average 19.7%", "miit_inet_rev_cum_two_year", "19.7", "%", ""),
    ("miit_inet_rev_cum", "2021-09", "two-year average 19.4%", "miit_inet_rev_cum_two_year", "19.4", "%", ""),
    # The text itself is wrong in these two (1-4月 for 1-3月; narrowed although the rate fell): kept as printed.
    ("miit_inet_rev_cum", "2020-04", "text compares with '1-4月'", "miit_inet_rev_cum_rate_change", "3.4", "个百分点", ""),
    ("miit_inet_access_cum", "2018-06", "'narrowed 2.4pp'", "miit_inet_access_cum_rate_change", "2.4", "个百分点", ""),
    ("miit_inet_rev_cum", "2017-09", "300万元+", "miit_inet_threshold", "300", "万元", ""),
    ("miit_inet_rev_cum", "2020-03", "threshold as 3 million yuan", "miit_inet_threshold", "300", "万元", ""),
    ("miit_inet_rev_cum", "2020-03", "other 2020 texts 5 million", "miit_inet_threshold", "500", "万元", "2020"),
)  # fmt: skip

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
        first, last = WANTED.get(series, ("9999", "0000"))
        suspicious = row["confidence"] not in "AB" and series in WANTED
        if not (first <= period <= last or suspicious):
            continue
        common = {name: row[name] for name in ("published", "source_url", "confidence", "note")}
        value = _without_float_zero(row["value"], row["note"])
        yield {"series": series, "period": period, "value": value, "unit": row["unit"], "base": "", **common}
        if row["yoy_pct"]:
            yield {
                "series": f"{series}_yoy",
                "period": period,
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
    """One reading per series and period: by confidence, then the finer digits, then a full date of issue."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["series"], row["period"]), []).append(row)
    for _, group in sorted(groups.items()):
        best, *rest = sorted(
            group, key=lambda r: (r["confidence"], -_decimals(r["value"]), -len(r["published"]))
        )
        left_out = "; ".join(f"left out: {r['value']} ({r['confidence']}, {r['source_url']})" for r in rest)
        # The date of issue is the release's: it holds for whichever reading is chosen.
        published = max((r["published"] for r in group), key=len)
        yield {**best, "published": published, "note": "; ".join(filter(None, (best["note"], left_out)))}


def _quoted(rows: list[Row]) -> Iterator[Row]:
    for series, period, fragment, name, value, unit, base in QUOTED:
        found = [r for r in rows if (r["series"], r["period"]) == (series, period) and fragment in r["note"]]
        if not found:
            raise ValueError(f"{series} {period}: no reading whose note holds {fragment!r}")
        inferred = "base inferred from the levels" if base[:2] == "20" and name != "miit_inet_threshold" else ""
        note = "; ".join(filter(None, (f"quoted in the note of {series}: {fragment}", inferred)))
        # The threshold of the other texts of 2020 is a statement about the year, not about March.
        when = base if name == "miit_inet_threshold" and base else period
        yield {
            **found[0],
            "series": name,
            "period": when,
            "value": value,
            "unit": unit,
            "base": base.lstrip("=") if name != "miit_inet_threshold" else "",
            "note": note,
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
            "series": name, "period": period, "value": row["value"], "unit": "点", **common,
            "confidence": row["confidence"], "note": f"{row['base']}; {row['note']}",
        }  # fmt: skip
        if row["change_points"]:
            yield {
                "series": f"{name}_change", "period": period, "value": row["change_points"], "unit": "点",
                **common, "confidence": row["confidence"], "note": row["change_type"],
            }  # fmt: skip


def _write(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
