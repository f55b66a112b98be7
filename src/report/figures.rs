//! Numbers as people read them.
//!
//! Invariant: rounding never turns "nearly all" into "all" or "nearly none" into "none".

use crate::stats::interval::Share;

/// Shown where there is no figure.
pub const NONE: &str = "–";

/// A share as a whole number of percent, without sign: `58`, `<1`, `>99`; exactly 0 and 1 alone are `0` and `100`.
pub fn percent(value: Option<f64>) -> String {
    let Some(value) = value else { return NONE.to_owned() };
    let rounded = (value * 100.0).round();
    if value > 0.0 && rounded < 1.0 {
        "<1".to_owned()
    } else if value < 1.0 && rounded >= 100.0 {
        ">99".to_owned()
    } else {
        format!("{rounded:.0}")
    }
}

/// An interval of shares in percent: `76–100`. Bounds are rounded plainly.
pub fn percent_interval(interval: Option<[f64; 2]>) -> String {
    match interval {
        Some([low, high]) => format!("{:.0}–{:.0}", low * 100.0, high * 100.0),
        None => NONE.to_owned(),
    }
}

/// A ratio with two decimals; `<0.01` and `>0.99` as in [`percent`].
pub fn ratio(value: Option<f64>) -> String {
    let Some(value) = value else { return NONE.to_owned() };
    if value > 0.0 && value < 0.005 {
        "<0.01".to_owned()
    } else if (0.995..1.0).contains(&value) {
        ">0.99".to_owned()
    } else {
        format!("{value:.2}")
    }
}

/// An interval of ratios: `0.30–0.52`.
pub fn ratio_interval(interval: Option<[f64; 2]>) -> String {
    match interval {
        Some([low, high]) => format!("{low:.2}–{high:.2}"),
        None => NONE.to_owned(),
    }
}

/// A count of a count: `11/12`.
pub fn count(share: &Share) -> String {
    if share.value.is_none() { NONE.to_owned() } else { format!("{}/{}", share.count, share.n) }
}

/// An amount with one decimal under 100, none above.
pub fn amount(value: Option<f64>) -> String {
    match value {
        None => NONE.to_owned(),
        Some(value) if value < 99.95 => format!("{value:.1}"),
        Some(value) => format!("{value:.0}"),
    }
}

/// ` (n)` where a figure rests on fewer than `full`, else nothing.
pub fn resting_on(n: u64, full: u64) -> String {
    if 0 < n && n < full { format!(" ({n})") } else { String::new() }
}

/// `1 unit`, `2 units`.
pub fn plural(n: u64, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

/// Lists in a sentence are no longer than this.
pub const LIST: usize = 6;

/// `a 3, b 2 and 7 more`.
pub fn list(items: impl ExactSizeIterator<Item = String>) -> String {
    list_by(", ", items)
}

/// The same with something else between the items.
pub fn list_by(between: &str, items: impl ExactSizeIterator<Item = String>) -> String {
    let rest = items.len().saturating_sub(LIST);
    let shown = items.take(LIST).collect::<Vec<_>>().join(between);
    if rest > 0 { format!("{shown} and {rest} more") } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_and_none_are_exact() {
        for (value, expected) in [
            (0.0, "0"),
            (0.001, "<1"),
            (0.0149, "1"),
            (0.583, "58"),
            (0.99, "99"),
            (0.9999, ">99"),
            (1.0, "100"),
        ] {
            assert_eq!(percent(Some(value)), expected);
        }
        for (value, expected) in
            [(0.0, "0.00"), (0.004, "<0.01"), (0.416, "0.42"), (0.999, ">0.99"), (1.0, "1.00")]
        {
            assert_eq!(ratio(Some(value)), expected);
        }
        assert_eq!(
            (percent(None), ratio(None), count(&Share::unknown())),
            ("–".into(), "–".into(), "–".into())
        );
        assert_eq!(percent_interval(Share::independent(11, 12).interval), "65–99");
        assert_eq!(percent_interval(Share::independent(12, 12).interval), "76–100");
        assert_eq!((amount(Some(3.0)), amount(Some(1234.5))), ("3.0".to_owned(), "1234".to_owned()));
        assert_eq!(
            (resting_on(9, 12), resting_on(12, 12), resting_on(0, 12)),
            (" (9)".into(), String::new(), String::new())
        );
    }
}
