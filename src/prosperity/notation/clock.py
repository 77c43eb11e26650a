"""The publishers' clock: the day on which something is issued, expected or first seen is a day in China."""

from __future__ import annotations

import datetime as dt

#: UTC+8, without daylight saving since 1991.
PUBLISHERS_TIME = dt.timezone(dt.timedelta(hours=8), "UTC+08:00")


def publishers_day(moment: dt.datetime) -> dt.date:
    """The day at the publishers at a moment (aware). :raises ValueError: where the moment has no time zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone: which day it is cannot be said")
    return moment.astimezone(PUBLISHERS_TIME).date()
