//! Which edits of a patch are irrelevant: a class with its proof for every unit.
//!
//! In: a patch's [`Diff`], gold's if there is one, the statement and the base tree. Out: one [`Classified`] per unit, in
//! the order of the units. Signs (one file each in `sign/`) are looked for first, then dropped where the statement names
//! the thing or a unit without a sign needs it, then handed down to what only irrelevant units use; what is left with
//! changed tokens are the *anchors*, and comments and formatting are judged by their place towards these.
//!
//! Invariant: gold only acquits; a unit has a grade exactly if its class is irrelevant.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diff::{Diff, Role, Unit, UnitKind};
use crate::patch::{Blob, Overlaid, Tree, TreeChanges};
use crate::syntax::index::{Cache, Graph, Index, LARGEST, Words};
use crate::syntax::{DefinitionKind, Source, language_of};

mod acquit;
mod attributes;
mod beside;
mod place;
mod role;
mod sign;
mod spread;
mod topic;
mod view;
mod wording;

#[cfg(test)]
pub(crate) mod tests;

pub(crate) use topic::Topic;
pub(crate) use view::View;

/// What a unit is to the task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Made by a program.
    Generated,
    /// Gold has the same change.
    Acquitted,
    /// By ablation.
    Needed,
    /// By place or dependence.
    Supporting,
    /// Proven or strongly signed to be beside the task.
    Irrelevant,
    /// Everything else.
    Unproven,
}

/// How firm an irrelevance is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum Grade {
    /// Proven by identity of tokens or trees, or by absence of references.
    A,
    /// A strong sign.
    B,
}

/// Why a unit is irrelevant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// White space or optional punctuation only.
    Format,
    /// Added, and nothing refers to it.
    Unused,
    /// Other words for the same program.
    Neutral,
    /// File mode, end-of-line style, byte-order mark.
    Mode,
    /// A comment away from the change.
    Comment,
    /// Left-over prints and commented-out code.
    Debug,
    /// Reproduction programs, notes, backups, logs.
    Scratch,
    /// Ignore files, editor and CI settings, lockfiles on their own.
    Housekeeping,
}

impl Sign {
    /// As written in records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Unused => "unused",
            Self::Neutral => "neutral",
            Self::Mode => "mode",
            Self::Comment => "comment",
            Self::Debug => "debug",
            Self::Scratch => "scratch",
            Self::Housekeeping => "housekeeping",
        }
    }
}

/// A place that shows a fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// Path in the result, or in the base where the result has no such file.
    pub file: String,
    /// 1-based; 0 for the file as a whole.
    pub line: usize,
    /// What is to be seen there.
    pub text: String,
}

/// A unit's class with its proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Classified {
    /// Index into [`Diff::units`].
    pub unit: usize,
    /// Class.
    pub class: Class,
    /// Of an irrelevant unit.
    pub grade: Option<Grade>,
    /// Of an irrelevant unit.
    pub sign: Option<Sign>,
    /// Unproven and under suspicion; only ablation can tell.
    pub suspect: bool,
    /// The role that counts: a file that only calls itself a test or documentation is `other`.
    pub role: Role,
    /// Facts.
    pub evidence: Vec<Evidence>,
    /// One sentence.
    pub why: String,
}

/// What is known when a patch is judged.
pub struct Input<'a> {
    /// The patch.
    pub diff: &'a Diff,
    /// The reference fix, between the same base and its result.
    pub gold: Option<&'a Diff>,
    /// The problem statement.
    pub statement: Option<&'a str>,
    /// Globs of what the task allows to change.
    pub allow: Option<&'a [String]>,
    /// The tree that the patch was made for.
    pub base: &'a dyn Tree,
    /// What is known of its files already; else they are parsed when something is asked that only all of them can tell.
    pub summaries: Option<&'a Cache>,
    /// Which of its files hold which words; else it is found out when it is asked.
    pub words: Option<&'a Words>,
}

impl<'a> Input<'a> {
    /// A patch of which nothing is known but the tree that it was made for.
    pub fn bare(diff: &'a Diff, base: &'a dyn Tree) -> Self {
        Self { diff, gold: None, statement: None, allow: None, base, summaries: None, words: None }
    }
}

/// A sign that was found on a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    pub sign: Sign,
    pub grade: Grade,
    pub evidence: Vec<Evidence>,
    pub why: String,
}

/// What the rules share.
pub(crate) struct Facts<'a> {
    pub input: &'a Input<'a>,
    pub view: View<'a>,
    pub topic: Topic,
    changes: TreeChanges,
    graph: OnceCell<Graph>,
    reachable: OnceCell<BTreeSet<String>>,
    base_paths: OnceCell<Vec<String>>,
    words: Words,
    attributes: OnceCell<attributes::Attributes>,
    referring: RefCell<BTreeMap<String, Option<String>>>,
    types: RefCell<BTreeMap<String, bool>>,
}

