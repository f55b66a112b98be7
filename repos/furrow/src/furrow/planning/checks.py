"""What is wrong with a plan."""

from collections.abc import Sequence
from itertools import combinations

from furrow.model.planting import Planting
from furrow.model.season import Season
from furrow.planning.rotation import fatigue
from furrow.planning.windows import sowing_window


def problems(plantings: Sequence[Planting], season: Season) -> list[str]:
    """One line for each problem, in the order of plantings."""
    found = []
    for planting in plantings:
        found += _problems_of(planting, season)
    for first, second in combinations(plantings, 2):
        if first.overlaps(second) and first.share + second.share > 1:
            found.append(
                f"{first.bed.name}: {first.crop.name} and {second.crop.name} take more than the bed"
            )
    return found


def _problems_of(planting: Planting, season: Season) -> list[str]:
    found = []
    name = planting.crop.name
    window = sowing_window(planting.crop, season)
    if window is None:
        found.append(f"{name}: the season is too short")
    elif planting.sown not in window:
        found.append(f"{name}: {planting.sown} is not from {window.opens} to {window.closes}")
    tired = fatigue(planting.crop, planting.bed, season.year)
    if tired is not None:
        found.append(f"{name}: {tired}")
    return found
