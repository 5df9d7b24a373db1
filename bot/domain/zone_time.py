"""The zone's own time: China has one time zone and no summer time."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Final

ZONE_TIME: Final = timezone(timedelta(hours=8), "CST")


def local_day(moment: datetime) -> date:
    """The day that a moment (with a time zone) falls on in the zone."""
    return moment.astimezone(ZONE_TIME).date()
