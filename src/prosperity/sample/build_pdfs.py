"""Make the sample PDFs (development only): ``python -m prosperity.sample.build_pdfs [FOLDER]``.

Needs reportlab and the font of ``pdf_layout``. The bytes are the same on every run; ``pdf/built_with.json``
says with which versions, because another release of reportlab may lay out differently.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zlib
from pathlib import Path

import reportlab

from prosperity.sample import (
    pdf_bda,
    pdf_caict,
    pdf_cnnic,
    pdf_cnnic_english,
    pdf_decks,
    pdf_pboc,
    pdf_reports,
    pdf_slides,
)
from prosperity.sample.figures import PACKAGE
from prosperity.sample.model import real_items
from prosperity.sample.pdf_layout import FONT_FILE
from prosperity.sample.publishers import bda, cac, caict_reports, cnnic_english, pboc
from prosperity.sample.publishers.cnnic import edition

PDFS = PACKAGE / "pdf"


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0]) if arguments else PDFS
    if not FONT_FILE.is_file():
        sys.stderr.write(f"font not found: {FONT_FILE} (Debian package fonts-wqy-microhei)\n")
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    for item in real_items("cnnic_report", "release"):
        number = edition(item.title)
        pdf_cnnic.report(number, item).write(folder / f"cnnic_{number}.pdf")
    for item in cnnic_english.reports():
        number = edition(item.title)
        pdf_cnnic_english.report(number).write(folder / f"cnnic_english_{number}.pdf")
    for source in bda.SERIES:
        for quarter in bda.quarters(source):
            pdf_bda.report(source, quarter).write(folder / f"{source}_{quarter}.pdf")
    for item in real_items("caict_prosperity", "release"):
        pdf_caict.report(item.period, item).write(folder / f"caict_{item.period}.pdf")
    for quarter in pboc.quarters():
        if quarter >= pboc.FIRST_ATTACHED:
            pdf_pboc.report(quarter).write(folder / f"pboc_{quarter}.pdf")
    for source in pdf_decks.SOURCES:
        for item in real_items(source, "release"):
            pdf_decks.deck(source, item).write(folder / f"{source}_{item.period}.pdf")
    for source in caict_reports.SOURCES:
        for item in real_items(source, "release"):
            if sentences := caict_reports.laid_out(source, item):
                pdf_reports.report(item, sentences).write(folder / caict_reports.file_name(source, item))
    for item in real_items(cac.SOURCE, "release"):
        pdf_reports.report(item, cac.prose(item)).write(folder / f"{cac.SOURCE}_{item.period}.pdf")
    (folder / "built_with.json").write_text(json.dumps(versions(), indent=2) + "\n", encoding="utf-8")
    size = sum(path.stat().st_size for path in folder.glob("*.pdf"))
    sys.stdout.write(f"{len(list(folder.glob('*.pdf')))} files, {size // 1024} KB\n")
    return 0


def versions() -> dict[str, str]:
    """What the bytes depend on."""
    return {
        "reportlab": reportlab.__version__,
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        "font_sha256": hashlib.sha256(FONT_FILE.read_bytes()).hexdigest(),
        "slides_font_sha256": hashlib.sha256(pdf_slides.FONT_FILE.read_bytes()).hexdigest(),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
