"""A plan as CSV."""

import csv
from collections.abc import Iterable
from io import StringIO

from furrow.model.planting import Planting
from furrow.planning.spacing import plants_in

HEADER = ["bed", "crop", "sown", "first_picking", "last_picking", "plants"]


def plan_csv(plantings: Iterable[Planting]) -> str:
    """One line for each planting, in the order of sowing."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for planting in sorted(plantings, key=lambda planting: (planting.sown, planting.bed.name)):
        writer.writerow(
            [
                planting.bed.name,
                planting.crop.name,
                planting.sown.isoformat(),
                planting.first_picking.isoformat(),
                planting.last_picking.isoformat(),
                plants_in(planting),
            ]
        )
    return out.getvalue()
