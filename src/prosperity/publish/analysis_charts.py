"""Charts of what stands beside the index: diffusion, bands, published changes. Drawn as those of ``charts``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prosperity.index.analysis_model import Band, MethodPoint
from prosperity.publish.charts import base_spec, colour, quarters_axis, svg
from prosperity.publish.words import GROUPS, Language, rounded, said, signed

Spec = dict[str, Any]


def diffusion_svg(points: Sequence[MethodPoint], language: Language) -> str:
    """Share of rising indicators by quarter, a line a group, with the turning line at 50."""
    shown = [point for point in points if point.diffusion is not None]
    rows = [
        {
            "quarter": point.quarter,
            "value": point.diffusion,
            "group": said(GROUPS, point.group, language),
            "words": f"{said(GROUPS, point.group, language)} {point.quarter}: {rounded(point.diffusion, 1)}",
        }
        for point in shown
    ]
    groups = list(dict.fromkeys(row["group"] for row in rows))
    tone = {
        "field": "group", "type": "nominal", "legend": None,
        "scale": {"domain": groups, "range": [colour(n) for n in range(len(groups))]},
    }  # fmt: skip
    across = quarters_axis([point.quarter for point in shown], language)
    height = {
        "field": "value", "type": "quantitative", "scale": {"domain": [0, 100]},
        "title": "扩散指数" if language == "zh" else "diffusion index",
    }  # fmt: skip
    spec = base_spec() | {
        "height": 200,
        "data": {"values": rows},
        "layer": [
            {"data": {"values": [{"value": 50}]}, "mark": {"type": "rule", "strokeDash": [4, 3], "color": "currentColor", "opacity": 0.5, "aria": False}, "encoding": {"y": {"field": "value", "type": "quantitative"}}},
            {"mark": {"type": "line", "strokeWidth": 2, "aria": False}, "encoding": {"x": across, "y": height, "color": tone}},
            {"mark": {"type": "point", "filled": True, "size": 35, "opacity": 1}, "encoding": {"x": across, "y": height, "color": tone, "description": {"field": "words"}, "tooltip": {"field": "words"}}},
        ],
    }  # fmt: skip
    return svg(
        spec,
        "扩散指数折线图" if language == "zh" else "Line chart of the diffusion indices",
    )


def band_svg(bands: Sequence[Band], language: Language) -> str:
    """The index of one group inside its band of 5 to 95 % of the draws."""
    rows = [
        {
            "quarter": band.quarter, "low": band.low, "high": band.high, "value": band.baseline,
            "words": f"{band.quarter}: {rounded(band.baseline)} ({rounded(band.low)}–{rounded(band.high)})",
        }
        for band in bands
    ]  # fmt: skip
    ends = [value for band in bands for value in (band.low, band.high, band.baseline)]
    scale = {"domain": [min(ends) - 1, max(ends) + 1], "nice": True, "zero": False}
    title = "指数" if language == "zh" else "index"
    across = quarters_axis([band.quarter for band in bands], language)
    height = {"field": "value", "type": "quantitative", "scale": scale, "title": title}
    spec = base_spec() | {
        "height": 200,
        "data": {"values": rows},
        "layer": [
            {"mark": {"type": "area", "color": "var(--shade)", "opacity": 1, "aria": False}, "encoding": {"x": across, "y": {**height, "field": "low"}, "y2": {"field": "high"}}},
            {"mark": {"type": "line", "strokeWidth": 2, "color": colour(0), "aria": False}, "encoding": {"x": across, "y": height}},
            {"mark": {"type": "point", "filled": True, "size": 35, "opacity": 1, "color": colour(0)}, "encoding": {"x": across, "y": height, "description": {"field": "words"}, "tooltip": {"field": "words"}}},
        ],
    }  # fmt: skip
    group = said(GROUPS, bands[0].group, language)
    return svg(spec, f"{group}与不确定性区间" if language == "zh" else f"{group} and its band of uncertainty")


def changes_svg(rows: Sequence[tuple[str, str, float]], kinds: Sequence[str], language: Language) -> str:
    """Changes by period: (period in words, one of ``kinds``, points); points stand beside each other."""
    values = [
        {"period": period, "kind": kind, "points": value, "words": f"{period}, {kind}: {signed(value)}"}
        for period, kind, value in rows
    ]
    tone = {
        "field": "kind", "type": "nominal", "legend": None,
        "scale": {"domain": list(kinds), "range": [colour(n) for n in range(len(kinds))]},
    }  # fmt: skip
    spec = base_spec() | {
        "height": 200,
        "layer": [
            {"data": {"values": [{"points": 0}]}, "mark": {"type": "rule", "color": "currentColor", "opacity": 0.6, "aria": False}, "encoding": {"y": {"field": "points", "type": "quantitative"}}},
            {"data": {"values": values}, "mark": {"type": "bar"}, "encoding": {
                "x": {"field": "period", "type": "ordinal", "sort": None, "title": None, "axis": {"labelAngle": 0, "grid": False}},
                "xOffset": {"field": "kind", "sort": list(kinds)},
                "y": {"field": "points", "type": "quantitative", "title": "变动(点)" if language == "zh" else "change, points"},
                "color": tone, "description": {"field": "words"}, "tooltip": {"field": "words"}}},
        ],
    }  # fmt: skip
    return svg(
        spec,
        "已发布变动与本指数变动对照柱状图"
        if language == "zh"
        else "Bar chart of published changes beside ours",
    )
