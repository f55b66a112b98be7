from datetime import date

import pytest

from furrow.errors import FurrowError, UnknownNameError
from furrow.garden import parse_garden


def test_garden_is_read(garden):
    assert sorted(garden.crops) == ["lettuce", "radish", "tomato"]
    assert garden.beds["north"].families_in(2022) == ("cabbage", "onion")
    assert [one.sown for one in garden.plantings] == [
        date(2025, 5, 10),
        date(2025, 4, 17),
        date(2025, 5, 8),
        date(2025, 5, 29),
        date(2025, 6, 19),
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[season]", "[year]", r"the garden has no \[season\]"),
        ('"tender"', '"soft"', "crop tomato"),
        ("row_gap = 60", "rows = 60", "crop tomato"),
        ("sown = 2025-05-10", 'sown = "May"', "tomato: sown must be a day"),
    ],
)
def test_bad_garden_is_refused(path, old, new, message):
    text = path.read_text(encoding="utf-8").replace(old, new)
    with pytest.raises(FurrowError, match=message):
        parse_garden(text)


def test_unknown_names_are_told(path):
    text = path.read_text(encoding="utf-8").replace('bed = "wall"', 'bed = "well"')
    with pytest.raises(UnknownNameError, match="there are: north, south, wall"):
        parse_garden(text)
