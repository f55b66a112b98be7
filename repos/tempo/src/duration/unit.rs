//! The units in which durations are written.

use std::fmt;

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// A billionth of a second.
    Nano,
    /// A millionth of a second.
    Micro,
    /// A thousandth of a second.
    Milli,
    /// A second.
    Second,
    /// 60 seconds.
    Minute,
    /// 60 minutes.
    Hour,
    /// 24 hours.
    Day,
    /// 7 days.
    Week,
}

impl Unit {
    /// All units, largest first.
    pub const ALL: [Self; 8] = [
        Self::Week,
        Self::Day,
        Self::Hour,
        Self::Minute,
        Self::Second,
        Self::Milli,
        Self::Micro,
        Self::Nano,
    ];

    /// The unit in nanoseconds.
    pub const fn nanos(self) -> u64 {
        match self {
            Self::Nano => 1,
            Self::Micro => 1_000,
            Self::Milli => 1_000_000,
            Self::Second => 1_000_000_000,
            Self::Minute => 60 * Self::Second.nanos(),
            Self::Hour => 60 * Self::Minute.nanos(),
            Self::Day => 24 * Self::Hour.nanos(),
            Self::Week => 7 * Self::Day.nanos(),
        }
    }

    /// The symbol that is written after a number.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Nano => "ns",
            Self::Micro => "us",
            Self::Milli => "ms",
            Self::Second => "s",
            Self::Minute => "m",
            Self::Hour => "h",
            Self::Day => "d",
            Self::Week => "w",
        }
    }

    /// The unit of a symbol or of an English word, singular or plural.
    ///
    /// ```
    /// use tempo::Unit;
    ///
    /// assert_eq!(Unit::from_name("h"), Some(Unit::Hour));
    /// assert_eq!(Unit::from_name("minutes"), Some(Unit::Minute));
    /// assert_eq!(Unit::from_name("fortnight"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Self> {
        let unit = match name {
            "ns" | "nanosecond" | "nanoseconds" => Self::Nano,
            "us" | "µs" | "microsecond" | "microseconds" => Self::Micro,
            "ms" | "millisecond" | "milliseconds" => Self::Milli,
            "s" | "sec" | "second" | "seconds" => Self::Second,
            "m" | "min" | "minute" | "minutes" => Self::Minute,
            "h" | "hour" | "hours" => Self::Hour,
            "d" | "day" | "days" => Self::Day,
            "w" | "week" | "weeks" => Self::Week,
            _ => return None,
        };
        Some(unit)
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_goes_from_large_to_small() {
        assert!(Unit::ALL.windows(2).all(|pair| pair[0] > pair[1]));
        assert!(
            Unit::ALL
                .windows(2)
                .all(|pair| pair[0].nanos() > pair[1].nanos())
        );
    }

    #[test]
    fn symbols_are_names() {
        for unit in Unit::ALL {
            assert_eq!(Unit::from_name(unit.symbol()), Some(unit));
        }
    }
}
