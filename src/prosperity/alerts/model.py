"""The types of alerts, and their form as JSON: what is kept in the outbox and what a webhook receives."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

MessageKind = Literal["digest", "failure", "test"]


class AlertError(Exception):
    """A message that could not be delivered or kept; names the target and the cause, never a secret."""


@dataclass(frozen=True)
class FailedRun:
    """A run of the orchestrator that failed: what it was for, and its cause in one sentence."""

    id: str
    what: str
    cause: str
    ended: dt.datetime


@dataclass(frozen=True)
class Entry:
    """One thing worth telling. ``key`` is the same whenever the same thing is met again."""

    key: str
    what: str
    why: str
    where: str = ""


@dataclass(frozen=True)
class Revised:
    """A figure that was held at the last digest and is another now; ``after`` None: withdrawn.

    ``by``: ``publisher`` where another document says so (or none any more), ``us`` where we read the same document
    otherwise. Values are in the series' own unit and multiplier.
    """

    series: str
    name: str
    period: str
    before: str
    after: str | None
    known_from: dt.date
    by: Literal["publisher", "us"]
    in_index: bool

    @property
    def key(self) -> str:
        return f"{self.series} {self.period} {self.known_from} {self.after}"


@dataclass(frozen=True)
class IndexChange:
    """A group's index now and at the last digest.

    ``quarter``: the last one that has a value now. ``compared``: the last quarter that had a value then too, with both
    values; ``parts`` are the reasons for their difference in points (see ``index.revision``) and sum to it;
    ``series``: whose contribution to that quarter's change became another one, in points, the largest first.
    """

    group: str
    quarter: str
    value: float
    change: float | None
    compared: str | None = None
    before: float | None = None
    after: float | None = None
    parts: Mapping[str, float] = field(default_factory=dict)
    series: tuple[tuple[str, float], ...] = ()

    @property
    def news(self) -> bool:
        """Whether there is a new quarter or another value for the old one."""
        return self.compared != self.quarter or self.before != self.after


@dataclass(frozen=True)
class Memory:
    """What a digest knew: the next one tells only what is different. ``reported``: keys of the last two digests'
    failures and revisions, since the spans they look at overlap."""

    until: dt.datetime
    overdue: tuple[str, ...] = ()
    rejections: tuple[str, ...] = ()
    reported: tuple[str, ...] = ()
    index_run: str | None = None


@dataclass(frozen=True)
class Digest:
    """All that is told of one day. ``first``: nothing was told before, so that only the present state is."""

    day: dt.date
    instance: str
    first: bool
    since: dt.datetime | None
    failed: tuple[Entry, ...] = ()
    overdue: tuple[Entry, ...] = ()
    rejected: tuple[Entry, ...] = ()
    revised: tuple[Revised, ...] = ()
    index: tuple[IndexChange, ...] = ()
    told_already: int = 0  #: failed runs that were told of when they failed
    overdue_total: int = 0
    rejected_total: int = 0
    found_since: tuple[str, ...] = ()  #: releases that were overdue at the last digest and are there now
    mended: int = 0  #: rejections that were open at the last digest and are not any more
    undelivered: tuple[str, ...] = ()  #: targets that former messages still wait for
    notes: tuple[str, ...] = ()

    @property
    def quiet(self) -> bool:
        """Nothing new of any kind."""
        return not (
            self.failed or self.overdue or self.rejected or self.revised or self.told_already
        ) and not any(change.news for change in self.index)


@dataclass(frozen=True)
class Delivery:
    """How far one target has got with one message."""

    attempts: int = 0
    sent_at: str | None = None
    error: str | None = None


@dataclass(frozen=True)
class Message:
    """What is delivered: the same ``id`` is the same message, however often it is tried."""

    id: str
    kind: MessageKind
    created: dt.datetime
    subject: str
    text: str
    content: Mapping[str, Any]
    memory: Memory | None = None
    deliveries: Mapping[str, Delivery] = field(default_factory=dict)

    @property
    def waiting(self) -> list[str]:
        """Names of the targets that have not received it."""
        return [name for name, delivery in self.deliveries.items() if delivery.sent_at is None]

    def public(self) -> dict[str, Any]:
        """What a target receives. ``text`` is what chat services show of a posted JSON object."""
        return {
            "id": self.id,
            "kind": self.kind,
            "created": self.created.isoformat(timespec="seconds"),
            "subject": self.subject,
            "text": self.text,
            "content": plain(self.content),
        }


def plain(value: Any) -> Any:
    """Dataclasses, days and tuples as JSON has them."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {entry.name: plain(getattr(value, entry.name)) for entry in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(name): plain(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


def as_json(message: Message) -> dict[str, Any]:
    """A message as the outbox keeps it."""
    found: dict[str, Any] = plain(message)
    return found


def from_json(kept: Mapping[str, Any]) -> Message:
    """:raises AlertError: where what is kept is no message."""
    try:
        memory = kept["memory"]
        return Message(
            id=kept["id"],
            kind=kept["kind"],
            created=dt.datetime.fromisoformat(kept["created"]),
            subject=kept["subject"],
            text=kept["text"],
            content=kept["content"],
            memory=None if memory is None else _memory(memory),
            deliveries={name: Delivery(**entry) for name, entry in kept["deliveries"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise AlertError(f"not a message: {type(fault).__name__}: {fault}") from fault


def _memory(kept: Mapping[str, Any]) -> Memory:
    return Memory(
        until=dt.datetime.fromisoformat(kept["until"]),
        overdue=tuple(kept["overdue"]),
        rejections=tuple(kept["rejections"]),
        reported=tuple(kept["reported"]),
        index_run=kept["index_run"],
    )
