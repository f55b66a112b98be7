//! A patch with the symbols of both sides: what the measures of this module look at.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;

use super::declared::Pairs;
use super::fate::{Fate, Fates};
use super::fit;
use crate::diff::{Diff, Role, UnitKind, role_of};
use crate::patch::Tree;
use crate::syntax::index::{Certainty, DefinitionId, Index, Reference, Symbol};
use crate::syntax::{Source, language_of};

/// A side of a patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Base,
    Result,
}

type Answers = BTreeMap<usize, Vec<Certainty>>;

type Sources = RefCell<BTreeMap<String, Option<Rc<Source>>>>;

/// A patch, its trees and their symbols.
pub struct Patched<'a> {
    /// The patch.
    pub diff: &'a Diff,
    /// Symbols of the base.
    pub base: &'a Index,
    /// Symbols of the result.
    pub result: &'a Index,
    trees: [&'a dyn Tree; 2],
    fates: Fates<'a>,
    sources: [Sources; 2],
    /// By file of the result, what the names at a byte lead to.
    answers: RefCell<BTreeMap<String, Rc<Answers>>>,
    pairs: OnceCell<Rc<Pairs>>,
    paths: OnceCell<Vec<String>>,
    /// Files that are replaced before tests run.
    replaced: &'a BTreeSet<String>,
}

