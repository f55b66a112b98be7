"""One crop sown several times, so that there is always some."""

from datetime import date, timedelta

from furrow.errors import FurrowError
from furrow.model.bed import Bed
from furrow.model.crop import Crop
from furrow.model.planting import Planting
from furrow.model.season import Season
from furrow.planning.windows import sowing_window


def succession(crop: Crop, bed: Bed, season: Season, every: int, times: int) -> list[Planting]:
    """Plantings in equal parts of a bed, `every` days apart, from the first day of the window on.

    Those that would come after the window are left out.
    """
    if every < 1 or times < 1:
        raise FurrowError(f"{crop.name}: a succession has at least 1 day and 1 time")
    window = sowing_window(crop, season)
    if window is None:
        return []
    days = [window.opens + timedelta(days=every * time) for time in range(times)]
    return [Planting(crop, bed, day, 1 / times) for day in _within(days, window.closes)]


def _within(days: list[date], last: date) -> list[date]:
    return [day for day in days if day <= last]
