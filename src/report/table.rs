//! Tables that fit a terminal.
//!
//! In: columns with a two-line heading and a rank, rows of cells, a width. Out: lines. Columns are taken by rank as long
//! as they fit; the first column, a name, is shortened in its middle where even that is too much.
//! Widths are those of the display: a CJK character takes two columns, a combining mark none.
//!
//! Invariant: no line is wider than asked for, as long as 40 columns and the columns of rank 0 fit.

use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Names are not shortened below this.
const LEAST_NAME: usize = 12;

/// Blanks between columns.
const GAP: usize = 2;

/// More blanks before a new group.
const GROUP_GAP: usize = 4;

/// A column's heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// First line, shared by neighbours with the same one.
    pub group: String,
    /// Second line.
    pub name: String,
    /// 0 is always shown; higher ranks give way first.
    pub rank: u8,
}

/// One cell, already escaped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    /// Its text.
    pub text: String,
    /// Shown bold and red where colour is on.
    pub stands_out: bool,
}

/// A table with its lines, and what it had to leave out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Laid {
    /// Lines, each ended.
    pub text: String,
    /// Indices of columns that found no room.
    pub left_out: Vec<usize>,
}

/// Lays a table out. The first column is aligned left, all others right; every row has a cell per column.
pub fn lay(heads: &[Head], rows: &[Vec<Cell>], width: usize, colour: bool) -> Laid {
    let mut widths: Vec<usize> = (0..heads.len())
        .map(|column| {
            let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.text.width());
            cells.chain([heads[column].name.width()]).max().unwrap_or(0)
        })
        .collect();
    let name = widths.first().copied().unwrap_or(0);
    if let Some(first) = widths.first_mut() {
        *first = name.min(LEAST_NAME);
    }
    let shown = choose(heads, &mut widths, width);
    let left_out = (0..heads.len()).filter(|column| !shown.contains(column)).collect();
    // What room is left goes to the names.
    let spare = width.saturating_sub(total(heads, &shown, &widths));
    if let Some(first) = widths.first_mut() {
        *first = name.min(*first + spare);
    }
    let mut text = heading(heads, &shown, &widths);
    for row in rows {
        let mut line = String::new();
        for (place, &column) in shown.iter().enumerate() {
            let Some(cell) = row.get(column) else { continue };
            let cut = shorten(&cell.text, widths[column]);
            let blanks = " ".repeat(widths[column].saturating_sub(cut.width()));
            let painted = if cell.stands_out && colour { paint(&cut) } else { cut };
            if place == 0 {
                let _ = write!(line, "{painted}{blanks}");
            } else {
                let _ = write!(line, "{}{blanks}{painted}", " ".repeat(gap(heads, &shown, place)));
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    Laid { text, left_out }
}

fn paint(text: &str) -> String {
    let words = text.trim_end();
    format!("\x1b[1;31m{words}\x1b[0m{}", " ".repeat(text.len() - words.len()))
}

/// Columns in order, as many as fit; widens the last column of a group whose name is wider than its columns.
fn choose(heads: &[Head], widths: &mut Vec<usize>, width: usize) -> Vec<usize> {
    let mut by_rank: Vec<usize> = (0..heads.len()).collect();
    by_rank.sort_by_key(|&column| (heads[column].rank, column));
    let mut shown: Vec<usize> = Vec::new();
    let mut fitted = widths.clone();
    for column in by_rank {
        let mut with = shown.clone();
        with.push(column);
        with.sort_unstable();
        let mut room = widths.clone();
        make_room_for_groups(heads, &with, &mut room);
        if heads[column].rank > 0 && total(heads, &with, &room) > width {
            continue;
        }
        (shown, fitted) = (with, room);
    }
    *widths = fitted;
    shown
}

fn make_room_for_groups(heads: &[Head], shown: &[usize], widths: &mut [usize]) {
    for (start, end) in groups(heads, shown) {
        let taken = span_width(heads, shown, widths, start, end);
        widths[shown[end - 1]] += heads[shown[start]].group.width().saturating_sub(taken);
    }
}

/// Runs of shown columns with the same group, as ranges of places.
fn groups(heads: &[Head], shown: &[usize]) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for place in 0..shown.len() {
        match found.last_mut() {
            Some((start, end)) if heads[shown[*start]].group == heads[shown[place]].group => *end = place + 1,
            _ => found.push((place, place + 1)),
        }
    }
    found
}

fn span_width(heads: &[Head], shown: &[usize], widths: &[usize], start: usize, end: usize) -> usize {
    (start..end)
        .map(|place| widths[shown[place]] + if place == start { 0 } else { gap(heads, shown, place) })
        .sum()
}

fn total(heads: &[Head], shown: &[usize], widths: &[usize]) -> usize {
    (0..shown.len()).map(|place| widths[shown[place]] + gap(heads, shown, place)).sum()
}

/// Blanks before the column at a place.
fn gap(heads: &[Head], shown: &[usize], place: usize) -> usize {
    match place {
        0 => 0,
        _ if heads[shown[place]].group == heads[shown[place - 1]].group => GAP,
        _ => GROUP_GAP,
    }
}

fn heading(heads: &[Head], shown: &[usize], widths: &[usize]) -> String {
    let (mut above, mut below) = (String::new(), String::new());
    for (start, end) in groups(heads, shown) {
        let blanks = gap(heads, shown, start);
        let span = span_width(heads, shown, widths, start, end);
        let group = &heads[shown[start]].group;
        let _ =
            write!(above, "{}{group}{}", " ".repeat(blanks), " ".repeat(span.saturating_sub(group.width())));
        for place in start..end {
            let column = shown[place];
            let name = &heads[column].name;
            let pad = " ".repeat(widths[column].saturating_sub(name.width()));
            let before = " ".repeat(gap(heads, shown, place));
            let _ =
                if place == 0 { write!(below, "{name}{pad}") } else { write!(below, "{before}{pad}{name}") };
        }
    }
    format!("{}\n{}\n", above.trim_end(), below.trim_end())
}

/// At most `width` columns of a text, its middle replaced by `…`.
pub fn shorten(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let Some(room) = width.checked_sub(1) else { return String::new() };
    let take = |characters: &mut dyn Iterator<Item = char>, room: usize| {
        let mut used = 0;
        let taken: Vec<char> = characters
            .take_while(|character| {
                used += character.width().unwrap_or(0);
                used <= room
            })
            .collect();
        taken
    };
    let start: String = take(&mut text.chars(), room - room / 2).into_iter().collect();
    let end: String = take(&mut text.chars().rev(), room / 2).into_iter().rev().collect();
    format!("{start}…{end}")
}

/// Words broken into lines of at most `width` columns, later ones after `indent`. A word that is too long keeps its
/// length: it may be a command to be copied.
pub fn wrap(text: &str, width: usize, indent: &str) -> String {
    let mut out = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let length = word.width();
        if used > 0 && used + 1 + length > width {
            out.push('\n');
            out.push_str(indent);
            used = indent.width();
        } else if !out.is_empty() {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += length;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn heads() -> Vec<Head> {
        let head = |group: &str, name: &str, rank| Head { group: group.into(), name: name.into(), rank };
        vec![
            head("model", "", 0),
            head("resolved", "share", 0),
            head("resolved", "95 %", 2),
            head("a long group", "x", 1),
        ]
    }

    fn row(cells: [&str; 4]) -> Vec<Cell> {
        cells.map(|text| Cell { text: text.to_owned(), stands_out: text == "9" }).into()
    }

    #[test]
    fn columns_give_way_by_rank() {
        let rows = [row(["focused", "12/12", "76–100", "0"]), row(["模型模型", "1/12", "1–35", "9"])];
        insta::assert_snapshot!(lay(&heads(), &rows, 80, false).text, @"
        model       resolved         a long group
                    share    95 %               x
        focused     12/12  76–100               0
        模型模型     1/12    1–35               9
        ");
        let narrow = lay(&heads(), &rows, 33, false);
        insta::assert_snapshot!(narrow.text, @"
        model       resolved
                    share    95 %
        focused     12/12  76–100
        模型模型     1/12    1–35
        ");
        assert_eq!(narrow.left_out, [3]);
        assert!(lay(&heads(), &rows, 80, true).text.contains("\x1b[1;31m9\x1b[0m"));
    }

    #[test]
    fn long_names_lose_their_middle() {
        for (text, width, expected) in [
            ("anthropic/some-model-2025", 12, "anthro…-2025"),
            ("short", 12, "short"),
            ("模型模型模型模型", 7, "模…型"),
            ("ab", 1, "…"),
            ("ab", 0, ""),
        ] {
            assert_eq!(shorten(text, width), expected);
        }
    }

    #[test]
    fn wrapping_keeps_words_whole() {
        assert_eq!(wrap("one two three", 8, "  "), "one two\n  three");
        assert_eq!(wrap("averyveryverylongword b", 8, "  "), "averyveryverylongword\n  b");
    }

    proptest! {
        #[test]
        fn no_line_is_too_wide(names in prop::collection::vec("\\PC{0,60}", 0..6), width in 40_usize..140) {
            let names: Vec<String> = names.iter().map(|name| crate::report::escape::terminal(name)).collect();
            let rows: Vec<Vec<Cell>> = names.iter().map(|name| row([name, "12/12", "76–100", "0.00"])).collect();
            for line in lay(&heads(), &rows, width, false).text.lines() {
                prop_assert!(line.width() <= width, "{} > {width}: {line:?}", line.width());
            }
        }
    }
}
