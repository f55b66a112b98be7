//! The symbols of a base, and what a result makes of them.
//!
//! In: a base tree, changes, their diff. Out: [`ContextDetail`] with the figures of the record. The base is indexed once;
//! a result shares the summaries of all files that it did not change.

use std::collections::BTreeSet;

use super::detail::ContextDetail;
use super::record::Context;
use crate::diff::Diff;
use crate::metric::context::{Patched, dangling, is_known, propagation};
use crate::patch::{Overlaid, Tree, TreeChanges};
use crate::syntax::index::{Cache, Graph, Index};

/// Symbols of a base.
pub(super) struct Symbols {
    index: Index,
    cache: Cache,
}

impl Symbols {
    pub fn read(base: &dyn Tree) -> Self {
        let mut cache = Cache::default();
        let index = Index::read(base, &mut cache);
        Self { index, cache }
    }

    /// Files and imports of base and result.
    pub fn graph_with(&self, result: &dyn Tree) -> Graph {
        self.index.graph().clone().union(Index::read(result, &mut self.cache.clone()).into_graph())
    }
}

/// What a patch leaves of its base's symbols. `replaced` are the paths that the task's test patch sets.
pub(super) fn measure(
    symbols: &Symbols,
    base: &dyn Tree,
    changes: &TreeChanges,
    diff: &Diff,
    replaced: &BTreeSet<String>,
) -> ContextDetail {
    let result = Overlaid { base, changes };
    if !diff.files.iter().any(is_known) {
        return ContextDetail::default();
    }
    let index = Index::read(&result, &mut symbols.cache.clone());
    let patched = Patched::new(diff, [&symbols.index, &index], [base, &result], replaced);
    let carried = propagation(&patched);
    ContextDetail {
        propagation: carried.share(),
        left_behind: carried.left,
        dangling: Some(dangling(&patched)),
    }
}

/// Puts counts into a record's form.
pub(super) fn count(detail: &ContextDetail, context: &mut Context) {
    context.propagation = detail.propagation;
    context.dangling = detail.dangling.as_ref().map(|found| found.len() as u32);
}
