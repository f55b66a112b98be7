//! Cross-file behaviour: how far a task reaches, and how far a patch agrees with the reference.
//!
//! In: an index of symbols; diffs with their classes, and the [`Graph`](crate::syntax::index::Graph) of files. Out: a [`Span`](crate::task::Span), distances, recall
//! and precision. Invariant: what cannot be counted is none, never 0.

mod agreement;
mod dangling;
mod declared;
mod dependents;
mod fate;
mod fit;
mod guess;
mod invented;
mod patched;
mod propagation;
mod reinvented;
mod sketch;
mod span;
#[cfg(test)]
mod testing;

pub use agreement::{Agreement, agreement, files_of, obligation_recall};
pub use dangling::dangling;
pub use dependents::{Dependent, Dependents, Mention, Place, dependents};
pub use guess::invented_by_text;
pub use invented::invented_by;
pub use patched::Patched;
pub use propagation::propagation;
pub use reinvented::reinvented;
pub use sketch::Functions;
pub use span::{span, span_of_files, spanned_files};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diff::{FilePair, Role};

use super::relevance::{Class, Classified};

/// A symbol at a place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct SymbolAt {
    /// Name.
    pub symbol: String,
    /// Path in the result.
    pub file: String,
    /// 1-based.
    pub line: usize,
}

/// A reference that the patch did not carry along.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Left {
    /// Name of what was declared anew, as the base had it.
    pub symbol: String,
    /// Path in the result.
    pub file: String,
    /// 1-based.
    pub line: usize,
    /// What does not fit.
    pub why: String,
}

/// A name that nothing defines.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Invented {
    /// Path in the result.
    pub file: String,
    /// 1-based line of its first place there.
    pub line: usize,
    /// Name, path or package.
    pub symbol: String,
    /// The compiler's rule, or of what kind the name is.
    pub rule: String,
    /// Told by the index, where no compiler was asked.
    pub heuristic: bool,
}

/// A function that the repository had elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reinvented {
    /// Name.
    pub symbol: String,
    /// Path in the result.
    pub file: String,
    /// 1-based.
    pub line: usize,
    /// The one that was there, in the base.
    pub like: SymbolAt,
    /// Runs of three tokens in common, names aside, by runs of either; 0.8 to 1.
    pub similarity: f64,
}

/// References to what a patch declared anew.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Propagation {
    /// Number of references of the base.
    pub references: usize,
    /// Of these, those that follow.
    pub carried: usize,
    /// The lines of those that were left behind, by symbol, then place.
    pub left: Vec<Left>,
}

impl Propagation {
    /// The share that was edited, removed, or still fits, 0 to 1; none where nothing refers to what was changed.
    pub fn share(&self) -> Option<f64> {
        (self.references > 0).then(|| self.carried as f64 / self.references as f64)
    }
}

/// The file is in a language whose names are followed.
pub fn is_known(file: &FilePair) -> bool {
    let known = |path: &Option<String>| path.as_deref().is_some_and(guess::knows);
    known(&file.old) || known(&file.new)
}

/// The unit is part of what the patch does: not irrelevant, not generated, and neither test nor documentation.
fn counts(one: &Classified) -> bool {
    let role = matches!(one.role, Role::Code | Role::Config | Role::Other);
    role && !matches!(one.class, Class::Irrelevant | Class::Generated)
}
