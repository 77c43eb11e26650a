"""One digest a day, failures when they happen, and every message tried until it is delivered.

A message is written to the outbox before it is sent and crossed off after the target accepted it. Between the two a
power cut can make it come twice; it then carries the same id (``Idempotency-Key``, ``Message-ID``), by which receivers
drop it. No message is lost while the outbox is there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from filelock import FileLock, Timeout

from prosperity.alerts import compose
from prosperity.alerts.gather import FailedSince, gather
from prosperity.alerts.model import AlertError, Delivery, FailedRun, Message
from prosperity.alerts.outbox import Outbox
from prosperity.alerts.targets import Target
from prosperity.workflow.workspace import Workspace

#: A day of the digest begins at midnight here.
TIMEZONE = ZoneInfo("Asia/Shanghai")
#: Failures that get a message of their own within an hour; the others stand in the digest.
FAILURES_AN_HOUR = 5
LOCK_SECONDS = 300


@dataclass(frozen=True)
class Outcome:
    """What one call did: ``message`` made now, if any; how many deliveries were made, and what did not work."""

    message: Message | None
    sent: int
    faults: tuple[str, ...]


def daily(
    space: Workspace, targets: Sequence[Target], failed_since: FailedSince, *, now: dt.datetime | None = None
) -> Outcome:
    """Make today's digest, unless it was made, and deliver everything that waits.

    :raises AlertError: where the outbox cannot be used.
    """
    moment = now or dt.datetime.now(dt.UTC)
    with _outbox(space) as outbox:
        made = None
        day = moment.astimezone(TIMEZONE).date()
        if outbox.find(compose.digest_id(day)) is None:
            made = _digest(space, outbox, failed_since, moment)
            outbox.keep(_addressed(made, targets))
        return _deliver(outbox, targets, made)


def preview(space: Workspace, failed_since: FailedSince, *, now: dt.datetime | None = None) -> Message:
    """The digest that would be made now; nothing is kept or sent."""
    with _outbox(space) as outbox:
        return _digest(space, outbox, failed_since, now or dt.datetime.now(dt.UTC))


def report_failure(
    space: Workspace, targets: Sequence[Target], run: FailedRun, *, now: dt.datetime | None = None
) -> Outcome:
    """Tell of a failed run at once, and deliver what waits. Told once; of many in an hour the digest tells."""
    moment = now or dt.datetime.now(dt.UTC)
    with _outbox(space) as outbox:
        made = None
        if targets and outbox.find(f"failure-{run.id}") is None and not _storm(outbox, moment):
            made = compose.failure_message(run, space.settings.notice or "live publishers", moment)
            outbox.keep(_addressed(made, targets))
        return _deliver(outbox, targets, made)


def try_targets(space: Workspace, targets: Sequence[Target]) -> dict[str, str]:
    """Send a test to every target, past the outbox: by name "ok" or what is wrong."""
    message = compose.test_message(space.settings.notice or "live publishers", dt.datetime.now(dt.UTC))
    found = {}
    for target in targets:
        try:
            target.send(message)
            found[target.name] = "ok"
        except AlertError as fault:
            found[target.name] = str(fault)
    return found


def standing(space: Workspace, targets: Sequence[Target]) -> dict[str, Any]:
    """Targets, the last digest and what waits, in plain types and without secrets."""
    with _outbox(space) as outbox:
        last = outbox.last_digest()
        return {
            "targets": {target.name: target.place for target in targets},
            "last_digest": last and {"id": last.id, "subject": last.subject, "waiting": last.waiting},
            "waiting": [
                {
                    "id": message.id,
                    "subject": message.subject,
                    "for": {
                        name: {"attempts": message.deliveries[name].attempts, "error": message.deliveries[name].error}
                        for name in message.waiting
                    },
                }
                for message in outbox.pending()
            ],
        }  # fmt: skip


@contextmanager
def _outbox(space: Workspace) -> Iterator[Outbox]:
    """One sender at a time on this machine. :raises AlertError: where another one does not end."""
    space.settings.data.mkdir(parents=True, exist_ok=True)
    lock = FileLock(space.settings.data / "alerts.lock", timeout=LOCK_SECONDS)
    try:
        lock.acquire()
    except Timeout:
        raise AlertError(f"another process has been sending alerts for {LOCK_SECONDS} s") from None
    try:
        yield Outbox(space.settings.alerts)
    finally:
        lock.release()


def _digest(space: Workspace, outbox: Outbox, failed_since: FailedSince, now: dt.datetime) -> Message:
    last = outbox.last_digest()
    digest, memory = gather(
        space,
        last.memory if last else None,
        failed_since,
        now=now,
        day=now.astimezone(TIMEZONE).date(),
        told=outbox.failures_told(),
        undelivered=sorted({name for message in outbox.pending() for name in message.waiting}),
    )
    return compose.digest_message(digest, memory, now)


def _addressed(message: Message, targets: Sequence[Target]) -> Message:
    return replace(message, deliveries={target.name: Delivery() for target in targets})


def _storm(outbox: Outbox, now: dt.datetime) -> bool:
    """Whether enough failures were told of within the last hour."""
    recent = [
        message
        for identity in outbox.failures_told()
        if (message := outbox.find(f"failure-{identity}")) and now - message.created < dt.timedelta(hours=1)
    ]
    return len(recent) >= FAILURES_AN_HOUR


def _deliver(outbox: Outbox, targets: Sequence[Target], made: Message | None) -> Outcome:
    """Every message that waits, oldest first; a target that fails is left alone until the next call."""
    by_name = {target.name: target for target in targets}
    faults: dict[str, str] = {}
    sent = 0
    for message in outbox.pending():
        for name in message.waiting:
            if name not in by_name or name in faults:
                continue
            before = message.deliveries[name]
            try:
                by_name[name].send(message)
                delivery = Delivery(before.attempts + 1, _stamp())
                sent += 1
            except AlertError as fault:
                faults[name] = str(fault)
                delivery = Delivery(before.attempts + 1, None, str(fault))
            message = replace(message, deliveries={**message.deliveries, name: delivery})
            outbox.keep(message)
    return Outcome(made, sent, tuple(faults.values()))


def _stamp() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
