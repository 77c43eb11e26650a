"""The sandbox: hostile documents end in a typed error within bounds, and the next document works."""

from __future__ import annotations

import hashlib
import os
import random
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from prosperity.extract import DEFAULT, Extraction, ExtractionError, Limits, Request, extract_tables, sandbox
from prosperity.extract.cache import ExtractionCache

from . import hostile_pdfs as hostile
from .made_pdfs import Sheet, by_hand, deflated, image_only, made, with_content

TIGHT = Limits(cpu_seconds=4, wall_seconds=8.0, page_cpu_seconds=2.0, memory_bytes=512 * 2**20)
ROWS = [("年份", "收入"), ("2018", "9562"), ("2019", "12061")]


def simple(sheet: Sheet) -> None:
    sheet.grid((70, 200, 330), 100, ROWS)


def extract(
    data: bytes, limits: Limits = TIGHT, request: Request | None = None, kind: str = "application/pdf"
) -> Extraction:
    return sandbox.extract(
        data,
        media_type=kind,
        sha256=hashlib.sha256(data).hexdigest(),
        request=request or Request(statements=False, ocr=False),
        limits=limits,
    )


@pytest.fixture(scope="module")
def good() -> bytes:
    return made(simple)


@pytest.fixture(autouse=True, scope="module")
def _server() -> Iterator[None]:
    yield
    sandbox.shut_down()


@pytest.fixture(autouse=True)
def _next_document_works(good: bytes) -> Iterator[None]:
    yield
    (table,) = extract(good).tables
    assert table.rows == [list(row) for row in ROWS]


# ------------------------------------------------------------------------------------- hostile documents


def encrypted(owner_only: bool) -> bytes:
    from reportlab.lib.pdfencrypt import StandardEncryption

    protection = StandardEncryption("" if owner_only else "secret", ownerPassword="owner", canCopy=0)
    return made(simple, encrypt=protection)


def flipped(data: bytes) -> bytes:
    """200 bytes changed within the streams."""
    chance = random.Random(7)
    changed = bytearray(data)
    streams = [match.span(1) for match in re.finditer(rb"stream\r?\n(.*?)endstream", data, re.DOTALL)]
    first = max(streams, key=lambda span: span[1] - span[0])
    for place in (
        *(chance.randrange(*first) for _ in range(100)),
        *(chance.randrange(*s) for s in streams * 100),
    ):
        changed[place] ^= 0x55
    return bytes(changed)


def many_objects() -> bytes:
    return with_content(
        b"".join(b"%d %d m %d %d l S\n" % (i % 500, i % 800, i % 400, i % 700) for i in range(200_000))
    )


def many_characters() -> bytes:
    return with_content(b"BT /F1 1 Tf " + b"(abcdefghijklmnopqrst) Tj " * 100_000 + b"ET")


def exploding_forms() -> bytes:
    """Twelve forms, each drawing the next ten times: 10 to the 12th objects."""
    forms = 12
    content = b"/X0 Do"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</X0 5 0 R>>>>>>",
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(content), content),
    ]
    for number in range(forms):
        body = b"/X%d Do " % (number + 1) * 10 if number < forms - 1 else b"0 0 m 9 9 l S"
        inner = b"/Resources<</XObject<</X%d %d 0 R>>>>" % (number + 1, number + 6)
        head = b"<</Type/XObject/Subtype/Form/BBox[0 0 595 842]%s/Length %d>>" % (inner, len(body))
        objects.append(head + b"\nstream\n" + body + b"\nendstream")
    return by_hand(objects)


def many_pages(count: int) -> bytes:
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(count))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
    return by_hand(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count),
            *[page] * count,
        ]
    )


def font_without_unicode() -> bytes:
    """A CID font without ToUnicode: pdfminer gives (cid:123), pdfium wrong letters without a sign."""
    codes = b"".join(b"%04x" % number for number in range(900, 960))
    content = b"BT /F1 12 Tf 50 700 Td <%s> Tj ET" % codes
    return by_hand(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
            b"<</Length %d>>\nstream\n%s\nendstream" % (len(content), content),
            b"<</Type/Font/Subtype/Type0/BaseFont/None/Encoding/Identity-H/DescendantFonts[6 0 R]>>",
            b"<</Type/Font/Subtype/CIDFontType2/BaseFont/None/FontDescriptor 7 0 R"
            b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>",
            b"<</Type/FontDescriptor/FontName/None/Flags 4/FontBBox[0 0 1000 1000]/ItalicAngle 0"
            b"/Ascent 800/Descent -200/CapHeight 700/StemV 80>>",
        ]
    )


