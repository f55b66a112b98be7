//! From text to durations.

use std::time::Duration;

use super::{MAX_NANOS, Unit, from_nanos};
use crate::error::{ParseError, ParseErrorKind};

/// Reads a duration: whole numbers with units, from large to small, each unit at most once.
///
/// Blanks may stand between the parts. `0` needs no unit.
///
/// ```
/// use std::time::Duration;
/// use tempo::duration::parse;
///
/// assert_eq!(parse("1h30m")?, Duration::from_secs(5_400));
/// assert_eq!(parse("2 seconds 5 ms")?, Duration::from_millis(2_005));
/// assert!(parse("30m1h").is_err());
/// # Ok::<(), tempo::ParseError>(())
/// ```
pub fn parse(text: &str) -> Result<Duration, ParseError> {
    let mut cursor = Cursor::new(text);
    cursor.skip_blanks();
    if cursor.at_end() {
        return Err(cursor.error(ParseErrorKind::Empty));
    }
    if text.trim() == "0" {
        return Ok(Duration::ZERO);
    }

    let mut total: u128 = 0;
    let mut last: Option<Unit> = None;
    while !cursor.at_end() {
        let start = cursor.offset;
        let whole = cursor.number()?;
        cursor.skip_blanks();
        let unit = cursor.unit(last)?;
        total += u128::from(whole) * u128::from(unit.nanos());
        if total > MAX_NANOS {
            return Err(ParseError::new(ParseErrorKind::Overflow, start));
        }
        last = Some(unit);
        cursor.skip_blanks();
    }
    from_nanos(total).ok_or_else(|| cursor.error(ParseErrorKind::Overflow))
}

/// A place in a text.
struct Cursor<'a> {
    text: &'a str,
    offset: usize,
}

impl<'a> Cursor<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, offset: 0 }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.offset..]
    }

    fn at_end(&self) -> bool {
        self.rest().is_empty()
    }

    fn error(&self, kind: ParseErrorKind) -> ParseError {
        ParseError::new(kind, self.offset)
    }

    fn skip_blanks(&mut self) {
        self.take_while(char::is_whitespace);
    }

    fn take_while(&mut self, accept: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !accept(c)).unwrap_or(rest.len());
        self.offset += end;
        &rest[..end]
    }

    fn number(&mut self) -> Result<u64, ParseError> {
        let start = self.offset;
        let digits = self.take_while(|c| c.is_ascii_digit());
        if digits.is_empty() {
            return Err(self.error(ParseErrorKind::ExpectedNumber));
        }
        digits
            .parse()
            .map_err(|_| ParseError::new(ParseErrorKind::Overflow, start))
    }

    /// Reads a unit, which must be smaller than the one before.
    fn unit(&mut self, last: Option<Unit>) -> Result<Unit, ParseError> {
        let start = self.offset;
        let name = self.take_while(char::is_alphabetic);
        if name.is_empty() {
            return Err(self.error(ParseErrorKind::ExpectedUnit));
        }
        let fail = |kind| ParseError::new(kind, start);
        let unit =
            Unit::from_name(name).ok_or_else(|| fail(ParseErrorKind::UnknownUnit(name.into())))?;
        if last.is_some_and(|last| unit >= last) {
            return Err(fail(ParseErrorKind::UnitOrder));
        }
        Ok(unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> (ParseErrorKind, usize) {
        let error = parse(text).unwrap_err();
        (error.kind().clone(), error.offset())
    }

    #[test]
    fn zero_needs_no_unit() {
        assert_eq!(parse("0"), Ok(Duration::ZERO));
        assert_eq!(parse(" 0 "), Ok(Duration::ZERO));
        assert_eq!(parse("0s"), Ok(Duration::ZERO));
    }

    #[test]
    fn errors_point_at_their_place() {
        assert_eq!(refused("  "), (ParseErrorKind::Empty, 2));
        assert_eq!(refused("1h x"), (ParseErrorKind::ExpectedNumber, 3));
        assert_eq!(refused("1h 30"), (ParseErrorKind::ExpectedUnit, 5));
        assert_eq!(refused("1h 2h"), (ParseErrorKind::UnitOrder, 4));
    }

    #[test]
    fn the_largest_duration_is_read() {
        assert_eq!(
            parse("18446744073709551615ns"),
            Ok(Duration::from_nanos(u64::MAX))
        );
        assert_eq!(
            refused("18446744073709551616ns"),
            (ParseErrorKind::Overflow, 0)
        );
        assert_eq!(refused("1w 30500w"), (ParseErrorKind::UnitOrder, 8));
        assert_eq!(refused("30501w"), (ParseErrorKind::Overflow, 0));
    }
}
