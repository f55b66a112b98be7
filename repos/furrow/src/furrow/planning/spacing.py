"""How many plants a bed holds."""

from furrow.model.planting import Planting


def rows(width: int, gap: int) -> int:
    """Rows in a bed of a width; the outer ones stand half a gap from the edge."""
    return width // gap


def plants_in(planting: Planting) -> int:
    """Plants of a planting, whole rows over the width and whole plants along the row."""
    length = int(planting.bed.length * planting.share)
    per_row = length // planting.crop.plant_gap
    return rows(planting.bed.width, planting.crop.row_gap) * per_row
