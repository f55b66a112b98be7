from datetime import date

import pytest

from furrow import Bed, Crop, FurrowError, Hardiness, Planting, Season
from furrow.model.season import week_of, weeks


def crop(**changes):
    fields = {
        "name": "leek",
        "family": "onion",
        "hardiness": Hardiness.HARDY,
        "days_to_harvest": 100,
        "picking_days": 30,
        "row_gap": 30,
        "plant_gap": 15,
        "grams_per_plant": 250,
    }
    return Crop(**{**fields, **changes})


def test_season_is_from_frost_to_frost():
    season = Season(date(2025, 5, 1), date(2025, 10, 15))
    assert (season.year, season.frost_free_days) == (2025, 167)
    with pytest.raises(FurrowError, match="comes before"):
        Season(date(2025, 10, 15), date(2025, 5, 1))


def test_weeks_are_iso_weeks():
    assert week_of(date(2024, 12, 31)) == "2025-W01"
    assert weeks(date(2025, 1, 5), date(2025, 1, 13)) == ["2025-W01", "2025-W02", "2025-W03"]


@pytest.mark.parametrize("field", ["days_to_harvest", "picking_days", "row_gap", "plant_gap"])
def test_crop_has_positive_numbers(field):
    with pytest.raises(FurrowError, match=f"leek: {field} must be at least 1"):
        crop(**{field: 0})


@pytest.mark.parametrize("germination", [0, 1.01])
def test_germination_is_a_share(germination):
    with pytest.raises(FurrowError, match="germination"):
        crop(germination=germination)


def test_bed_has_an_area():
    assert Bed("a", 600, 120).area == pytest.approx(7.2)
    with pytest.raises(FurrowError, match="bed a"):
        Bed("a", 0, 120)


def test_plantings_overlap_until_the_last_picking():
    bed = Bed("a", 600, 120)
    first = Planting(crop(), bed, date(2025, 3, 1))
    assert first.first_picking == date(2025, 6, 9)
    assert first.last_picking == date(2025, 7, 8)
    assert first.overlaps(Planting(crop(), bed, date(2025, 7, 8)))
    assert not first.overlaps(Planting(crop(), bed, date(2025, 7, 9)))
    assert not first.overlaps(Planting(crop(), Bed("b", 600, 120), date(2025, 3, 1)))
