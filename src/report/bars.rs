//! Small pictures made of characters: interval bars, sparklines, a plane of points.
//!
//! In: numbers. Out: text of a fixed width in which nothing is told by colour.
//!
//! Invariant: no number, not even one that is infinite or none, breaks the width.

use super::figures::NONE;

/// An interval of a difference as a bar of `width` characters (an odd number has its middle at zero): `│` is zero, `●` the
/// estimate, `─` the interval, `·` the rest. What lies beyond ±`most` is shown at the edge.
pub fn interval(difference: f64, interval: Option<[f64; 2]>, most: f64, width: usize) -> String {
    let last = width.saturating_sub(1);
    let place = |value: f64| {
        let share = if most > 0.0 { (value / most).clamp(-1.0, 1.0) } else { 0.0 };
        let middle = last as f64 / 2.0;
        // Rounded from the middle outwards, so that both sides are alike.
        (middle.floor() + (share * middle).round()).clamp(0.0, last as f64) as usize
    };
    let mut bar = vec!['·'; width];
    if let Some([low, high]) = interval {
        for cell in bar.iter_mut().take(place(high) + 1).skip(place(low)) {
            *cell = '─';
        }
    }
    for (at, mark) in [(place(0.0), '│'), (place(difference), '●')] {
        if let Some(cell) = bar.get_mut(at) {
            *cell = mark;
        }
    }
    bar.into_iter().collect()
}

/// A share in 0..=1 with its interval as a bar of `width` characters from 0 to 1: `●` the share, `─` the interval, `·` the
/// rest.
pub fn share(value: f64, interval: Option<[f64; 2]>, width: usize) -> String {
    let last = width.saturating_sub(1) as f64;
    let place = |value: f64| (value.clamp(0.0, 1.0) * last).round() as usize;
    let mut bar = vec!['·'; width];
    if let Some([low, high]) = interval {
        for cell in bar.iter_mut().take(place(high) + 1).skip(place(low)) {
            *cell = '─';
        }
    }
    if let Some(cell) = bar.get_mut(place(value)) {
        *cell = '●';
    }
    bar.into_iter().collect()
}

/// Values over time as blocks of eight heights, from the least to the most of them; a gap is a blank, and where all are
/// alike they stand at half height.
pub fn sparkline(values: &[Option<f64>]) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let known = values.iter().flatten().copied().filter(|value| value.is_finite());
    let (least, most) =
        known.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), v| (least.min(v), most.max(v)));
    let block = |value: &Option<f64>| match value.filter(|value| value.is_finite()) {
        None => ' ',
        Some(_) if most <= least => BLOCKS[3],
        Some(value) => BLOCKS[((value - least) / (most - least) * 7.0).round() as usize],
    };
    values.iter().map(block).collect()
}

/// A point of a [`plane`].
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Named beside the plane; escaped already.
    pub name: String,
    /// Across.
    pub x: f64,
    /// Upwards.
    pub y: f64,
}

/// A plane of points, each shown by a letter in the order given; where several fall on one place, `*`. `x` and `y` name
/// the axes with their range. The points are named to the right. Empty without points.
pub fn plane(
    points: &[Point],
    x: (&str, [f64; 2]),
    y: (&str, [f64; 2]),
    size: (usize, usize),
) -> Vec<String> {
    let (width, height) = (size.0.max(2), size.1.max(2));
    if points.is_empty() {
        return Vec::new();
    }
    let at = |value: f64, [low, high]: [f64; 2], cells: usize| {
        let share = if high > low { ((value - low) / (high - low)).clamp(0.0, 1.0) } else { 0.5 };
        let share = if share.is_nan() { 0.0 } else { share };
        (share * (cells - 1) as f64).round() as usize
    };
    let mut cells = vec![vec![' '; width]; height];
    for (place, point) in points.iter().enumerate() {
        let (column, row) = (at(point.x, x.1, width), height - 1 - at(point.y, y.1, height));
        let cell = &mut cells[row][column];
        *cell = if *cell == ' ' { letter(place) } else { '*' };
    }
    let mut lines = vec![format!("{} up: {} to {}", y.0, number(y.1[0]), number(y.1[1]))];
    lines.extend(cells.iter().map(|row| format!("│{}", row.iter().collect::<String>())));
    lines.push(format!("└{}", "─".repeat(width)));
    for (place, point) in points.iter().enumerate() {
        let name = format!("{} {} ({}, {})", letter(place), point.name, number(point.x), number(point.y));
        match lines.get_mut(place + 1) {
            Some(line) => *line = format!("{line:0$}   {name}", width + 1),
            None => lines.push(format!("{:0$}   {name}", width + 1)),
        }
    }
    let axis = format!("{} across: {} to {}", x.0, number(x.1[0]), number(x.1[1]));
    lines.insert(height + 2, axis);
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

fn letter(place: usize) -> char {
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".chars().nth(place).unwrap_or('+')
}

fn number(value: f64) -> String {
    match value {
        value if !value.is_finite() => NONE.to_owned(),
        value if value.abs() >= 100.0 => format!("{value:.0}"),
        value => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bars_show_zero_and_estimate() {
        for (difference, range, expected) in [
            (0.0, Some([-0.5, 0.5]), "··───●───··"),
            (-0.6, Some([-0.8, -0.4]), "·─●─·│·····"),
            (9.0, Some([-9.0, 9.0]), "─────│────●"),
            (0.4, None, "·····│·●···"),
        ] {
            assert_eq!(interval(difference, range, 1.0, 11), expected);
        }
    }

    #[test]
    fn shares_stand_between_none_and_all() {
        for (value, range, expected) in [
            (0.5, Some([0.3, 0.7]), "···──●──···"),
            (1.0, Some([0.76, 1.0]), "········──●"),
            (0.0, None, "●··········"),
            (f64::NAN, Some([f64::NAN, 9.0]), "●──────────"),
        ] {
            assert_eq!(share(value, range, 11), expected);
        }
    }

    #[test]
    fn sparklines_show_gaps() {
        assert_eq!(sparkline(&[Some(0.0), Some(0.5), None, Some(1.0)]), "▁▅ █");
        assert_eq!(sparkline(&[Some(2.0), Some(2.0), Some(f64::NAN)]), "▄▄ ");
        assert_eq!(sparkline(&[]), "");
    }

    #[test]
    fn a_plane_names_its_points() {
        let point = |name: &str, x, y| Point { name: name.to_owned(), x, y };
        let points = [point("focused", 0.0, 1.0), point("sprawling", 0.5, 0.9), point("other", 0.5, 0.9)];
        let lines = plane(&points, ("ratio", [0.0, 1.0]), ("resolved", [0.0, 1.0]), (11, 4));
        insta::assert_snapshot!(lines.join("\n"), @"
        resolved up: 0.00 to 1.00
        │a    *        a focused (0.00, 1.00)
        │              b sprawling (0.50, 0.90)
        │              c other (0.50, 0.90)
        │
        └───────────
        ratio across: 0.00 to 1.00
        ");
    }

    proptest! {
        #[test]
        fn a_bar_keeps_its_width(d: f64, low: f64, high: f64, most: f64, width in 0_usize..60) {
            prop_assert_eq!(interval(d, Some([low, high]), most, width).chars().count(), width);
            prop_assert_eq!(share(d, Some([low, high]), width).chars().count(), width);
        }
    }
}