impl<'a> Facts<'a> {
    fn new(input: &'a Input<'a>) -> Self {
        let mut changes = TreeChanges::new();
        for file in &input.diff.files {
            if let Some(old) = file.old.as_ref().filter(|old| Some(*old) != file.new.as_ref()) {
                changes.entry(old.clone()).or_insert(None);
            }
            if let Some(new) = &file.new {
                let mode = file.new_mode.as_deref().and_then(|mode| u32::from_str_radix(mode, 8).ok());
                let blob = Blob { mode: mode.unwrap_or(0o100_644), bytes: file.new_bytes.to_vec() };
                changes.insert(new.clone(), Some(blob));
            }
        }
        Self {
            input,
            view: View::new(input.diff),
            topic: Topic::new(input.statement, input.allow),
            changes,
            graph: OnceCell::new(),
            reachable: OnceCell::new(),
            base_paths: OnceCell::new(),
            words: Words::default(),
            attributes: OnceCell::new(),
            referring: RefCell::new(BTreeMap::new()),
            types: RefCell::default(),
        }
    }

    /// The tree with the patch.
    pub fn result(&self) -> Overlaid<'_> {
        Overlaid { base: self.input.base, changes: &self.changes }
    }

    /// Imports of the tree with the patch.
    pub fn graph(&self) -> &Graph {
        self.graph.get_or_init(|| {
            let mut summaries = self.input.summaries.cloned().unwrap_or_default();
            Index::graph_of(&self.result(), &mut summaries)
        })
    }

    /// Files that a build of the tree with the patch reaches.
    pub fn reachable(&self) -> &BTreeSet<String> {
        self.reachable.get_or_init(|| self.graph().reachable())
    }

    /// Files of the result that can hold this text as a word, sorted: none besides them does.
    pub fn files_with(&self, text: &str) -> Vec<String> {
        let words = self.input.words.unwrap_or(&self.words);
        let Some(found) = words.files_with(self.input.base, text) else { return self.result().paths() };
        let kept = found.filter(|path| !self.changes.contains_key(*path)).map(str::to_owned);
        let changed = self.changes.iter().filter(|(_, blob)| blob.is_some()).map(|(path, _)| path.clone());
        kept.chain(changed).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Number of files of the result that are looked into for words.
    pub fn files_looked_into(&self) -> usize {
        let words = self.input.words.unwrap_or(&self.words);
        let fits = |path: &String| match self.changes.get(path) {
            Some(blob) => blob.as_ref().is_some_and(|blob| blob.bytes.len() < LARGEST),
            None => !words.is_large(self.input.base, path),
        };
        self.result().paths().iter().filter(|path| fits(path)).count()
    }

    /// A file that names this one, remembered.
    pub fn referring(&self, path: &str, find: impl FnOnce() -> Option<String>) -> Option<String> {
        if let Some(known) = self.referring.borrow().get(path) {
            return known.clone();
        }
        let found = find();
        self.referring.borrow_mut().insert(path.to_owned(), found.clone());
        found
    }

    /// The result defines a type of this name and no trait, so that an import of it must be named to be used. Remembered.
    pub fn is_type_here(&self, name: &str) -> bool {
        if let Some(known) = self.types.borrow().get(name) {
            return *known;
        }
        let result = self.result();
        let (mut is_type, mut is_trait) = (false, false);
        for path in self.files_with(name) {
            let Some(language) = language_of(&path) else { continue };
            // Most files that have the word use it: only one that may define it is parsed.
            let blob = result.blob(&path).filter(|blob| view::may_define(&blob.bytes, name));
            let Some(source) = blob.and_then(|blob| Source::parse(language, blob.bytes)) else { continue };
            let definitions = source.definitions().into_iter();
            for definition in definitions.filter(|one| one.kind == DefinitionKind::Type && one.name == name) {
                let text = &source.bytes[definition.range.start..definition.name_range.start];
                *(if view::has_word(text, "trait") { &mut is_trait } else { &mut is_type }) = true;
            }
        }
        let found = is_type && !is_trait;
        self.types.borrow_mut().insert(name.to_owned(), found);
        found
    }

    /// Paths of the base.
    pub fn base_paths(&self) -> &[String] {
        self.base_paths.get_or_init(|| self.input.base.paths())
    }

    /// What the base's attributes say of files.
    fn attributes(&self) -> &attributes::Attributes {
        self.attributes.get_or_init(|| attributes::Attributes::read(self.input.base, self.base_paths()))
    }

    pub fn unit(&self, unit: usize) -> &'a Unit {
        &self.input.diff.units[unit]
    }

    /// A unit's first place as evidence.
    pub fn at(&self, unit: usize, text: impl Into<String>) -> Evidence {
        self.view.evidence(self.unit(unit), text)
    }
}

