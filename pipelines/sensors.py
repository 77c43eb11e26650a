"""One sensor per source that looks at the top of the publisher's list for releases that are not held yet.

It asks for pages of lists only, with the collector's own pauses and locks, and requests the years concerned.
"""

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass

from dagster import (
    DefaultSensorStatus,
    ResourceParam,
    RunRequest,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    SkipReason,
    sensor,
)

from pipelines.jobs import collect_job_name
from pipelines.resources import WorkspaceResource
from prosperity.catalogue import Source
from prosperity.settings import Settings
from prosperity.workflow.watch import awaiting, look

#: While a release is due the list is looked at every hour, otherwise every day.
HOURLY = 3600
_DAY = dt.timedelta(hours=23)
#: Addresses remembered as asked for: more than any list shows of the years that are still of interest.
_REMEMBERED = 500


@dataclass(frozen=True)
class Cursor:
    """When the list was last looked at, and the new addresses that a run was already requested for."""

    looked: str = ""
    asked: tuple[str, ...] = ()

    @classmethod
    def read(cls, text: str | None) -> "Cursor":
        """An unreadable cursor (of an older version) is an empty one: at worst a run finds nothing new."""
        try:
            found = json.loads(text or "{}")
            return cls(str(found.get("looked", "")), tuple(map(str, found.get("asked", ()))))
        except (ValueError, AttributeError, TypeError):
            return cls()

    def write(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    def is_older_than(self, span: dt.timedelta, now: dt.datetime) -> bool:
        return not self.looked or now - dt.datetime.fromisoformat(self.looked) >= span


def new_releases_sensor(source: Source, settings: Settings) -> SensorDefinition:
    """Requests the years of releases that stand in the list and are not held; each address once."""

    @sensor(
        name=f"{source.id}_new_releases",
        job_name=collect_job_name(source.id),
        minimum_interval_seconds=HOURLY,
        default_status=DefaultSensorStatus.RUNNING if settings.live else DefaultSensorStatus.STOPPED,
        description=f"{source.title.en}: looks at the top of the list hourly while a release is due, else daily.",
    )
    def new_releases(
        context: SensorEvaluationContext, workspace: ResourceParam[WorkspaceResource]
    ) -> SensorResult:
        space, cursor = workspace.space, Cursor.read(context.cursor)
        now = dt.datetime.now(dt.UTC)
        due = awaiting(space, source, space.settings.today)
        if not due and not cursor.is_older_than(_DAY, now):
            return SensorResult(
                skip_reason=SkipReason(
                    f"no release of {source.id} is due; the list was read at {cursor.looked}"
                )
            )
        found = look(space, source.id, cursor.asked)
        asked = tuple(address for addresses in found.new.values() for address in addresses)
        after = Cursor(now.isoformat(timespec="seconds"), (*cursor.asked, *asked)[-_REMEMBERED:])
        if not asked:
            words = (
                "; ".join(found.faults) or f"nothing new among the first {found.items} releases of the list"
            )
            return SensorResult(skip_reason=SkipReason(words), cursor=after.write())
        requests = [
            RunRequest(
                run_key=f"{source.id} {year} {_digest(addresses)}",
                partition_key=str(year),
                tags={"prosperity/why": "new", "prosperity/new_releases": str(len(addresses))},
            )
            for year, addresses in found.new.items()
        ]
        return SensorResult(run_requests=requests, cursor=after.write())

    return new_releases


def _digest(addresses: tuple[str, ...]) -> str:
    return hashlib.sha256("\n".join(sorted(addresses)).encode()).hexdigest()[:12]
