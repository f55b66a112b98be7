"""Tables of text."""

from collections.abc import Sequence


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns two blanks apart; numbers to the right."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(header, *cells, strict=True)]
    numeric = [
        bool(rows) and all(isinstance(row[place], int | float) for row in rows)
        for place in range(len(header))
    ]
    lines = [_line(header, widths, numeric), _line(["-" * width for width in widths], widths)]
    lines += [_line(row, widths, numeric) for row in cells]
    return "".join(f"{line}\n" for line in lines)


def _line(cells: Sequence[str], widths: Sequence[int], numeric: Sequence[bool] = ()) -> str:
    right = [*numeric, *[False] * (len(widths) - len(numeric))]
    padded = [
        cell.rjust(width) if flush else cell.ljust(width)
        for cell, width, flush in zip(cells, widths, right, strict=True)
    ]
    return "  ".join(padded).rstrip()


def _cell(value: object) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)
