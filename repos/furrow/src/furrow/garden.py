"""A whole garden, read from TOML."""

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from furrow.errors import FurrowError, UnknownNameError
from furrow.model.bed import Bed
from furrow.model.crop import Crop, Hardiness
from furrow.model.planting import Planting
from furrow.model.season import Season
from furrow.planning.succession import succession

T = TypeVar("T")


@dataclass(frozen=True)
class Garden:
    """Season, catalogue, beds and what is planted in them."""

    season: Season
    crops: dict[str, Crop]
    beds: dict[str, Bed]
    plantings: tuple[Planting, ...]


def read_garden(path: Path) -> Garden:
    """Reads a garden; names of crops and beds are the keys of their tables."""
    return parse_garden(path.read_text(encoding="utf-8"))


def parse_garden(text: str) -> Garden:
    data = tomllib.loads(text)
    season = Season(**_section(data, "season"))
    crops = {name: _crop(name, table) for name, table in _section(data, "crops").items()}
    beds = {name: _bed(name, table) for name, table in _section(data, "beds").items()}
    plantings: list[Planting] = []
    for table in data.get("plantings", []):
        plantings += _plantings(table, crops, beds, season)
    return Garden(season, crops, beds, tuple(plantings))


def _section(data: dict[str, Any], name: str) -> dict[str, Any]:
    if name not in data:
        raise FurrowError(f"the garden has no [{name}]")
    return data[name]


def _crop(name: str, table: dict[str, Any]) -> Crop:
    try:
        return Crop(name=name, **{**table, "hardiness": Hardiness(table.get("hardiness"))})
    except (TypeError, ValueError) as error:
        raise FurrowError(f"crop {name}: {error}") from error


def _bed(name: str, table: dict[str, Any]) -> Bed:
    history = {int(year): tuple(families) for year, families in table.get("history", {}).items()}
    return Bed(name, table["length"], table["width"], history)


def _plantings(
    table: dict[str, Any], crops: dict[str, Crop], beds: dict[str, Bed], season: Season
) -> list[Planting]:
    crop = _named("crop", table["crop"], crops)
    bed = _named("bed", table["bed"], beds)
    if "every" in table:
        return succession(crop, bed, season, table["every"], table.get("times", 2))
    sown = table["sown"]
    if not isinstance(sown, date):
        raise FurrowError(f"{crop.name}: sown must be a day such as 2025-04-30")
    return [Planting(crop, bed, sown, table.get("share", 1.0))]


def _named(kind: str, name: str, known: dict[str, T]) -> T:
    if name not in known:
        raise UnknownNameError(kind, name, list(known))
    return known[name]
