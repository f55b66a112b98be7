"""Beds rest from a family for some years."""

from dataclasses import dataclass

from furrow.model.bed import Bed
from furrow.model.crop import Crop

#: Years without the family between two plantings; others rest for one.
REST_YEARS = {"cabbage": 3, "nightshade": 3, "onion": 2, "carrot": 2}


@dataclass(frozen=True)
class Fatigue:
    """A family that comes back too early."""

    bed: str
    family: str
    last_year: int
    free_from: int

    def __str__(self) -> str:
        return f"{self.bed} had {self.family} in {self.last_year}: not before {self.free_from}"


def fatigue(crop: Crop, bed: Bed, year: int) -> Fatigue | None:
    """What speaks against a crop in a bed, none if the bed has rested."""
    rest = REST_YEARS.get(crop.family, 1)
    for last in range(year - 1, year - rest - 1, -1):
        if crop.family in bed.families_in(last):
            return Fatigue(bed.name, crop.family, last, last + rest + 1)
    return None


def rested_beds(crop: Crop, beds: list[Bed], year: int) -> list[Bed]:
    """Beds that can take a crop, those that had its family longest ago first."""
    free = [bed for bed in beds if fatigue(crop, bed, year) is None]
    return sorted(free, key=lambda bed: (_last_year(crop, bed, year), bed.name))


def _last_year(crop: Crop, bed: Bed, year: int) -> int:
    years = [past for past in bed.history if past < year and crop.family in bed.history[past]]
    return max(years, default=0)
