//! Lines that stand elsewhere although no unit says so: a function that became a method, statements that became a
//! function, what was renamed on its way.
//!
//! In: both texts of each changed file, and where the structural diff found their lines. Out: more of the same. A run of
//! lines that has no place in the base, and stands word for word among the lines that are gone from it, is those lines;
//! white space at line ends, blank lines and names that the patch gave aside. A line beside such a run that differs from
//! the one beside the other in names only, and in fewer than half of them, belongs to it.
//!
//! Invariant: a line of the base stands for one line of the result at most; what the base still has is copied, not moved.

use std::collections::BTreeMap;

/// Letters and digits that a run needs to be told from what is written again anywhere, as in `git diff --color-moved`.
const ENOUGH: usize = 20;
/// Places that are tried for a run; what stands in more tells nothing.
const MOST_PLACES: usize = 64;

/// A side of a file: its lines without white space around them.
pub(super) struct Side<'a> {
    /// Path.
    pub path: &'a str,
    /// By line less one.
    pub lines: Vec<String>,
    /// By line less one: still to be explained. Of the result: has no place in the base; of the base: is gone.
    pub open: Vec<bool>,
}

/// A line: which side, which line less one.
pub(super) type Place = (usize, usize);

/// Pairs of a line of the result and the line of the base that it is.
pub(super) fn moved(old: &mut [Side], new: &mut [Side]) -> Vec<(Place, Place)> {
    let mut places: BTreeMap<&str, Vec<Place>> = BTreeMap::new();
    let texts: Vec<Vec<String>> = old.iter().map(|side| side.lines.clone()).collect();
    for (file, side) in old.iter().enumerate() {
        for line in (0..side.lines.len()).filter(|line| side.open[*line] && weight(&side.lines[*line]) > 0) {
            places.entry(&texts[file][line]).or_default().push((file, line));
        }
    }
    let mut pairs = Vec::new();
    for (file, side) in new.iter_mut().enumerate() {
        let mut line = 0;
        while line < side.lines.len() {
            let run = longest(old, side, line, &places);
            let Some(run) = run.filter(|run| run.weight >= ENOUGH) else {
                line += 1;
                continue;
            };
            let from = run.from;
            let mut found: Vec<(usize, usize)> = run.lines;
            beside(&old[from], side, &mut found);
            line = found.iter().map(|(line, _)| line + 1).max().unwrap_or(line + 1).max(line + 1);
            for (mine, its) in found {
                side.open[mine] = false;
                old[from].open[its] = false;
                pairs.push(((file, mine), (from, its)));
            }
        }
    }
    pairs
}

/// A run that both sides have.
struct Run {
    from: usize,
    /// Line of the result, line of the base.
    lines: Vec<(usize, usize)>,
    weight: usize,
}

/// The longest run that begins with a line, the first of several.
fn longest(old: &[Side], new: &Side, line: usize, places: &BTreeMap<&str, Vec<Place>>) -> Option<Run> {
    let begins = new.open[line].then(|| places.get(new.lines[line].as_str())).flatten()?;
    let mut best: Option<Run> = None;
    for (from, start) in begins.iter().filter(|(from, start)| old[*from].open[*start]).take(MOST_PLACES) {
        let run = run(&old[*from], new, line, *start);
        if best.as_ref().is_none_or(|best| run.1 > best.weight) {
            best = Some(Run { from: *from, lines: run.0, weight: run.1 });
        }
    }
    best
}

/// Lines that agree from two on, and their letters and digits.
fn run(old: &Side, new: &Side, line: usize, start: usize) -> (Vec<(usize, usize)>, usize) {
    let (mut mine, mut its) = (line, start);
    let (mut lines, mut total) = (Vec::new(), 0);
    while mine < new.lines.len()
        && its < old.lines.len()
        && new.open[mine]
        && old.open[its]
        && new.lines[mine] == old.lines[its]
    {
        lines.push((mine, its));
        total += weight(&new.lines[mine]);
        mine = next(&new.lines, mine);
        its = next(&old.lines, its);
    }
    (lines, total)
}

/// The next line that is not blank.
fn next(lines: &[String], line: usize) -> usize {
    (line + 1..lines.len()).find(|line| !lines[*line].is_empty()).unwrap_or(lines.len())
}

