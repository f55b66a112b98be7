//! What depends on a symbol, and how far away: the definitions that refer to it, those that refer to these, and so on.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::syntax::index::{Certainty, DefinitionId, Index, Symbol};

/// A definition, or a file for what stands outside definitions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// Path.
    pub file: String,
    /// 1-based line of the name; 1 for a file.
    pub line: usize,
    /// Its name after those of its owners; of a file, its path.
    pub name: String,
    /// What it is.
    pub kind: String,
}

/// A reference that makes one thing depend on another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Mention {
    /// Path.
    pub file: String,
    /// 1-based.
    pub line: usize,
    /// Name of what is referred to.
    pub to: String,
    /// The index is sure of it.
    pub certain: bool,
}

/// Something that depends on the symbols asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Dependent {
    /// It.
    pub place: Place,
    /// References on the shortest way: 1 refers to a symbol itself.
    pub steps: u32,
    /// Edges on the shortest import path from its file to the nearest file of a symbol; null if there is none.
    pub distance: Option<u32>,
    /// It has a reference on that way of which the index is sure.
    pub certain: bool,
    /// Where it refers to what is one step nearer.
    pub references: Vec<Mention>,
}

/// What depends on symbols.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Dependents {
    /// `kerf/context/1`.
    pub schema: String,
    /// The symbols asked about.
    pub symbols: Vec<Place>,
    /// By steps, then place.
    pub dependents: Vec<Dependent>,
}

/// Finds what depends on `symbols` by at most so many steps. With `possible`, references of which the index is not sure
/// count too, but only certain ones are followed further.
pub fn dependents(index: &Index, symbols: &BTreeSet<DefinitionId>, steps: u32, possible: bool) -> Dependents {
    let asked: Vec<Symbol> = symbols.iter().filter_map(|id| index.symbol(*id)).collect();
    let files: BTreeSet<&str> = asked.iter().map(|symbol| symbol.file).collect();
    let distances: Vec<BTreeMap<String, u32>> =
        files.iter().map(|file| index.graph().distances(file)).collect();
    let mut found: BTreeMap<Place, Dependent> = BTreeMap::new();
    let mut known: BTreeSet<DefinitionId> = symbols.clone();
    let mut front: Vec<DefinitionId> = symbols.iter().copied().collect();
    for step in 1..=steps {
        let mut next = BTreeSet::new();
        for target in front.iter().filter_map(|id| index.symbol(*id)) {
            for reference in index.references_to(target.id) {
                let certain = matches!(reference.certainty, Certainty::Resolved(_));
                let inside = reference.file == target.file && target.range.contains(&reference.range.start);
                if inside || !(certain || possible) {
                    continue;
                }
                let around = index.enclosing(reference.file, reference.range.start);
                if around.as_ref().is_some_and(|around| known.contains(&around.id)) {
                    continue;
                }
                let place = match &around {
                    Some(around) => place(index, around),
                    None => of_file(reference.file),
                };
                let entry = found.entry(place.clone()).or_insert_with(|| Dependent {
                    place,
                    steps: step,
                    distance: distances.iter().filter_map(|all| all.get(reference.file).copied()).min(),
                    certain: false,
                    references: Vec::new(),
                });
                if entry.steps < step {
                    continue;
                }
                entry.certain |= certain;
                entry.references.push(Mention {
                    file: reference.file.to_owned(),
                    line: reference.line,
                    to: target.name.to_owned(),
                    certain,
                });
                if let (true, Some(around)) = (certain, around) {
                    next.insert(around.id);
                }
            }
        }
        known.extend(next.iter().copied());
        front = next.into_iter().collect();
    }
    let mut dependents: Vec<Dependent> = found.into_values().collect();
    for one in &mut dependents {
        one.references.sort();
        one.references.dedup();
    }
    dependents.sort_by(|a, b| (a.steps, &a.place).cmp(&(b.steps, &b.place)));
    Dependents {
        schema: "kerf/context/1".to_owned(),
        symbols: asked.iter().map(|symbol| place(index, symbol)).collect(),
        dependents,
    }
}

fn of_file(file: &str) -> Place {
    Place { file: file.to_owned(), line: 1, name: file.to_owned(), kind: "file".to_owned() }
}

fn place(index: &Index, symbol: &Symbol) -> Place {
    let mut name = symbol.name.to_owned();
    let mut owner = symbol.owner;
    while let Some(above) = owner.and_then(|id| index.symbol(id)) {
        name = format!("{}::{name}", above.name);
        owner = above.owner;
    }
    Place { file: symbol.file.to_owned(), line: symbol.line, name, kind: symbol.kind.name().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patch::memory::Files;
    use crate::syntax::index::Cache;

    #[test]
    fn what_depends_on_a_function_and_how_far_away() {
        let tree = Files::of(&[
            ("Cargo.toml", "[package]\nname = \"x\"\n"),
            ("src/lib.rs", "mod a;\nmod b;\nmod c;\n"),
            ("src/a.rs", "pub fn half() { half_of() }\nfn half_of() {}\n"),
            ("src/b.rs", "use crate::a::half;\npub fn total() { half(); half(); }\n"),
            ("src/c.rs", "use crate::b;\npub fn report() { b::total(); m!(half); }\n"),
        ]);
        let index = Index::read(&tree, &mut Cache::default());
        let half = index.definitions_named("half").map(|found| found.id).collect();
        let told = |possible| -> Vec<String> {
            let found = dependents(&index, &half, 3, possible);
            assert_eq!(found.symbols[0].name, "half");
            let line = |one: &Dependent| {
                let lines: Vec<usize> = one.references.iter().map(|reference| reference.line).collect();
                format!("{} {} {:?} {} {lines:?}", one.steps, one.place.name, one.distance, one.certain)
            };
            found.dependents.iter().map(line).collect()
        };
        assert_eq!(
            told(false),
            ["1 src/b.rs Some(1) true [1]", "1 total Some(1) true [2]", "2 report Some(2) true [2]"]
        );
        assert_eq!(told(true), told(false), "m!(half) does not see `half` of another module");
    }
}
