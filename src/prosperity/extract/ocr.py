"""Text recognition on pictures of pages, by the optional extra ``[ocr]`` (RapidOCR on ONNX Runtime).

What belongs here: whether the extra is installed, drawing a page, and what the models read on it. What is made of
that is in ``ocr_page``. Runs in the sandbox's child only, under ``request.RECOGNITION``; the models come with the
package and nothing is ever fetched: ``refuse_network`` makes sure of it.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from prosperity.extract.model import ExtractionError

DOTS_PER_INCH = 200.0
LONGEST_SIDE = 2600  #: pixels: a page larger than A4 is drawn more coarsely
POINTS_PER_INCH = 72.0
MISSING = "text recognition is not installed: pip install 'prosperity[ocr]'"
DETECTION, RECOGNITION = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"

Point = tuple[float, float]


@dataclass(frozen=True)
class Character:
    """One recognised character: how sure the model is (0 to 1) and where it stands, in pixels."""

    text: str
    confidence: float
    x0: float
    x1: float


@dataclass(frozen=True)
class Box:
    """One run of text as found on the picture, corners in pixels: clockwise from the upper left."""

    text: str
    confidence: float  #: of the run as a whole
    corners: tuple[Point, Point, Point, Point]
    characters: tuple[Character, ...]  #: empty where the model does not tell them apart


def available() -> bool:
    """Whether the extra ``[ocr]`` is installed."""
    return all(importlib.util.find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))


def engine_name() -> str:
    """Name and version of what recognises, for warnings and evidence."""
    try:
        return f"rapidocr {version('rapidocr')}"
    except PackageNotFoundError:
        return "none"


def refuse_network() -> None:
    """Make every attempt of this process to open a connection, look up a host or start a program an error.

    For the rest of the process's life: only for children that read one document and end.
    """

    def refuse(event: str, _: object) -> None:
        if event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system"):
            raise PermissionError(f"{event}: text recognition works offline")

    sys.addaudithook(refuse)


def draw(page: Any) -> tuple[Any, float]:
    """The page (pypdfium2's) as an array of pixels (height × width × 3, blue first), and pixels per point.

    :raises ExtractionError: ``too-complex`` for a page without extent.
    """
    width, height = page.get_size()
    if min(width, height) <= 0:
        raise ExtractionError("too-complex", f"a page of {width:g} × {height:g} points cannot be drawn")
    scale = min(DOTS_PER_INCH / POINTS_PER_INCH, LONGEST_SIDE / max(width, height))
    bitmap = page.render(scale=scale, draw_annots=False, may_draw_forms=False)
    return bitmap.to_numpy()[:, :, :3].copy(), scale


class Engine:
    """The models, loaded once for all pages of a document.

    :raises ExtractionError: ``needs-ocr`` where the extra or its models are missing.
    """

    def __init__(self) -> None:
        if not available():
            raise ExtractionError("needs-ocr", MISSING)
        import rapidocr

        models = Path(str(rapidocr.__file__)).parent / "models"
        for name in (DETECTION, RECOGNITION):
            # Without the file the package would try to fetch it.
            if not (models / name).is_file():
                raise ExtractionError(
                    "needs-ocr", f"{engine_name()} lacks its model {name}; rapidocr>=3.10,<3.11 brings it"
                )
        self._engine: Any = rapidocr.RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.max_side_len": LONGEST_SIDE,
                "Global.text_score": 0.0,  # what is read badly is marked, never left out
                "Global.use_cls": False,
                "Det.model_path": str(models / DETECTION),
                "Rec.model_path": str(models / RECOGNITION),
                # Documents are read side by side, not pages; one thread also keeps results the same.
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )

    def read(self, picture: Any) -> list[Box]:
        """All runs of text on the picture (array as of ``draw``), in no particular order."""
        found = self._engine(picture, return_word_box=True, return_single_char_box=True)
        if found.boxes is None or found.txts is None or found.scores is None:
            return []
        words = found.word_results or ()
        aligned: Sequence[Any] = words if len(words) == len(found.txts) else [()] * len(found.txts)
        return [
            Box(text, float(score), _corners(corners), tuple(_characters(text, characters)))
            for text, score, corners, characters in zip(
                found.txts, found.scores, found.boxes, aligned, strict=True
            )
        ]


def _corners(corners: Any) -> tuple[Point, Point, Point, Point]:
    a, b, c, d = ((float(x), float(y)) for x, y in corners)
    return a, b, c, d


def _characters(text: str, found: Sequence[Any]) -> Iterator[Character]:
    """The characters with their places, if they are those of the text; else none."""
    if "".join(str(character) for character, _, _ in found).replace(" ", "") != text.replace(" ", ""):
        return
    for character, score, corners in found:
        xs = [float(x) for x, _ in corners]
        if str(character).strip():
            yield Character(str(character), float(score), min(xs), max(xs))
