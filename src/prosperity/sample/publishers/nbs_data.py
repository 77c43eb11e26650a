"""NBS data site (data.stats.gov.cn): the interface of 2026 with its trees, indicators and figures by POST.

Shown is the latest vintage that was known on the server's day: the first release from its date of issue (where that
is not known, the period's end plus the usual lag), each later vintage from a day of its own. Those days are
estimates: a revision is seen in exports of a certain month, not on a certain day. Ids are new in every process and
after ``renumber()``; names carry blanks at the end; retail sales are cut into ranges of years. Periods that are not
out yet, and figures that are not known, are empty strings. Whoever has not loaded the page, or is no browser with the
page as Referer, is refused; the old ``easyquery.htm`` answers 403 with ``reason: UrlACL``.

What the real tree names above and beside these sets, and whether it prints growth of GDP in percent or as an index
with the year before = 100, is not known in every point: the path of names stands in the catalogue.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from prosperity.notation.model import last_day
from prosperity.sample.figures import Row, figures
from prosperity.sample.model import NOTICE_ZH, Document, Request, Response, footer, not_found

HOST = "data.stats.gov.cn"
PAGE = "/dg/website/page.html"
INTERFACE = "/dg/website/publicrelease/web/external/"
NATION = "000000000000"
#: Days from which later vintages are shown: estimated from the months in which others exported them.
SHOWN_FROM = {
    "revised_2020": dt.date(2020, 5, 31),
    "revised_2022": dt.date(2022, 4, 30),
    "revised_2026": dt.date(2026, 5, 31),
    "database_2026": dt.date(2026, 5, 31),
}
_LAG_DAYS = {"1": 17, "2": 18, "3": 19}
_COOKIE = "wzws_sessionid"
_ROOTS = {"1": "月度数据", "2": "季度数据", "3": "年度数据"}
_SPAN = re.compile(r"(\d{4})(\d{2})?(MM|SS|YY)(?:-(\d{4})(\d{2})?\3)?")
_SUFFIX = {"1": "MM", "2": "SS", "3": "YY"}


@dataclass(frozen=True)
class Indicator:
    name: str  #: without the unit
    unit: str
    series: str


@dataclass(frozen=True)
class Set:
    """One leaf of a tree; ``last`` None: to this day."""

    code: str
    path: tuple[str, ...]
    indicators: tuple[Indicator, ...]
    first: int = 1978
    last: int | None = None


def _retail(name: str, first: int, last: int | None) -> Set:
    indicators = (
        Indicator("社会消费品零售总额_当期值", "亿元", "nbs_retail_sales_month"),
        Indicator("社会消费品零售总额_累计值", "亿元", "nbs_retail_sales_cum"),
        Indicator("社会消费品零售总额_同比增长", "%", "nbs_retail_sales_growth_month"),
        Indicator("社会消费品零售总额_累计增长", "%", "nbs_retail_sales_cum_yoy"),
    )
    return Set("1", ("国内贸易 ", name), indicators, first, last)


SETS = (
    Set(
        "1",
        ("工业", "规模以上工业增加值增长速度 "),
        (
            Indicator("规模以上工业增加值_同比增长", "%", "nbs_iva_growth_month"),
            Indicator("规模以上工业增加值_累计增长", "%", "nbs_iva_growth_cum"),
        ),
    ),
    _retail("社会消费品零售总额(-2015)", 1978, 2015),
    _retail("社会消费品零售总额(2016-2020) ", 2016, 2020),
    _retail("社会消费品零售总额(2021-)  ", 2021, None),
    Set(
        "2",
        ("国民经济核算", "国内生产总值(现价) "),
        tuple(
            Indicator(f"{name}_{kind}", "亿元", f"{series}_{suffix}")
            for name, series in (
                ("国内生产总值", "nbs_gdp"),
                ("第三产业增加值", "nbs_tertiary_va"),
                ("信息传输、软件和信息技术服务业增加值", "nbs_it_services_va"),
            )
            for kind, suffix in (("当季值", "quarter"), ("累计值", "cum"))
        ),
    ),
    Set(
        "2",
        ("国民经济核算", "国内生产总值增长速度"),
        (Indicator("国内生产总值_累计同比增长", "%", "nbs_gdp_growth_cum"),),
    ),
    Set(
        "2",
        ("人民生活 ", "全国居民人均收入情况"),
        (
            Indicator("居民人均可支配收入_累计值", "元", "nbs_disp_income_cum"),
            Indicator("居民人均可支配收入_累计增长", "%", "nbs_disp_income_cum_yoy"),
            Indicator("城镇居民人均可支配收入_累计值", "元", "nbs_urban_disp_income_cum"),
            Indicator("城镇居民人均可支配收入_累计增长", "%", "nbs_urban_disp_income_cum_yoy"),
        ),
    ),
    Set(
        "3",
        ("国民经济核算", "国内生产总值"),
        (
            Indicator("国内生产总值", "亿元", "nbs_gdp_cum"),
            Indicator("第三产业增加值", "亿元", "nbs_tertiary_va_cum"),
        ),
    ),
)


@dataclass
class NbsData:
    """The site. ``renumber()`` gives every node and indicator another id, as the real one does now and then."""

    documents: Mapping[str, Document]
    host: str = HOST
    accepts_post: bool = True
    _salt: str = field(default_factory=lambda: secrets.token_hex(8))

    def renumber(self) -> None:
        self._salt = secrets.token_hex(8)

    def respond(self, request: Request, until: dt.date | None) -> Response:
        if request.path == "/easyquery.htm":
            return Response(b"403 Forbidden", "text/plain", 403, {"reason": "UrlACL"})
        if request.path == PAGE:
            response = self.documents[PAGE].response()
            headers = {**response.headers, "Set-Cookie": f"{_COOKIE}=sample; Path=/"}
            return Response(response.body, response.media_type, headers=headers)
        if not request.path.startswith(INTERFACE):
            return not_found()
        if not _welcome(request):
            return Response(b"403 Forbidden", "text/plain", 403)
        call = (request.method, request.path.removeprefix(INTERFACE))
        if call == ("POST", "stream/esData"):
            return self._figures(request, until)
        answers = {
            ("GET", "new/queryIndexTreeAsync"): self._tree,
            ("GET", "new/queryIndicatorsByCid"): self._indicators,
            ("GET", "new/queryDtByCid"): self._last_period,
        }
        answer = answers.get(call)
        return not_found() if answer is None else _json(answer(request.query, until))

    # -------------------------------------------------------------------------------------------- ids

    def _id(self, code: str, *names: str) -> str:
        return hashlib.sha256("|".join((self._salt, code, *names)).encode()).hexdigest()[:32]

    def _leaf(self, cid: str) -> Set | None:
        return next((leaf for leaf in SETS if self._id(leaf.code, *leaf.path) == cid), None)

    # -------------------------------------------------------------------------------------------- GET

    def _tree(self, query: Mapping[str, str], until: dt.date | None) -> list[dict[str, Any]]:  # noqa: ARG002
        code, parent = query.get("code", ""), query.get("pid", "")
        if not parent:
            name = _ROOTS.get(code)
            return [{"_id": self._id(code), "name": name, "isLeaf": False}] if name else []
        found: dict[tuple[str, ...], dict[str, Any]] = {}
        for leaf in SETS:
            for depth in range(len(leaf.path)):
                if leaf.code == code and self._id(code, *leaf.path[:depth]) == parent:
                    path = leaf.path[: depth + 1]
                    end = depth + 1 == len(leaf.path)
                    found[path] = {"_id": self._id(code, *path), "name": path[-1], "isLeaf": end}
        return list(found.values())

    def _indicators(self, query: Mapping[str, str], until: dt.date | None) -> dict[str, Any]:  # noqa: ARG002
        leaf = self._leaf(query.get("cid", ""))
        if leaf is None:
            return {"total": 0, "list": []}
        rows = [
            {"_id": self._id(leaf.code, *leaf.path, one.name), **_described(one)}
            for one in leaf.indicators
            if query.get("name", "") in one.name
        ]
        return {"total": len(rows), "list": rows}

    def _last_period(self, query: Mapping[str, str], until: dt.date | None) -> dict[str, str]:
        leaf = self._leaf(query.get("cid", ""))
        if leaf is None:
            return {}
        known = [
            code
            for one in leaf.indicators
            for code in _known_periods(one.series, leaf.code)
            if _shown(one.series, code, leaf.code, until)
        ]
        return {"dt_all": max(known), "dt_name": _period_name(max(known))} if known else {}

    # ------------------------------------------------------------------------------------------- POST

    def _figures(self, request: Request, until: dt.date | None) -> Response:
        try:
            asked = json.loads(request.body)
            leaf = self._leaf(str(asked["cid"]))
            spans = [_span(str(text)) for text in _list(asked["dts"])]
            wanted = set(_list(asked["indicatorIds"]))
            places = [str(place["value"]) for place in _list(asked["das"])]
            by_place = not asked["daCatalogId"]
            _ = asked["showType"], asked["rootId"]
        except (ValueError, KeyError, TypeError):
            return Response(b'{"success":false,"state":50000,"message":"error"}', "application/json", 500)
        if leaf is None:
            return _json([])
        nation = NATION in places if by_place else False
        rows = []
        for code in sorted({code for span in spans for code in _codes(*span, leaf)}, reverse=True):
            values = [
                {
                    "_id": identity,
                    **_described(one),
                    "value": _shown(one.series, code, leaf.code, until) if nation else "",
                }
                for one in leaf.indicators
                if (identity := self._id(leaf.code, *leaf.path, one.name)) in wanted
            ]
            rows.append({"code": code, "name": _period_name(code), "values": values})
        return _json([row for row in rows if row["values"]])


def publisher() -> NbsData:
    page = (
        '<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n<title>国家数据</title>\n</head>\n<body>\n'
        f'<div id="app"></div>\n{footer()}\n</body>\n</html>\n'
    )
    return NbsData({PAGE: Document(PAGE, page.encode(), dt.date(2000, 1, 1))})


def _welcome(request: Request) -> bool:
    """A browser that has loaded the page and comes from it."""
    headers = request.headers
    return (
        "Mozilla/" in headers.get("user-agent", "")
        and f"{_COOKIE}=" in headers.get("cookie", "")
        and headers.get("referer", "").endswith(PAGE)
    )


def _json(data: object) -> Response:
    answer = {"success": True, "state": 20000, "message": "操作成功", "data": data, "sample": NOTICE_ZH}
    body = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, "application/json;charset=UTF-8", headers={"X-Sample": "rebuilt"})


def _described(one: Indicator) -> dict[str, str]:
    """Name with its unit and a blank at the end, as the site shows it."""
    return {"i_showname": f"{one.name} ({one.unit}) ", "du_name": one.unit}


def _list(value: object) -> Sequence[Any]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return value


# ------------------------------------------------------------------------------------------------ periods


def _span(text: str) -> tuple[str, str]:
    """First and last code of ``202301MM-202312MM`` or of a single period. :raises ValueError: for anything else."""
    found = _SPAN.fullmatch(text)
    if found is None or (found[3] == "YY") != (found[2] is None):
        raise ValueError(text)
    first, _, last = text.partition("-")
    return first, last or first


def _codes(first: str, last: str, leaf: Set) -> Iterator[str]:
    """The periods of a span that the leaf covers; none where the span is of another kind."""
    parts = {"1": range(1, 13), "2": range(1, 5), "3": range(1)}[leaf.code]
    suffix = _SUFFIX[leaf.code]
    if not first.endswith(suffix) or not last.endswith(suffix):
        return
    for year in range(max(leaf.first, int(first[:4])), min(leaf.last or 9999, int(last[:4])) + 1):
        for part in parts:
            code = f"{year}{f'{part:02d}' if part else ''}{suffix}"
            if first <= code <= last:
                yield code


def _period_name(code: str) -> str:
    """2023年12月, 2023年第四季度, 2023年."""
    year, part = code[:4], code[4:-2]
    if code.endswith("YY"):
        return f"{year}年"
    if code.endswith("SS"):
        return f"{year}年第{'一二三四'[int(part) - 1]}季度"
    return f"{year}年{int(part)}月"


def _time_period(series: str, code: str) -> str:
    """TIME_PERIOD under which the figures are kept: a year-to-date figure has the code of its last month."""
    year, part = code[:4], int(code[4:-2] or 0)
    if code.endswith("MM"):
        return f"{year}-{part:02d}"
    if code.endswith("SS") and not _from_january(series):
        return f"{year}-Q{part}"
    return f"{year}-{3 * (part or 4):02d}"


def _from_january(series: str) -> bool:
    return "_cum" in series


def _known_periods(series: str, kind: str) -> Iterator[str]:
    """Codes of the periods for which any vintage is known."""
    for name, period in figures():
        if name != series:
            continue
        year, part = period[:4], period[5:]
        if kind == "1" and part.isdecimal():
            yield f"{year}{part}MM"
        elif kind == "2":
            yield f"{year}{int(part[1:]) if part.startswith('Q') else int(part) // 3:02d}SS"
        elif kind == "3" and part == "12":
            yield f"{year}YY"


# ------------------------------------------------------------------------------------------------ figures


def _shown(series: str, code: str, kind: str, until: dt.date | None) -> str:
    """The figure of the latest vintage known on the day; an empty string where there is none."""
    rows = figures().get((series, _time_period(series, code)), ())
    days = [(_day(row, code, kind), row) for row in rows]
    known = [(day, row) for day, row in days if until is None or day <= until]
    return max(known, key=lambda entry: entry[0])[1].value if known else ""


def _day(row: Row, code: str, kind: str) -> dt.date:
    """From when the site shows this vintage."""
    if row.vintage:
        return SHOWN_FROM[row.vintage]
    part = int(code[4:-2] or 0)
    month = {"MM": part, "SS": 3 * part, "YY": 12}[code[-2:]]
    return row.published_day or last_day(int(code[:4]), month) + dt.timedelta(days=_LAG_DAYS[kind])
