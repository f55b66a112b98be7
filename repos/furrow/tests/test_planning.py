from datetime import date

import pytest

from furrow import FurrowError, Planting, Season
from furrow.planning.checks import problems
from furrow.planning.rotation import fatigue, rested_beds
from furrow.planning.seed import seed_order, seeds_for
from furrow.planning.spacing import plants_in
from furrow.planning.succession import succession
from furrow.planning.windows import sowing_window
from furrow.planning.yields import grams_of, picking


@pytest.mark.parametrize(
    ("name", "opens", "closes"),
    [
        ("radish", date(2025, 3, 20), date(2025, 10, 9)),
        ("lettuce", date(2025, 4, 17), date(2025, 8, 24)),
        ("tomato", date(2025, 5, 8), date(2025, 6, 1)),
    ],
)
def test_window_depends_on_frost(garden, name, opens, closes):
    window = sowing_window(garden.crops[name], garden.season)
    assert (window.opens, window.closes) == (opens, closes)
    assert opens in window
    assert closes in window


def test_short_season_has_no_window(garden):
    season = Season(date(2025, 6, 1), date(2025, 9, 1))
    assert sowing_window(garden.crops["tomato"], season) is None


def test_beds_rest_from_a_family(garden):
    radish, tomato = garden.crops["radish"], garden.crops["tomato"]
    tired = fatigue(radish, garden.beds["north"], 2025)
    assert str(tired) == "north had cabbage in 2022: not before 2026"
    assert fatigue(radish, garden.beds["north"], 2026) is None
    assert fatigue(tomato, garden.beds["south"], 2026) is not None
    assert fatigue(tomato, garden.beds["south"], 2027) is None


def test_beds_that_rested_longest_come_first(garden):
    beds = list(garden.beds.values())
    names = [bed.name for bed in rested_beds(garden.crops["lettuce"], beds, 2026)]
    assert names == ["south", "wall", "north"]
    names = [bed.name for bed in rested_beds(garden.crops["tomato"], beds, 2025)]
    assert names == ["north", "wall"]


def test_bed_holds_whole_rows(garden):
    planting = garden.plantings[0]
    assert plants_in(planting) == 1 * 6
    half = Planting(garden.crops["lettuce"], garden.beds["south"], date(2025, 5, 1), 0.5)
    assert plants_in(half) == 4 * 6


def test_seed_is_ordered_in_packets(garden):
    assert seeds_for(garden.plantings[0]) == 8
    radish = Planting(garden.crops["radish"], garden.beds["south"], date(2025, 4, 1))
    assert seeds_for(radish) == 712
    assert seed_order([radish, garden.plantings[0]]) == {"radish": 3, "tomato": 1}


def test_succession_ends_with_the_window(garden):
    lettuce, south = garden.crops["lettuce"], garden.beds["south"]
    days = [one.sown for one in succession(lettuce, south, garden.season, 60, 4)]
    assert days == [date(2025, 4, 17), date(2025, 6, 16), date(2025, 8, 15)]
    with pytest.raises(FurrowError, match="at least 1 day"):
        succession(lettuce, south, garden.season, 0, 4)


def test_picking_is_spread_over_days(garden):
    tomato = garden.plantings[0]
    assert grams_of(tomato) == 16800
    weeks = picking([tomato])
    assert list(weeks)[0] == "2025-W31"
    assert weeks["2025-W31"] == {"tomato": 300 * 6}
    assert sum(crops["tomato"] for crops in weeks.values()) == 16800


def test_good_plan_has_no_problems(garden):
    assert problems(garden.plantings, garden.season) == []


def test_problems_are_told(garden):
    crops, beds = garden.crops, garden.beds
    plan = [
        Planting(crops["tomato"], beds["south"], date(2025, 4, 1), 0.6),
        Planting(crops["radish"], beds["south"], date(2025, 4, 15), 0.5),
    ]
    assert problems(plan, garden.season) == [
        "tomato: 2025-04-01 is not from 2025-05-08 to 2025-06-01",
        "tomato: south had nightshade in 2023: not before 2027",
        "south: tomato and radish take more than the bed",
    ]
