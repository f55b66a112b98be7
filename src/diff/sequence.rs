//! Longest common subsequences of hashes, with a bound on the work.
//!
//! Work is counted in steps, not in time, so that the same input always gives the same answer.

use std::ops::Range;

use imara_diff::{Algorithm, Diff, Token};
use rustc_hash::FxHashMap;

use super::anchors::anchors;

/// Steps left for one pair of files.
#[derive(Debug)]
pub(crate) struct Budget {
    left: u64,
    /// It ran out at least once.
    pub spent: bool,
}

/// Below this many cells an exact comparison costs less than setting up a cleverer one.
const SMALL: u64 = 1 << 14;
/// Above this many cells the quick algorithm is charged for its worst case.
const LARGE: u64 = 1 << 22;
/// Lists of more elements together are cut at anchors first: the quick algorithm looks through all that is left for each
/// run that it finds.
const LONG: usize = 1 << 12;
/// Lists of more tokens: what one of them is says little.
const LONG_TEXT: usize = 1 << 16;
/// Cuts in cuts beyond this are left to the slow algorithm.
const DEEPEST: usize = 16;

impl Budget {
    /// A budget that grows with the size of both sides (tokens or lines).
    pub fn new(size: usize) -> Self {
        Self { left: (1 << 24) + 256 * size as u64, spent: false }
    }

    /// Takes steps; `false` if they are not there.
    pub fn take(&mut self, steps: u64) -> bool {
        if steps > self.left {
            self.spent = true;
            return false;
        }
        self.left -= steps;
        true
    }
}

/// A run of equal elements: where it begins on the old side and on the new, and its length.
pub(crate) type Run = (usize, usize, usize);

/// Runs of equal elements, in order on both sides. With no budget left only the common beginning and end are found.
pub(crate) fn common(old: &[u64], new: &[u64], budget: &mut Budget) -> Vec<Run> {
    let (head, tail) = ends(old, new);
    let found = middle(&old[head..old.len() - tail], &new[head..new.len() - tail], budget, LONG);
    whole((head, tail), (old.len(), new.len()), &found.unwrap_or_default())
}

/// Middles of ranges that were compared before, by where they begin and how long they are: ranges that differ only in
/// how much of their ends is equal have one middle.
#[derive(Debug, Default)]
pub(crate) struct Known(FxHashMap<[usize; 4], Vec<Run>>);

impl Known {
    /// As [`common`], of two ranges of the same two lists every time; the budget is charged as if for the first time.
    pub fn common(
        &mut self,
        (old, p): (&[u64], Range<usize>),
        (new, q): (&[u64], Range<usize>),
        budget: &mut Budget,
    ) -> Vec<Run> {
        let (old, new) = (&old[p.clone()], &new[q.clone()]);
        let (head, tail) = ends(old, new);
        let (a, b) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
        let lengths = (old.len(), new.len());
        if a.len() * b.len() <= WORTH {
            return whole((head, tail), lengths, &middle(a, b, budget, LONG_TEXT).unwrap_or_default());
        }
        let place = [p.start + head, a.len(), q.start + head, b.len()];
        if let Some(found) = self.0.get(&place) {
            let found = if budget.take(cost(a.len(), b.len()).1) { &found[..] } else { &[] };
            return whole((head, tail), lengths, found);
        }
        let Some(found) = middle(a, b, budget, LONG_TEXT) else { return whole((head, tail), lengths, &[]) };
        let runs = whole((head, tail), lengths, &found);
        self.0.insert(place, found);
        runs
    }
}

/// Fewer cells than this are compared again faster than kept.
const WORTH: usize = 256;
/// Up to this many cells it pays to look first whether anything is shared at all.
const GLANCE: usize = 1 << 12;

/// Lengths of the common beginning and of the common end behind it.
fn ends(old: &[u64], new: &[u64]) -> (usize, usize) {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let rest = old[head..].iter().rev().zip(new[head..].iter().rev());
    (head, rest.take_while(|(a, b)| a == b).count())
}

