"""When a crop can be sown."""

from dataclasses import dataclass
from datetime import date, timedelta

from furrow.model.crop import Crop, Hardiness
from furrow.model.season import Season


@dataclass(frozen=True)
class Window:
    """Days from `opens` to `closes`, both included."""

    opens: date
    closes: date

    def __contains__(self, day: date) -> bool:
        return self.opens <= day <= self.closes


def sowing_window(crop: Crop, season: Season) -> Window | None:
    """The days on which a crop can be sown so that it is picked in full; none if there are none."""
    opens = season.last_frost - timedelta(days=crop.hardiness.days_before_last_frost)
    last_picking = season.first_frost + timedelta(days=_days_after_frost(crop.hardiness))
    closes = last_picking - timedelta(days=crop.days_to_harvest + crop.picking_days - 1)
    return Window(opens, closes) if opens <= closes else None


def _days_after_frost(hardiness: Hardiness) -> int:
    """How long after the first frost of autumn it is still picked."""
    return {Hardiness.HARDY: 28, Hardiness.HALF_HARDY: 7, Hardiness.TENDER: -1}[hardiness]
