"""One-page PDFs of plain lines, made while the stand-ins are built: for reports of which hardly anything is known.

The font is not embedded (STSong-Light, as in many ministries' PDFs), so a file is about 2 KB and needs no tools.
What belongs here: the bytes of such a page. What does not: any sentence or figure (``publishers``).
"""

from __future__ import annotations

from collections.abc import Sequence

_PAGE = (595, 842)  #: A4 in points
_LEFT, _TOP, _SIZE, _LEADING = 72, 770, 12, 22
#: Characters that fit between the margins, counted full width.
_LINE = 37
_CATALOG, _PAGES, _LEAF, _TEXT, _FONT, _GLYPHS, _DESCRIPTOR = range(1, 8)


def plain_pdf(lines: Sequence[str]) -> bytes:
    """The lines below each other on one page; longer ones are broken. The same bytes for the same lines."""
    shown = [part for line in lines for part in _broken(line)]
    text = "".join(f"<{line.encode('utf-16-be').hex()}> Tj T*\n" for line in shown)
    drawn = f"BT /F1 {_SIZE} Tf {_LEADING} TL {_LEFT} {_TOP} Td\n{text}ET\n"
    width, height = _PAGE
    return _file(
        {
            _CATALOG: f"<< /Type /Catalog /Pages {_PAGES} 0 R >>",
            _PAGES: f"<< /Type /Pages /Kids [{_LEAF} 0 R] /Count 1 >>",
            _LEAF: (
                f"<< /Type /Page /Parent {_PAGES} 0 R /MediaBox [0 0 {width} {height}] "
                f"/Resources << /Font << /F1 {_FONT} 0 R >> >> /Contents {_TEXT} 0 R >>"
            ),
            _TEXT: f"<< /Length {len(drawn)} >>\nstream\n{drawn}endstream",
            _FONT: (
                "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light-UniGB-UCS2-H "
                f"/Encoding /UniGB-UCS2-H /DescendantFonts [{_GLYPHS} 0 R] >>"
            ),
            _GLYPHS: (
                "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo "
                "<< /Registry (Adobe) /Ordering (GB1) /Supplement 0 >> "
                f"/DW 1000 /W [1 95 500] /FontDescriptor {_DESCRIPTOR} 0 R >>"
            ),
            _DESCRIPTOR: (
                "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] "
                "/ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
            ),
        }
    )


def _broken(line: str) -> list[str]:
    """The line in pieces that fit; a blank between Latin words is where they part, if there is one."""
    pieces, rest = [], line
    while _width(rest) > _LINE:
        end = next(n for n in range(len(rest), 0, -1) if _width(rest[:n]) <= _LINE)
        blank = rest.rfind(" ", end // 2, end)
        end = blank + 1 if blank > 0 else end
        pieces.append(rest[:end])
        rest = rest[end:]
    return [*pieces, rest]


def _width(text: str) -> float:
    return sum(0.5 if character.isascii() else 1.0 for character in text)


def _file(objects: dict[int, str]) -> bytes:
    """Header, objects, table of their offsets, trailer."""
    body = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
    offsets = []
    for number in sorted(objects):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{objects[number]}\nendobj\n".encode("latin-1")
    entries = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    table = f"xref\n0 {size}\n0000000000 65535 f \n{entries}"
    trailer = f"trailer\n<< /Size {size} /Root {_CATALOG} 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return body + (table + trailer).encode("latin-1")