/// How lists of these lengths are compared, and the steps that it may take.
fn cost(old: usize, new: usize) -> (Algorithm, u64) {
    let cells = old as u64 * new as u64;
    let sum = (old + new) as u64;
    match cells {
        0..=SMALL => (Algorithm::Myers, sum + cells / 16),
        _ if cells <= LARGE => (Algorithm::Histogram, 4 * sum),
        _ if old + new <= LONG_TEXT => (Algorithm::Histogram, 4 * sum + sum * sum.isqrt() / 16),
        _ => (Algorithm::Myers, 4 * sum + sum * sum.isqrt() / 16),
    }
}

/// Runs of two lists that neither begin nor end alike; `None` where the budget does not allow for them.
fn middle(old: &[u64], new: &[u64], budget: &mut Budget, long: usize) -> Option<Vec<Run>> {
    cut(old, new, budget, (long, DEEPEST))
}

/// Lists longer than `long` anchor by anchor, `depth` cuts deep; others as a whole.
fn cut(old: &[u64], new: &[u64], budget: &mut Budget, (long, depth): (usize, usize)) -> Option<Vec<Run>> {
    if old.len() + new.len() <= long || depth == 0 {
        return compared(old, new, budget);
    }
    if !budget.take(4 * (old.len() + new.len()) as u64) {
        return None;
    }
    let anchors = anchors(old, new);
    if anchors.is_empty() {
        return compared(old, new, budget);
    }
    let mut runs = anchors.clone();
    for (i, j) in gaps(&anchors, old.len(), new.len()) {
        let found = cut(&old[i.clone()], &new[j.clone()], budget, (long, depth - 1)).unwrap_or_default();
        runs.extend(found.into_iter().map(|(a, b, len)| (i.start + a, j.start + b, len)));
    }
    runs.sort_unstable();
    Some(runs)
}

fn compared(old: &[u64], new: &[u64], budget: &mut Budget) -> Option<Vec<Run>> {
    let mut runs = Vec::new();
    if old.is_empty() || new.is_empty() {
        return Some(runs);
    }
    let (algorithm, steps) = cost(old.len(), new.len());
    if !budget.take(steps) {
        return None;
    }
    if old.len() * new.len() <= GLANCE && !old.iter().any(|element| new.contains(element)) {
        return Some(runs);
    }
    let mut numbers: FxHashMap<u64, u32> = FxHashMap::default();
    numbers.reserve(old.len().min(new.len()));
    let mut numbered = |list: &[u64]| -> Vec<Token> {
        let number = |element: &u64| {
            let next = numbers.len() as u32;
            Token(*numbers.entry(*element).or_insert(next))
        };
        list.iter().map(number).collect()
    };
    // Turned round: of two equal choices the one that keeps the earlier old element is what a person sees.
    let (before, after) = (numbered(new), numbered(old));
    let mut diff = Diff::default();
    diff.compute_with(algorithm, &before, &after, numbers.len() as u32);
    let (mut i, mut j) = (0, 0);
    let mut push = |old: usize, new: usize, len: usize| {
        if len > 0 {
            runs.push((old, new, len));
        }
    };
    for hunk in diff.hunks() {
        push(i, j, hunk.after.start as usize - i);
        (i, j) = (hunk.after.end as usize, hunk.before.end as usize);
    }
    push(i, j, old.len() - i);
    Some(runs)
}

/// The runs of a middle with the equal ends around it.
fn whole((head, tail): (usize, usize), (old, new): (usize, usize), middle: &[Run]) -> Vec<Run> {
    let mut runs = Vec::with_capacity(middle.len() + 2);
    if head > 0 {
        runs.push((0, 0, head));
    }
    runs.extend(middle.iter().map(|(i, j, len)| (head + i, head + j, *len)));
    if tail > 0 {
        runs.push((old - tail, new - tail, tail));
    }
    runs
}

/// What lies between the runs: `(old range, new range)`, at least one of them not empty.
pub(crate) fn gaps(runs: &[Run], old: usize, new: usize) -> Vec<(Range<usize>, Range<usize>)> {
    let mut found = Vec::new();
    let (mut i, mut j) = (0, 0);
    for (a, b, len) in runs.iter().copied().chain([(old, new, 0)]) {
        if a > i || b > j {
            found.push((i..a, j..b));
        }
        (i, j) = (a + len, b + len);
    }
    found
}
