"""JSON answers: pointers by the letter of RFC 6901, tables from columns of cells, hostile documents in the sandbox."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from prosperity.extract import Extraction, ExtractionError, Request, sandbox
from prosperity.extract.cache import ExtractionCache
from prosperity.extract.codec import decode, encode
from prosperity.extract.json_document import excerpt, pointer_to
from prosperity.extract.request import DEFAULT, AnswerShape, Limits
from prosperity.extract.reread import Reader, text_at

SHAPE = AnswerShape("/data", "name", "values", "label", "value", "unit", stub="指标")
REQUEST = Request(statements=False, answer=SHAPE, title="零售 2023年")
JSON = "application/json"
#: The document and the pointers of RFC 6901, section 5.
RFC = {
    "foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, 'k"l': 6, " ": 7, "m~n": 8,
}  # fmt: skip
ANSWER = """{"success": true, "data": [
 {"code": "202312MM", "name": "2023年12月", "values": [
  {"label": "零售额_当期值 ", "unit": "亿元", "value": "43550"},
  {"label": "零售额_同比增长 (%) ", "unit": "%", "value": 7.40}]},
 {"code": "202311MM", "name": "2023年11月", "values": [
  {"label": "零售额_同比增长 (%) ", "unit": "%", "value": ""},
  {"label": "餐饮", "unit": null, "value": null}]}]}""".encode()


@pytest.fixture(autouse=True, scope="module")
def _server() -> Iterator[None]:
    yield
    sandbox.shut_down()


def read(data: bytes, request: Request = REQUEST, limits: Limits = DEFAULT) -> Extraction:
    digest = hashlib.sha256(data).hexdigest()
    return sandbox.extract(data, media_type=JSON, sha256=digest, request=request, limits=limits)


def status_of(data: bytes, limits: Limits = DEFAULT) -> str:
    with pytest.raises(ExtractionError) as fault:
        read(data, limits=limits)
    return fault.value.status


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/foo", '["bar", "baz"]'), ("/foo/0", "bar"), ("/", "0"), ("/a~1b", "1"), ("/c%d", "2"), ("/e^f", "3"),
        ("/g|h", "4"), ("/i\\j", "5"), ('/k"l', "6"), ("/ ", "7"), ("/m~0n", "8"),
    ],
)  # fmt: skip
def test_pointers_of_the_rfc(pointer: str, value: str) -> None:
    assert text_at(json.dumps(RFC).encode(), JSON, pointer=pointer) == value


@pytest.mark.parametrize(
    "pointer", ["foo", "/foo/2", "/foo/-1", "/foo/01", "/foo/-", "/foo/+0", "/nothing", "/ /0"]
)
def test_pointers_that_lead_nowhere(pointer: str) -> None:
    with pytest.raises(ExtractionError) as fault:
        text_at(json.dumps(RFC).encode(), JSON, pointer=pointer)
    assert fault.value.status == "no-such-place"


def test_steps_are_escaped() -> None:
    assert pointer_to("a/b", 0, "m~n") == "/a~1b/0/m~0n"


def test_table_of_an_answer() -> None:
    (table,) = read(ANSWER).tables
    assert (table.caption, table.pointer, table.header_rows) == ("零售 2023年", "/data", 1)
    assert table.rows == [
        ["指标", "2023年12月", "2023年11月"],
        ["零售额_当期值 (亿元)", "43550", None],
        ["零售额_同比增长 (%)", "7.40", ""],
        ["餐饮", None, ""],
    ]
    assert [cell.pointer for cell in table.cells if cell.text == "7.40"] == ["/data/0/values/1/value"]


def test_every_cell_is_found_again_in_the_bytes() -> None:
    (table,) = read(ANSWER).tables
    with Reader(ANSWER, JSON) as reader:
        placed = [cell for cell in table.cells if cell.pointer is not None]
        assert [reader.text_at(pointer=cell.pointer) for cell in placed] == [cell.raw for cell in placed]
    assert len(placed) == len(table.cells) - 1 == 9
    assert {cell.raw for cell in placed} >= {"零售额_当期值 ", "7.40", "null"}


def test_label_that_stands_twice_has_two_rows() -> None:
    data = '{"data":[{"name":"2023年","values":[{"label":"A","value":"1"},{"label":"A","value":"2"}]}]}'
    (table,) = read(data.encode()).tables
    assert table.rows == [["指标", "2023年"], ["A", "1"], ["A", "2"]]


def test_caption_decides_whether_the_table_is_wanted() -> None:
    assert read(ANSWER, replace(REQUEST, captions=("零售",))).tables
    assert not read(ANSWER, replace(REQUEST, captions=("工业",))).tables


def test_pointers_pass_through_codec_and_cache(tmp_path: object) -> None:
    extraction = read(ANSWER)
    assert decode(Extraction, encode(extraction)) == extraction
    cache = ExtractionCache(tmp_path)  # type: ignore[arg-type]
    cache.put(extraction, REQUEST)
    assert cache.get(extraction.document, REQUEST) == extraction
    assert cache.get(extraction.document, replace(REQUEST, title="工业 2023年")) is None


def test_excerpt_marks_the_value_and_shows_what_it_belongs_to() -> None:
    text, (start, end) = excerpt(ANSWER, "/data/0/values/1/value")
    assert text[start:end] == "7.40"
    assert '"name": "2023年12月"' in text and "零售额_同比增长" in text
    assert "2023年11月" not in text and "43550" not in text


# ------------------------------------------------------------------------------------------------ hostile


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", "empty"),
        (ANSWER[:-40], "truncated"),
        (ANSWER[: ANSWER.index("亿元".encode()) + 3], "truncated"),
        (b'{"data": [1, 2', "truncated"),
        (b'{"data": [}', "corrupt"),
        (b'{"data": NaN}', "corrupt"),
        (b'{"data": -Infinity}', "corrupt"),
        (b'{"data": [], "data": []}', "corrupt"),
        (b'{"data": "\xff\xfe"}', "corrupt"),
        (b"[" * 500_000 + b"]" * 500_000, "corrupt"),
        (b'{"a":' * 200_000 + b"1" + b"}" * 200_000, "corrupt"),
        (b'{"data": {}}', "corrupt"),
        (b'{"data": [{"name": "2023"}]}', "corrupt"),
        (b'{"data": [{"name": "2023", "values": [{"label": "A"}]}]}', "corrupt"),
        (b'{"other": []}', "no-such-place"),
        (b'[{"data": []}]', "no-such-place"),
    ],
)  # fmt: skip
def test_what_is_no_answer_ends_in_a_typed_error(data: bytes, status: str) -> None:
    assert status_of(data) == status


def test_answer_whose_table_would_be_enormous_is_refused() -> None:
    """A thousand columns, each with a label of its own: a million places from 50 kB."""
    columns = [{"name": str(n), "values": [{"label": f"L{n}", "value": "1"}]} for n in range(1000)]
    assert status_of(json.dumps({"data": columns}).encode()) == "too-complex"
    empty = [{"name": str(n), "values": []} for n in range(3000)]
    few = replace(DEFAULT, answer_cells=2000)
    assert status_of(json.dumps({"data": empty}).encode(), few) == "too-complex"


def test_huge_document_meets_the_limit_of_memory() -> None:
    data = b'{"data": [' + b"[[]]," * 4_000_000 + b"[]]}"
    assert status_of(data, replace(DEFAULT, memory_bytes=256 * 2**20)) == "memory"


def test_number_of_a_million_digits_stays_text() -> None:
    data = b'{"data": [{"name": "2023", "values": [{"label": "A", "value": ' + b"9" * 1_000_000 + b"}]}]}"
    (table,) = read(data).tables
    assert table.rows[1][1] == "9" * 1_000_000


def test_json_without_a_shape_is_refused_and_named() -> None:
    with pytest.raises(ExtractionError, match="where its table stands") as fault:
        sandbox.read(ANSWER, Request())
    assert fault.value.status == "unsupported"
