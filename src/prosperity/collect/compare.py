"""A collection against what was held before: new, unchanged, changed, the same content elsewhere, gone from the list.

What belongs here: comparing. What does not: fetching (``collector``), keeping (the warehouse, ``archive``).
"""

from __future__ import annotations

from collections.abc import Collection as Members
from collections.abc import Iterable, Sequence

from prosperity.collect.model import Document, Held, Release, Taken

#: A document so many times smaller or larger than any the source had is worth a look.
_OUT_OF_LINE = 3
#: Fewer documents say nothing about what is usual.
_ENOUGH = 3


def taken(release: Release, document: Document, held: Sequence[Held]) -> Taken:
    """The release with its document, and what that is against what was held."""
    before = next((kept for known, kept in held if known.key == release.key), None)
    if before is not None:
        changed = before.sha256 != document.sha256
        return Taken(release, document, "changed" if changed else "unchanged", before)
    same = next((kept for _, kept in held if kept.sha256 == document.sha256), None)
    return Taken(release, document, "same_content" if same else "new", same)


def size_warning(release: Release, document: Document, held: Iterable[Held]) -> str | None:
    """In one sentence, that a document is far smaller or larger than all that the source had; None where it is not."""
    sizes = [
        kept.size
        for _, kept in held
        if kept.media_type == document.media_type and kept.sha256 != document.sha256
    ]
    if len(sizes) < _ENOUGH:
        return None
    low, high = min(sizes), max(sizes)
    if low <= document.size * _OUT_OF_LINE and document.size <= high * _OUT_OF_LINE:
        return None
    return (
        f"{release.title}: {document.size} bytes, out of line with {low} to {high} of the source's "
        f"{len(sizes)} earlier documents ({release.address})"
    )


def gone(held: Iterable[Held], year: int, listed: Members[str], found: Members[str]) -> list[str]:
    """Releases of ``year`` that are held but stand in the publisher's list no more; one sentence each."""
    return [
        f"{release.title}: no longer in the publisher's list, kept since {document.fetched_at.date()} ({release.address})"
        for release, document in held
        if release.period is not None
        and release.period.year == year
        and document.brought_by is None
        and release.key not in found
        and release.address not in listed
        and release.landing not in listed
    ]
