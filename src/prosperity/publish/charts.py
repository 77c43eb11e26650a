"""Charts of the index, drawn by Vega-Lite at build time (vl-convert): SVG with links for pages, PNG for Dagster.

Colours of pages are CSS variables, so that one SVG serves light and dark. A chart never travels alone: unit,
source and date stand in its caption (templates).
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from prosperity.index.analysis_model import Band
from prosperity.index.model import IndexPoint, IndexResult
from prosperity.publish.pdf_child import packed
from prosperity.publish.words import GROUPS, Language, rounded, said, signed

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
FONTS = Path(__file__).parent / "fonts"
FONT = "WenQuanYi Micro Hei, sans-serif"
WIDTH = 700
#: Distinguishable for colour-blind readers (after Okabe and Ito); order = order of indicators.
PALETTE = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#8a8a00", "#6a51a3")
#: Quarter below, year only where it begins: fits seventeen and more quarters.
_LABELS = "[slice(datum.value, 5), slice(datum.value, 5) == 'Q1' || datum.index == 0 && slice(datum.value, 5) != 'Q4' ? slice(datum.value, 0, 4) : '']"

Spec = dict[str, Any]


def index_chart_svg(
    result: IndexResult,
    group: str,
    language: Language,
    *,
    page: str = "",
    falls: Sequence[tuple[str, str]] = (),
    bands: Sequence[Band] = (),
) -> str:
    """The index over all its quarters; every point links to its explanation ``<page>#q-<group>-<quarter>``.

    ``falls``: spans from a peak to the next trough (first and last quarter), shaded; ``bands``: behind the line.
    """
    points = [point for point in result.points if point.group == group]
    spec = _index_spec(points, language, ends=[end for band in bands for end in (band.low, band.high)])
    spec["layer"] = [*_shades(points, falls, language), *_bands(points, bands, language), *spec["layer"]]
    return svg(spec, _index_description(points, language), page)


def contributions_chart_svg(
    result: IndexResult,
    group: str,
    order: Sequence[str],
    names: Mapping[str, str],
    language: Language,
    *,
    page: str = "",
) -> str:
    """Contributions by indicator in points, stacked, with the change as a mark; bars link to explanations.

    ``order``: series in the order of their colours (``colour``); ``names``: how they are called. The legend is the
    page's: its texts are as wide as the reader's fonts make them.
    """
    points = [point for point in result.points if point.group == group and point.change is not None]
    label = (
        "各指标对指数变动的贡献"
        if language == "zh"
        else "Contributions of the indicators to the change of the index"
    )
    return svg(_contributions_spec(points, order, names, language), label, page)


def index_chart_png(result: IndexResult) -> str:
    """A small chart of all groups as markdown with an inline PNG (under 60 KB), for Dagster's metadata.

    '' where no quarter has a value.
    """
    valued = [point for point in result.points if point.value is not None]
    if not valued:
        return ""
    spec = _index_spec(list(result.points), "en", size=220) | {"background": "white", "width": 520}
    _register_fonts()
    import vl_convert

    drawn = Image.open(BytesIO(vl_convert.vegalite_to_png(_concrete(spec), scale=1.0)))
    data = packed(drawn.convert("RGB"))
    text = f"{valued[-1].period}: {rounded(valued[-1].value)}"
    return f"![{text}](data:image/png;base64,{base64.b64encode(data).decode()})"


def colour(number: int) -> str:
    """CSS colour of the indicator with this number."""
    return f"var(--series-{number % len(PALETTE) + 1})"


# -------------------------------------------------------------------------------------------------- specs


def base_spec() -> Spec:
    """What all charts share: width, fonts, colours that follow the page."""
    axis = {
        "labelColor": "currentColor", "titleColor": "currentColor", "domainColor": "currentColor",
        "tickColor": "currentColor", "gridColor": "var(--rule)", "labelFontSize": 12, "titleFontSize": 12,
        "titleFontWeight": "normal", "labelFont": FONT, "titleFont": FONT, "domainOpacity": 0.4, "tickOpacity": 0.4,
    }  # fmt: skip
    return {
        "$schema": SCHEMA,
        "width": WIDTH,
        "background": "transparent",
        "padding": 4,
        "config": {"axis": axis, "view": {"stroke": None}, "font": FONT},
    }


def _quarters(points: Sequence[IndexPoint], language: Language) -> Spec:
    return quarters_axis([point.period for point in points], language)


def quarters_axis(quarters: Iterable[str], language: Language) -> Spec:
    """Quarters from left to right, in order of time."""
    return {
        "field": "quarter", "type": "ordinal", "sort": sorted(set(quarters)),
        "title": "季度" if language == "zh" else "quarter",
        "axis": {"labelExpr": _LABELS, "labelAngle": 0, "grid": False},
    }  # fmt: skip


def _index_spec(
    points: Sequence[IndexPoint], language: Language, size: int = 260, ends: Sequence[float] = ()
) -> Spec:
    missing = "不可计算" if language == "zh" else "not computable"
    rows = [
        {
            "quarter": point.period,
            "value": point.value,
            "group": said(GROUPS, point.group, language),
            "link": f"#q-{point.group}-{point.period}",
            "words": f"{point.period}: {rounded(point.value) if point.value is not None else missing}",
        }
        for point in points
    ]
    values = [point.value for point in points if point.value is not None] or [100.0]
    values += ends
    span = {"domain": [min([*values, 100.0]) - 1, max([*values, 100.0]) + 1], "nice": True, "zero": False}
    quarters = _quarters(points, language)
    groups = list(dict.fromkeys(row["group"] for row in rows))
    tone = (
        {
            "field": "group",
            "type": "nominal",
            "scale": {"domain": groups, "range": [colour(n) for n in range(len(groups))]},
            "legend": {"title": None},
        }
        if len(groups) > 1
        else {"value": colour(0)}
    )
    height = {
        "field": "value",
        "type": "quantitative",
        "scale": span,
        "title": "指数" if language == "zh" else "index",
    }
    linked: Spec = {
        "href": {"field": "link"},
        "description": {"field": "words"},
        "tooltip": {"field": "words"},
    }
    crosses: list[Spec] = [
            {"transform": [{"filter": "!isValid(datum.value)"}], "mark": {"type": "point", "shape": "cross", "angle": 45, "filled": True, "size": 70, "opacity": 1}, "encoding": {"x": quarters, "y": {"value": size - 10}, "color": {"value": "var(--bad)"}, **linked}},
    ]  # fmt: skip
    layers: list[Spec] = [
        {"data": {"values": [{"value": 100}]}, "mark": {"type": "rule", "strokeDash": [4, 3], "color": "currentColor", "opacity": 0.5, "aria": False}, "encoding": {"y": {"field": "value", "type": "quantitative"}}},
        {"mark": {"type": "line", "strokeWidth": 2.5, "aria": False}, "encoding": {"x": quarters, "y": height, "color": tone}},
        {"transform": [{"filter": "isValid(datum.value)"}], "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1}, "encoding": {"x": quarters, "y": height, "color": tone, **linked}},
        # An empty layer would be an image without words.
        *(crosses if any(point.value is None for point in points) else []),
    ]  # fmt: skip
    return base_spec() | {"height": size, "data": {"values": rows}, "layer": layers}


def _shades(points: Sequence[IndexPoint], falls: Sequence[tuple[str, str]], language: Language) -> list[Spec]:
    """Bands behind the line, from the middle of the peak's quarter to that of the trough's."""
    if not falls:
        return []
    word = "下行阶段" if language == "zh" else "downturn"
    rows = [{"from": first, "to": last, "words": f"{word}: {first} – {last}"} for first, last in falls]
    across = _quarters(points, language)
    return [{
        "data": {"values": rows},
        "mark": {"type": "rect", "color": "var(--shade)", "opacity": 1},
        "encoding": {
            "x": {**across, "field": "from", "bandPosition": 0.5},
            "x2": {"field": "to", "bandPosition": 0.5},
            "description": {"field": "words"},
        },
    }]  # fmt: skip


def _bands(points: Sequence[IndexPoint], bands: Sequence[Band], language: Language) -> list[Spec]:
    """The area between low and high."""
    if not bands:
        return []
    across = _quarters(points, language)
    return [{
        "data": {"values": [{"quarter": band.quarter, "low": band.low, "high": band.high} for band in bands]},
        "mark": {"type": "area", "color": "var(--band)", "opacity": 1, "aria": False},
        "encoding": {"x": across, "y": {"field": "low", "type": "quantitative"}, "y2": {"field": "high"}},
    }]  # fmt: skip


def _contributions_spec(
    points: Sequence[IndexPoint], order: Sequence[str], names: Mapping[str, str], language: Language
) -> Spec:
    bars = [
        {
            "quarter": point.period,
            "points": part.points,
            "name": names.get(part.series, part.series),
            "rank": order.index(part.series) if part.series in order else len(order),
            "link": f"#q-{point.group}-{point.period}",
            "words": f"{point.period}, {names.get(part.series, part.series)}: {signed(part.points)}",
        }
        for point in points
        for part in point.contributions
    ]
    changes = [
        {"quarter": point.period, "points": point.change, "link": f"#q-{point.group}-{point.period}",
         "words": f"{point.period}: {signed(point.change)}"}
        for point in points
    ]  # fmt: skip
    shown = [*order, *sorted({part.series for point in points for part in point.contributions} - set(order))]
    scale = {
        "domain": [names.get(series, series) for series in shown],
        "range": [colour(n) for n in range(len(shown))],
    }
    title = "贡献(点)" if language == "zh" else "contribution, points"
    quarters = _quarters(points, language)
    height = {"field": "points", "type": "quantitative", "title": title}
    linked = {"href": {"field": "link"}, "description": {"field": "words"}, "tooltip": {"field": "words"}}
    return base_spec() | {
        "height": 240,
        "layer": [
            {"data": {"values": bars}, "mark": {"type": "bar"}, "encoding": {"x": quarters, "y": height, "color": {"field": "name", "type": "nominal", "scale": scale, "legend": None}, "order": {"field": "rank"}, **linked}},
            {"data": {"values": [{"points": 0}]}, "mark": {"type": "rule", "color": "currentColor", "opacity": 0.6, "aria": False}, "encoding": {"y": {"field": "points", "type": "quantitative"}}},
            {"data": {"values": changes}, "mark": {"type": "point", "shape": "diamond", "filled": True, "size": 60, "color": "currentColor", "opacity": 1, "stroke": "var(--paper)", "strokeWidth": 1}, "encoding": {"x": quarters, "y": height, **linked}},
        ],
    }  # fmt: skip


def _index_description(points: Sequence[IndexPoint], language: Language) -> str:
    valued = [point for point in points if point.value is not None]
    if not valued:
        return "没有可计算的季度" if language == "zh" else "no quarter can be computed"
    first, last = valued[0], valued[-1]
    name = said(GROUPS, last.group, language)
    ends = f"{first.period} {rounded(first.value)} → {last.period} {rounded(last.value)}"
    return f"{name}折线图: {ends}" if language == "zh" else f"Line chart of the {name.lower()}: {ends}"


# -------------------------------------------------------------------------------------------------- rendering


def svg(spec: Spec, label: str, page: str = "") -> str:
    """The chart as an SVG element that scales with its container, with ``label`` as its accessible name.

    ``page``: where its links ``#place`` lead; '' is the page that it stands on.
    """
    # Vega resolves "#q-…" against the address of its sample data: back to a place on our page.
    text = re.sub(r'xlink:href="[^"#]*#', f'xlink:href="{page}#', _rendered(json.dumps(spec)))
    head, rest = text.split(">", 1)
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', head)
    if box is None:
        raise ValueError(f"an SVG without viewBox: {head[:200]}")
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" class="chart" '
        f'viewBox="0 0 {box[1]} {box[2]}" role="graphics-document document" aria-label="{escape(label)}">'
    )
    return opening + rest


@lru_cache(maxsize=64)
def _rendered(spec: str) -> str:
    """Drawn once in a process: a site that is published again mostly has the charts that it had."""
    _register_fonts()
    import vl_convert

    return str(vl_convert.vegalite_to_svg(json.loads(spec)))


@cache
def _register_fonts() -> None:
    """So that widths of Chinese labels are measured, and PNGs drawn, with a font that has them."""
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))


def _concrete(value: Any) -> Any:
    """The specification with colours in place of CSS variables."""
    if isinstance(value, dict):
        return {name: _concrete(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_concrete(entry) for entry in value]
    if isinstance(value, str):
        tones = {
            "var(--rule)": "#dddddd",
            "var(--bad)": "#b3261e",
            "var(--paper)": "#ffffff",
            "var(--shade)": "#e3e7ec",
            "var(--band)": "#cfe2f1",
            "currentColor": "#333333",
        }
        found = re.fullmatch(r"var\(--series-(\d)\)", value)
        return PALETTE[int(found[1]) - 1] if found else tones.get(value, value)
    return value
