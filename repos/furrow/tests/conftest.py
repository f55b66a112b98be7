"""A small garden for all tests."""

from pathlib import Path

import pytest

from furrow.garden import Garden, read_garden


@pytest.fixture
def path() -> Path:
    return Path(__file__).parent / "data" / "garden.toml"


@pytest.fixture
def garden(path: Path) -> Garden:
    return read_garden(path)
