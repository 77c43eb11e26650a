"""Charts: SVG with links into the page and nothing from elsewhere, a small PNG for Dagster."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from io import BytesIO

from lxml import etree
from PIL import Image

from prosperity.publish.charts import contributions_chart_svg, index_chart_png, index_chart_svg
from tests.publish_fixtures import report

LINK = "{http://www.w3.org/1999/xlink}href"


def test_every_quarter_is_a_link_into_the_page() -> None:
    tree = etree.fromstring(index_chart_svg(report().result, "coincident", "zh"))
    links = {element.get(LINK) for element in tree.iter("{http://www.w3.org/2000/svg}a")}
    assert links == {f"#q-coincident-{quarter}" for quarter in ("2019-Q3", "2019-Q4", "2020-Q1")}


def test_the_chart_has_an_accessible_name_and_words_for_its_points() -> None:
    text = index_chart_svg(report().result, "coincident", "en")
    assert 'aria-label="Line chart of the coincident index: 2019-Q3 100.00 → 2019-Q4 100.50"' in text
    assert "2020-Q1: not computable" in text


def test_contributions_have_one_bar_per_indicator_and_quarter() -> None:
    names = {"revenue_cum": "Revenue <b>", "users": "Users"}
    text = contributions_chart_svg(report().result, "coincident", ["revenue_cum", "users"], names, "en")
    assert "2019-Q4, Users: −0.25" in text
    assert "<b>" not in text
    assert len(set(re.findall(r"var\(--series-\d\)", text))) == 2


def test_charts_load_nothing() -> None:
    result = report().result
    for text in (
        index_chart_svg(result, "coincident", "en"),
        contributions_chart_svg(result, "coincident", [], {}, "en"),
    ):
        addresses = set(re.findall(r'(?:href|src)="([^"]*)"|url\(([^)]*)\)', text))
        assert all(found[0].startswith("#") for found in addresses)


def test_png_for_dagster_is_small_and_inline() -> None:
    text = index_chart_png(report().result)
    assert text.startswith("![2019-Q4: 100.50](data:image/png;base64,") and len(text) < 60_000
    image = Image.open(BytesIO(base64.b64decode(text.split("base64,")[1][:-1])))
    assert image.width > 400
    assert len(image.convert("RGB").getcolors(100_000) or ()) > 4  # not an empty sheet


def test_no_value_no_chart() -> None:
    result = report().result
    empty = replace(result, points=tuple(point for point in result.points if point.value is None))
    assert index_chart_png(empty) == ""
