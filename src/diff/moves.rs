//! The same text gone from one place and new at another: one unit.

use std::collections::BTreeMap;

use super::UnitKind;
use super::renames::absorb;
use super::units::Draft;

/// Fewer tokens than this say nothing about where they came from.
const ENOUGH: usize = 8;

/// Joins gone and new elements of equal tokens, first inside a file, then across files; comments on them follow.
pub(crate) fn join(drafts: &mut Vec<Draft>) {
    let mut gone: BTreeMap<(u64, usize), Vec<usize>> = BTreeMap::new();
    for (index, draft) in drafts.iter().enumerate().filter(|(_, draft)| draft.kind == UnitKind::Removed) {
        if let Some(moved) = draft.moved.filter(|(_, tokens)| *tokens >= ENOUGH) {
            gone.entry(moved).or_default().push(index);
        }
    }
    // An element of a created or deleted file moves too, but the file unit stays what it is.
    let mut into: BTreeMap<usize, usize> = BTreeMap::new();
    for same_file in [true, false] {
        for (index, draft) in drafts.iter().enumerate().filter(|(_, draft)| draft.kind == UnitKind::Added) {
            if into.values().any(|target| *target == index) {
                continue;
            }
            let Some(candidates) = draft.moved.and_then(|moved| gone.get_mut(&moved)) else { continue };
            let fits = |other: &usize| !same_file || drafts[*other].file == draft.file;
            if let Some(at) = candidates.iter().position(fits) {
                into.insert(candidates.remove(at), index);
            }
        }
    }
    let documents = documents(drafts, &into);
    for (from, target) in &into {
        drafts[*target].kind = UnitKind::Move;
        drafts[*target].weight = 0;
        // What is only carried along is neither added nor dropped.
        let dropped = drafts[*from].names.drops.clone();
        drafts[*from].names.drops.clear();
        drafts[*target].names.adds.retain(|name| !dropped.contains(name));
        drafts[*target].names.changes.extend(dropped);
    }
    into.extend(documents);
    absorb(drafts, &into);
}

/// Comments that belonged to a moved item before and after with equal words.
fn documents(drafts: &[Draft], into: &BTreeMap<usize, usize>) -> BTreeMap<usize, usize> {
    let mut before: BTreeMap<usize, usize> = BTreeMap::new();
    let mut after: BTreeMap<usize, usize> = BTreeMap::new();
    for (index, draft) in drafts.iter().enumerate().filter(|(_, draft)| draft.kind == UnitKind::Comment) {
        let (Some(start), [(_, old, new)]) = (draft.documents, &draft.changes[..]) else { continue };
        for (from, target) in into {
            let holds = |at: usize, old_side: bool| {
                drafts[at].file == draft.file
                    && drafts[at]
                        .changes
                        .iter()
                        .any(|(_, p, q)| if old_side { p } else { q }.contains(&start))
            };
            if new.is_empty() && holds(*from, true) {
                before.insert(*target, index);
            } else if old.is_empty() && holds(*target, false) {
                after.insert(*target, index);
            }
        }
    }
    let mut joined = BTreeMap::new();
    for (target, gone) in before {
        if let Some(new) = after.get(&target).filter(|new| drafts[**new].moved == drafts[gone].moved) {
            joined.insert(gone, target);
            joined.insert(*new, target);
        }
    }
    joined
}
