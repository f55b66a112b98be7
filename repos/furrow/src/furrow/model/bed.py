"""Where things grow."""

from dataclasses import dataclass, field

from furrow.errors import FurrowError


@dataclass(frozen=True)
class Bed:
    """A bed, and which families stood in it in earlier years."""

    name: str
    length: int
    """In centimetres."""
    width: int
    """In centimetres."""
    history: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.length < 1 or self.width < 1:
            raise FurrowError(f"bed {self.name}: length and width must be at least 1")

    @property
    def area(self) -> float:
        """In square metres."""
        return self.length * self.width / 10_000

    def families_in(self, year: int) -> tuple[str, ...]:
        return self.history.get(year, ())
