"""Pictures of evidence: the highlight lies on the figure and nowhere else; untrusted PDFs do no harm."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pdfplumber
import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from prosperity.publish import evidence_picture
from prosperity.publish.evidence_picture import FONT, drawn, sheet, wrapped
from prosperity.publish.model import Picture, Region, RowAround, TextAround
from prosperity.publish.pdf_child import MARGIN, THUMBNAIL, WIDTH, Limits, packed, render
from prosperity.publish.pdf_pictures import _read, pdf_pictures
from prosperity.publish.picture_store import PictureStore

#: A black square of 40 × 20 points whose upper left corner is 100 from the left and 300 from the top.
SQUARE = (100.0, 300.0, 140.0, 320.0)
FRAME_LINE = 2  #: pixels


def pdf_with_square(
    rotate: int = 0, crop: tuple[float, float, float, float] | None = None, pages: int = 1
) -> bytes:
    stream = BytesIO()
    sheet_ = canvas.Canvas(stream, pagesize=A4)
    for _ in range(pages):
        sheet_.rect(SQUARE[0], A4[1] - SQUARE[3], SQUARE[2] - SQUARE[0], SQUARE[3] - SQUARE[1], fill=1)
        sheet_.showPage()
    sheet_.save()
    document = pypdfium2.PdfDocument(stream.getvalue())
    for page in document:
        page.set_rotation(rotate)
        if crop:
            page.set_cropbox(*crop)
    changed = BytesIO()
    document.save(changed)
    return changed.getvalue()


def changed_box(one: Image.Image, other: Image.Image) -> tuple[int, int, int, int]:
    box = ImageChops.difference(one, other).getbbox()
    assert box is not None
    return box


def dark_box(image: Image.Image) -> tuple[int, int, int, int]:
    box = image.convert("L").point(lambda value: 255 if value < 60 else 0).getbbox()
    assert box is not None
    return box


def place_by_pdfplumber(data: bytes) -> tuple[float, float, float, float]:
    with pdfplumber.open(BytesIO(data)) as pdf:
        found = pdf.pages[0].rects[0]
        return float(found["x0"]), float(found["top"]), float(found["x1"]), float(found["bottom"])


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [None, (30, 60, 560, 800)])
def test_frame_lies_around_what_pdfplumber_found(rotate: int, crop: Any) -> None:
    data = pdf_with_square(rotate, crop)
    box = place_by_pdfplumber(data)
    document = pypdfium2.PdfDocument(data)
    for kind in (0, 1):
        plain = render(document, 1, box, highlight=False)[kind]
        marked = render(document, 1, box, highlight=True)[kind]
        ink, frame = dark_box(plain), changed_box(plain, marked)
        assert all(inner > outer for inner, outer in zip(ink[:2], frame[:2], strict=True))
        assert all(inner < outer for inner, outer in zip(ink[2:], frame[2:], strict=True))
        scale = plain.width / document[0].get_width()
        slack = max(MARGIN * scale, 2) + FRAME_LINE + 2
        assert all(abs(inner - outer) <= slack for inner, outer in zip(ink, frame, strict=True))


def test_strip_and_page_have_the_promised_sizes() -> None:
    picture = pdf_pictures(pdf_with_square(), [Region(1, SQUARE)])[0]
    assert picture.fault == ""
    assert picture.size[0] <= WIDTH and picture.page_size[0] <= THUMBNAIL
    assert Image.open(BytesIO(picture.image)).size == picture.size
    assert len(picture.image) < 80_000 and len(picture.page) < 80_000


def test_frame_on_a_real_page_holds_the_word(shared: Path) -> None:
    path = shared / "pdf" / "zh" / "huaian_gov_2024.pdf"
    with pdfplumber.open(path) as pdf:
        words = [word for word in pdf.pages[0].extract_words() if word["text"].isdigit()]
    word = words[len(words) // 2]
    box = (word["x0"], word["top"], word["x1"], word["bottom"])
    document = pypdfium2.PdfDocument(path)
    plain, marked = render(document, 1, box, highlight=False)[0], render(document, 1, box)[0]
    left, top, right, bottom = changed_box(plain, marked)
    within = pypdfium2.PdfDocument(path)[0].get_textpage()
    scale = plain.width / document[0].get_width()
    above = max(0.0, box[1] - 130)
    height = document[0].get_height()
    text = within.get_text_bounded(
        left / scale, height - above - bottom / scale, right / scale, height - above - top / scale
    )
    assert word["text"] in text


def test_photographs_are_packed_below_the_limit() -> None:
    noise = Image.effect_noise((900, 900), 90).convert("RGB")
    assert len(packed(noise)) <= 80_000


def test_what_cannot_be_rendered_carries_its_cause() -> None:
    data = pdf_with_square()
    good, missing, outside = pdf_pictures(
        data, [Region(1, SQUARE), Region(7, SQUARE), Region(1, (0, 0, 9000, 10))]
    )
    assert good.image and not good.fault
    assert "page 7" in missing.fault and "has 1 pages" in missing.fault
    assert "outside the page" in outside.fault


def test_a_file_that_is_no_pdf_gives_faults() -> None:
    pictures = pdf_pictures(b"<html>not a PDF", [Region(1, SQUARE)] * 2)
    assert [bool(picture.image) for picture in pictures] == [False, False]
    assert "cannot be opened" in pictures[0].fault


def test_time_and_memory_are_limited() -> None:
    data = pdf_with_square()
    late = pdf_pictures(data, [Region(1, SQUARE)], wall_seconds=0.01)
    assert "within 0.01 s" in late[0].fault
    small = pdf_pictures(data, [Region(1, SQUARE)], limits=Limits(memory_bytes=30_000_000))
    assert small[0].fault and not small[0].image


@pytest.mark.parametrize(
    "answer", [b"", b"{}\n", b"not JSON\n", b'{"image": -5, "page": 9, "fault": ""}\nxxxxxxxxx']
)
def test_an_answer_that_makes_no_sense_is_a_fault(answer: bytes) -> None:
    assert _read(answer, 2, "ended") == [Picture(fault="ended")] * 2


def test_a_huge_page_stays_within_bounds() -> None:
    stream = BytesIO()
    sheet_ = canvas.Canvas(stream, pagesize=(14_000, 14_000))
    sheet_.rect(5000, 5000, 3000, 3000, fill=1)
    sheet_.save()
    picture = pdf_pictures(stream.getvalue(), [Region(1, (5000, 6000, 8000, 9000))])[0]
    assert picture.fault == "" and picture.size[0] * picture.size[1] <= 4_000_000


# ------------------------------------------------------------------------------------------ drawn from text


def test_highlight_in_prose_lies_on_the_figure() -> None:
    """All ink of the paragraph is the figure's: three black squares between blanks."""
    text = " " * 40 + "■■■" + " " * 40
    around = TextAround(text, (40, 43), text, (40, 43))
    plain, marked = sheet("", around, highlight=False), sheet("", around)
    ink, frame = dark_box(plain), changed_box(plain, marked)
    assert frame[0] <= ink[0] and frame[1] <= ink[1] and frame[2] >= ink[2] and frame[3] >= ink[3]
    assert ink[0] - frame[0] <= 6 and frame[2] - ink[2] <= 6
    assert frame[3] - frame[1] < 1.6 * evidence_picture.BODY + 6


