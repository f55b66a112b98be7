//! The tree of the new side, parsed with the help of the old one.
//!
//! In: the old tree, both texts and what changed between them. Out: the tree that parsing the new text alone would give.
//! Recovery from errors depends on the way to them, so that a tree with errors is trusted only where all of them stand in
//! unchanged text and are the old tree's; any other is parsed from the text alone.

use std::ops::Range;

use tree_sitter::Tree;

use crate::syntax::{Language, error_places, parse_tree};

use super::lines::Hunk;
use super::rows::Rows;

/// Parses the new text; `None` only if the parser itself gives up.
pub(super) fn reparse(
    language: &'static Language,
    tree: &Tree,
    (old, new): (&[u8], &[u8]),
    hunks: &[Hunk],
) -> Option<Tree> {
    let errors = error_places(tree);
    let clear = |(_, place): &(u16, Range<usize>)| {
        let at = hunks.partition_point(|hunk| hunk.old.end < place.start);
        hunks.get(at).is_none_or(|hunk| place.end < hunk.old.start)
    };
    if !old.is_empty() && !new.is_empty() && errors.iter().all(clear) {
        let found = parse_tree(language, new, Some(&edited(tree, (old, new), hunks)));
        let kept: Vec<_> =
            errors.into_iter().map(|(kind, place)| (kind, shifted(hunks, place))).collect();
        if let Some(tree) = found.filter(|tree| error_places(tree) == kept) {
            return Some(tree);
        }
    }
    parse_tree(language, new, None)
}

/// Where unchanged old bytes are in the new text.
fn shifted(hunks: &[Hunk], place: Range<usize>) -> Range<usize> {
    let before = hunks.partition_point(|hunk| hunk.old.end <= place.start);
    let (old, new) =
        before.checked_sub(1).map_or((0, 0), |last| (hunks[last].old.end, hunks[last].new.end));
    place.start - old + new..place.end - old + new
}

/// A tree of the old text, told what changed.
fn edited(tree: &Tree, (old, new): (&[u8], &[u8]), hunks: &[Hunk]) -> Tree {
    let rows = Rows::new(old);
    let mut tree = tree.clone();
    // Edits from the last to the first: those before an edit leave its old place untouched.
    for hunk in hunks.iter().rev() {
        tree.edit(&rows.edit(hunk.old.clone(), &new[hunk.new.clone()]));
    }
    tree
}
