//! Where a line of the result stood in the base, told by the structural diff.
//!
//! In: a [`Diff`]. Out: [`Lines`]: for a line of a changed file its line in the base, and for a name of the result its
//! name in the base. A line is told by its first byte that is not blank: where that byte lies in no unit it is the
//! same byte as before, however the line was indented; in a renamed name it is the old name's place; in a moved
//! element it is the line of the same rank there. For what is left, [`moved`] looks among the lines that are gone.
//!
//! Invariant: a line that a unit added has no line in the base.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::moved::{Side, moved};
use crate::diff::{Change, Diff, FilePair, Unit, UnitKind};

/// Lines and names of the result as they were in the base.
#[derive(Debug, Default)]
pub(super) struct Lines<'a> {
    /// New path → what became of its lines.
    files: BTreeMap<&'a str, FileLines<'a>>,
    /// Names given by renames: new → old.
    names: BTreeMap<String, String>,
}

#[derive(Debug)]
struct FileLines<'a> {
    pair: &'a FilePair,
    /// By new line less one: path in the base, 1-based line there.
    origins: Vec<Option<(&'a str, usize)>>,
}

/// A stretch of the new file: up to `end`, and where its bytes were.
enum Stretch<'a> {
    /// The same bytes as in the base from `line` on, line ends aside.
    Kept { line: usize },
    /// Of a unit.
    Changed { unit: &'a Unit, change: &'a Change },
}

impl<'a> Lines<'a> {
    pub fn new(diff: &'a Diff) -> Self {
        let mut by_file: BTreeMap<usize, Vec<(&Unit, &Change)>> = BTreeMap::new();
        for unit in diff.units.iter().filter(|unit| !unit.file_level) {
            for change in &unit.changes {
                by_file.entry(change.file).or_default().push((unit, change));
            }
        }
        let mut lines = Self { files: BTreeMap::new(), names: names(diff) };
        for (index, pair) in diff.files.iter().enumerate() {
            let Some(new) = pair.new.as_deref() else { continue };
            let changes = by_file.remove(&index).unwrap_or_default();
            lines.files.insert(new, FileLines { pair, origins: origins(diff, pair, changes) });
        }
        lines.find_names(diff);
        lines.find_moved(diff);
        lines
    }

    /// Adds names that were given without a unit that says so: words that no changed file had before, each in at least
    /// two places where one and the same word stood, in lines that are else the same.
    fn find_names(&mut self, diff: &Diff) {
        let texts: BTreeMap<&str, Vec<&[u8]>> = diff
            .files
            .iter()
            .filter(|pair| !pair.binary)
            .filter_map(|pair| {
                Some((pair.old.as_deref()?, pair.old_bytes.split(|byte| *byte == b'\n').collect()))
            })
            .collect();
        let old_words: BTreeSet<Vec<u8>> = texts.values().flatten().flat_map(|line| words(line)).collect();
        let mut given: BTreeMap<Vec<u8>, Option<(Vec<u8>, usize)>> = BTreeMap::new();
        for file in self.files.values().filter(|file| !file.pair.binary) {
            for (line, origin) in file.pair.new_bytes.split(|byte| *byte == b'\n').zip(&file.origins) {
                let Some(old) = origin.and_then(|(path, at)| texts.get(path)?.get(at - 1).copied()) else {
                    continue;
                };
                let (new, old) = (words(line), words(old));
                if new.len() != old.len() {
                    continue;
                }
                for (new, old) in new.into_iter().zip(old).filter(|(new, old)| new != old) {
                    match given.entry(new).or_insert_with(|| Some((old.clone(), 0))) {
                        Some((first, count)) if *first == old => *count += 1,
                        other => *other = None,
                    }
                }
            }
        }
        for (new, old) in given {
            let Some((old, 2..)) = old.filter(|_| !old_words.contains(&new)) else { continue };
            let text = |word: Vec<u8>| String::from_utf8_lossy(&word).into_owned();
            self.names.entry(text(new)).or_insert_with(|| text(old));
        }
    }

