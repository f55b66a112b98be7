"""What can go wrong."""


class FurrowError(Exception):
    """A garden that makes no sense; the message says where."""


class UnknownNameError(FurrowError):
    """A crop or a bed that the garden does not have."""

    def __init__(self, kind: str, name: str, known: list[str]) -> None:
        listed = ", ".join(sorted(known)) or "none"
        super().__init__(f"no {kind} is called {name!r}; there are: {listed}")
        self.name = name
