//! What can be wrong with a text that this crate reads.

use std::error::Error;
use std::fmt;

/// Why a text was refused, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    kind: ParseErrorKind,
    offset: usize,
}

/// The reasons for which a text is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// There was nothing to read.
    Empty,
    /// A number was expected.
    ExpectedNumber,
    /// A number stood without a unit.
    ExpectedUnit,
    /// A unit that is not known.
    UnknownUnit(String),
    /// A unit came after a smaller one, or twice.
    UnitOrder,
    /// The value does not fit.
    Overflow,
    /// A value outside the range that its place allows.
    OutOfRange {
        /// The value found.
        value: u32,
        /// Smallest value allowed.
        min: u32,
        /// Largest value allowed.
        max: u32,
    },
    /// A schedule needs five fields.
    FieldCount(usize),
    /// A name that is not known, of a weekday, a month or a schedule.
    UnknownName(String),
    /// A character that has no meaning at its place.
    Unexpected(char),
}

impl ParseError {
    pub(crate) fn new(kind: ParseErrorKind, offset: usize) -> Self {
        Self { kind, offset }
    }

    /// Moves the error to the right, for a text that is a part of a longer one.
    pub(crate) fn shifted(mut self, by: usize) -> Self {
        self.offset += by;
        self
    }

    /// The reason.
    pub fn kind(&self) -> &ParseErrorKind {
        &self.kind
    }

    /// Byte offset of the first character that could not be read.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ParseErrorKind::Empty => f.write_str("nothing to read")?,
            ParseErrorKind::ExpectedNumber => f.write_str("expected a number")?,
            ParseErrorKind::ExpectedUnit => f.write_str("expected a unit")?,
            ParseErrorKind::UnknownUnit(unit) => write!(f, "unknown unit `{unit}`")?,
            ParseErrorKind::UnitOrder => f.write_str("units must go from large to small")?,
            ParseErrorKind::Overflow => f.write_str("value too large")?,
            ParseErrorKind::OutOfRange { value, min, max } => {
                write!(f, "{value} is not within {min} to {max}")?;
            }
            ParseErrorKind::FieldCount(count) => write!(f, "expected 5 fields, found {count}")?,
            ParseErrorKind::UnknownName(name) => write!(f, "unknown name `{name}`")?,
            ParseErrorKind::Unexpected(c) => write!(f, "unexpected `{c}`")?,
        }
        write!(f, " at offset {}", self.offset)
    }
}

impl Error for ParseError {}
