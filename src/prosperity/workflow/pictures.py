"""A picture for every piece of evidence: rendered once, kept in the cache, made by several processes.

What belongs here: what is rendered where. What does not: rendering (``publish.pdf_child``, ``publish.evidence_picture``).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from types import TracebackType
from typing import Self

from prosperity.collect.archive import ArchiveError
from prosperity.publish.drawing_child import drawn_beside
from prosperity.publish.evidence_picture import drawn_all
from prosperity.publish.model import Figure, Picture, Region, Surroundings
from prosperity.publish.pdf_pictures import pdf_pictures
from prosperity.publish.picture_store import PictureStore
from prosperity.workflow.workspace import Workspace

#: Processes that render at the same time.
RENDERERS = 2
#: Fewer pictures than this are drawn in this process: starting another takes longer.
WORTH_A_PROCESS = 150
#: Pictures that one such process draws.
TURN = 600


class Rendering:
    """Pictures being made beside other work: begun when it is made, waited for by ``pictures``.

    Those rendered before come from the cache. To be used as a context, which waits for what was begun.
    """

    def __init__(self, space: Workspace, figures: Mapping[str, Figure]) -> None:
        self._figures = figures
        self._store = PictureStore(space.settings.cache / "pictures")
        self._known: dict[str, Picture] = {}
        self._threads = ThreadPoolExecutor(RENDERERS)
        self._running: list[Future[dict[str, Picture]]] = []
        pages: dict[str, list[Figure]] = defaultdict(list)
        texts: list[Figure] = []
        for identity, figure in figures.items():
            known = self._store.get(picture_key(figure), with_page=on_page(figure))
            if known is not None:
                self._known[identity] = known
            elif on_page(figure):
                pages[figure.provenance.document.sha256].append(figure)
            else:
                texts.append(figure)
        for listed in pages.values():
            self._begin(partial(_rendered, space, listed))
        self._draw(texts)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown(cancel_futures=True)

    def pictures(self) -> dict[str, Picture]:
        """All of them; new ones are kept."""
        for done in self._running:
            self._known |= done.result()
        self._running = []
        return self._known

    def _draw(self, texts: list[Figure]) -> None:
        # Figures of one document come together: their pictures share most of their lines.
        texts.sort(key=lambda figure: (figure.provenance.document.sha256, figure.id))
        if len(texts) < WORTH_A_PROCESS:
            self._begin(partial(_drawn, texts, drawn_all))
            return
        for start in range(0, len(texts), TURN):
            self._begin(partial(_drawn, texts[start : start + TURN], drawn_beside))

    def _begin(self, render: Callable[[], dict[str, Picture]]) -> None:
        self._running.append(self._threads.submit(self._kept, render))

    def _kept(self, render: Callable[[], dict[str, Picture]]) -> dict[str, Picture]:
        """Kept as soon as they are there: a build that is interrupted loses nothing of what it rendered."""
        found = render()
        for identity, picture in found.items():
            self._store.put(picture_key(self._figures[identity]), picture)
        return found


def on_page(figure: Figure) -> bool:
    """Whether the picture is one of a page of a PDF."""
    return figure.provenance.evidence.page is not None


def picture_key(figure: Figure) -> str:
    """PDF: the id, which holds document and place. Drawn: the text besides, since neighbours are drawn too."""
    if on_page(figure):
        return figure.id
    drawn_from = repr((figure.provenance.release.title, figure.around))
    return f"{figure.id}-{hashlib.sha256(drawn_from.encode()).hexdigest()[:12]}"


def _rendered(space: Workspace, figures: list[Figure]) -> dict[str, Picture]:
    """Pictures of places in one PDF, page by page."""
    placed = [figure for figure in figures if figure.provenance.evidence.bbox is not None]
    pictures = {figure.id: Picture(fault="no place on the page was recorded") for figure in figures}
    placed.sort(key=lambda figure: figure.provenance.evidence.page or 0)
    regions = [
        Region(figure.provenance.evidence.page or 0, figure.provenance.evidence.bbox or (0, 0, 0, 0))
        for figure in placed
    ]
    try:
        data = space.archive.get(figures[0].provenance.document.sha256)
    except ArchiveError as fault:
        return {figure.id: Picture(fault=str(fault)) for figure in figures}
    made = pdf_pictures(data, regions) if regions else []
    return pictures | {figure.id: picture for figure, picture in zip(placed, made, strict=True)}


def _drawn(
    figures: list[Figure], draw: Callable[[Sequence[tuple[str, Surroundings]]], list[Picture]]
) -> dict[str, Picture]:
    """Pictures of archived text; a fault where the place is not found in it."""
    known = [
        (figure.id, figure.provenance.release.title, figure.around) for figure in figures if figure.around
    ]
    made = draw([(title, around) for _, title, around in known])
    missing = Picture(fault="the place is not found in the text as this extractor version reads it")
    pictures = {figure.id: missing for figure in figures}
    return pictures | {identity: picture for (identity, _, _), picture in zip(known, made, strict=True)}
