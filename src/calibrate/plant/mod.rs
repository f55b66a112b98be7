//! Plants: edits that a program makes and whose worth it knows.
//!
//! In: the files of a gold patch's result and of its base, a seed. Out: [`Plant`]s, irrelevant ones of every kind at every
//! distance and legitimate ones, as edits of lines. Text in, text out: nothing here asks the rules that are measured, nor
//! the grammar helpers that these use.

mod comments;
mod debug;
mod files;
mod format;
mod legitimate;
mod neutral;
mod place;
mod text;
mod unused;

pub use place::{Distance, Ground, SourceFile};
pub use text::{Family, Text, family_of};

use place::Spot;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Replaces lines of a gold result's file. Plants of one round never overlap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// First line, 0-based.
    pub line: usize,
    /// How many lines go.
    pub gone: usize,
    /// What comes.
    pub come: Vec<String>,
}

impl Edit {
    fn insert(line: usize, come: Vec<String>) -> Self {
        Self { line, gone: 0, come }
    }

    fn replace(line: usize, come: String) -> Self {
        Self { line, gone: 1, come: vec![come] }
    }
}

/// What is done to a file as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whole {
    /// Creates it, or appends to what is there.
    Write(String),
    /// Makes it executable.
    Executable,
    /// Turns its line ends into CRLF.
    Crlf,
    /// Puts a byte-order mark in front.
    Mark,
    /// Takes its last line feed away, or adds one.
    LastNewline,
}

/// A planted edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plant {
    /// Kind as in records; `legitimate` for edits that a fix needs.
    pub kind: &'static str,
    /// `A` or `B`; none for a legitimate edit.
    pub grade: Option<char>,
    /// What exactly.
    pub sub: &'static str,
    /// How far from the fix.
    pub distance: Distance,
    /// File.
    pub path: String,
    /// Edits of lines.
    pub edits: Vec<Edit>,
    /// Or what is done to the whole.
    pub whole: Option<Whole>,
}

/// Where an edit of a kind can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Site {
    /// Before or on a statement.
    Statement,
    /// Before an item at the top of a file.
    Top,
    /// Anywhere in a file: the edit looks for its own lines.
    File,
}

/// One way to plant.
struct Row {
    kind: &'static str,
    grade: char,
    sub: &'static str,
    families: &'static [Family],
    site: Site,
    make: fn(&At, &mut Dice) -> Option<Vec<Edit>>,
}

/// Where a row is to plant.
struct At<'a> {
    file: &'a SourceFile,
    spot: Spot,
}

impl At<'_> {
    fn text(&self) -> &str {
        &self.file.text.lines[self.spot.line].text
    }

    fn indent(&self) -> &str {
        self.file.text.indent(self.spot.line)
    }

    fn family(&self) -> Family {
        self.file.text.family
    }
}

const BRACES: &[Family] = &[Family::Rust, Family::Script];
const ALL: &[Family] = &[Family::Rust, Family::Script, Family::Python];
const RUST: &[Family] = &[Family::Rust];
const SCRIPT: &[Family] = &[Family::Script];
const PYTHON: &[Family] = &[Family::Python];

fn rows() -> impl Iterator<Item = &'static Row> {
    [format::ROWS, unused::ROWS, neutral::ROWS, comments::ROWS, debug::ROWS].into_iter().flatten()
}

/// Kinds of edits of lines, in the order of the table.
pub const LINE_KINDS: &[&str] = &["format", "unused", "neutral", "comment", "debug"];
/// Kinds of edits of whole files.
pub const FILE_KINDS: &[&str] = &["mode", "scratch", "housekeeping"];

/// Random numbers that are the same on every machine.
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// Keyed by a seed and a place.
    pub fn new(seed: u64, place: &str) -> Self {
        let mut key = [0; 32];
        key.copy_from_slice(blake3::hash(format!("{seed} {place}").as_bytes()).as_bytes());
        Self(ChaCha8Rng::from_seed(key))
    }

    /// A number below `end`; 0 if that is 0.
    pub fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { (self.0.next_u64() % end as u64) as usize }
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            let other = self.below(at + 1);
            list.swap(at, other);
        }
    }

    /// A name that no file uses.
    fn name(&mut self, between: &str) -> String {
        const FIRST: &[&str] = &["spare", "draft", "probe", "shadow", "legacy", "extra", "backup", "interim"];
        const SECOND: &[&str] =
            &["total", "buffer", "window", "marker", "status", "branch", "result", "counter"];
        let (first, second, number) = (*self.pick(FIRST), *self.pick(SECOND), self.below(900) + 100);
        match between {
            "camel" => format!("{first}{}{}{number}", second[..1].to_uppercase(), &second[1..]),
            "type" => {
                format!(
                    "{}{}{}{}{number}",
                    first[..1].to_uppercase(),
                    &first[1..],
                    second[..1].to_uppercase(),
                    &second[1..]
                )
            }
            "upper" => format!("{}_{}_{number}", first.to_uppercase(), second.to_uppercase()),
            _ => format!("{first}_{second}_{number}"),
        }
    }

    fn local(&mut self, family: Family) -> String {
        self.name(if family == Family::Script { "camel" } else { "snake" })
    }
}

/// One plant of a kind at a distance, if the patch has a place for it.
pub fn plant(ground: &Ground, kind: &str, distance: Distance, dice: &mut Dice) -> Option<Plant> {
    if FILE_KINDS.contains(&kind) {
        return files::plant(ground, kind, distance, dice);
    }
    if kind == "legitimate" {
        return legitimate::plant(ground, dice);
    }
    let mut chosen: Vec<&Row> = rows().filter(|row| row.kind == kind).collect();
    dice.shuffle(&mut chosen);
    let mut files = ground.files_at(distance);
    dice.shuffle(&mut files);
    for row in chosen {
        for file in files.iter().take(6).filter(|file| row.families.contains(&file.text.family)) {
            let mut spots = match row.site {
                Site::Statement => file.statements(distance),
                Site::Top if distance.far() => file.tops(),
                Site::File if distance.far() => vec![Spot::nowhere()],
                Site::Top | Site::File => continue,
            };
            dice.shuffle(&mut spots);
            for spot in spots.into_iter().take(40) {
                let Some(edits) = (row.make)(&At { file, spot }, dice) else { continue };
                let found = Plant {
                    kind: row.kind,
                    grade: Some(row.grade),
                    sub: row.sub,
                    distance,
                    path: file.path.clone(),
                    edits,
                    whole: None,
                };
                if file.takes(&found.edits) {
                    return Some(found);
                }
            }
        }
    }
    None
}
