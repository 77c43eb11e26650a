"""Hostile PDFs for the tests of the sandbox, written by hand: each is small and asks for more than it should."""

from __future__ import annotations

import zlib

from .made_pdfs import by_hand, with_content

CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
ONE_PAGE = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
FONT = b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
HELLO = b"BT /F1 12 Tf 50 700 Td (Users 2018 8.29 2019 9.04 and some more text) Tj ET"


def stream(content: bytes, more: bytes = b"") -> bytes:
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(content), more, content)


def with_page(page: bytes, content: bytes = HELLO) -> bytes:
    """One page with these entries of its dictionary."""
    return by_hand(
        [CATALOGUE, ONE_PAGE, b"<</Type/Page/Parent 2 0 R/Contents 4 0 R" + page + b">>", stream(content)]
    )


def bad_xref() -> bytes:
    """The cross-reference table points nowhere."""
    data = with_page(b"/MediaBox[0 0 595 842]" + FONT)
    return data.replace(b"startxref\n", b"startxref\n9")


def xref_loop() -> bytes:
    """The previous table of the only table is that table."""
    data = with_page(b"/MediaBox[0 0 595 842]" + FONT)
    start = data.rindex(b"xref\n0 ")
    return data.replace(b"trailer\n<<", b"trailer\n<</Prev %d" % start)


def page_tree_bomb() -> bytes:
    """Thirty levels of nodes, each naming the next ten times."""
    levels = 30
    nodes = [
        b"<</Type/Pages/Count 1000000000/Kids[%s]>>" % (b"%d 0 R " % (number + 3) * 10)
        for number in range(levels)
    ]
    return by_hand([CATALOGUE, *nodes, b"<</Type/Page/MediaBox[0 0 9 9]>>"])


def many_operators(count: int) -> bytes:
    """Path operators, deflated: a few kilobytes."""
    block = b"0 0 m 9 9 l S\n" * 10_000
    content = zlib.compress(block * (count // 30_000), 9)
    return with_content(content, b"/Filter/FlateDecode")


def self_drawing_form() -> bytes:
    body = b"/X0 Do"
    return by_hand(
        [
            CATALOGUE,
            ONE_PAGE,
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</X0 5 0 R>>>>>>",
            stream(body),
            stream(body, b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</X0 5 0 R>>>>"),
        ]
    )


def deep_nesting() -> bytes:
    """An array in an array, a hundred thousand times."""
    return with_page(b"/MediaBox[0 0 595 842]/Nested " + b"[" * 100_000 + b"]" * 100_000 + FONT)


def many_rectangles(count: int) -> bytes:
    return with_content(b"".join(b"%d %d 3 3 re S\n" % (i % 140 * 4, i // 140 * 4) for i in range(count)))


def path_like_cmap() -> bytes:
    """A font whose encoding is named like a file outside the reader's folder (CVE-2025-64512)."""
    return by_hand(
        [
            CATALOGUE,
            ONE_PAGE,
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
            stream(b"BT /F1 12 Tf 50 700 Td <00410042004300440045004600470048004900500051> Tj ET"),
            b"<</Type/Font/Subtype/Type0/BaseFont/None/Encoding/..#2f..#2f..#2ftmp#2fevil/DescendantFonts[6 0 R]>>",
            b"<</Type/Font/Subtype/CIDFontType2/BaseFont/None"
            b"/CIDSystemInfo<</Registry(Adobe)/Ordering(..#2f..#2fevil)/Supplement 0>>>>",
        ]
    )


def scripted() -> bytes:
    """Opens with a script: it must be neither run nor in the way."""
    return by_hand(
        [
            b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(while(true){app.alert(1)})>>>>",
            ONE_PAGE,
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R" + FONT + b">>",
            stream(HELLO),
        ]
    )
