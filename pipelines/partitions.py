"""Yearly partitions: a partition is the year a release reports on, from the first year of its source."""

from __future__ import annotations

from functools import cache

from dagster import TimeWindowPartitionsDefinition

from prosperity.catalogue import Source
from prosperity.settings import Settings

TIMEZONE = "Asia/Shanghai"


@cache
def _yearly(first_year: int, end: str | None) -> TimeWindowPartitionsDefinition:
    return TimeWindowPartitionsDefinition(
        start=str(first_year),
        end=end,
        fmt="%Y",
        cron_schedule="0 0 1 1 *",
        timezone=TIMEZONE,
        # The current year has releases too; where the instance has its own today, its year is the last.
        end_offset=0 if end else 1,
    )


def partitions_of(source: Source, settings: Settings) -> TimeWindowPartitionsDefinition:
    """The years of a source, up to the instance's present one (or the source's last)."""
    if source.last_year is not None:
        return _yearly(source.first_year, str(source.last_year + 1))
    if settings.live:
        return _yearly(source.first_year, None)
    return _yearly(source.first_year, str(settings.last_year + 1))
