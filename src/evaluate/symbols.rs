//! The symbols of a base, and what a result makes of them.
//!
//! In: a base tree, changes, their diff. Out: [`ContextDetail`] with the figures of the record. The base is indexed once;
//! a result shares the summaries of all files that it did not change.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::detail::ContextDetail;
use super::record::Context;
use crate::diff::Diff;
use crate::lint::Finding;
use crate::metric::context::{
    Functions, Invented, Patched, SymbolAt, dangling, invented_by, invented_by_text, is_known, propagation,
    reinvented,
};
use crate::patch::{Overlaid, Tree, TreeChanges};
use crate::syntax::index::{Cache, Graph, Index, Words};

/// Symbols of a base.
pub(super) struct Symbols {
    index: Index,
    cache: Cache,
    /// Which of its files hold which words, read when something is looked for in all of them.
    words: Words,
    /// Its functions, read when a patch adds one.
    functions: OnceLock<Functions>,
}

impl Symbols {
    pub fn read(base: &dyn Tree) -> Self {
        let mut cache = Cache::default();
        let index = Index::read(base, &mut cache);
        Self { index, cache, words: Words::default(), functions: OnceLock::new() }
    }

    /// Which of its files hold which words.
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// What is known of each of its files.
    pub fn summaries(&self) -> &Cache {
        &self.cache
    }

    /// Files and imports of base and result.
    pub fn graph_with(&self, result: &dyn Tree) -> Graph {
        self.index.graph().clone().union(Index::graph_of(result, &mut self.cache.clone()))
    }
}

/// What is asked about a patch.
pub(super) struct Asked<'a> {
    pub base: &'a dyn Tree,
    pub changes: &'a TreeChanges,
    pub diff: &'a Diff,
    /// Paths that the task's test patch sets.
    pub replaced: &'a BTreeSet<String>,
    /// Packages that the task's environment has beside those that manifests name, such as `tape@5`.
    pub packages: &'a [String],
    /// What linters said; none where they were not asked.
    pub checked: Option<Checked<'a>>,
}

/// What linters said.
pub(super) struct Checked<'a> {
    /// Findings that the base did not have.
    pub new: &'a [Finding],
    /// Linters that judged the result.
    pub judged: &'a BTreeSet<String>,
}

/// What a patch leaves of its base's symbols.
pub(super) fn measure(symbols: &Symbols, asked: &Asked) -> ContextDetail {
    let Asked { base, changes, diff, replaced, .. } = *asked;
    let result = Overlaid { base, changes };
    if !diff.files.iter().any(is_known) {
        return ContextDetail::default();
    }
    let index = Index::read(&result, &mut symbols.cache.clone());
    let patched = Patched::new(diff, [&symbols.index, &index], [base, &result], replaced);
    let carried = propagation(&patched);
    let dangling = dangling(&patched);
    let again =
        reinvented(&patched, || symbols.functions.get_or_init(|| Functions::read(&symbols.index, base)));
    ContextDetail {
        propagation: carried.share(),
        left_behind: carried.left,
        invented: Some(invented(&patched, asked, &dangling)),
        dangling: Some(dangling),
        reinvented: Some(again),
    }
}

/// Names that compilers miss, and for languages of which none was asked, that the index misses; what the patch took away
/// itself is left out.
fn invented(patched: &Patched, asked: &Asked, dangling: &[SymbolAt]) -> Vec<Invented> {
    let nothing = BTreeSet::new();
    let checked = asked.checked.as_ref();
    let mut found = checked.map(|checked| invented_by(checked.new)).unwrap_or_default();
    let known = found.clone();
    let guessed = invented_by_text(patched, checked.map_or(&nothing, |checked| checked.judged));
    let same = |a: &Invented, b: &Invented| a.file == b.file && a.symbol == b.symbol;
    found.extend(guessed.into_iter().filter(|guess| {
        let given = guess.rule == "package" && asked.packages.iter().any(|spec| brings(spec, &guess.symbol));
        !given && !known.iter().any(|one| same(one, guess))
    }));
    found.retain(|one| {
        let last = one.symbol.rsplit("::").next().unwrap_or(&one.symbol);
        !dangling.iter().any(|at| at.file == one.file && (at.symbol == last || at.symbol == one.symbol))
            && !patched.is_of_tests(&one.file, one.line)
    });
    found.sort();
    found
}

/// A package, `tape@5` or `@scope/name@1`, is the one that an import names.
fn brings(spec: &str, import: &str) -> bool {
    let spec = spec.trim();
    let name = match spec.rfind('@') {
        Some(at) if at > 0 => &spec[..at],
        _ => spec.split(['=', '<', '>', '~', '!', '[', ' ']).next().unwrap_or(spec),
    };
    let parts = if import.starts_with('@') { 2 } else { 1 };
    let package = import.split('/').take(parts).collect::<Vec<_>>().join("/");
    let plain = |name: &str| name.to_lowercase().replace(['_', '.'], "-");
    plain(name) == plain(&package)
}

/// Puts counts into a record's form.
pub(super) fn count(detail: &ContextDetail, context: &mut Context) {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    context.propagation = detail.propagation;
    context.dangling = detail.dangling.as_ref().map(|found| number(found.len()));
    context.invented = detail.invented.as_ref().map(|found| number(found.len()));
    context.reinvented = detail.reinvented.as_ref().map(|found| number(found.len()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_of_the_environment() {
        for (spec, import, expected) in [
            ("isarray@2.0.5", "isarray", true),
            ("isarray", "isarray", true),
            ("@types/node@20", "@types/node/fs", true),
            ("lodash@4", "lodash/get", true),
            ("typing_extensions@4.1", "typing_extensions", true),
            ("ruamel.yaml==0.17", "ruamel_yaml", true),
            ("isarray@2.0.5", "isarray2", false),
            ("@types/node@20", "node", false),
        ] {
            assert_eq!(brings(spec, import), expected, "{spec} {import}");
        }
    }
}
