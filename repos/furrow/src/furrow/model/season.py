"""The part of a year in which things grow."""

from dataclasses import dataclass
from datetime import date, timedelta

from furrow.errors import FurrowError


@dataclass(frozen=True)
class Season:
    """A year with its last frost of spring and its first frost of autumn."""

    last_frost: date
    first_frost: date

    def __post_init__(self) -> None:
        if self.last_frost >= self.first_frost:
            raise FurrowError("the last frost of spring comes before the first one of autumn")

    @property
    def year(self) -> int:
        return self.last_frost.year

    @property
    def frost_free_days(self) -> int:
        return (self.first_frost - self.last_frost).days


def week_of(day: date) -> str:
    """The ISO week of a day, as `2025-W07`."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def weeks(start: date, end: date) -> list[str]:
    """All weeks that have a day from `start` to `end`, both included."""
    names = []
    day = start - timedelta(days=start.weekday())
    while day <= end:
        names.append(week_of(day))
        day += timedelta(days=7)
    return names