def test_highlight_over_a_line_end_is_on_both_lines() -> None:
    text = "甲" * 60
    marked = sheet("", TextAround(text, (0, 60), text, (0, 60)))
    plain = sheet("", TextAround(text, (0, 60), text, (0, 60)), highlight=False)
    top, bottom = changed_box(plain, marked)[1], changed_box(plain, marked)[3]
    assert bottom - top > 1.6 * evidence_picture.BODY


def test_highlight_in_a_table_lies_in_its_cell() -> None:
    rows = (("甲", "", ""), ("乙", "", "■■"), ("丙", "", ""))
    around = RowAround("表", "", (("指标", "一", "二"),), rows, row=1, column=2)
    plain, marked = sheet("", around, highlight=False), sheet("", around)
    frame = changed_box(plain, marked)
    ink = dark_box(plain.crop((frame[0], frame[1], frame[2], frame[3])))
    width, height = frame[2] - frame[0], frame[3] - frame[1]
    assert ink[0] > 0 and ink[2] < width and ink[1] > 0 and ink[3] < height
    assert frame[0] > plain.width / 2  # the last of three columns


def test_only_the_lines_around_a_figure_of_a_long_paragraph_are_drawn() -> None:
    text = "字" * 4000
    image = sheet("题", TextAround(text, (2000, 2002), text, (2000, 2002)))
    assert image.height < 700


def test_lines_keep_words_whole_and_lose_no_character() -> None:
    text = "规模以上互联网企业完成业务收入12345.6亿元,同比增长25.6%。" * 8
    lines = wrapped(text, 19, 400)
    assert "".join(text[start:end] for start, end in lines) == text
    width = ImageFont.truetype(str(FONT), 19).getlength
    assert all(width(text[start:end]) <= 400 + width("。") for start, end in lines)
    assert not any(text[start:end].endswith(("12345", "25.")) for start, end in lines)


def test_the_font_has_what_chinese_statistics_are_printed_with() -> None:
    from fontTools.ttLib import TTFont

    known = TTFont(str(FONT)).getBestCmap()
    assert all(ord(character) in known for character in "网民规模达8.54亿人同比增长—%(元)“”、。·①")
    assert FONT.stat().st_size < 3_000_000
    assert (FONT.parent / "LICENSE-WenQuanYiMicroHei").read_text(encoding="utf-8").count("Apache License") > 0


def test_pictures_are_kept_and_damaged_ones_made_anew(tmp_path: Path) -> None:
    store = PictureStore(tmp_path)
    picture = drawn("题", TextAround("收入10亿元", (2, 6), "收入10亿元", (2, 6)))
    assert store.get("k", with_page=False) is None
    store.put("k", picture)
    assert store.get("k", with_page=False) == picture
    assert store.get("k", with_page=True) is None
    next(tmp_path.rglob("k.png")).write_bytes(b"")
    assert store.get("k", with_page=False) is None
    store.put("f", Picture(fault="not rendered"))
    assert store.get("f", with_page=False) is None


def test_highlight_in_json_lies_on_the_value() -> None:
    """All ink of the excerpt is the value's; the row of the table is not drawn beside it."""
    excerpt = "\n".join((" ", " " * 30 + "■■■" + " " * 30, " "))
    start = excerpt.index("■")
    around = RowAround("表", "", (("指标", "一"),), (("甲", "■■"),), 0, 1, (), excerpt, (start, start + 3))
    plain, marked = sheet("", around, highlight=False), sheet("", around)
    ink, frame = dark_box(plain), changed_box(plain, marked)
    assert frame[0] <= ink[0] and frame[1] <= ink[1] and frame[2] >= ink[2] and frame[3] >= ink[3]
    assert ink[0] - frame[0] <= 6 and frame[2] - ink[2] <= 6
    assert frame[3] - frame[1] < 1.6 * evidence_picture.SMALL + 6
