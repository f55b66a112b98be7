//! One field of a schedule: a set of small numbers.

use crate::error::{ParseError, ParseErrorKind};

/// Which numbers and names a field may hold.
#[derive(Debug)]
pub(super) struct Bounds {
    min: u32,
    max: u32,
    /// Names of the numbers from `min` on.
    names: &'static [&'static str],
}

impl Bounds {
    /// `max` must be less than 64.
    pub(super) const fn new(min: u32, max: u32, names: &'static [&'static str]) -> Self {
        Self { min, max, names }
    }

    fn value(&self, text: &str, offset: usize) -> Result<u32, ParseError> {
        let fail = |kind| Err(ParseError::new(kind, offset));
        if text.is_empty() {
            return fail(ParseErrorKind::ExpectedNumber);
        }
        if text.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let name = text.to_ascii_lowercase();
            return match (self.min..)
                .zip(self.names)
                .find(|(_, known)| **known == name)
            {
                Some((value, _)) => Ok(value),
                None => fail(ParseErrorKind::UnknownName(text.to_owned())),
            };
        }
        let value = number(text, offset)?;
        if !(self.min..=self.max).contains(&value) {
            let (min, max) = (self.min, self.max);
            return fail(ParseErrorKind::OutOfRange { value, min, max });
        }
        Ok(value)
    }
}

/// A set of numbers below 64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    bits: u64,
}

impl Field {
    /// Reads a list of items: `*`, `a`, `a-b`, each but a single number with an optional `/step`.
    pub(super) fn parse(text: &str, bounds: &Bounds) -> Result<Self, ParseError> {
        let mut bits = 0;
        let mut offset = 0;
        for item in text.split(',') {
            bits |= item_bits(item, bounds).map_err(|error| error.shifted(offset))?;
            offset += item.len() + 1;
        }
        Ok(Self { bits })
    }

    pub(super) fn contains(self, value: u32) -> bool {
        value < u64::BITS && self.bits & (1 << value) != 0
    }

    /// The smallest number of the set that is at least `value`.
    pub(super) fn next_from(self, value: u32) -> Option<u32> {
        let rest = self.bits.checked_shr(value)?;
        (rest != 0).then(|| value + rest.trailing_zeros())
    }

    /// The same set with `from` taken for another name of `to`.
    pub(super) fn folded(self, from: u32, to: u32) -> Self {
        if !self.contains(from) {
            return self;
        }
        Self {
            bits: self.bits & !(1 << from) | (1 << to),
        }
    }
}

fn item_bits(item: &str, bounds: &Bounds) -> Result<u64, ParseError> {
    let (range, step) = match item.split_once('/') {
        Some((range, step)) => (range, Some((step, range.len() + 1))),
        None => (item, None),
    };
    let (first, last) = match range.split_once('-') {
        _ if range == "*" => (bounds.min, bounds.max),
        Some((first, last)) => (
            bounds.value(first, 0)?,
            bounds.value(last, first.len() + 1)?,
        ),
        None if step.is_some() => return Err(ParseError::new(unexpected('/'), range.len())),
        None => {
            let value = bounds.value(range, 0)?;
            (value, value)
        }
    };
    if last < first {
        let kind = ParseErrorKind::OutOfRange {
            value: last,
            min: first,
            max: bounds.max,
        };
        return Err(ParseError::new(kind, 0));
    }
    let step = match step {
        None => 1,
        Some((text, offset)) => match number(text, offset)? {
            0 => return Err(ParseError::new(unexpected('0'), offset)),
            step => step,
        },
    };
    let values = (first..=last).step_by(step as usize);
    Ok(values.fold(0, |bits, value| bits | 1 << value))
}

fn unexpected(c: char) -> ParseErrorKind {
    ParseErrorKind::Unexpected(c)
}

fn number(text: &str, offset: usize) -> Result<u32, ParseError> {
    if let Some(at) = text.find(|c: char| !c.is_ascii_digit()) {
        let c = text[at..].chars().next().unwrap_or_default();
        return Err(ParseError::new(unexpected(c), offset + at));
    }
    text.parse().map_err(|_| {
        let kind = if text.is_empty() {
            ParseErrorKind::ExpectedNumber
        } else {
            ParseErrorKind::Overflow
        };
        ParseError::new(kind, offset)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Bounds = Bounds::new(0, 23, &[]);
    const MONTH: Bounds = Bounds::new(1, 12, &["jan", "feb", "mar"]);

    fn values(text: &str, bounds: &Bounds) -> Vec<u32> {
        let field = Field::parse(text, bounds).unwrap();
        (0..64).filter(|value| field.contains(*value)).collect()
    }

    #[test]
    fn items_are_joined() {
        assert_eq!(values("1,3-5,*/12", &HOUR), [0, 1, 3, 4, 5, 12]);
        assert_eq!(values("8-20/6", &HOUR), [8, 14, 20]);
        assert_eq!(values("Feb-mar", &MONTH), [2, 3]);
        assert_eq!(values("*", &MONTH).len(), 12);
    }

    #[test]
    fn errors_point_at_their_place() {
        let refused = |text| {
            let error = Field::parse(text, &HOUR).unwrap_err();
            (error.kind().clone(), error.offset())
        };
        assert_eq!(refused("1,x"), (ParseErrorKind::UnknownName("x".into()), 2));
        assert_eq!(refused("1-"), (ParseErrorKind::ExpectedNumber, 2));
        assert_eq!(refused("5/2"), (ParseErrorKind::Unexpected('/'), 1));
        assert_eq!(refused("*/0"), (ParseErrorKind::Unexpected('0'), 2));
        assert_eq!(refused("3+"), (ParseErrorKind::Unexpected('+'), 1));
    }

    #[test]
    fn the_next_value_is_found() {
        let field = Field::parse("5,20", &HOUR).unwrap();
        assert_eq!(field.next_from(0), Some(5));
        assert_eq!(field.next_from(5), Some(5));
        assert_eq!(field.next_from(6), Some(20));
        assert_eq!(field.next_from(21), None);
        assert_eq!(field.next_from(64), None);
    }
}
