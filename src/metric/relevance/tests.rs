//! Verdicts on small patches, one line a unit.
