//! Cross-file behaviour: how far a task reaches, and how far a patch agrees with the reference.
//!
//! In: diffs with their classes, and the [`Graph`](super::project::Graph) of files. Out: a [`Span`](crate::task::Span), distances, recall
//! and precision. Invariant: what cannot be counted is none, never 0.

mod agreement;
mod span;

pub use agreement::{Agreement, agreement, files_of, obligation_recall};
pub use span::{span, span_of_files, spanned_files};

use crate::diff::Role;

use super::relevance::{Class, Classified};

/// The unit is part of what the patch does: not irrelevant, not generated, and neither test nor documentation.
fn counts(one: &Classified) -> bool {
    let role = matches!(one.role, Role::Code | Role::Config | Role::Other);
    role && !matches!(one.class, Class::Irrelevant | Class::Generated)
}
