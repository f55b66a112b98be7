//! Longest common subsequences of hashes, with a bound on the work.
//!
//! Work is counted in steps, not in time, so that the same input always gives the same answer.

use imara_diff::{Algorithm, Diff, InternedInput};

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

/// Runs `(old, new, length)` of equal elements, in order on both sides. With no budget left only the common beginning
/// and end are found.
pub(crate) fn common(old: &[u64], new: &[u64], budget: &mut Budget) -> Vec<(usize, usize, usize)> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let rest = old[head..].iter().rev().zip(new[head..].iter().rev());
    let tail = rest.take_while(|(a, b)| a == b).count();
    let middle_old = &old[head..old.len() - tail];
    let middle_new = &new[head..new.len() - tail];
    let mut runs = Vec::new();
    if head > 0 {
        runs.push((0, 0, head));
    }
    if !middle_old.is_empty() && !middle_new.is_empty() {
        let cells = middle_old.len() as u64 * middle_new.len() as u64;
        let sum = (middle_old.len() + middle_new.len()) as u64;
        let (algorithm, steps) = match cells {
            0..=SMALL => (Algorithm::Myers, sum + cells / 16),
            _ if cells <= LARGE => (Algorithm::Histogram, 4 * sum),
            _ => (Algorithm::Histogram, 4 * sum + sum * sum.isqrt() / 16),
        };
        if budget.take(steps) {
            let mut input = InternedInput::default();
            // Turned round: of two equal choices the one that keeps the earlier old element is what a person sees.
            input.update_before(middle_new.iter().copied());
            input.update_after(middle_old.iter().copied());
            let (mut i, mut j) = (0, 0);
            let mut push = |old: usize, new: usize, len: usize| {
                if len > 0 {
                    runs.push((head + old, head + new, len));
                }
            };
            for hunk in Diff::compute(algorithm, &input).hunks() {
                push(i, j, hunk.after.start as usize - i);
                (i, j) = (hunk.after.end as usize, hunk.before.end as usize);
            }
            push(i, j, middle_old.len() - i);
        }
    }
    if tail > 0 {
        runs.push((old.len() - tail, new.len() - tail, tail));
    }
    runs
}

/// What lies between the runs: `(old range, new range)`, at least one of them not empty.
pub(crate) fn gaps(
    runs: &[(usize, usize, usize)],
    old: usize,
    new: usize,
) -> Vec<(std::ops::Range<usize>, std::ops::Range<usize>)> {
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
