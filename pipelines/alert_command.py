"""``prosperity alerts``: what is told to whom. Joins the command line, because failed runs stand in Dagster."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from prosperity import console
from prosperity.cli.options import emit, json_option, live_option, workspace

if TYPE_CHECKING:
    from prosperity.alerts.gather import FailedSince
    from prosperity.alerts.service import Outcome
    from prosperity.alerts.targets import Target
    from prosperity.workflow.workspace import Workspace


@click.command()
@click.option(
    "--send",
    "action",
    flag_value="send",
    help="Make today's digest, if it was not made, and deliver what waits.",
)
@click.option(
    "--dry-run",
    "action",
    flag_value="dry-run",
    help="Print the digest that would be made now; keep and send nothing.",
)
@click.option("--test", "action", flag_value="test", help="Send a test message to every target.")
@live_option
@json_option
def alerts(action: str | None, live: bool, as_json: bool) -> None:
    """What is told to whom: targets, the last digest and what waits; with an option, do it."""
    from dagster import DagsterInstance

    from pipelines.alerts import failed_since
    from pipelines.instance import prepare
    from prosperity.alerts.model import AlertError
    from prosperity.alerts.targets import targets_from

    space = workspace(live)
    prepare(space.settings)
    targets = targets_from(os.environ)
    try:
        with DagsterInstance.get() as instance:
            _act(action, space, targets, failed_since(instance), as_json)
    except AlertError as fault:
        raise click.ClickException(str(fault)) from None
    finally:
        space.close()


def _act(
    action: str | None, space: Workspace, targets: Sequence[Target], failed: FailedSince, as_json: bool
) -> None:
    from prosperity.alerts import service

    if action is None:
        found = service.standing(space, targets)
        emit(as_json, found, lambda: _show_standing(found))
    elif action == "dry-run":
        message = service.preview(space, failed)
        emit(as_json, message.public(), lambda: console.say(f"{message.subject}\n\n{message.text}"))
    elif action == "test":
        answers = service.try_targets(space, targets)
        emit(as_json, answers, lambda: console.rows([{"target": n, "answer": a} for n, a in answers.items()]))
        if any(answer != "ok" for answer in answers.values()):
            raise SystemExit(1)
    else:
        outcome = service.daily(space, targets, failed)
        made = outcome.message
        material = {
            "made": made.public() if made else None,
            "sent": outcome.sent,
            "faults": list(outcome.faults),
        }
        emit(as_json, material, lambda: _show_sent(outcome))
        if outcome.faults:
            raise SystemExit(1)


def _show_standing(found: dict[str, object]) -> None:
    targets, waiting = found["targets"], found["waiting"]
    assert isinstance(targets, dict) and isinstance(waiting, list)
    console.rows([{"target": name, "place": place} for name, place in targets.items()], title="Targets")
    if not targets:
        console.say("no target is configured: set PROSPERITY_ALERT_WEBHOOK, _SMTP or _FILE")
    last = found["last_digest"]
    console.say(f"last digest: {last['subject']}" if isinstance(last, dict) else "no digest was made yet")
    console.rows(
        [{"message": row["id"], "waits for": ", ".join(row["for"])} for row in waiting], title="Waiting"
    )


def _show_sent(outcome: Outcome) -> None:
    console.say(outcome.message.text if outcome.message else "the digest of today was made before")
    console.say(f"{outcome.sent} deliveries")
    for fault in outcome.faults:
        console.say(f"FAILED {fault}; kept, and tried again the next time")
