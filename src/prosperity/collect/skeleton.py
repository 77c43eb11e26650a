"""A commented catalogue entry for a new source, from the address of its publisher's list."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit


class SkeletonError(ValueError):
    """No address of a list of releases."""


def skeleton(address: str) -> tuple[str, str]:
    """A commented catalogue entry for a publisher with a plain HTML list at ``address``: (id, text).

    :raises SkeletonError: where ``address`` is no http(s) address.
    """
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SkeletonError(f"{address!r} is no address of a list of releases: write https://host/path")
    labels = [
        label for label in parts.hostname.split(".") if label not in ("www", "com", "cn", "org", "gov", "net")
    ]
    identity = re.sub(r"\W+", "_", "_".join(labels) or parts.hostname).strip("_").lower()
    template = (Path(__file__).parent / "templates" / "source.yaml").read_text(encoding="utf-8")
    text = template
    for name, value in {
        "@id@": identity,
        "@base@": f"{parts.scheme}://{parts.netloc}",
        "@host@": parts.hostname,
        "@list@": (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
    }.items():
        text = text.replace(name, value)
    return identity, text