    /// Gives places to lines that have none and stand among those that are gone.
    fn find_moved(&mut self, diff: &'a Diff) {
        let mut kept: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        for (path, line) in self.files.values().flat_map(|file| file.origins.iter().flatten()) {
            kept.entry(path).or_default().insert(*line);
        }
        let is_kept = |path: &str, line: usize| kept.get(path).is_some_and(|lines| lines.contains(&line));
        let trimmed = |bytes: &[u8]| -> Vec<String> {
            String::from_utf8_lossy(bytes).lines().map(|line| line.trim().to_owned()).collect()
        };
        let gone = |pair: &'a FilePair| {
            let path = pair.old.as_deref().filter(|_| !pair.binary)?;
            let lines = trimmed(&pair.old_bytes);
            let open = (1..=lines.len()).map(|line| !is_kept(path, line)).collect();
            Some(Side { path, lines, open })
        };
        let mut old: Vec<Side<'a>> = diff.files.iter().filter_map(gone).collect();
        let mut new: Vec<Side<'a>> = Vec::new();
        for (path, file) in self.files.iter().filter(|(_, file)| !file.pair.binary) {
            let lines: Vec<String> =
                trimmed(&file.pair.new_bytes).iter().map(|line| self.old_names(line)).collect();
            let open = (0..lines.len()).map(|line| file.origins.get(line) == Some(&None)).collect();
            new.push(Side { path, lines, open });
        }
        for ((file, line), (from, its)) in moved(&mut old, &mut new) {
            if let Some(file) = self.files.get_mut(new[file].path) {
                file.origins[line] = Some((old[from].path, its + 1));
            }
        }
    }

    /// Path and line in the base of a line of the result; none where the line is new. Lines of files that did not
    /// change are themselves.
    pub fn origin<'b>(&'b self, file: &'b str, line: usize) -> Option<(&'b str, usize)> {
        match self.files.get(file) {
            None => Some((file, line)),
            Some(lines) => lines.origins.get(line.checked_sub(1)?).copied().flatten(),
        }
    }

    /// The changed file of this new path.
    pub fn pair(&self, file: &str) -> Option<&'a FilePair> {
        self.files.get(file).map(|lines| lines.pair)
    }

    /// A text of the result with the names that the base had.
    pub fn old_names(&self, text: &str) -> String {
        if self.names.is_empty() {
            return text.to_owned();
        }
        let mut result = String::with_capacity(text.len());
        let mut word = String::new();
        for letter in text.chars().chain(std::iter::once('\0')) {
            if letter.is_alphanumeric() || letter == '_' || letter == '$' {
                word.push(letter);
                continue;
            }
            result.push_str(self.names.get(&word).unwrap_or(&word));
            word.clear();
            if letter != '\0' {
                result.push(letter);
            }
        }
        result
    }
}

/// What renames replaced: new → old.
fn names(diff: &Diff) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for unit in diff.units.iter().filter(|unit| unit.kind == UnitKind::Rename) {
        for change in &unit.changes {
            let Some(pair) = diff.files.get(change.file) else { continue };
            let old = pair.old_bytes.get(change.old[0]..change.old[1]).unwrap_or_default();
            let new = pair.new_bytes.get(change.new[0]..change.new[1]).unwrap_or_default();
            let word = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
            if !old.is_empty() && !new.is_empty() {
                names.entry(word(new)).or_insert_with(|| word(old));
            }
        }
    }
    names
}

/// Words of a line.
fn words(line: &[u8]) -> Vec<Vec<u8>> {
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | 128..);
    line.split(|byte| !is_letter(byte)).filter(|word| !word.is_empty()).map(<[u8]>::to_vec).collect()
}

