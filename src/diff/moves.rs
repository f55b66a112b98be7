//! The same text gone from one place and new at another: one unit.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

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
    let mut joined: BTreeSet<usize> = BTreeSet::new();
    for same_file in [true, false] {
        for (index, draft) in drafts.iter().enumerate().filter(|(_, draft)| draft.kind == UnitKind::Added) {
            if joined.contains(&index) {
                continue;
            }
            let Some(candidates) = draft.moved.and_then(|moved| gone.get_mut(&moved)) else { continue };
            let fits = |other: &usize| !same_file || drafts[*other].file == draft.file;
            if let Some(at) = candidates.iter().position(fits) {
                into.insert(candidates.remove(at), index);
                joined.insert(index);
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

/// Where moved items stand on a side: by file and first byte, the byte behind the last and the unit that they became.
type Stands = BTreeMap<(usize, usize), (usize, usize)>;

/// Comments that belonged to a moved item before and after with equal words.
fn documents(drafts: &[Draft], into: &BTreeMap<usize, usize>) -> BTreeMap<usize, usize> {
    let (mut was, mut is) = (Stands::new(), Stands::new());
    for (from, target) in into {
        let places = |unit: usize| drafts[unit].changes.iter().map(move |change| (drafts[unit].file, change));
        let stands = |(file, range): (usize, &Range<usize>)| {
            (!range.is_empty()).then_some(((file, range.start), (range.end, *target)))
        };
        was.extend(places(*from).filter_map(|(file, (_, old, _))| stands((file, old))));
        is.extend(places(*target).filter_map(|(file, (_, _, new))| stands((file, new))));
    }
    let holds = |stands: &Stands, file: usize, at: usize| {
        let ((other, _), (end, target)) = stands.range(..=(file, at)).next_back()?;
        (*other == file && at < *end).then_some(*target)
    };
    let mut before: BTreeMap<usize, usize> = BTreeMap::new();
    let mut after: BTreeMap<usize, usize> = BTreeMap::new();
    for (index, draft) in drafts.iter().enumerate().filter(|(_, draft)| draft.kind == UnitKind::Comment) {
        let (Some(start), [(_, old, new)]) = (draft.documents, &draft.changes[..]) else { continue };
        if new.is_empty() {
            before.extend(holds(&was, draft.file, start).map(|target| (target, index)));
        } else if old.is_empty() {
            after.extend(holds(&is, draft.file, start).map(|target| (target, index)));
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
