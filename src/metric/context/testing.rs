//! Two small trees as a [`Patched`], for tests.

use std::collections::BTreeSet;

use super::Patched;
use crate::diff::diff;
use crate::metric::relevance::tests::{changed, edited, tree};
use crate::syntax::index::{Cache, Index};

/// What `ask` says of a base and its edits.
pub(super) fn both<T>(
    base: &[(&str, &str)],
    edits: &[(&str, Option<&str>)],
    ask: impl FnOnce(&Patched) -> T,
) -> T {
    let base = tree(base);
    let result = edited(&base, edits);
    let diff = diff(&changed(&base, &result));
    let mut cache = Cache::default();
    let (old, new) = (Index::read(&base, &mut cache), Index::read(&result, &mut cache));
    ask(&Patched::new(&diff, [&old, &new], [&base, &result], &BTreeSet::new()))
}
