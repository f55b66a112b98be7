//! Functions as sets of short token runs, for comparison.
//!
//! In: a file with its symbols. Out: a [`Sketch`] for each function. Tokens are those from the parameters to the end;
//! comments, attributes and separators before a closing bracket are no part. In a [`Sketch`]'s runs every name is the same
//! name; its facts are the names that are not local to it, and literals.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use rayon::prelude::*;

use crate::diff::{Role, role_of};
use crate::patch::Tree;
use crate::syntax::index::{Certainty, DefinitionId, Index, Symbol, SymbolKind};
use crate::syntax::{Source, TokenKind, flag, hash_bytes, language_of};

/// Tokens of a run. Changing one token of a function changes as many runs.
const RUN: usize = 3;

/// A function.
#[derive(Debug, Clone)]
pub(super) struct Sketch {
    pub id: DefinitionId,
    pub file: String,
    pub line: usize,
    pub name: String,
    /// Names of the entities around it, outermost first.
    pub owners: Vec<String>,
    /// Number of its tokens.
    pub tokens: usize,
    /// Compiled only under a condition.
    pub conditional: bool,
    runs: Vec<u64>,
    facts: Vec<u64>,
}

impl Sketch {
    /// Runs in common by runs of either (Jaccard, as multisets): 0 to 1.
    pub fn similarity(&self, other: &Self) -> f64 {
        share(&self.runs, &other.runs)
    }

    /// The same of names that are not local, and literals.
    pub fn facts(&self, other: &Self) -> f64 {
        share(&self.facts, &other.facts)
    }

    /// The trait that it implements a part of.
    pub fn of_trait(&self) -> bool {
        self.owners.last().is_some_and(|owner| owner.starts_with("impl ") && owner.contains(" for "))
    }
}

/// Jaccard's index of two sorted multisets; 1 where both are empty.
fn share(a: &[u64], b: &[u64]) -> f64 {
    let (mut i, mut j, mut common) = (0, 0, 0usize);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        common += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    let all = a.len() + b.len() - common;
    if all == 0 { 1.0 } else { common as f64 / all as f64 }
}

/// Functions of a tree's code files.
#[derive(Debug, Default)]
pub struct Functions(pub(super) Vec<Sketch>);

impl Functions {
    /// Reads them; tests and generated files are left out.
    pub fn read(index: &Index, tree: &dyn Tree) -> Self {
        let paths: Vec<String> =
            tree.paths().into_iter().filter(|path| language_of(path).is_some()).collect();
        let found: Vec<Vec<Sketch>> = paths
            .par_iter()
            .map(|path| {
                let source =
                    language_of(path).and_then(|language| Source::parse(language, tree.blob(path)?.bytes));
                source.map_or_else(Vec::new, |source| functions(index, path, &source))
            })
            .collect();
        Self(found.into_iter().flatten().collect())
    }
}

/// The functions of a code file, tests left out.
pub(super) fn functions(index: &Index, path: &str, source: &Source) -> Vec<Sketch> {
    if role_of(path, &source.bytes) != Role::Code {
        return Vec::new();
    }
    let (locals, others): (Vec<Symbol>, Vec<Symbol>) =
        index.definitions_in(path).partition(|symbol| symbol.kind.is_local());
    // What a name leads to tells apart what two modules call alike.
    let mut homes: BTreeMap<usize, (&str, &str)> = BTreeMap::new();
    for found in index.references_in(path) {
        if let Certainty::Resolved(id) = found.certainty
            && let Some(symbol) = index.symbol(id).filter(|symbol| !symbol.kind.is_local())
        {
            homes.insert(found.range.start, (symbol.file, symbol.name));
        }
    }
    let mut found: Vec<Sketch> = others
        .iter()
        .filter(|symbol| is_function(symbol))
        .filter(|symbol| !source.in_test_module(symbol.name_range.start))
        .filter_map(|symbol| sketch(source, symbol, &locals, &homes))
        .collect();
    found.sort_by_key(|one| one.id);
    found.dedup_by_key(|one| one.id);
    found
}

