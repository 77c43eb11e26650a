"""Days are days at the publishers, whatever the clock of the machine shows."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from prosperity import settings
from prosperity.notation.clock import publishers_day
from prosperity.settings import Settings


def test_evening_in_utc_is_the_next_day_at_the_publishers() -> None:
    assert publishers_day(dt.datetime(2023, 1, 31, 15, 59, tzinfo=dt.UTC)) == dt.date(2023, 1, 31)
    assert publishers_day(dt.datetime(2023, 1, 31, 16, 0, tzinfo=dt.UTC)) == dt.date(2023, 2, 1)


def test_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        publishers_day(dt.datetime(2023, 1, 31, 12, 0))


@pytest.mark.parametrize("hour", [0, 15, 16, 23])
def test_sample_instance_never_leaves_its_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hour: int
) -> None:
    """What is first seen at any hour of the wall clock is dated by the instance's own day, not the one after."""

    class Clock(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Clock:
            return cls(2030, 5, 5, hour, 30, tzinfo=dt.UTC).astimezone(tz)

    monkeypatch.setattr(settings.dt, "datetime", Clock)
    instance = Settings(home=tmp_path, today_override=dt.date(2022, 3, 31))
    assert publishers_day(instance.now()) == dt.date(2022, 3, 31)