/// Judges every unit.
pub fn classify(input: &Input) -> Vec<Classified> {
    let facts = Facts::new(input);
    let count = input.diff.units.len();
    let gold = input.gold.map(acquit::Gold::new);
    let settled: Vec<Option<(Class, Vec<Evidence>, String)>> = (0..count)
        .map(|unit| {
            if let Some((evidence, why)) = sign::generated(&facts, unit) {
                return Some((Class::Generated, evidence, why));
            }
            let (evidence, why) = gold.as_ref()?.acquits(&facts.view, unit)?;
            Some((Class::Acquitted, evidence, why))
        })
        .collect();
    let free: Vec<bool> = settled.iter().map(Option::is_none).collect();
    let mut marks: Vec<Option<Mark>> =
        (0..count).map(|unit| free[unit].then(|| sign::own(&facts, unit)).flatten()).collect();
    let mut dropped = vec![false; count];
    loop {
        let unsigned = |unit: usize, marks: &[Option<Mark>]| {
            marks[unit].is_none()
                && has_tokens(facts.unit(unit))
                && !matches!(settled[unit], Some((Class::Generated, ..)))
        };
        let before = dropped.clone();
        for unit in (0..count).filter(|unit| unsigned(*unit, &marks)).collect::<Vec<_>>() {
            for needed in facts.view.needs(unit) {
                // What keeps the text whole is no need: an element needs its file.
                if marks[needed].is_some() {
                    marks[needed] = None;
                    dropped[needed] = true;
                }
            }
        }
        let spread = spread::step(&facts, &marks, &free, &dropped);
        if spread.is_empty() && before == dropped {
            break;
        }
        for (unit, mark) in spread {
            marks[unit] = Some(mark);
        }
    }
    let anchors: Vec<bool> = (0..count)
        .map(|unit| {
            let acquitted = matches!(settled[unit], Some((Class::Acquitted, ..)));
            let behavioural = free[unit] && marks[unit].is_none() && facts.unit(unit).role != Role::Test;
            has_tokens(facts.unit(unit)) && (acquitted || behavioural)
        })
        .collect();
    let grounds = place::Grounds::new(&facts, &anchors, &marks);
    let links = spread::Links::new(
        &facts,
        &settled.iter().map(|one| matches!(one, Some((Class::Acquitted, ..)))).collect::<Vec<_>>(),
    );
    let mut classified = Vec::with_capacity(count);
    for (unit, settled) in settled.into_iter().enumerate() {
        let role = role::effective(&facts, unit);
        let mut found = Classified {
            unit,
            class: Class::Unproven,
            grade: None,
            sign: None,
            suspect: false,
            role,
            evidence: vec![facts.at(unit, "")],
            why: "no sign and no proof, either way".to_owned(),
        };
        if let Some((class, evidence, why)) = settled {
            (found.class, found.evidence, found.why) = (class, evidence, why);
            classified.push(found);
            continue;
        }
        let by_place = grounds.judge(unit);
        // Where nothing but words changes they may be the whole answer.
        let answer = !anchors.contains(&true)
            && facts.unit(unit).kind == UnitKind::Comment
            && facts.topic.names_any_of(&["", &facts.view.inserted(facts.unit(unit))]);
        let mark =
            marks[unit].take().or_else(|| if answer { None } else { sign::placed(&facts, unit, &by_place) });
        if let Some(mark) = mark.filter(|_| !dropped[unit]) {
            (found.class, found.grade, found.sign) = (Class::Irrelevant, Some(mark.grade), Some(mark.sign));
            (found.evidence, found.why) = (mark.evidence, mark.why);
        } else if let place::Place::Beside { line, file, why } = by_place {
            found.class = Class::Supporting;
            found.evidence = vec![Evidence { file, line, text: String::new() }];
            found.why = why;
        } else if let Some((evidence, why)) = links.supports(&facts, unit, &anchors) {
            (found.class, found.evidence, found.why) = (Class::Supporting, evidence, why);
        }
        classified.push(found);
    }
    classified
}

/// It changes more than comments and white space.
pub(crate) fn has_tokens(unit: &Unit) -> bool {
    !matches!(unit.kind, UnitKind::Comment | UnitKind::Format | UnitKind::Mode)
}
