"""Functions of values: what fits where and when, and what comes of it."""