/// First bytes of lines; a text without any has one line.
pub(super) fn starts(bytes: &[u8]) -> Vec<usize> {
    let after = |(at, byte): (usize, &u8)| (*byte == b'\n' && at + 1 < bytes.len()).then_some(at + 1);
    std::iter::once(0).chain(bytes.iter().enumerate().filter_map(after)).collect()
}

/// The 1-based line of a byte.
fn line_at(starts: &[usize], byte: usize) -> usize {
    starts.partition_point(|start| *start <= byte).max(1)
}

/// The first byte of a line that is not blank, or of the line where all are.
pub(super) fn first_letter(bytes: &[u8], starts: &[usize], line: usize) -> usize {
    let Some(start) = line.checked_sub(1).and_then(|line| starts.get(line)) else { return bytes.len() };
    start + bytes[*start..].iter().take_while(|byte| matches!(**byte, b' ' | b'\t')).count()
}

fn origins<'a>(
    diff: &'a Diff,
    pair: &'a FilePair,
    mut changes: Vec<(&'a Unit, &'a Change)>,
) -> Vec<Option<(&'a str, usize)>> {
    let new_starts = starts(&pair.new_bytes);
    let old_starts = starts(&pair.old_bytes);
    let Some(old_path) = pair.old.as_deref() else {
        // What came from elsewhere into a new file is told by its move alone.
        return moved_only(diff, &changes, &new_starts, &pair.new_bytes);
    };
    changes.sort_by_key(|(_, change)| (change.new[0], change.old[0], change.new[1]));
    let mut stretches: Vec<(usize, Stretch)> = Vec::with_capacity(2 * changes.len() + 1);
    let mut line = 1;
    for (unit, change) in changes {
        stretches.push((change.new[0], Stretch::Kept { line }));
        stretches.push((change.new[1], Stretch::Changed { unit, change }));
        line = line_at(&old_starts, change.old[1]);
    }
    stretches.push((usize::MAX, Stretch::Kept { line }));
    let mut origins = Vec::with_capacity(new_starts.len());
    let (mut next, mut begin) = (0, 0);
    for line in 1..=new_starts.len() {
        let byte = first_letter(&pair.new_bytes, &new_starts, line);
        while stretches[next].0 <= byte {
            begin = stretches[next].0;
            next += 1;
        }
        origins.push(match &stretches[next].1 {
            Stretch::Kept { line } => Some((old_path, line + rank(&pair.new_bytes[begin..byte]))),
            Stretch::Changed { unit, change } => changed(diff, unit, change, byte, &pair.new_bytes),
        });
    }
    origins
}

fn moved_only<'a>(
    diff: &'a Diff,
    changes: &[(&'a Unit, &'a Change)],
    starts: &[usize],
    bytes: &[u8],
) -> Vec<Option<(&'a str, usize)>> {
    (1..=starts.len())
        .map(|line| {
            let byte = first_letter(bytes, starts, line);
            let (unit, change) =
                changes.iter().find(|(_, change)| (change.new[0]..change.new[1]).contains(&byte))?;
            changed(diff, unit, change, byte, bytes)
        })
        .collect()
}

/// Where a byte of a unit was; none where the unit made it.
fn changed<'a>(
    diff: &'a Diff,
    unit: &'a Unit,
    change: &'a Change,
    byte: usize,
    new_bytes: &[u8],
) -> Option<(&'a str, usize)> {
    match unit.kind {
        // A range may begin with the white space before its name, on the line above.
        UnitKind::Rename => Some((diff.files.get(change.file)?.old.as_deref()?, change.old_lines[1])),
        // White space, or punctuation that may be left out: the line goes on where the old one did.
        UnitKind::Format => {
            let rank = rank(new_bytes.get(change.new[0]..byte)?);
            let line = (change.old_lines[0] + rank).min(change.old_lines[1].max(change.old_lines[0]));
            Some((diff.files.get(change.file)?.old.as_deref()?, line))
        }
        UnitKind::Move => moved_from(diff, unit, change, byte),
        UnitKind::Body
        | UnitKind::Signature
        | UnitKind::Added
        | UnitKind::Removed
        | UnitKind::Import
        | UnitKind::Comment
        | UnitKind::File
        | UnitKind::Mode
        | UnitKind::Data => None,
    }
}

