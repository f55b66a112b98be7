"""The command line."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from furrow.errors import FurrowError
from furrow.garden import read_garden
from furrow.output.csv_export import plan_csv
from furrow.output.reports import picking_report, plan_report, seed_report

COMMANDS = {
    "plan": plan_report,
    "seeds": seed_report,
    "picking": picking_report,
    "csv": lambda garden: plan_csv(garden.plantings),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a report; 2 where the garden cannot be read."""
    parser = argparse.ArgumentParser(prog="furrow", description=__doc__)
    parser.add_argument("command", choices=sorted(COMMANDS))
    parser.add_argument("garden", type=Path)
    options = parser.parse_args(arguments)
    try:
        garden = read_garden(options.garden)
    except (FurrowError, OSError) as error:
        print(f"furrow: {error}", file=sys.stderr)
        return 2
    print(COMMANDS[options.command](garden), end="")
    return 0
