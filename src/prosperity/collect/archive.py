"""The content-addressed archive: bytes by their sha256, all or nothing, verified on every read.

``objects/ab/<sha256>`` are the documents. ``manifests/<year>/<source>/<sha256>-<release>.json`` say of each where,
when and for which release it came, so that the archive explains itself without a warehouse. ``refused/<sha256>`` are
candidates that turned out to be no documents, each with a note that says why.

What belongs here: keeping bytes and what is known of them. What does not: validators (``memory``), requests
(``http``). No name from a publisher ever becomes part of a path.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prosperity.collect.model import Document, Release
from prosperity.collect.store import Store, StoreError

_SHA256 = re.compile(r"[0-9a-f]{64}")
_SOURCE = re.compile(r"[A-Za-z0-9_-]+")


class ArchiveError(Exception):
    """Bytes that are missing or no longer what was archived; names the document and what is wrong."""


class Archive:
    """Documents below a folder or an fsspec URL. Writing the same again is free of effect.

    :raises ArchiveError: from every method, where the store cannot be reached.
    """

    def __init__(self, location: str | Path) -> None:
        self.store = Store(location)

    @staticmethod
    def name(sha256: str) -> str:
        """The object's name in the store. :raises ArchiveError: for anything but a sha256."""
        if not _SHA256.fullmatch(sha256):
            raise ArchiveError(f"not a sha256: {sha256[:80]!r}")
        return f"objects/{sha256[:2]}/{sha256}"

    # ------------------------------------------------------------------------------------- documents

    def put(self, data: bytes) -> str:
        """Keep ``data``; give its sha256."""
        sha256 = hashlib.sha256(data).hexdigest()
        if sha256 not in self:
            self._write(self.name(sha256), data)
        return sha256

    def __contains__(self, sha256: str) -> bool:
        try:
            return self.name(sha256) in self.store
        except StoreError as fault:
            raise ArchiveError(str(fault)) from fault

    def get(self, sha256: str) -> bytes:
        """The bytes. :raises ArchiveError: where they are missing or damaged."""
        name = self.name(sha256)
        try:
            data = self.store.read(name)
        except FileNotFoundError:
            raise ArchiveError(f"document {sha256} is not in the archive {self.store.location}") from None
        except StoreError as fault:
            raise ArchiveError(str(fault)) from fault
        found = hashlib.sha256(data).hexdigest()
        if found != sha256:
            place = self.store.place(name)
            raise ArchiveError(f"document {sha256} is damaged: its bytes now hash to {found} ({place})")
        return data

    def remove(self, sha256: str) -> None:
        """Take a damaged copy away, so that a sound one can come in its place."""
        try:
            self.store.remove(self.name(sha256))
        except StoreError as fault:
            raise ArchiveError(str(fault)) from fault

    def __iter__(self) -> Iterator[str]:
        for name in self._names("objects"):
            sha256 = name.rpartition("/")[2]
            if _SHA256.fullmatch(sha256):
                yield sha256

    def verify(self) -> list[str]:
        """Read everything; one line per damaged document, unreadable manifest, or manifest without its document."""
        problems = []
        there = set()
        for sha256 in self:
            there.add(sha256)
            try:
                self.get(sha256)
            except ArchiveError as fault:
                problems.append(str(fault))
        for name in self._names("manifests"):
            try:
                sha256 = str(self._manifest(name)["sha256"])
            except (ArchiveError, KeyError) as fault:
                problems.append(f"manifest {name} cannot be read: {fault}")
                continue
            if sha256 not in there:
                problems.append(f"manifest {name}: its document {sha256} is missing")
        return problems

    # ------------------------------------------------------------------------------------- manifests

    def describe(self, release: Release, document: Document) -> None:
        """Write what is known of a document and the release it is of; unchanged knowledge is not written again."""
        if not _SOURCE.fullmatch(release.source):
            raise ArchiveError(f"not a source: {release.source[:80]!r}")
        self.name(document.sha256)
        year = release.period.year if release.period else 0
        key = hashlib.sha256(release.key.encode()).hexdigest()[:16]
        name = f"manifests/{year}/{release.source}/{document.sha256}-{key}.json"
        data = _json(_described(release, document))
        try:
            known = self.store.read(name)
        except FileNotFoundError:
            known = b""
        except StoreError as fault:
            raise ArchiveError(str(fault)) from fault
        if known != data:
            self._write(name, data)

    def manifests(self, year: int | None = None) -> Iterator[dict[str, Any]]:
        """What is known of every document, or of those that report on ``year``; sorted by year and source."""
        for name in self._names("manifests" if year is None else f"manifests/{year}"):
            yield self._manifest(name)

    def _manifest(self, name: str) -> dict[str, Any]:
        try:
            content = json.loads(self.store.read(name))
        except (ValueError, FileNotFoundError, StoreError) as fault:
            raise ArchiveError(f"{self.store.place(name)}: {fault}") from fault
        if not isinstance(content, dict):
            raise ArchiveError(f"{self.store.place(name)} is no manifest")
        return content

    # --------------------------------------------------------------------------------------- refused

    def refuse(self, data: bytes, address: str, reason: str, when: dt.datetime) -> str:
        """Put aside what came in place of a document, with the reason; give its sha256."""
        sha256 = hashlib.sha256(data).hexdigest()
        note = {"sha256": sha256, "size": len(data), "address": address, "reason": reason, "when": when}
        # The note last: a note always has its bytes.
        self._write(f"refused/{sha256}", data)
        self._write(f"refused/{sha256}.json", _json(note))
        return sha256

    def refused(self) -> Iterator[dict[str, Any]]:
        """The notes of all that was put aside."""
        for name in self._names("refused"):
            if name.endswith(".json"):
                yield self._manifest(name)

    # ----------------------------------------------------------------------------------------- store

    def _write(self, name: str, data: bytes) -> None:
        try:
            self.store.write(name, data)
        except StoreError as fault:
            raise ArchiveError(str(fault)) from fault

    def _names(self, folder: str) -> Iterator[str]:
        try:
            yield from self.store.names(folder)
        except StoreError as fault:
            raise ArchiveError(str(fault)) from fault


def _described(release: Release, document: Document) -> dict[str, Any]:
    about = dataclasses.asdict(release) | {"period": release.period.code if release.period else None}
    kept = {name: value for name, value in document.__dict__.items() if value is not None}
    return kept | {"headers": dict(document.headers), "release": about}


def _json(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True, default=str) + "\n").encode()