/// Where a byte of a moved element was: the line of the same rank. An element may move in parts, such as its comment and
/// itself; what has not as many lines as before is none of the kind.
fn moved_from<'a>(diff: &'a Diff, unit: &Unit, change: &Change, byte: usize) -> Option<(&'a str, usize)> {
    let text = |bytes: &'a Arc<[u8]>, range: [usize; 2]| bytes.get(range[0]..range[1]).unwrap_or_default();
    let mut to: Vec<&Change> = unit.changes.iter().filter(|part| part.new[0] < part.new[1]).collect();
    to.sort_by_key(|part| (part.file, part.new));
    let mut from: Vec<&Change> = unit.changes.iter().filter(|part| part.old[0] < part.old[1]).collect();
    from.sort_by_key(|part| (part.file, part.old));
    let news: Vec<&[u8]> = to.iter().map(|part| text(&diff.files[part.file].new_bytes, part.new)).collect();
    let olds: Vec<&[u8]> = from.iter().map(|part| text(&diff.files[part.file].old_bytes, part.old)).collect();
    let (new, old) = (news.concat(), olds.concat());
    if rank(new.trim_ascii()) != rank(old.trim_ascii()) {
        return None;
    }
    let blank = |text: &[u8]| text.len() - text.trim_ascii_start().len();
    let at = to.iter().position(|part| part.file == change.file && part.new == change.new)?;
    let before: usize = news[..at].iter().map(|text| text.len()).sum();
    let rank = rank(new.get(blank(&new)..before + byte - change.new[0]).unwrap_or_default());
    // The same line in what was moved, as a place in its parts.
    let mut place = blank(&old);
    if rank > 0 {
        let ends = old.iter().enumerate().skip(place).filter(|(_, byte)| **byte == b'\n');
        place = ends.map(|(at, _)| at + 1).nth(rank - 1)?;
    }
    for (part, text) in from.iter().zip(&olds) {
        if place < text.len() {
            let pair = diff.files.get(part.file)?;
            return Some((pair.old.as_deref()?, line_at(&starts(&pair.old_bytes), part.old[0] + place)));
        }
        place -= text.len();
    }
    None
}

