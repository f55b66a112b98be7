"""Plans the beds of a market garden."""

from furrow.errors import FurrowError
from furrow.garden import Garden, read_garden
from furrow.model.bed import Bed
from furrow.model.crop import Crop, Hardiness
from furrow.model.planting import Planting
from furrow.model.season import Season

__all__ = [
    "Bed",
    "Crop",
    "FurrowError",
    "Garden",
    "Hardiness",
    "Planting",
    "Season",
    "read_garden",
]
