"""How much seed to order."""

from collections import Counter
from collections.abc import Iterable
from math import ceil

from furrow.model.planting import Planting
from furrow.planning.spacing import plants_in

#: Seeds of a packet.
PACKET = 250


def seeds_for(planting: Planting) -> int:
    """Seeds that give all plants, those that do not come up counted in."""
    return ceil(plants_in(planting) / planting.crop.germination)


def seed_order(plantings: Iterable[Planting]) -> dict[str, int]:
    """Packets by crop, in the order of their names."""
    needed: Counter[str] = Counter()
    for planting in plantings:
        needed[planting.crop.name] += ceil(seeds_for(planting) / PACKET)
    return dict(sorted(needed.items()))