impl<'a> Patched<'a> {
    /// `trees` are base and result, `replaced` the paths that a task's test patch sets: what stands in these test files,
    /// or in inline tests of these code files, is not the patch's business.
    pub fn new(
        diff: &'a Diff,
        indexes: [&'a Index; 2],
        trees: [&'a dyn Tree; 2],
        replaced: &'a BTreeSet<String>,
    ) -> Self {
        Self {
            diff,
            base: indexes[0],
            result: indexes[1],
            trees,
            fates: Fates::new(diff),
            sources: [Sources::default(), Sources::default()],
            answers: RefCell::default(),
            pairs: OnceCell::new(),
            paths: OnceCell::new(),
            replaced,
        }
    }

    /// A file parsed, once; none without a grammar.
    pub(super) fn source(&self, side: Side, path: &str) -> Option<Rc<Source>> {
        let (sources, tree) = match side {
            Side::Base => (&self.sources[0], self.trees[0]),
            Side::Result => (&self.sources[1], self.trees[1]),
        };
        if let Some(known) = sources.borrow().get(path) {
            return known.clone();
        }
        let parsed = language_of(path)
            .and_then(|language| Source::parse(language, tree.blob(path)?.bytes))
            .map(Rc::new);
        sources.borrow_mut().insert(path.to_owned(), parsed.clone());
        parsed
    }

    /// Paths of the result.
    pub(super) fn paths(&self) -> &[String] {
        self.paths.get_or_init(|| self.trees[1].paths())
    }

    /// Paths of the base.
    pub(super) fn base_paths(&self) -> BTreeSet<String> {
        self.trees[0].paths().into_iter().collect()
    }

    /// A file of the result.
    pub(super) fn blob(&self, path: &str) -> Option<Vec<u8>> {
        self.trees[1].blob(path).map(|blob| blob.bytes)
    }

    /// What became of a range of the base that holds one token.
    pub(super) fn fate<'b>(&'b self, file: &'b str, range: &Range<usize>) -> Fate<'b> {
        self.fates.of(file, range)
    }

    /// A unit changes tokens in a range of a base file.
    pub(super) fn touched(&self, file: &str, range: &Range<usize>) -> bool {
        self.fates.touched(file, range)
    }

    /// The place is a task's test, whatever the patch makes of it.
    pub(super) fn is_replaced(&self, side: Side, file: &str, byte: usize) -> bool {
        self.replaced.contains(file)
            && (role_of(file, b"") == Role::Test
                || self.source(side, file).is_some_and(|source| source.in_test_module(byte)))
    }

    /// The patch left a file with more parse errors than it had: what its text means is not known.
    pub(super) fn is_broken(&self, file: &str) -> bool {
        let pair = self.diff.files.iter().find(|pair| pair.new.as_deref() == Some(file));
        let Some(pair) = pair else { return false };
        let errors = |side, path: Option<&str>| {
            path.and_then(|path| self.source(side, path)).map_or(0, |source| source.error_count())
        };
        errors(Side::Result, pair.new.as_deref()) > errors(Side::Base, pair.old.as_deref())
    }

    /// The patch wrote this byte of the result.
    pub(super) fn wrote(&self, file: &str, byte: usize) -> bool {
        let number = self.diff.files.iter().position(|pair| pair.new.as_deref() == Some(file));
        let changes =
            self.diff.units.iter().filter(|unit| unit.kind != UnitKind::Move).flat_map(|unit| &unit.changes);
        number.is_some_and(|number| {
            changes
                .filter(|change| change.file == number)
                .any(|change| change.new[0] <= byte && byte < change.new[1])
        })
    }

    /// A line of the result is a task's test, whatever the patch makes of it.
    pub fn is_of_tests(&self, file: &str, line: usize) -> bool {
        let source = self.source(Side::Result, file);
        let byte = source.map_or(0, |source| {
            let mut breaks = memchr::memchr_iter(b'\n', &source.bytes);
            line.checked_sub(2).and_then(|nth| breaks.nth(nth)).map_or(0, |at| at + 1)
        });
        self.is_replaced(Side::Result, file, byte)
    }

    /// A task's test patch sets the file.
    pub(super) fn is_replaced_file(&self, file: &str) -> bool {
        self.replaced.contains(file) && role_of(file, b"") == Role::Test
    }

    /// Definitions of changed files with what they are in the result, found once.
    pub(super) fn pairs(&self, find: impl FnOnce() -> Pairs) -> Rc<Pairs> {
        Rc::clone(self.pairs.get_or_init(|| Rc::new(find())))
    }

    /// References of the base that lead to a definition and nowhere else; the arguments of macros that are known to be
    /// expressions are looked at as well. What is replaced before tests run is left out.
    pub(super) fn uses(&self, id: DefinitionId) -> Vec<Reference<'a>> {
        let certain = |found: &Reference| match &found.certainty {
            Certainty::Resolved(_) => true,
            Certainty::Ambiguous(many) => {
                many[..] == [id] && !found.by_name && self.sure_in_macro(Side::Base, found)
            }
            Certainty::Unknown { .. } => false,
        };
        let uses = self.base.references_to(id).filter(certain);
        uses.filter(|found| !self.is_replaced(Side::Base, found.file, found.range.start)).collect()
    }

    /// What the names that begin at a byte of the result lead to.
    pub(super) fn answers(&self, file: &str, byte: usize) -> Vec<Certainty> {
        let known = self.answers.borrow().get(file).cloned();
        let all = known.unwrap_or_else(|| {
            let mut all = Answers::new();
            for found in self.result.references_in(file) {
                all.entry(found.range.start).or_default().push(found.certainty);
            }
            let all = Rc::new(all);
            self.answers.borrow_mut().insert(file.to_owned(), Rc::clone(&all));
            all
        });
        all.get(&byte).cloned().unwrap_or_default()
    }

    /// A definition of the result is none of the base's, at most moved with the text around it.
    pub(super) fn is_new(&self, id: DefinitionId) -> bool {
        let Some(symbol) = self.result.symbol(id) else { return false };
        let same = |old: &Symbol| match self.fate(old.file, &old.name_range) {
            Fate::Kept(file, range) => file == symbol.file && range == symbol.name_range,
            Fate::Edited(..) | Fate::Gone => false,
        };
        !self.base.definitions_named(symbol.name).any(|old| same(&old))
    }

    /// A name among the tokens of a macro of which it is known that they are an expression.
    pub(super) fn sure_in_macro(&self, side: Side, found: &Reference) -> bool {
        let Some(rules) = fit::rules(found.file) else { return false };
        self.source(side, found.file).is_some_and(|source| (rules.sure_in_macro)(&source, found.range.start))
    }
}
