"""What can be grown."""

from dataclasses import dataclass
from enum import Enum

from furrow.errors import FurrowError


class Hardiness(Enum):
    """How a young plant takes frost."""

    HARDY = "hardy"
    HALF_HARDY = "half-hardy"
    TENDER = "tender"

    @property
    def days_before_last_frost(self) -> int:
        """How long before the last frost it may be outside; negative for after it."""
        return {Hardiness.HARDY: 42, Hardiness.HALF_HARDY: 14, Hardiness.TENDER: -7}[self]


@dataclass(frozen=True)
class Crop:
    """A crop as it stands in the catalogue."""

    name: str
    family: str
    hardiness: Hardiness
    days_to_harvest: int
    """From sowing to the first picking."""
    picking_days: int
    """How long it is picked, 1 for what is picked at once."""
    row_gap: int
    """Between rows, in centimetres."""
    plant_gap: int
    """Between plants of a row, in centimetres."""
    grams_per_plant: int
    germination: float = 0.9
    """Share of seeds that come up."""

    def __post_init__(self) -> None:
        for field in ("days_to_harvest", "picking_days", "row_gap", "plant_gap"):
            if getattr(self, field) < 1:
                raise FurrowError(f"{self.name}: {field} must be at least 1")
        if not 0 < self.germination <= 1:
            raise FurrowError(f"{self.name}: germination is a share above 0, at most 1")
