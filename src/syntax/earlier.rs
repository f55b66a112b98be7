//! What a version of a file has in common with an earlier one.
//!
//! In: the earlier [`Source`] and the bytes that changed since. Out: for a node of the new tree, the same node of the
//! earlier list. Invariant: a node is found only where its text is unchanged, kind and range are the same and neither
//! side has a parse error in it, so that what is below is the same too.

use std::ops::Range;

use super::Source;
use super::language::flag;

/// Shorter nodes are read faster than found.
const SHORT: usize = 16;

/// An earlier version, asked about nodes in the order of the text.
#[derive(Debug)]
pub(crate) struct Earlier<'a> {
    /// The version.
    pub source: &'a Source,
    /// Changed bytes, earlier and now, in order; all others are equal.
    changed: &'a [(Range<usize>, Range<usize>)],
    /// Changes that end before the last node asked about.
    passed: usize,
    /// No earlier node before this one can be asked for again.
    at: usize,
    clean: bool,
}

impl<'a> Earlier<'a> {
    /// `changed` has the earlier bytes and the ones that replace them.
    pub fn new(source: &'a Source, changed: &'a [(Range<usize>, Range<usize>)]) -> Self {
        Self { source, changed, passed: 0, at: 0, clean: !source.tree.root_node().has_error() }
    }

    /// The earlier node that is the same as `node`, and what to add to its offsets (wrapping).
    pub fn find(&mut self, node: &tree_sitter::Node, kind: u16, range: Range<usize>) -> Option<(usize, u32)> {
        if range.len() < SHORT {
            return None;
        }
        while self.changed.get(self.passed).is_some_and(|(_, new)| new.end <= range.start) {
            self.passed += 1;
        }
        if self.changed.get(self.passed).is_some_and(|(_, new)| new.start < range.end) {
            return None;
        }
        let (old, new) = self.passed.checked_sub(1).map_or((0, 0), |last| {
            let (old, new) = &self.changed[last];
            (old.end, new.end)
        });
        let (start, end) = (range.start - new + old, range.end - new + old);
        let nodes = &self.source.nodes;
        while self.at < nodes.len() && self.start(self.at) < start {
            let here = &nodes[self.at];
            let past =
                here.first == here.last || self.source.tokens[here.last as usize - 1].end as usize <= start;
            self.at = if past { here.end as usize } else { self.at + 1 };
        }
        let mut found = self.at;
        while found < nodes.len() && self.start(found) == start {
            let here = &nodes[found];
            if here.kind == kind && self.source.range(found).end == end {
                let sound =
                    self.clean || !nodes[found..here.end as usize].iter().any(|node| node.is(flag::ERROR));
                return (sound && !node.has_error()).then(|| (found, (new as u32).wrapping_sub(old as u32)));
            }
            found += 1;
        }
        None
    }

    fn start(&self, node: usize) -> usize {
        let first = self.source.nodes[node].first as usize;
        self.source.tokens.get(first).map_or(self.source.bytes.len(), |token| token.start as usize)
    }
}
