"""What is picked, and when."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from furrow.model.planting import Planting
from furrow.model.season import week_of
from furrow.planning.spacing import plants_in


def grams_of(planting: Planting) -> int:
    """All that is picked of a planting."""
    return plants_in(planting) * planting.crop.grams_per_plant


def picking(plantings: Iterable[Planting]) -> dict[str, dict[str, int]]:
    """Grams by week and crop; a planting gives the same on each of its picking days."""
    weeks: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for planting in plantings:
        grams = grams_of(planting)
        days = planting.crop.picking_days
        for place in range(days):
            day = planting.first_picking + timedelta(days=place)
            # What does not divide goes to the first days.
            share = grams // days + (1 if place < grams % days else 0)
            weeks[week_of(day)][planting.crop.name] += share
    return {week: dict(sorted(crops.items())) for week, crops in sorted(weeks.items())}
