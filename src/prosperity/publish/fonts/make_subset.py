"""Make the font of the evidence pictures from Debian's fonts-wqy-microhei. For developers only; never imported.

    python src/prosperity/publish/fonts/make_subset.py [/usr/share/fonts/truetype/wqy/wqy-microhei.ttc]

WenQuanYi Micro Hei is taken under the Apache License 2.0 (see LICENSE-WenQuanYiMicroHei beside this file).
The subset holds ASCII, GB2312 and the signs that statistical texts use; hinting and layout tables are left out.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection

DEBIAN_FONT = Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")
RESULT = Path(__file__).with_name("WenQuanYiMicroHei-subset.ttf")
FACE = 0  #: WenQuanYi Micro Hei; the second face is the monospaced one
#: Signs outside GB2312 that publishers' texts contain.
SIGNS = "–—―‐‑−－…·•₁₂³¹²①②③④⑤⑥⑦⑧⑨⑩※℃‰€£¥×÷±≤≥≈〇○●◆■□→←↑↓“”‘’「」『』【】〔〕《》〈〉、。,;:?!（）％＋＝～"


def characters() -> str:
    """ASCII, all characters of GB2312, and ``SIGNS``."""
    chinese = [
        bytes((high, low)).decode("gb2312", errors="ignore")
        for high in range(0xA1, 0xF8)
        for low in range(0xA1, 0xFF)
    ]
    return "".join(chr(code) for code in range(0x20, 0x7F)) + "".join(chinese) + SIGNS


def make(font: Path, result: Path) -> None:
    """Write the subset of ``font`` to ``result``."""
    face = TTCollection(str(font)).fonts[FACE]
    options = subset.Options(
        hinting=False, layout_features=[], name_IDs=["*"], notdef_outline=True, glyph_names=False
    )
    maker = subset.Subsetter(options)
    maker.populate(text=characters())
    maker.subset(face)
    face.recalcTimestamp = False  # the same input gives the same bytes
    face.save(str(result))


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else DEBIAN_FONT, RESULT)
    sys.stdout.write(f"{RESULT}: {RESULT.stat().st_size} bytes\n")
