"""Messages in words: plain text that a mailbox, a chat and a terminal show alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from prosperity.alerts.model import Digest, Entry, FailedRun, IndexChange, Memory, Message, Revised

#: Lines of one section; the rest is counted.
MOST = 20

PARTS = {
    "new_data": "new figures",
    "revised_data": "revised figures",
    "seasonal_factors": "seasonal factors",
    "specification": "composition",
    "code": "program",
}
_LOOK = {
    "failed": "prosperity ui, Runs",
    "overdue": "prosperity status",
    "rejected": "prosperity rejections show ID",
    "revised": "prosperity evidence SERIES PERIOD",
}


def digest_id(day: dt.date) -> str:
    return f"digest-{day.isoformat()}"


def digest_message(digest: Digest, memory: Memory, now: dt.datetime) -> Message:
    """The message of a day's digest."""
    return Message(
        id=digest_id(digest.day),
        kind="digest",
        created=now,
        subject=f"Prosperity {digest.day}: {headline(digest)}",
        text=_text(digest),
        content={"digest": digest},
        memory=memory,
    )


def failure_message(run: FailedRun, instance: str, now: dt.datetime) -> Message:
    """The message of one failed run."""
    text = f"{run.what}\n\n{run.cause}\n\nrun {run.id}, ended {run.ended:%Y-%m-%d %H:%M %Z}\n{instance}\n"
    return Message(f"failure-{run.id}", "failure", now, f"Prosperity: {run.what} failed", text, {"run": run})


def test_message(instance: str, now: dt.datetime) -> Message:
    """A message that only shows that a target is reached."""
    text = f"This is a test of the alerts of {instance}. Nothing happened.\n"
    return Message(f"test-{now:%Y%m%dT%H%M%S}", "test", now, "Prosperity: a test", text, {"test": True})


def headline(digest: Digest) -> str:
    """A day in one line: what is new of each kind, and the indices that changed."""
    counts = {
        "failed": len(digest.failed) + digest.told_already,
        "overdue": len(digest.overdue),
        "rejected": len(digest.rejected),
        "past figures changed": len(digest.revised),
    }
    said = [f"{number} {name}" for name, number in counts.items() if number]
    said += [f"{change.group} {change.quarter} {change.value:.2f}" for change in digest.index if change.news]
    return ", ".join(said) or "nothing new"


def _text(digest: Digest) -> str:
    head = [f"{digest.instance}, {digest.day}"]
    if digest.first:
        head.append("The first digest: from now on, what is new since the last one is listed.")
    elif digest.quiet:
        head.append(f"Nothing new since {_moment(digest.since)}.")
    else:
        head.append(f"Since {_moment(digest.since)}:")
    sections = [
        *_index(digest.index),
        _section("Failed runs", "failed", map(_entry, digest.failed), _more(digest)),
        _section("Overdue releases", "overdue", (entry.why for entry in digest.overdue)),
        _section("Rejected", "rejected", map(_rejection, digest.rejected)),
        _section("Past figures that changed", "revised", map(_revised, digest.revised)),
        _standing(digest),
    ]
    return "\n".join([*head, "", *(line for section in sections for line in section)]).rstrip() + "\n"


def _section(title: str, kind: str, lines: Iterable[str], more: Sequence[str] = ()) -> list[str]:
    listed = list(lines)
    if not listed and not more:
        return []
    shown = [f"- {line}" for line in listed[:MOST]]
    if len(listed) > MOST:
        shown.append(f"- and {len(listed) - MOST} more")
    return [f"{title} ({_LOOK[kind]})", *shown, *(f"- {line}" for line in more), ""]


def _more(digest: Digest) -> list[str]:
    if not digest.told_already:
        return []
    return [f"{digest.told_already} that a message of its own told of when it happened"]


def _entry(entry: Entry) -> str:
    return f"{entry.what}: {entry.why}"


def _rejection(entry: Entry) -> str:
    place = f" ({entry.where})" if entry.where else ""
    return f"{entry.key[:8]} {entry.what}: {entry.why}{place}"


def _revised(entry: Revised) -> str:
    after = "withdrawn" if entry.after is None else entry.after
    who = (
        f"by another document, known from {entry.known_from}"
        if entry.by == "publisher"
        else "the same document is read otherwise"
    )
    return f"{entry.series} {entry.period}: {entry.before} -> {after}, {who}; {entry.name}" + (
        ", in the index" if entry.in_index else ""
    )


def _index(changes: Sequence[IndexChange]) -> list[list[str]]:
    if not changes:
        return []
    lines = [line for change in changes for line in _change(change)]
    return [["Index", *lines, ""]]


def _change(change: IndexChange) -> list[str]:
    moved = "" if change.change is None else f" ({change.change:+.2f} on the quarter before)"
    lines = [f"- {change.group} {change.quarter}: {change.value:.2f}{moved}"]
    if change.before is None or change.after is None or not change.news:
        return lines
    if change.compared != change.quarter:
        lines[0] += f", new since {change.compared}"
    if change.before == change.after:
        return lines
    parts = ", ".join(
        f"{PARTS.get(name, name)} {part:+.3f}" for name, part in change.parts.items() if abs(part) >= 0.0005
    )
    lines.append(
        f"  {change.compared}: {change.before:.3f} -> {change.after:.3f} ({change.after - change.before:+.3f} points)"
        + (f": {parts}" if parts else "")
    )
    if change.series:
        named = ", ".join(f"{name} {value:+.3f}" for name, value in change.series)
        lines.append(f"  contributions to that quarter's change that differ: {named}")
    return lines


def _standing(digest: Digest) -> list[str]:
    lines = [f"{digest.overdue_total} releases overdue, {digest.rejected_total} rejections open."]
    if digest.found_since:
        lines.append(f"No longer overdue: {', '.join(digest.found_since[:MOST])}.")
    if digest.mended:
        lines.append(f"Rejections mended: {digest.mended}.")
    if digest.undelivered:
        lines.append(f"Messages wait for: {', '.join(digest.undelivered)}.")
    return [*lines, *digest.notes]


def _moment(moment: dt.datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "the beginning"
