"""Where things are and how careful to be: one frozen object, built from the environment and the command line.

What belongs here: paths, addresses, limits, the instance's own ``today``. What does not: anything about a
publisher or a series (that is the catalogue's). Nothing here touches network or disk on import.
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path

from prosperity.notation.clock import PUBLISHERS_TIME, publishers_day

#: Said on the terminal, in the UI and on every page while the stand-in publishers are used.
SAMPLE_NOTICE = "sample publishers: documents rebuilt from published figures"
SAMPLE_NOTICE_ZH = "样例发布方:文件依据公开发布的数据重建"

EXECUTORS = ("in_process", "celery", "k8s")

#: The day the sample instance takes for today: after the revision that followed the fifth economic census.
SAMPLE_TODAY = dt.date(2026, 6, 30)
#: The last year that sample documents report on.
SAMPLE_LAST_YEAR = 2023

DEFAULT_USER_AGENT = (
    "Mozilla/5.0 (compatible; Prosperity/0.1; statistical data collection; contact: {contact})"
)


def _checkout() -> Path:
    """The checkout that holds this package (editable install), else the current folder."""
    candidate = Path(__file__).resolve().parents[2]
    return candidate if (candidate / "pyproject.toml").is_file() else Path.cwd()


class SettingsError(ValueError):
    """A setting that cannot be understood; names the variable."""


@dataclass(frozen=True)
class Settings:
    """Paths and limits of one instance. Sample and live instances never share a folder."""

    home: Path
    live: bool = False
    warehouse_url: str = ""  #: of the sample instance; live figures never go there
    live_warehouse_url: str = ""
    archive_url: str = ""  #: a folder or an fsspec URL (s3://bucket/folder); live documents never go there
    live_archive_url: str = ""
    alert_state: str = ""  #: a folder or an fsspec URL: what was told and what still waits
    executor: str = "in_process"  #: where the steps of a run are executed, see pipelines.executors
    dagster_config: str = ""  #: a dagster.yaml in place of the checkout's
    keep_runs_days: int = 180  #: age at which finished runs leave Dagster's history
    today_override: dt.date | None = None
    contact: str = "not configured"
    #: Where the report is served, for links to evidence pages from the Dagster UI; '': its files are named instead.
    report_address: str = ""
    #: Replaces every schedule's own cron expression (a test lets a schedule really fire within a minute).
    schedule_cron: str | None = None

    @property
    def data(self) -> Path:
        return self.home / "data" / "live" if self.live else self.home / "data"

    @property
    def archive(self) -> str:
        """Where documents are kept: a folder, or an fsspec URL."""
        address = self.live_archive_url if self.live else self.archive_url
        return address or str(self.data / "archive")

    @property
    def http(self) -> Path:
        """Validators, pages of lists and host locks: always on this machine."""
        return self.data / "http"

    @property
    def runs(self) -> Path:
        return self.data / "runs"

    @property
    def cache(self) -> Path:
        return self.data / "cache"

    @property
    def inbox(self) -> Path:
        return self.data / "inbox"

    @property
    def alerts(self) -> str:
        """The outbox of alerts: a folder, or an fsspec URL where several machines may send them."""
        if not self.alert_state:
            return str(self.data / "alerts")
        return f"{self.alert_state.rstrip('/')}/{'live' if self.live else 'sample'}"

    @property
    def dagster_home(self) -> Path:
        return self.data / "dagster"

    @property
    def sample_state(self) -> Path:
        return self.data / "sample"

    @property
    def report(self) -> Path:
        return self.data / "report"

    @property
    def warehouse(self) -> str:
        address = self.live_warehouse_url if self.live else self.warehouse_url
        return address or f"sqlite:///{self.data / 'warehouse.sqlite'}"

    @property
    def today(self) -> dt.date:
        """The instance's own day: calendars, overdue checks and missing years go by it."""
        if self.today_override:
            return self.today_override
        return publishers_day(dt.datetime.now(dt.UTC)) if self.live else SAMPLE_TODAY

    @property
    def last_year(self) -> int:
        """The last year of reports that this instance can have: its present one, or the samples' last."""
        return min(self.today.year, SAMPLE_LAST_YEAR) if not self.live else self.today.year

    def now(self) -> dt.datetime:
        """The moment that counts as now (UTC): the wall clock's, at the publishers on the instance's own day."""
        moment = dt.datetime.now(PUBLISHERS_TIME)
        own = moment if self.live else dt.datetime.combine(self.today, moment.timetz())
        return own.astimezone(dt.UTC)

    @property
    def user_agent(self) -> str:
        return DEFAULT_USER_AGENT.format(contact=self.contact)

    @property
    def notice(self) -> str:
        return "" if self.live else SAMPLE_NOTICE

    def environment(self) -> dict[str, str]:
        """The variables that give a child process the same settings."""
        values = {
            "PROSPERITY_HOME": str(self.home),
            "PROSPERITY_LIVE": "1" if self.live else "0",
            "DAGSTER_HOME": str(self.dagster_home),
            # dagster.yaml says it too, but the webserver starts its uploading thread whatever that file says.
            "DAGSTER_DISABLE_TELEMETRY": "1",
        }
        if self.warehouse_url:
            values["PROSPERITY_WAREHOUSE"] = self.warehouse_url
        if self.live_warehouse_url:
            values["PROSPERITY_LIVE_WAREHOUSE"] = self.live_warehouse_url
        if self.archive_url:
            values["PROSPERITY_ARCHIVE"] = self.archive_url
        if self.live_archive_url:
            values["PROSPERITY_LIVE_ARCHIVE"] = self.live_archive_url
        if self.alert_state:
            values["PROSPERITY_ALERT_STATE"] = self.alert_state
        if self.executor != "in_process":
            values["PROSPERITY_EXECUTOR"] = self.executor
        if self.dagster_config:
            values["PROSPERITY_DAGSTER_CONFIG"] = self.dagster_config
        if self.keep_runs_days != 180:
            values["PROSPERITY_KEEP_RUNS_DAYS"] = str(self.keep_runs_days)
        if self.today_override:
            values["PROSPERITY_TODAY"] = self.today_override.isoformat()
        if self.report_address:
            values["PROSPERITY_REPORT_ADDRESS"] = self.report_address
        if self.schedule_cron:
            values["PROSPERITY_SCHEDULE_CRON"] = self.schedule_cron
        if self.contact != "not configured":
            values["PROSPERITY_CONTACT"] = self.contact
        return values

    @classmethod
    def from_environment(cls, *, live: bool | None = None) -> Settings:
        """Read PROSPERITY_HOME, _LIVE, _WAREHOUSE, _LIVE_WAREHOUSE, _ARCHIVE, _LIVE_ARCHIVE, _ALERT_STATE, _EXECUTOR,
        _DAGSTER_CONFIG, _KEEP_RUNS_DAYS, _TODAY, _CONTACT, _REPORT_ADDRESS and _SCHEDULE_CRON.

        :raises SettingsError: for a day, a number or an executor that is none.
        """
        environment = os.environ
        today = environment.get("PROSPERITY_TODAY")
        try:
            day = dt.date.fromisoformat(today) if today else None
        except ValueError:
            raise SettingsError(f"PROSPERITY_TODAY is {today!r}: write a date as 2023-12-31") from None
        executor = environment.get("PROSPERITY_EXECUTOR") or "in_process"
        if executor not in EXECUTORS:
            raise SettingsError(f"PROSPERITY_EXECUTOR is {executor!r}: one of {', '.join(EXECUTORS)}")
        days = environment.get("PROSPERITY_KEEP_RUNS_DAYS") or "180"
        if not days.isdecimal() or int(days) < 1:
            raise SettingsError(f"PROSPERITY_KEEP_RUNS_DAYS is {days!r}: write a number of days")
        return cls(
            home=Path(environment.get("PROSPERITY_HOME") or _checkout()).resolve(),
            live=environment.get("PROSPERITY_LIVE") == "1" if live is None else live,
            warehouse_url=environment.get("PROSPERITY_WAREHOUSE", ""),
            live_warehouse_url=environment.get("PROSPERITY_LIVE_WAREHOUSE", ""),
            archive_url=environment.get("PROSPERITY_ARCHIVE", ""),
            live_archive_url=environment.get("PROSPERITY_LIVE_ARCHIVE", ""),
            alert_state=environment.get("PROSPERITY_ALERT_STATE", ""),
            executor=executor,
            dagster_config=environment.get("PROSPERITY_DAGSTER_CONFIG", ""),
            keep_runs_days=int(days),
            today_override=day,
            contact=environment.get("PROSPERITY_CONTACT", "not configured"),
            report_address=environment.get("PROSPERITY_REPORT_ADDRESS", ""),
            schedule_cron=environment.get("PROSPERITY_SCHEDULE_CRON"),
        )