/// Line ends in a text.
fn rank(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::{ChangedFile, Side, diff};

    fn side(path: &str, text: &str) -> Side {
        Side { path: path.to_owned(), mode: 0o100_644, bytes: text.as_bytes().into() }
    }

    fn changed(old: &str, new: &str) -> Diff {
        diff(&[ChangedFile { old: Some(side("a.rs", old)), new: Some(side("a.rs", new)) }])
    }

    fn indented(text: &str) -> String {
        format!("    {}\n", text.trim_end().replace('\n', "\n    "))
    }

    /// Old line of each new line, `·` where there is none.
    fn shown(diff: &Diff, path: &str) -> String {
        let lines = Lines::new(diff);
        let count = lines.files[path].origins.len();
        let show = |line| lines.origin(path, line).map_or("·".to_owned(), |(_, line)| line.to_string());
        (1..=count).map(show).collect::<Vec<_>>().join(" ")
    }

    const BASE: &str = "fn a() {\n    one(1, 2, 3);\n}\nfn b(x: u8) {\n    two(x);\n    x + 1\n}\n";

    #[test]
    fn lines_are_followed() {
        let cases = [
            ("a comment above", format!("// why\n{BASE}"), "· 1 2 3 4 5 6 7"),
            (
                "into a block",
                BASE.replace("    one(1, 2, 3);\n", "    if y {\n        one(1, 2, 3);\n    }\n"),
                "1 · 2 · 3 4 5 6 7",
            ),
            ("renamed", BASE.replace('x', "longer"), "1 2 3 4 5 6 7"),
            ("an argument more", BASE.replace("two(x)", "two(x, 1)"), "1 2 3 4 5 6 7"),
            (
                "moved",
                "fn b(x: u8) {\n    two(x);\n    x + 1\n}\nfn a() {\n    one(1, 2, 3);\n}\n".to_owned(),
                "4 5 6 7 1 2 3",
            ),
        ];
        for (what, new, expected) in cases {
            assert_eq!(shown(&changed(BASE, &new), "a.rs"), expected, "{what}");
        }
    }

    #[test]
    fn what_moves_to_a_new_file_is_followed() {
        let rest = "fn b(x: u8) {\n    two(x);\n    x + 1\n}\n";
        let gone = "fn a() {\n    one(1, 2, 3);\n}\n";
        let diff = diff(&[
            ChangedFile { old: Some(side("a.rs", BASE)), new: Some(side("a.rs", rest)) },
            ChangedFile { old: None, new: Some(side("b.rs", &format!("//! New.\n\n{gone}"))) },
        ]);
        let lines = Lines::new(&diff);
        assert_eq!(lines.origin("b.rs", 4), Some(("a.rs", 2)));
        assert_eq!(lines.origin("b.rs", 1), None);
        assert_eq!(lines.origin("a.rs", 2), Some(("a.rs", 5)));
        assert_eq!(lines.origin("c.rs", 7), Some(("c.rs", 7)));
    }

    #[test]
    fn a_function_that_became_a_method_is_followed() {
        let gone = "fn a() {\n    one(1, 2, 3);\n    three(4, 5, 6, 7, 8);\n}\n";
        let base = format!("struct S;\nimpl S {{\n    fn c(&self) {{}}\n}}\n{gone}");
        let inner = indented(gone);
        let diff = changed(&base, &format!("struct S;\nimpl S {{\n{inner}    fn c(&self) {{}}\n}}\n"));
        assert_eq!(shown(&diff, "a.rs"), "1 2 5 6 7 8 3 4");
    }

    #[test]
    fn an_element_that_moves_with_its_comment_is_followed() {
        let free =
            "/// The sum\n/// of two.\npub fn sum(a: u8, b: u8) -> u8 {\n    let c = a + b;\n    c\n}\n";
        let rest = "/// Why.\nfn other() {\n    two();\n}\n";
        let method = indented(free);
        let kind = "struct S;\nimpl S {\n    fn last(&self) {}\n}\n";
        let base = format!("{kind}\n{free}\n{rest}");
        let new = format!("{}\n{rest}", kind.replace("    fn last", &format!("{method}\n    fn last")));
        assert_eq!(shown(&changed(&base, &new), "a.rs"), "1 2 6 7 8 9 10 11 · 3 4 12 13 14 15 16");
    }

    #[test]
    fn names_without_a_unit_of_their_own_are_found() {
        let base = "struct A {\n    low: u8,\n}\nfn a(x: A, y: B) -> u8 {\n    let low = x.low;\n    low + y.low()\n}\n";
        let new = "struct A {\n    bottom: u8,\n}\nfn a(x: A, y: B) -> u8 {\n    let bottom = x.bottom;\n    bottom + y.low()\n}\n";
        let diff = changed(base, new);
        assert_eq!(Lines::new(&diff).old_names("bottom"), "low");
        let once = changed("fn a() {\n    one(x, y);\n}\n", "fn a() {\n    one(z, y);\n}\n");
        assert_eq!(Lines::new(&once).old_names("z"), "z", "one place is another argument");
    }

    #[test]
    fn messages_get_the_old_names_back() {
        let diff = changed(BASE, &BASE.replace('x', "longer"));
        assert_eq!(Lines::new(&diff).old_names("unused: `longer`, longerer"), "unused: `x`, longerer");
    }
}
