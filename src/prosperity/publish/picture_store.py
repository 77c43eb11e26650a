"""Pictures kept between builds: each is rendered once, by id of evidence and what is drawn.

A file that is damaged or gone is a miss and is rendered again; a fault is never kept, for it may have been a
limit reached on a busy machine.
"""

from __future__ import annotations

from pathlib import Path

from prosperity.publish.model import Picture
from prosperity.publish.pdf_pictures import PNG, png_size

#: Raise whenever pictures would look otherwise.
VERSION = "2"


class PictureStore:
    """Files ``<root>/<version>/<key>.png`` and, where the whole page is shown too, ``<key>-page.png``."""

    def __init__(self, root: Path) -> None:
        self.root = root / VERSION

    def get(self, key: str, with_page: bool) -> Picture | None:
        """The picture, or None. ``with_page``: one without its whole page is not complete."""
        image, page = self._read(f"{key}.png"), self._read(f"{key}-page.png") if with_page else b""
        if not image.startswith(PNG) or (with_page and not page.startswith(PNG)):
            return None
        return Picture(image, png_size(image), page, png_size(page) if page else (0, 0))

    def put(self, key: str, picture: Picture) -> None:
        """Keep a picture; one with a fault is passed over."""
        if picture.fault:
            return
        self.root.mkdir(parents=True, exist_ok=True)
        self._write(f"{key}.png", picture.image)
        if picture.page:
            self._write(f"{key}-page.png", picture.page)

    def _read(self, name: str) -> bytes:
        try:
            return (self.root / name).read_bytes()
        except FileNotFoundError:
            return b""

    def _write(self, name: str, data: bytes) -> None:
        temporary = self.root / f".{name}.incoming"
        temporary.write_bytes(data)
        temporary.replace(self.root / name)
