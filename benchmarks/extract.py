"""Extraction measured: accuracy, processor time and memory beside plain pdfplumber and its peers, in one run.

    python -m benchmarks.extract --shared FOLDER [--sets icdar_eu zh] [--runs 1] [--pages 130 235]

FOLDER holds ``pdf/score_tables.py`` and its sets. Peers (extra ``benchmark``: camelot-py, img2table; tabula-py needs
Java) are measured where they are installed and named as missing where not. Processor time is that of all processes of
an extractor, less what it takes to start; times are ratios to plain pdfplumber over the same pages, medians of the runs.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

PLAIN = "plain pdfplumber"
EXTRACTORS: dict[str, str] = {  # name: module that must be there
    PLAIN: "pdfplumber",
    "prosperity": "prosperity",
    "camelot": "camelot",
    "img2table": "img2table",
    "tabula": "tabula",
}
LONG = ("plain", "bare", "asked", "tables", "text", "everything", "unchanged")
Found = list[tuple[int, None, list[list[object]]]]


# ------------------------------------------------------------------------------------------------ extractors


def plain(path: str) -> Found:
    import pdfplumber

    found: Found = []
    with pdfplumber.open(path) as document:
        for page in document.pages:
            found += [(page.page_number, None, rows) for rows in page.extract_tables()]
            page.close()
    return found


def prosperity(path: str) -> Found:
    from prosperity.extract.tables import for_scoring

    return [(page, None, rows) for page, _, rows in for_scoring(path)]


def camelot(path: str) -> Found:
    import camelot as peer

    tables = peer.read_pdf(path, pages="all", flavor="lattice")
    return [(int(table.page), None, table.df.values.tolist()) for table in tables]


def img2table(path: str) -> Found:
    from img2table.document import PDF

    pages = PDF(src=path).extract_tables(borderless_tables=True, implicit_rows=True)
    return [
        (number + 1, None, [[cell.value for cell in row] for row in table.content.values()])
        for number, tables in pages.items()
        for table in tables
    ]


def tabula(path: str) -> Found:
    import tabula as peer

    return [(1, None, frame.fillna("").values.tolist()) for frame in peer.read_pdf(path, pages="all")]


# ------------------------------------------------------------------------------------------------ one process


def worker(name: str, documents: list[str]) -> None:
    """Prints what was found in the documents, as JSON; logs and warnings of peers go elsewhere."""
    import logging

    logging.disable(logging.WARNING)
    extractor: Callable[[str], Found] = {
        PLAIN: plain, "prosperity": prosperity, "camelot": camelot, "img2table": img2table, "tabula": tabula
    }[name]  # fmt: skip
    found: dict[str, Any] = {}
    for document in documents:
        try:
            found[Path(document).stem] = {"tables": extractor(document), "seconds": 0, "error": ""}
        except Exception as error:  # a peer that fails on a document finds nothing there
            found[Path(document).stem] = {"tables": [], "seconds": 0, "error": repr(error)[:200]}
    if name == "prosperity":
        from prosperity.extract import sandbox

        sandbox.shut_down()  # so that its processor time is counted
    json.dump({"docs": found}, sys.stdout, default=str, ensure_ascii=False)


def long_worker(way: str, path: str, captions: list[str]) -> None:
    """One way of reading a long report, without the sandbox so that its own processor time is seen: ``bare`` is the
    text of all pages by pdfium alone, ``asked`` some tables by their captions, ``tables`` all, ``text`` all and the
    text of every page (what ``plain`` gives), ``everything`` statements from the text as well.
    """
    data = Path(path).read_bytes()
    if way == "plain":
        import pdfplumber

        with pdfplumber.open(path) as document:
            for page in document.pages:
                page.extract_tables()
                page.extract_text()
        return
    from prosperity.extract.cache import ExtractionCache
    from prosperity.extract.forkserver import preload
    from prosperity.extract.request import DEFAULT, Request
    from prosperity.extract.worker import Job, extract_here

    preload()
    digest = "0" * 64
    asked = Request(captions=tuple(captions), statements=False)
    request = {"tables": Request(statements=False), "everything": Request()}.get(way, asked)
    cache = ExtractionCache(Path(path).parent)
    if way == "unchanged":
        assert cache.get(digest, asked) is not None
    elif way == "bare":
        bare(data)
    elif way == "text":
        tables_and_text(data)
    elif way != "start":
        extraction = extract_here(data, Job("application/pdf", digest, request, DEFAULT))
        assert way != "asked" or len(extraction.tables) == len(captions)
        if way == "asked":
            cache.put(extraction, asked)


def bare(data: bytes) -> None:
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    for number in range(len(document)):
        page = document[number]
        text_page = page.get_textpage()
        text_page.get_text_range()
        text_page.close()
        page.close()


def tables_and_text(data: bytes) -> tuple[list[Any], list[str]]:
    """As the worker reads a document, with the texts of its pages instead of statements."""
    from prosperity.extract.health import survey
    from prosperity.extract.pdf import PdfFile
    from prosperity.extract.request import DEFAULT
    from prosperity.extract.surroundings import repeated_heads
    from prosperity.extract.tables import read_page, settled, tables_of
    from prosperity.extract.worker import KEPT_BYTES

    seen = survey(data, DEFAULT, keep=KEPT_BYTES)
    heads = repeated_heads(seen.texts)
    document = PdfFile(data)
    pages, texts = [], []
    for number in range(1, len(document) + 1):
        content = document.page(number, seen.drawn.pop(number, None))
        texts.append(content.glyphs.layout.text)
        pages.append(settled(read_page(content, heads)))
    return tables_of(pages), texts


def measured(arguments: list[str]) -> tuple[float, float, str]:
    """Processor seconds and peak MB of a process and its children, and what it printed."""
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.extract", *arguments], stdout=out, stderr=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(process.pid, 0)
        out.seek(0)
        printed = out.read()
    if status:
        raise RuntimeError(f"{arguments[:2]} ended with {status}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, printed


# ------------------------------------------------------------------------------------------------ reports


def accuracy(shared: Path, sets: list[str], runs: int) -> None:
    scorer = _scorer(shared / "pdf" / "score_tables.py")
    for chosen in sets:
        documents = [str(path) for path, _ in scorer.ground_truth(shared / "pdf" / chosen).values()]
        smallest = min(documents, key=lambda path: Path(path).stat().st_size)
        present = [name for name, module in EXTRACTORS.items() if importlib.util.find_spec(module)]
        times: dict[str, list[float]] = {name: [] for name in present}
        print(
            f"\n{chosen}: {len(documents)} documents (missing: {', '.join(set(EXTRACTORS) - set(present)) or 'none'})"
        )
        print(
            f"{'extractor':<18}{'F1 a document':>14}{'F1 all relations':>18}{'CPU ratio':>11}{'peak MB':>9}"
        )
        results = {}
        for _ in range(runs):
            for name in present:
                start, _, _ = measured(["worker", name, smallest])
                spent, peak, printed = measured(["worker", name, smallest, *documents])
                times[name].append(spent - start)
                results[name] = (printed, peak)
        for name in present:
            printed, peak = results[name]
            summary, _ = scorer.score(
                shared / "pdf" / chosen, json.loads(printed), name, write=False, quiet=True
            )
            ratio = statistics.median(times[name]) / statistics.median(times[PLAIN])
            print(f"{name:<18}{summary['F1_doc']:>14.3f}{summary['F1_rel']:>18.3f}{ratio:>11.2f}{peak:>9.0f}")


def _scorer(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("score_tables", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def long_documents(pages: list[int], runs: int) -> None:
    from benchmarks.long_reports import caption, long_report

    for count in pages:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "report.pdf"
            path.write_bytes(long_report(count))
            numbers = [number for number in range(2, count) if number % 3][:: count // 14][:8]
            captions = [f"^{caption(number).replace(' ', '')}各" for number in numbers]
            times: dict[str, list[float]] = {way: [] for way in LONG}
            peaks: dict[str, float] = {}
            for _ in range(runs):
                start, _, _ = measured(["long", "start", str(path)])
                for way in LONG:
                    spent, peaks[way], _ = measured(["long", way, str(path), *captions])
                    times[way].append(max(spent - start, 1e-3))
            base = statistics.median(times["plain"])
            print(f"\nsynthetic report of {count} pages: {base:.1f} s of processor time by plain pdfplumber")
            for way in LONG:
                print(f"{way:<12}{base / statistics.median(times[way]):>9.1f} x faster {peaks[way]:>7.0f} MB")


def main() -> None:
    if sys.argv[1:2] == ["worker"]:
        return worker(sys.argv[2], sys.argv[3:])
    if sys.argv[1:2] == ["long"]:
        return long_worker(sys.argv[2], sys.argv[3], sys.argv[4:])
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shared", type=Path, default=os.environ.get("PROSPERITY_SHARED"))
    parser.add_argument("--sets", nargs="*", default=["icdar_eu", "zh"])
    parser.add_argument("--pages", nargs="*", type=int, default=[130, 235])
    parser.add_argument("--runs", type=int, default=1)
    options = parser.parse_args()
    if options.shared is not None:
        accuracy(Path(options.shared), options.sets, options.runs)
    long_documents(options.pages, options.runs)
    return None


if __name__ == "__main__":
    main()
