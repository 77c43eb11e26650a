"""Is a publisher still as the catalogue describes it? One list page, one document, nothing archived or loaded."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from prosperity.catalogue.model import Discovery, Source
from prosperity.collect.discover import DiscoveryError, Item, protocol, retrieve
from prosperity.collect.http import Client, FetchError
from prosperity.collect.reported import reported_period
from prosperity.collect.text import text_and_encoding
from prosperity.collect.validate import challenge, media_type, require_document
from prosperity.notation.model import PeriodError
from prosperity.workflow.workspace import Workspace


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    step: str
    ok: bool
    what: str


def examine(space: Workspace, source: Source) -> list[Finding]:
    """The findings of every list of the source, each up to its first release; never raises for a publisher's fault."""
    found: list[Finding] = []
    with tempfile.TemporaryDirectory() as folder, space.client(source, Path(folder)) as client:
        for discovery in source.discovery:
            found += _examined(client, source, discovery)
        found.append(
            Finding("requests", True, f"{client.sent} requests, {source.pause_seconds:g} s apart when live")
        )
    return found


def _examined(client: Client, source: Source, discovery: Discovery) -> Iterator[Finding]:
    place = source.base + discovery.list_address
    seen, item = 0, None
    try:
        for line in protocol(discovery.protocol).items(client, discovery, source.base):
            seen += 1
            if _fits(discovery, line):
                item = line
                break
    except (FetchError, DiscoveryError) as fault:
        yield Finding("list", False, str(fault))
        return
    yield Finding("list", seen > 0, f"{place}: {seen} lines read up to the first release")
    if item is None:
        yield Finding("title", False, f"none of {seen} lines fits {discovery.title!r}")
        return
    yield Finding("title", True, f"{item.title} ({item.issued or 'no date in the list'})")
    try:
        yield Finding("period", True, reported_period(discovery, item).code)
    except PeriodError as fault:
        yield Finding("period", False, str(fault))
    yield _document(client, source, discovery, item)


def _fits(discovery: Discovery, item: Item) -> bool:
    ignored = any(re.search(pattern, item.title) for pattern in discovery.ignore)
    return not ignored and re.search(discovery.title, item.title) is not None


def _document(client: Client, source: Source, discovery: Discovery, item: Item) -> Finding:
    def accept(body: bytes, headers: Mapping[str, str]) -> None:
        require_document(body, headers, accepted=source.media_types, content=discovery.content)

    try:
        resolved = protocol(discovery.protocol).resolve(client, discovery, item)
        answer = retrieve(
            client,
            discovery,
            resolved,
            source.base + discovery.list_address,
            doubt=lambda body: challenge(body, source.media_types),
            accept=accept,
        )
    except (FetchError, DiscoveryError) as fault:
        return Finding("document", False, str(fault))
    kind = media_type(answer.body)
    encoding = f", {text_and_encoding(answer.body, answer.headers)[1]}" if kind == "text/html" else ""
    validators = [name for name in ("etag", "last-modified") if answer.headers.get(name)]
    return Finding(
        "document",
        True,
        f"{answer.address}: {kind}{encoding}, {len(answer.body)} bytes, validators: {', '.join(validators) or 'none'}",
    )
