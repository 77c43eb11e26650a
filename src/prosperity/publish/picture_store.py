"""Pictures kept between builds: each is rendered once, by id of evidence and what is drawn.

A file that is damaged or gone is a miss and is rendered again. Faults are kept too: a page that cannot be rendered
today cannot be tomorrow, for the bytes are the same.
"""

from __future__ import annotations

from pathlib import Path

from prosperity.publish.model import Picture
from prosperity.publish.pdf_pictures import PNG, png_size

#: Raise whenever pictures would look otherwise.
VERSION = "1"


class PictureStore:
    """Files ``<root>/<version>/<key>.png``, ``<key>-page.png`` and, where there is none, ``<key>.fault``."""

    def __init__(self, root: Path) -> None:
        self.root = root / VERSION

    def get(self, key: str) -> Picture | None:
        image, page = self._read(f"{key}.png"), self._read(f"{key}-page.png")
        if image.startswith(PNG):
            return Picture(image, png_size(image), page, png_size(page) if page.startswith(PNG) else (0, 0))
        fault = self._read(f"{key}.fault")
        return Picture(fault=fault.decode("utf-8", "replace")) if fault else None

    def put(self, key: str, picture: Picture) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        if picture.page:
            self._write(f"{key}-page.png", picture.page)
        if picture.image:
            self._write(f"{key}.png", picture.image)  # last: a picture counts once this file is there
        if picture.fault:
            self._write(f"{key}.fault", picture.fault.encode())

    def _read(self, name: str) -> bytes:
        try:
            return (self.root / name).read_bytes()
        except FileNotFoundError:
            return b""

    def _write(self, name: str, data: bytes) -> None:
        temporary = self.root / f".{name}.incoming"
        temporary.write_bytes(data)
        temporary.replace(self.root / name)
