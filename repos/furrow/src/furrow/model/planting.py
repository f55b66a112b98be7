"""A crop in a bed."""

from dataclasses import dataclass
from datetime import date, timedelta

from furrow.model.bed import Bed
from furrow.model.crop import Crop


@dataclass(frozen=True)
class Planting:
    """A crop that is sown in a part of a bed on a day."""

    crop: Crop
    bed: Bed
    sown: date
    share: float = 1.0
    """How much of the bed it takes, above 0, at most 1."""

    @property
    def first_picking(self) -> date:
        return self.sown + timedelta(days=self.crop.days_to_harvest)

    @property
    def last_picking(self) -> date:
        return self.first_picking + timedelta(days=self.crop.picking_days - 1)

    def overlaps(self, other: "Planting") -> bool:
        """Whether both are in one bed on some day."""
        return (
            self.bed.name == other.bed.name
            and self.sown <= other.last_picking
            and other.sown <= self.last_picking
        )
