"""What the commands print."""

from furrow.garden import Garden
from furrow.output.table import table
from furrow.planning.checks import problems
from furrow.planning.seed import seed_order
from furrow.planning.spacing import plants_in
from furrow.planning.yields import picking


def plan_report(garden: Garden) -> str:
    """Plantings by bed, then what is wrong with them."""
    rows = [
        [planting.bed.name, planting.crop.name, planting.sown, plants_in(planting)]
        for planting in sorted(garden.plantings, key=lambda one: (one.bed.name, one.sown))
    ]
    text = table(["bed", "crop", "sown", "plants"], rows)
    wrong = problems(garden.plantings, garden.season)
    return text + "".join(f"! {line}\n" for line in wrong)


def seed_report(garden: Garden) -> str:
    rows = [[crop, packets] for crop, packets in seed_order(garden.plantings).items()]
    return table(["crop", "packets"], rows)


def picking_report(garden: Garden) -> str:
    """Kilograms by week and crop."""
    rows = [
        [week, crop, grams / 1000]
        for week, crops in picking(garden.plantings).items()
        for crop, grams in crops.items()
    ]
    return table(["week", "crop", "kg"], rows)