def unclosed_inline_image() -> bytes:
    return with_content(b"BI /W 9 /H 9 /BPC 8 /CS /G ID " + b"\x00" * 200_000)


HOSTILE: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "no bytes": (lambda: b"", {"empty"}),
    "web page named pdf": (lambda: b"<!DOCTYPE html><html><body>404 Not Found</body></html>", {"not-a-pdf"}),
    "noise": (lambda: random.Random(1).randbytes(50_000), {"not-a-pdf"}),
    "noise behind a header": (
        lambda: b"%PDF-1.7\n" + random.Random(2).randbytes(50_000) + b"\n%%EOF",
        {"corrupt"},
    ),
    "cut in half": (lambda: made(simple)[: len(made(simple)) // 2], {"truncated"}),
    "user password": (lambda: encrypted(owner_only=False), {"encrypted"}),
    "flipped bytes": (lambda: flipped(made(simple)), {"corrupt"}),
    "font without Unicode": (font_without_unicode, {"needs-ocr"}),
    "scan": (image_only, {"needs-ocr"}),
    "10,000 pages": (lambda: many_pages(10_000), {"too-many-pages"}),
    "page bomb of 1 GB": (
        lambda: with_content(deflated(1024), b"/Filter/FlateDecode"),
        {"memory", "too-complex"},
    ),
    "page bomb, deflated twice": (
        lambda: with_content(deflated(1024, 2), b"/Filter[/FlateDecode/FlateDecode]"),
        {"memory", "too-complex"},
    ),
    "200,000 segments": (many_objects, {"too-complex"}),
    "2,000,000 characters": (many_characters, {"too-complex", "cpu", "memory"}),
    "exploding forms": (exploding_forms, {"too-complex", "cpu", "memory"}),
    "unclosed inline image": (unclosed_inline_image, {"too-complex", "cpu", "empty", "needs-ocr", "corrupt"}),
    "cut at 95 %": (lambda: made(simple)[: len(made(simple)) * 95 // 100], {"truncated"}),
    "5,000,000 path operators": (lambda: hostile.many_operators(5_000_000), {"too-complex", "cpu", "memory"}),
    "form that draws itself": (hostile.self_drawing_form, {"empty", "needs-ocr", "too-complex", "corrupt"}),
    "web page before a broken document": (
        lambda: b"<html><body>moved</body></html>" * 50_000 + b"%PDF-1.7 and nothing more %%EOF",
        {"not-a-pdf", "corrupt", "truncated"},
    ),
    "page tree in a circle": (
        lambda: by_hand([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"]),
        {"corrupt", "empty"},
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_document_ends_in_a_typed_error_in_bounded_time(name: str) -> None:
    make, statuses = HOSTILE[name]
    data = make()
    extract(made(simple))  # the server is warm
    started = time.monotonic()
    with pytest.raises(ExtractionError) as caught:
        extract(data)
    assert caught.value.status in statuses, str(caught.value)
    assert len(str(caught.value)) > 10
    assert time.monotonic() - started < TIGHT.wall_seconds + 1


READABLE: dict[str, Callable[[], bytes]] = {
    "page tree bomb": hostile.page_tree_bomb,
    "cross-reference table that points nowhere": hostile.bad_xref,
    "cross-reference table in a circle": hostile.xref_loop,
    "deep nesting": hostile.deep_nesting,
    "20,000 rectangles": lambda: hostile.many_rectangles(20_000),
    "name of a character map like a path": hostile.path_like_cmap,
    "huge MediaBox": lambda: hostile.with_page(b"/MediaBox[0 0 1e9 1e9]" + hostile.FONT),
    "no MediaBox": lambda: hostile.with_page(hostile.FONT),
    "MediaBox without extent": lambda: hostile.with_page(b"/MediaBox[0 0 0 0]" + hostile.FONT),
    "turned by 90": lambda: hostile.with_page(b"/MediaBox[0 0 595 842]/Rotate 90" + hostile.FONT),
    "turned by 180": lambda: hostile.with_page(b"/MediaBox[0 0 595 842]/Rotate 180" + hostile.FONT),
    "turned by 270": lambda: hostile.with_page(b"/MediaBox[0 0 595 842]/Rotate 270" + hostile.FONT),
    "turned by 45": lambda: hostile.with_page(b"/MediaBox[0 0 595 842]/Rotate 45" + hostile.FONT),
    "script on opening": hostile.scripted,
}


@pytest.mark.parametrize("name", READABLE)
def test_odd_document_is_read_or_refused_with_a_cause(name: str) -> None:
    """None holds a table; whatever the reader makes of it, no cell is invented and no process crashes."""
    data = READABLE[name]()
    try:
        assert extract(data).tables == ()
    except ExtractionError as error:
        assert error.status != "crashed", str(error)
        assert len(str(error)) > 10


def test_script_on_opening_is_not_in_the_way() -> None:
    blocks = extract(hostile.scripted(), request=Request(captions=())).blocks
    assert "Users 2018 8.29" in blocks[0].text


def test_grid_of_160_by_160_is_read_or_refused_quickly() -> None:
    def draw(sheet: Sheet) -> None:
        for number in range(161):
            sheet.line(50 + 3.1 * number, 50, 50 + 3.1 * number, 546)
            sheet.rule(50, 546, 50 + 3.1 * number)
        sheet.text(51, 53, "1", 2)
        sheet.text(300, 303, "2", 2)
        sheet.text(70, 700, "版面中的文字足够多，使字符比例有意义。")

    started = time.monotonic()
    limits = replace(TIGHT, cpu_seconds=20, wall_seconds=30, page_cpu_seconds=15)
    (table,) = extract(made(draw), limits).tables
    assert len(table.cells) == 160 * 160
    assert time.monotonic() - started < 15  # pdfplumber's own finder takes 17 s


def test_page_beyond_a_limit_is_skipped_and_said_so() -> None:
    def draw(sheet: Sheet) -> None:
        simple(sheet)
        sheet.page()
        for number in range(500):
            sheet.rule(50, 500, 50 + number)
        sheet.page()

    extraction = extract(made(draw), replace(TIGHT, segments_per_page=300))
    assert [table.page for table in extraction.tables] == [1]
    assert extraction.warnings == ("page 2 skipped: more than 300 path segments",)


def test_page_that_takes_too_long_is_skipped() -> None:
    def draw(sheet: Sheet) -> None:
        for number in range(3000):
            sheet.text(50 + number % 50 * 10, 50 + number // 50 * 10, "字", 8)

    with pytest.raises(ExtractionError, match=r"page 1.*processor time") as caught:
        extract(made(draw), replace(TIGHT, page_cpu_seconds=0.002))
    assert caught.value.status == "too-complex"


def test_limits_of_processor_time_wall_time_and_memory_are_named(good: bytes) -> None:
    def long(sheet: Sheet) -> None:
        for _ in range(180):
            for row in range(40):
                sheet.text(
                    50, 50 + 18 * row, "很长的文件需要很多时间才能全部读完，所以会超过处理器时间的限制。"
                )
            sheet.page()

    data = made(long)
    with pytest.raises(ExtractionError, match="1 s of processor time") as caught:
        extract(data, replace(TIGHT, cpu_seconds=1))
    assert caught.value.status == "cpu"
    with pytest.raises(ExtractionError, match=r"not done after 0\.2 s") as caught:
        extract(data, replace(TIGHT, wall_seconds=0.2))
    assert caught.value.status == "wall"
    with pytest.raises(ExtractionError, match=r"MB of memory|out of memory") as caught:
        extract(
            with_content(deflated(1024), b"/Filter/FlateDecode"), replace(DEFAULT, memory_bytes=400 * 2**20)
        )
    assert caught.value.status == "memory"


def test_owner_password_alone_is_no_obstacle() -> None:
    (table,) = extract(encrypted(owner_only=True)).tables
    assert table.rows == [list(row) for row in ROWS]


def test_junk_before_the_header_is_cut(good: bytes) -> None:
    (table,) = extract(b"HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n" + good).tables
    assert table.rows == [list(row) for row in ROWS]


def test_pattern_that_is_none_is_refused_before_anything_is_read(good: bytes) -> None:
    with pytest.raises(ValueError, match="regular expression"):
        extract(good, request=Request(captions=("表(",)))


def test_other_media_types_are_refused(good: bytes) -> None:
    with pytest.raises(ExtractionError) as caught:
        extract(good, kind="application/zip")
    assert caught.value.status == "unsupported"


@pytest.mark.shared
def test_collected_broken_documents_fail_cleanly(shared: Path) -> None:
    protected = {"camelot__health_protected", "pdfplumber__password-example", "tabula-java__encrypted"}
    for path in sorted((shared / "pdf" / "robust").iterdir()):
        started = time.monotonic()
        with pytest.raises(ExtractionError) as caught:
            extract_tables(path)
        assert caught.value.status == "encrypted" or path.stem not in protected, path.name
        assert time.monotonic() - started < 5


# ------------------------------------------------------------------------------------- the server


def children_of(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True)
    return [int(word) for word in listed.stdout.split()]


def test_many_threads_share_one_server(good: bytes) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: extract(good).tables[0].rows, range(20)))
    assert all(rows == [list(row) for row in ROWS] for rows in found)


def test_server_that_was_killed_is_replaced(good: bytes) -> None:
    extract(good)
    server = sandbox._server()._process
    assert server is not None
    server.kill()
    server.wait()
    assert len(extract(good).tables) == 1


def test_server_killed_while_reading_is_replaced_and_the_document_read() -> None:
    def long(sheet: Sheet) -> None:
        for _ in range(25):
            for row in range(40):
                sheet.text(50, 50 + 18 * row, "很长的文件需要很多时间才能全部读完，所以可以在此期间出事。")
            sheet.page()

    data = made(long)
    extract(made(simple))
    server = sandbox._server()._process
    assert server is not None
    timer = threading.Timer(0.4, lambda: os.kill(server.pid, signal.SIGKILL))
    timer.start()
    assert extract(data, DEFAULT).pages == 25
    timer.join()


SCRIPT = textwrap.dedent(
    """
    import os, sys, time
    from prosperity.extract import extract_tables
    assert "pdfplumber" not in sys.modules, "importing the package must be light"
    data = open(sys.argv[1], "rb").read()
    assert len(extract_tables(data)) == 1
    assert "pdfplumber" not in sys.modules
    if sys.argv[2] == "fork":
        child = os.fork()
        if child == 0:
            assert len(extract_tables(data)) == 1  # with a server of its own
            sys.exit(0)
        assert os.waitpid(child, 0)[1] == 0
        assert len(extract_tables(data)) == 1
    from prosperity.extract import sandbox
    print(sandbox._server()._process.pid, flush=True)
    if sys.argv[2] == "hang":
        time.sleep(60)
    """
)


@pytest.mark.parametrize("ending", ["exit", "fork", "hang"])
def test_no_process_is_left_behind(good: bytes, tmp_path: Path, ending: str) -> None:
    """After a normal end, after a fork, and after the client was killed without warning."""
    (tmp_path / "good.pdf").write_bytes(good)
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "good.pdf"), ending]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as client:
        assert client.stdout is not None
        line = client.stdout.readline()
        assert line.strip().isdigit()
        if ending == "hang":
            client.kill()
        assert client.wait(20) == (-signal.SIGKILL if ending == "hang" else 0)
    deadline = time.monotonic() + 5
    while Path(f"/proc/{line.strip()}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{line.strip()}").exists()


def test_no_child_outlives_its_document(good: bytes) -> None:
    extract(good)
    server = sandbox._server()._process
    assert server is not None
    assert children_of(server.pid) == []


# ------------------------------------------------------------------------------------- the cache


def test_cache_gives_back_what_was_put(tmp_path: Path, good: bytes) -> None:
    cache = ExtractionCache(tmp_path)
    request = Request(statements=False)
    extraction = extract(good, request=request)
    assert cache.get(extraction.document, request) is None
    cache.put(extraction, request)
    assert cache.get(extraction.document, request) == extraction
    assert cache.get(extraction.document, Request(captions=("表1",), statements=False)) is None
    assert ExtractionCache(tmp_path, version="other").get(extraction.document, request) is None


def test_cache_keeps_decimals_dates_and_periods(tmp_path: Path) -> None:
    import datetime as dt
    from decimal import Decimal

    from prosperity.extract import Statement
    from prosperity.notation.model import stock

    statement = Statement(
        subject="全国", measure="用户", value=Decimal("8.540"), multiplier=Decimal(10**8), unit="户",
        rate=Decimal("-0.30"), period=stock(2019, 6), qualifier="约", text="约8.540亿户", span=(0, 6),
        flags=("doubt",), page=3, bbox=(1.5, 2.25, 3.0, 4.0),
    )  # fmt: skip
    extraction = Extraction("ab" * 32, "application/pdf", "0.1.0", statements=(statement,), pages=3)
    cache = ExtractionCache(tmp_path, version="0.1.0")
    cache.put(extraction, Request(), issued=dt.date(2019, 7, 31))
    found = cache.get("ab" * 32, Request(), issued=dt.date(2019, 7, 31))
    assert found == extraction
    assert found is not None and str(found.statements[0].value) == "8.540"
    assert cache.get("ab" * 32, Request()) is None  # years are inferred from the date of issue


@pytest.mark.parametrize("damage", [b"", b"no gzip", b"half"])
def test_damaged_entry_is_a_miss(tmp_path: Path, good: bytes, damage: bytes) -> None:
    cache = ExtractionCache(tmp_path)
    extraction = extract(good)
    path = cache.put(extraction, Request())
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2] if damage == b"half" else damage)
    assert cache.get(extraction.document, Request()) is None
    cache.put(extraction, Request())
    assert cache.get(extraction.document, Request()) == extraction
    assert [file.name for file in path.parent.iterdir()] == [path.name]