/// The one before.
fn before(lines: &[String], line: usize) -> Option<usize> {
    (0..line).rev().find(|line| !lines[*line].is_empty())
}

/// Adds lines above and below a run that are alike but for names.
fn beside(old: &Side, new: &Side, run: &mut Vec<(usize, usize)>) {
    let is_one =
        |mine: usize, its: usize| new.open[mine] && old.open[its] && alike(&new.lines[mine], &old.lines[its]);
    let (Some(mut first), Some(mut last)) = (run.first().copied(), run.last().copied()) else { return };
    while let (Some(mine), Some(its)) = (before(&new.lines, first.0), before(&old.lines, first.1))
        && is_one(mine, its)
    {
        first = (mine, its);
        run.push(first);
    }
    loop {
        let (mine, its) = (next(&new.lines, last.0), next(&old.lines, last.1));
        if mine >= new.lines.len() || its >= old.lines.len() || !is_one(mine, its) {
            break;
        }
        last = (mine, its);
        run.push(last);
    }
}

/// Whether two lines have the same signs and as many words, of which at least half agree.
fn alike(one: &str, other: &str) -> bool {
    let (one, other) = (split(one), split(other));
    let same = one.0.iter().zip(&other.0).filter(|(one, other)| one == other).count();
    one.1 == other.1 && one.0.len() == other.0.len() && 2 * same >= one.0.len()
}

/// Words of a line, and what is left with a mark for each.
fn split(line: &str) -> (Vec<&str>, String) {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let words: Vec<&str> = line.split(|letter| !is_word(letter)).filter(|word| !word.is_empty()).collect();
    let mut signs = String::new();
    for letter in line.chars().filter(|letter| !letter.is_whitespace()) {
        if !is_word(letter) {
            signs.push(letter);
        } else if !signs.ends_with('w') {
            signs.push('w');
        }
    }
    (words, signs)
}

/// Letters and digits.
fn weight(line: &str) -> usize {
    line.chars().filter(|letter| letter.is_alphanumeric()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of a text; those that begin with `=` are explained already.
    fn side<'a>(path: &'a str, text: &str) -> Side<'a> {
        let open = text.lines().map(|line| !line.starts_with('=')).collect();
        Side {
            path,
            lines: text.lines().map(|line| line.trim_start_matches('=').trim().to_owned()).collect(),
            open,
        }
    }

    /// `NEW<OLD` of each pair, 1-based.
    fn pairs(old: &str, new: &str) -> String {
        let mut found = moved(&mut [side("a", old)], &mut [side("a", new)]);
        found.sort_unstable();
        found
            .iter()
            .map(|((_, new), (_, old))| format!("{}<{}", new + 1, old + 1))
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn runs_of_lines_are_found_where_they_went() {
        let cases = [
            (
                "deeper",
                "fn first(list: &[u8]) {\n    list.len()\n}\n",
                "=impl A {\n    fn first(list: &[u8]) {\n        list.len()\n    }\n=}\n",
                "2<1 3<2 4<3",
            ),
            (
                "over a blank line",
                "let first = list.len();\n\nlet second = 2;\n",
                "let first = list.len();\nlet second = 2;\n",
                "1<1 2<3",
            ),
            ("too little to tell", "one();\n", "one();\n", ""),
            (
                "copied",
                "=let first = list_of_all_things.len();\n",
                "let first = list_of_all_things.len();\n",
                "",
            ),
            (
                "copied twice, gone once",
                "let first = list_of_all_things.len();\n",
                "let first = list_of_all_things.len();\n=x\nlet first = list_of_all_things.len();\n",
                "1<1",
            ),
            (
                "renamed on its way",
                "fn largest(list: &[Money]) -> Money {\n    list.iter().max_by_key(|one| one.minor())\n}\n",
                "fn greatest(list: &[Money]) -> Money {\n    list.iter().max_by_key(|one| one.minor())\n}\n",
                "1<1 2<2 3<3",
            ),
            (
                "another line beside it",
                "fn a() {\n    list.iter().max_by_key(|one| one.minor())\n",
                "fn a(b: u8) {\n    list.iter().max_by_key(|one| one.minor())\n",
                "2<2",
            ),
        ];
        for (what, old, new, expected) in cases {
            assert_eq!(pairs(old, new), expected, "{what}");
        }
    }
}