/// A function or method, or a variable that holds one.
fn is_function(symbol: &Symbol) -> bool {
    match symbol.kind {
        SymbolKind::Function | SymbolKind::Method => true,
        SymbolKind::Constant => symbol.parameters.is_some(),
        _ => false,
    }
}

fn sketch(
    source: &Source,
    symbol: &Symbol,
    locals: &[Symbol],
    homes: &BTreeMap<usize, (&str, &str)>,
) -> Option<Sketch> {
    let leaf = source.leaf_at(symbol.name_range.start)?;
    let range = source.range(source.ungrouped(source.parent(leaf)?));
    let inside =
        |range: &Range<usize>, place: &Range<usize>| range.start <= place.start && place.end <= range.end;
    let own: BTreeSet<&[u8]> = locals
        .iter()
        .filter(|local| inside(&range, &local.name_range))
        .map(|local| local.name.as_bytes())
        .chain([symbol.name.as_bytes()])
        .collect();
    let first = source.tokens.partition_point(|token| (token.start as usize) < symbol.name_range.end);
    let last = source.tokens.partition_point(|token| (token.start as usize) < range.end);
    let (mut words, mut facts): (Vec<u64>, Vec<u64>) = (Vec::new(), Vec::new());
    let mut separator = false;
    let mut before: &[u8] = b"";
    for at in first..last {
        let token = &source.tokens[at];
        let node = &source.nodes[token.node as usize];
        let leaf = token.node as usize;
        if token.kind == TokenKind::Comment
            || in_attribute(source, leaf, &range)
            || is_bare_text(source, leaf)
        {
            continue;
        }
        let text = source.text(at);
        if separator && matches!(text, b")" | b"]" | b"}" | b">") {
            words.pop();
        }
        separator = text == b"," || text == b";" && source.language.tail_expressions;
        let member = matches!(before, b"." | b"::" | b"?.");
        before = text;
        if node.is(flag::IDENTIFIER) {
            words.push(0);
            if member || !own.contains(text) {
                facts.push(match homes.get(&(token.start as usize)) {
                    Some((file, name)) => hash_bytes(4, format!("{file}\0{name}").as_bytes()),
                    None => hash_bytes(1, text),
                });
            }
        } else {
            words.push(hash_bytes(2, text));
            let keyword = !node.is(flag::NAMED) || matches!(text, b"self" | b"this" | b"mut" | b"super");
            if matches!(token.kind, TokenKind::Word | TokenKind::Literal) && !keyword {
                facts.push(hash_bytes(1, text));
            }
        }
    }
    let mut runs: Vec<u64> = words
        .windows(RUN)
        .map(|run| {
            let bytes: Vec<u8> = run.iter().flat_map(|word| word.to_le_bytes()).collect();
            hash_bytes(3, &bytes)
        })
        .collect();
    runs.sort_unstable();
    facts.sort_unstable();
    let mut owners = source.entity_at(symbol.name_range.start);
    owners.pop();
    let head = &source.bytes[symbol.range.start..symbol.name_range.start];
    Some(Sketch {
        id: symbol.id,
        file: symbol.file.to_owned(),
        line: symbol.line,
        name: symbol.name.to_owned(),
        owners,
        tokens: words.len(),
        conditional: memchr::memmem::find(head, b"cfg").is_some(),
        runs,
        facts,
    })
}

/// A statement that is nothing but a text: documentation, or a directive.
fn is_bare_text(source: &Source, node: usize) -> bool {
    source.ancestors(node).take(4).any(|node| {
        let mut children = source.children(node);
        source.kind_name(node) == "expression_statement"
            && children.next().is_some_and(|child| source.kind_name(child) == "string")
            && children.all(|child| !source.nodes[child].is(flag::NAMED))
    })
}

fn in_attribute(source: &Source, node: usize, range: &Range<usize>) -> bool {
    source
        .ancestors(node)
        .take_while(|node| source.range(*node).start > range.start)
        .any(|node| source.nodes[node].is(flag::ATTRIBUTE))
}
