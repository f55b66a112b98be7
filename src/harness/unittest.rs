//! unittest: being written.

use super::text::Log;
use super::{Format, ReadContext, Reading};

/// How sure one can be that a log is unittest's.
pub fn sniff(_log: &Log<'_>) -> f64 {
    0.0
}

/// Reads a log.
pub fn read(_log: &Log<'_>, _context: &ReadContext) -> Reading {
    Reading::new(Format::Unittest)
}
