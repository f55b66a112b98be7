//! Which units anything that matters leads to, by names.
//!
//! From the names that the statement uses and those that the files of the fail-to-pass tests use, on through the bodies
//! of all definitions with such a name. A name may mean several definitions, and all are followed. What is called without its
//! name (operators, traits of the language) is missed: being unreached decides what is tried first, never a class.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::{Diff, UnitKind};
use crate::metric::relevance::{Input, Topic, View};
use crate::patch::Tree;
use crate::syntax::{Definition, DefinitionKind, Source, language_of};

/// So many bytes of program text are read at most; beyond, everything counts as reached.
const MOST_BYTES: usize = 64 << 20;

/// Where to start from.
#[derive(Debug, Clone, Default)]
pub struct Seeds<'a> {
    /// Files of the fail-to-pass tests, as they are when tests run: path and content.
    pub tests: Vec<(&'a str, &'a [u8])>,
}

/// Units to which nothing leads: in a definition that is not reached, or adding one. Units without a grammar, and code
/// outside of definitions, count as reached.
pub fn unreached(input: &Input, result: &dyn Tree, seeds: &Seeds) -> BTreeSet<usize> {
    let Some(program) = Program::read(result) else { return BTreeSet::new() };
    let topic = Topic::new(input.statement, input.allow);
    let mut wanted: Vec<&str> = Vec::new();
    let tests: Vec<Source> = seeds
        .tests
        .iter()
        .filter_map(|(path, bytes)| Source::parse(language_of(path)?, bytes.to_vec()))
        .collect();
    for source in &tests {
        wanted.extend(source.identifiers().iter().map(|identifier| identifier.name));
    }
    wanted.extend(program.names().filter(|name| topic.names(name)));
    let reached = program.reach(wanted);
    let view = View::new(input.diff);
    (0..input.diff.units.len()).filter(|unit| is_unreached(&view, input.diff, *unit, &reached)).collect()
}

fn is_unreached(view: &View, diff: &Diff, unit: usize, reached: &BTreeSet<String>) -> bool {
    let unit = &diff.units[unit];
    let code = view.file(unit).is_some_and(|file| file.language.is_some() && !file.coarse);
    if unit.file_level || !code || unit.changes.is_empty() {
        return false;
    }
    if matches!(unit.kind, UnitKind::Comment | UnitKind::Format) {
        return true;
    }
    let is_reached = |definitions: &[Definition], at: usize| {
        let around: Vec<&Definition> = definitions
            .iter()
            .filter(|one| is_lasting(one) && one.range.start <= at && at < one.range.end)
            .collect();
        // A method is reached only through its own name; the innermost definition decides.
        let innermost = around.iter().min_by_key(|one| one.range.len());
        innermost.is_none_or(|one| reached.contains(&one.name))
    };
    unit.changes.iter().all(|change| {
        let (old, new) = (view.core(change, true), view.core(change, false));
        let after = !view.new_text(change).trim_ascii().is_empty();
        if unit.kind == UnitKind::Import {
            return unit.defines.iter().chain(&unit.uses).all(|name| !reached.contains(name.as_str()));
        }
        if after {
            !is_reached(view.definitions(change.file), new.start)
        } else {
            view.old(change.file).is_some_and(|source| !is_reached(&source.definitions(), old.start))
        }
    })
}

fn is_lasting(definition: &Definition) -> bool {
    !matches!(definition.kind, DefinitionKind::Local | DefinitionKind::Parameter)
}

/// Definitions of a tree by name, with the names that each of them uses.
struct Program {
    uses: BTreeMap<String, BTreeSet<String>>,
}

impl Program {
    /// None where it is too large to be read.
    fn read(tree: &dyn Tree) -> Option<Self> {
        let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut bytes = 0;
        for path in tree.paths() {
            let Some(language) = language_of(&path) else { continue };
            let Some(blob) = tree.blob(&path) else { continue };
            bytes += blob.bytes.len();
            if bytes > MOST_BYTES {
                return None;
            }
            let Some(source) = Source::parse(language, blob.bytes) else { continue };
            let identifiers = source.identifiers();
            let starts: Vec<usize> = identifiers.iter().map(|one| one.range.start).collect();
            for definition in source.definitions().into_iter().filter(is_lasting) {
                let first = starts.partition_point(|start| *start < definition.range.start);
                let last = starts.partition_point(|start| *start < definition.range.end);
                let used = uses.entry(definition.name).or_default();
                used.extend(identifiers[first..last].iter().map(|one| one.name.to_owned()));
            }
        }
        Some(Self { uses })
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.uses.keys().map(String::as_str)
    }

    fn reach(&self, seeds: Vec<&str>) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        let mut waiting = seeds;
        while let Some(name) = waiting.pop() {
            let Some(uses) = self.uses.get(name) else { continue };
            if reached.insert(name.to_owned()) {
                waiting.extend(uses.iter().map(String::as_str));
            }
        }
        reached
    }
}
