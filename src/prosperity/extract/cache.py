"""Extractions kept by content, extractor version and request: the same bytes are never parsed twice.

An entry that cannot be read back is a miss and is written anew; nothing here ever fails a run.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import os
import tempfile
import zlib
from pathlib import Path

from prosperity.extract.codec import decode, encode
from prosperity.extract.model import Extraction
from prosperity.extract.request import EXTRACTOR_VERSION, Request


class ExtractionCache:
    """Files ``<root>/<version>/<first two of sha256>/<sha256>-<key>.json.gz``."""

    def __init__(self, root: Path, version: str = EXTRACTOR_VERSION) -> None:
        self.root = root
        self.version = version

    def get(
        self,
        sha256: str,
        request: Request,
        *,
        issued: dt.date | None = None,
        declared_encoding: str | None = None,
    ) -> Extraction | None:
        """The stored extraction, or None. ``issued`` and ``declared_encoding`` as given to
        ``sandbox.extract``:
        years left out in the text and the characters of a page depend on them."""
        try:
            packed = self._path(sha256, request, issued, declared_encoding).read_bytes()
            extraction = decode(Extraction, gzip.decompress(packed))
        except (OSError, EOFError, ValueError, zlib.error):
            return None
        if extraction.document != sha256 or extraction.version != self.version:
            return None
        return extraction

    def put(
        self,
        extraction: Extraction,
        request: Request,
        *,
        issued: dt.date | None = None,
        declared_encoding: str | None = None,
    ) -> Path:
        """Write the extraction: whole or not at all, also when several processes write the same one."""
        path = self._path(extraction.document, request, issued, declared_encoding)
        path.parent.mkdir(parents=True, exist_ok=True)
        packed = gzip.compress(encode(extraction), compresslevel=3, mtime=0)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(packed)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return path

    def _path(
        self, sha256: str, request: Request, issued: dt.date | None, declared_encoding: str | None
    ) -> Path:
        material = f"{request.key}|{issued or ''}|{declared_encoding or ''}"
        key = hashlib.sha256(material.encode()).hexdigest()[:16]
        return self.root / self.version / sha256[:2] / f"{sha256}-{key}.json.gz"
